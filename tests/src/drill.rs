//! A class: many clients at once, each of which starts a run of something, sends, breaks it in one way or another, and goes on.
//!
//! Where a run of a learner goes wrong, that is no error: it is what a drill is about. Errors are a server that does not
//! answer, answers what it must not, or falls; a start that is refused; and whatever is left when everybody has gone home.

use crate::{
    Account, Client, Leftovers, TestServer, client::Plan, dice::Dice, procfs, raw::Raw, wait,
};
use futures_util::{FutureExt as _, future::join_all};
use serde_json::json;
use shared::{
    catalog::{ENTRIES, Entry},
    command::{Data, Values},
    failure::Code,
    ids::RunId,
};
use std::{
    any::Any,
    cell::RefCell,
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// How long a run outlives its connection here: a drill wants to see that it goes, and not wait for it.
const GRACE_MS: &str = "1500";
/// The same for the journal of a run that is over, so that memory comes to rest while the class goes on.
const KEEP_MS: &str = "5000";
/// Within this all runs of connections that were cut are gone.
const GONE: Duration = Duration::from_secs(8);

/// What a class does.
#[derive(Clone, Copy, Debug)]
pub struct Drill {
    /// How many learners.
    pub learners: usize,
    /// How long.
    pub time: Duration,
    /// Longest pause of a learner between two deeds; the shortest is none.
    pub pause: Duration,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Runs that were begun.
    pub runs: Vec<RunId>,
    /// From each `start` to the first event of its run.
    pub first_event: Vec<Duration>,
    /// How often each way of breaking was taken, in the order of [`BREAKS`].
    pub broken: [usize; BREAKS.len()],
    /// What went wrong, in words.
    pub errors: Vec<String>,
    /// Resident memory of the server: before, after a third of the time, at the end; KiB.
    pub server_kib: [u64; 3],
    /// The same of the spawner.
    pub spawner_kib: [u64; 3],
}

/// Ways to break a run.
pub const BREAKS: [&str; 6] = [
    "freeze",
    "kill",
    "exit",
    "rubbish",
    "cut the connection",
    "come back",
];

impl Outcome {
    /// A percentile of the times to the first event; none without runs.
    pub fn first_event_at(&self, percent: usize) -> Duration {
        let mut all = self.first_event.clone();
        all.sort_unstable();
        let last = all.len().saturating_sub(1);
        all.get(last * percent / 100).copied().unwrap_or_default()
    }
}

impl Drill {
    /// Has a class on a server of its own, and looks what is left of it.
    pub async fn run(self, account: Account) -> Outcome {
        let limits = [
            // As one serves a class; but here a learner may start as often as it comes to that.
            "--class",
            "--grace-ms",
            GRACE_MS,
            "--keep-ms",
            KEEP_MS,
        ];
        let mut server = TestServer::with(account, &limits);
        server.settled().await;
        let leftovers = Leftovers::before(&server);
        let memory = || {
            let spawner = server.spawner().pid;
            [server.pid(), spawner].map(procfs::resident_kib)
        };
        let before = memory();
        let until = Instant::now() + self.time;
        let outcome = RefCell::new(Outcome::default());
        let mut dice = Dice::seeded();
        let class = (0..self.learners).map(|_| {
            let dice = Dice::new(dice.any());
            learner(&server, self, until, dice, &outcome)
        });
        let third = async {
            sleep(self.time / 3).await;
            memory()
        };
        let (third, _) = futures_util::join!(third, join_all(class));

        let mut outcome = outcome.into_inner();
        let gone = || server.supervisors().is_empty().then_some(());
        let empty = wait::within(GONE, "the end of all runs", gone);
        outcome.look(AssertUnwindSafe(empty).catch_unwind().await);
        let left = leftovers.none(&server, &outcome.runs);
        let left = AssertUnwindSafe(left).catch_unwind().await;
        outcome.look(left);
        let log = server.log();
        let fallen = log.lines().filter(|line| line.contains("panicked"));
        outcome.errors.extend(fallen.map(str::to_owned));
        let end = memory();
        outcome.server_kib = [before[0], third[0], end[0]];
        outcome.spawner_kib = [before[1], third[1], end[1]];
        server.stop().await;
        outcome
    }
}

impl Outcome {
    /// Takes in what failed, as the harness tells it.
    fn look<T>(&mut self, done: Result<T, Box<dyn Any + Send>>) {
        if let Err(why) = done {
            let text = why.downcast_ref::<String>().cloned();
            let text = text.or_else(|| why.downcast_ref::<&str>().map(|&text| text.to_owned()));
            self.errors.push(text.unwrap_or_default());
        }
    }
}

/// One learner after another at the same desk, until the time is over.
async fn learner(
    server: &TestServer,
    drill: Drill,
    until: Instant,
    mut dice: Dice,
    outcome: &RefCell<Outcome>,
) {
    while Instant::now() < until {
        let visit = visit(server, drill, &mut dice, outcome);
        let done = AssertUnwindSafe(visit).catch_unwind().await;
        outcome.borrow_mut().look(done);
    }
}

/// Some runs over one connection.
async fn visit(server: &TestServer, drill: Drill, dice: &mut Dice, outcome: &RefCell<Outcome>) {
    rest(drill, dice).await;
    let mut client = Client::connect(server).await;
    for _ in 0..=dice.below(3) {
        let Some(plan) = begin(&mut client, dice, outcome).await else {
            continue;
        };
        let (entry, variant) = plan;
        rest(drill, dice).await;
        let members = shared::mechanism::cast(entry.id, variant, &Values::new());
        let senders: Vec<_> = members.iter().filter(|member| member.sends).collect();
        let text = || Data::Text {
            text: "is anybody there?".to_owned(),
        };
        if !senders.is_empty() {
            let sender = dice.one_of(&senders).id.to_string();
            let times = 1 + u32::try_from(dice.below(5)).unwrap_or(0);
            // It may have ended, or not be there yet: then it is refused, in words.
            fine(outcome, client.try_send(&sender, text(), times).await);
        }
        rest(drill, dice).await;
        let way = dice.below(BREAKS.len());
        outcome.borrow_mut().broken[way] += 1;
        let whom = dice.one_of(&members).id.to_string();
        match BREAKS[way] {
            "freeze" => {
                fine(outcome, client.try_act("freeze", &whom, json!({})).await);
                rest(drill, dice).await;
                if dice.below(2) == 0 {
                    fine(outcome, client.try_act("resume", &whom, json!({})).await);
                }
            }
            verb @ ("kill" | "exit") => {
                fine(outcome, client.try_act(verb, &whom, json!({})).await);
            }
            "rubbish" => rubbish(server, &mut client, &whom, dice, outcome).await,
            // Not a word: the socket is closed, as by a laptop that is shut.
            "cut the connection" => return drop(client),
            _ => client = Client::resume(server, client).await,
        }
        rest(drill, dice).await;
        client.stop().await;
    }
    client.close().await;
}

/// Starts a run of anything, and waits for its first event.
async fn begin(
    client: &mut Client,
    dice: &mut Dice,
    outcome: &RefCell<Outcome>,
) -> Option<(&'static Entry, &'static str)> {
    let built: Vec<&'static Entry> = ENTRIES.iter().filter(|entry| entry.built).collect();
    let entry = *dice.one_of(&built);
    let variant = dice.one_of(entry.variants).id;
    let plan = Plan::new(entry.id, variant, json!({}), dice.below(2) == 0);
    let began = Instant::now();
    let run = match client.try_start(plan).await {
        Ok(ack) => ack.run?,
        Err(refused) => {
            let error = format!("{}/{variant} is refused: {refused}", entry.id);
            outcome.borrow_mut().errors.push(error);
            return None;
        }
    };
    outcome.borrow_mut().runs.push(run.clone());
    client.run = run;
    client
        .until("the first event of the run", |state| state.seq > 0)
        .await;
    outcome.borrow_mut().first_event.push(began.elapsed());
    Some((entry, variant))
}

/// What a client must not say: over the connection of a run, of which nothing may come but a refusal, and over one of its own.
async fn rubbish(
    server: &TestServer,
    client: &mut Client,
    whom: &str,
    dice: &mut Dice,
    outcome: &RefCell<Outcome>,
) {
    for (verb, args) in [
        ("explode", json!({})),
        ("freeze", json!({"how": "gently"})),
        ("kill", json!({"signal": 9_000})),
    ] {
        if client.try_act(verb, whom, args.clone()).await.is_ok() {
            let error = format!("{verb} {whom} {args} was taken");
            outcome.borrow_mut().errors.push(error);
        }
    }
    let mut raw = Raw::connect(server).await;
    for _ in 0..1 + dice.below(4) {
        match dice.below(4) {
            0 => raw.say_text("{").await,
            1 => raw.say_text(r#"{"type":"hello","protocol":99}"#).await,
            2 => raw.say_text("x".repeat(dice.below(100_000))).await,
            _ => {
                let bytes: Vec<u8> = (0..dice.below(200)).map(|_| dice.byte()).collect();
                raw.say_bytes(&bytes).await;
            }
        }
    }
    // It hangs up, or we do.
    drop(raw);
}

/// Whatever a learner does may be refused; but not by a server that failed.
fn fine<T>(outcome: &RefCell<Outcome>, done: Result<T, shared::failure::Failure>) {
    if let Err(failure) = done
        && failure.code == Code::Internal
    {
        outcome.borrow_mut().errors.push(failure.to_string());
    }
}

/// A learner thinks: the one thing in a test that takes time because people do.
async fn rest(drill: Drill, dice: &mut Dice) {
    let most = usize::try_from(drill.pause.as_millis()).unwrap_or(0);
    let pause = u64::try_from(dice.below(most + 1)).unwrap_or(0);
    sleep(Duration::from_millis(pause)).await;
}
