//! What a claim is made about.

use harness::{Client, World, client::Plan};
use serde_json::Value;
use shared::{
    event::{End, Event, Wait},
    ids::Seq,
    state::{Life, Object, RunState, Worker},
};

/// Bytes that a pipe of the usual size takes.
pub(crate) const FULL: u64 = 65_536;

/// A variant of an entry, with X-ray or without.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    pub(crate) entry: &'static str,
    pub(crate) variant: &'static str,
    pub(crate) xray: bool,
}

impl Subject {
    /// What to start.
    pub(crate) fn plan(self, params: Value) -> Plan {
        Plan::new(self.entry, self.variant, params, self.xray)
    }

    /// A server with a run of this subject, whose processes are all there.
    pub(crate) async fn run(self, params: Value) -> World {
        let writers = params.get("writers").and_then(Value::as_u64).unwrap_or(1);
        let writers = usize::try_from(writers).expect("few");
        let mut world = World::running(self.plan(params)).await;
        // A FIFO is opened by name, so a process may be there before its end is.
        let there = |state: &RunState| {
            let writing = holders(state, End::Write)
                .into_iter()
                .filter(|name| name.starts_with("writer"))
                .count();
            let parent_closed = state
                .params
                .get("forgotten")
                .is_some_and(|who| who == "parent-write")
                || !holders(state, End::Write).contains(&"parent".to_owned());
            let reading = holders(state, End::Read).contains(&"reader".to_owned());
            state.workers.len() == writers + 2 && writing == writers && reading && parent_closed
        };
        world
            .client
            .until("all processes of the run with their ends open", there)
            .await;
        world
    }
}

/// The one kernel object of a run.
pub(crate) fn object(state: &RunState) -> &Object {
    match state.objects.as_slice() {
        [object] => object,
        others => panic!("one object, not {others:?}"),
    }
}

/// The newest value of a figure of the object.
pub(crate) fn figure(state: &RunState, name: &str) -> Option<u64> {
    Some(state.objects.first()?.reading(name)?.value)
}

/// That worker is asleep for that reason.
pub(crate) fn sleeps(state: &RunState, worker: &str, because: Wait) -> bool {
    state
        .worker(&worker.into())
        .is_some_and(|worker| worker.alive() && worker.because == Some(because))
}

/// That worker is gone, in this way.
pub(crate) fn gone(state: &RunState, worker: &str, how: Life) -> bool {
    state
        .worker(&worker.into())
        .is_some_and(|worker| worker.life == how)
}

/// The workers that hold an end of the object, in alphabetical order.
pub(crate) fn holders(state: &RunState, end: End) -> Vec<String> {
    let holds = |held: End| held == end || held == End::Both;
    let object = state.objects.first();
    let holders = object
        .into_iter()
        .flat_map(|object| &object.holders)
        .filter(|holder| holds(holder.end));
    let mut names: Vec<_> = holders.map(|holder| holder.worker.to_string()).collect();
    names.sort();
    names.dedup();
    names
}

/// How many messages were received in whole.
pub(crate) fn received(state: &RunState) -> u64 {
    state.counts.received
}

/// The first event that satisfies, and its place.
pub(crate) fn place(client: &Client, what: &str, satisfies: impl Fn(&Event) -> bool) -> Seq {
    let found = client.events().iter().find(|event| satisfies(event));
    found
        .unwrap_or_else(|| panic!("no event: {what}\n{}", client.tail()))
        .seq
}

/// The event is about that worker.
pub(crate) fn by(event: &Event, worker: &str) -> bool {
    event
        .worker
        .as_ref()
        .is_some_and(|id| id.as_str() == worker)
}

/// Workers that live.
pub(crate) fn living(state: &RunState) -> Vec<&Worker> {
    state
        .workers
        .iter()
        .filter(|worker| worker.alive())
        .collect()
}
