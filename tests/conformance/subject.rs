//! What a claim is made about.

use harness::{Client, World, client::Plan};
use serde_json::{Value, json};
use shared::{
    catalog::{Entry, entry},
    command::Data,
    event::{End, Event, Wait},
    ids::Seq,
    mechanism::{Member, Seat, cast},
    os::Signal,
    state::{Life, Message, Object, RunState, Worker},
};

/// Bytes that a pipe of the usual size takes.
pub(crate) const FULL: u64 = 65_536;

/// The languages of those who send and those who receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pair {
    Rust,
    Python,
    RustToPython,
    PythonToRust,
}

/// A variant of an entry, its languages, with X-ray or without.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    pub(crate) entry: &'static str,
    pub(crate) variant: &'static str,
    pub(crate) pair: Pair,
    pub(crate) xray: bool,
}

impl Subject {
    /// What to start.
    pub(crate) fn plan(self, mut params: Value) -> Plan {
        // A file wakes nobody: its reader looks again and again, where a claim does not say when.
        if self.entry == "file" && params.get("reader").is_none() {
            params["reader"] = "loop".into();
            params["poll"] = 20.into();
        }
        let params = self.one_receiver(params);
        let given = serde_json::from_value(params.clone()).expect("parameters are an object");
        let mut plan = Plan::new(self.entry, self.variant, params, self.xray);
        for member in cast(self.entry, self.variant, &given) {
            let python = match member.seat {
                Seat::Left => matches!(self.pair, Pair::Python | Pair::PythonToRust),
                Seat::Right => matches!(self.pair, Pair::Python | Pair::RustToPython),
                Seat::Below => false,
            };
            if python {
                plan.roles
                    .insert(member.id.to_string(), "python".to_owned());
            }
        }
        plan
    }

    /// Its card in the catalog.
    pub(crate) fn card(self) -> &'static Entry {
        entry(self.entry).expect("it is in the catalog")
    }

    /// What it says it can.
    pub(crate) fn can(self) -> shared::catalog::Capabilities {
        self.card()
            .variant(Some(self.variant))
            .expect("it is in the catalog")
            .can
    }

    /// Who takes part with these parameters, the parent first.
    pub(crate) fn cast(self, params: &Value) -> Vec<Member> {
        let params = self.one_receiver(params.clone());
        let given = serde_json::from_value(params).expect("parameters are an object");
        cast(self.entry, self.variant, &given)
    }

    /// ZeroMQ begins with two who receive; what all variants keep is looked at with one.
    fn one_receiver(self, mut params: Value) -> Value {
        for id in ["subscribers", "pullers"] {
            if self.entry == "zeromq" && params.get(id).is_none() {
                params[id] = 1.into();
            }
        }
        params
    }

    /// Each message has an answer, which its sender waits for.
    pub(crate) fn answers(self) -> bool {
        answers(self.entry, self.variant)
    }

    /// The first who sends.
    pub(crate) fn sender(self) -> String {
        let cast = self.cast(&json!({}));
        let sender = cast.iter().find(|member| member.sends);
        sender.expect("somebody sends").id.to_string()
    }

    /// The first who receives.
    pub(crate) fn receiver(self) -> String {
        let cast = self.cast(&json!({}));
        let receiver = cast.iter().find(|member| member.seat == Seat::Right);
        receiver.expect("somebody receives").id.to_string()
    }

    /// The parameter that says how many send, where there can be several.
    pub(crate) fn senders_param(self) -> Option<&'static str> {
        self.card()
            .params_of(self.variant)
            .map(|param| param.id)
            .find(|id| ["writers", "producers", "senders", "clients"].contains(id))
    }

    /// The `n`th of several different messages.
    pub(crate) fn payload(self, n: u64) -> Data {
        let text = match (self.entry, self.variant) {
            // Their messages are numbers.
            ("signal", _) => n.to_string(),
            _ => format!("message {n}"),
        };
        Data::Text { text }
    }

    /// A server with a run of this subject, whose processes are all there.
    pub(crate) async fn run(self, params: Value) -> World {
        let cast = self.cast(&params).len();
        let mut world = World::running(self.plan(params)).await;
        world
            .client
            .until("all processes of the run", |state| {
                state.workers.len() == cast
            })
            .await;
        if self.entry == "zeromq" {
            world.client.until("their connections", introduced).await;
        } else if (self.entry, self.variant) == ("pipe", "python") {
            // All three are born with both connections.
            let held = |state: &RunState| {
                state
                    .objects
                    .iter()
                    .any(|object| !object.holders.is_empty())
            };
            world.client.until("the connections", held).await;
        } else if self.entry == "pipe" {
            open(&mut world.client).await;
        } else if self.variant == "manager" {
            // They connect, and prove the key, before they take the first line.
            let idle = |state: &RunState| {
                let mut clients = state.workers.iter().filter(|one| one.role == "client");
                clients.all(|one| one.because == Some(Wait::Command))
            };
            world.client.until("their connections", idle).await;
        }
        world
    }
}

/// Those that connect at once have done so, and a publisher that counts them knows.
fn introduced(state: &RunState) -> bool {
    let word = |id: &str| state.params.get(id).and_then(|word| word.as_str());
    let counts = state.params.get("handshake").and_then(Value::as_bool) == Some(true);
    let said = |role: &str, what: &str| {
        let mut all = state.workers.iter().filter(|worker| worker.role == role);
        all.all(|worker| worker.said.iter().any(|said| said.what == what))
    };
    let connect = ["subscriber", "puller", "client"];
    word("order") != Some("together")
        || connect.iter().all(|role| said(role, "handshake_succeeded"))
            && (!counts || said("publisher", "heard"))
}

/// Waits until everybody has its end of the pipe open: a FIFO is opened by name, so a process may be there before.
async fn open(client: &mut Client) {
    let there = |state: &RunState| {
        let writers = state
            .workers
            .iter()
            .filter(|worker| worker.role == "writer")
            .count();
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
        writing == writers && reading && parent_closed
    };
    client
        .until("all processes of the run with their ends open", there)
        .await;
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

/// That worker is stopped by SIGSTOP.
pub(crate) fn frozen(state: &RunState, worker: &str) -> bool {
    state
        .worker(&worker.into())
        .is_some_and(|worker| worker.frozen)
}

/// Freezes a worker, and waits until it is.
pub(crate) async fn freeze(client: &mut Client, worker: &str) {
    client.act("freeze", worker, json!({})).await;
    let what = format!("{worker} frozen");
    client.until(&what, |state| frozen(state, worker)).await;
}

/// Lets a frozen worker go on, and waits until it does.
pub(crate) async fn resume(client: &mut Client, worker: &str) {
    client.act("resume", worker, json!({})).await;
    let what = format!("{worker} awake");
    client.until(&what, |state| !frozen(state, worker)).await;
}

/// Kills a worker, and waits until it is reaped.
pub(crate) async fn kill(client: &mut Client, worker: &str) {
    let killed = Life::Killed {
        signal: Signal::SIGKILL,
    };
    client.act("kill", worker, json!({})).await;
    let what = format!("{worker} killed");
    client
        .until(&what, |state| gone(state, worker, killed))
        .await;
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

/// Messages that roles send of themselves, such as an answer, have ids from here on.
const OWN: u64 = 1_000_000;

/// The messages that somebody was asked to send.
pub(crate) fn asked(state: &RunState) -> impl Iterator<Item = &Message> {
    state.messages.iter().filter(|message| message.id < OWN)
}

/// How many of these were received in whole.
pub(crate) fn received(state: &RunState) -> u64 {
    if answers(&state.entry, &state.variant) {
        return asked(state).filter(|message| message.arrived).count() as u64;
    }
    state.counts.received
}

/// Each message has an answer, which its sender waits for.
fn answers(entry: &str, variant: &str) -> bool {
    entry == "rpc" || entry == "zeromq" && matches!(variant, "req-rep" | "dealer-router")
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
