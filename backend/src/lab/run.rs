//! One run, as sessions see it.

use super::{Journal, Limits, Token, budget::Budget, check, lock, payloads::Payloads};
use crate::counters::Counters;
use shared::{
    catalog::Entry,
    command::{Data, Effect, Values},
    event::Outcome,
    failure::{Code, Failure},
    ids::{CallId, MsgId, RequestId, RunId, Seq, WorkerId},
    state::RunState,
};
use std::{
    fmt,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

/// Commands that may wait for the run task; beside them at most 64 wait in the supervisor.
const REQUESTS: usize = 64;

/// What a session asks of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Have a worker send messages.
    Send {
        /// Who; the entry's first sender if absent.
        worker: Option<WorkerId>,
        /// The payload.
        data: Data,
        /// How many.
        times: u32,
        /// What else the entry wants to know of a send.
        args: Values,
    },
    /// Do something to a worker.
    Act {
        /// The worker.
        worker: Option<WorkerId>,
        /// The verb.
        verb: String,
        /// Its arguments.
        args: Values,
    },
    /// Bytes of a call.
    Fetch {
        /// The call.
        call: CallId,
        /// First byte.
        from: u64,
        /// How many.
        len: u64,
    },
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// It was taken.
    Ack {
        /// First id of the messages it makes.
        message: Option<MsgId>,
        /// Done, or waiting for its worker.
        effect: Effect,
    },
    /// The bytes asked for.
    Bytes {
        /// First byte.
        from: u64,
        /// How many there are in all.
        total: u64,
        /// The bytes.
        data: Data,
    },
}

pub(super) struct Request {
    pub(super) re: RequestId,
    pub(super) command: Command,
    pub(super) reply: oneshot::Sender<Result<Done, Failure>>,
}

/// One run: its journal, and the way to its task.
pub struct Run {
    id: RunId,
    owner: Token,
    entry: &'static Entry,
    started_unix_ms: u64,
    pub(super) began: Instant,
    /// When somebody wanted it.
    pub(super) asked: Instant,
    pub(super) counters: Arc<Counters>,
    pub(super) facts: Mutex<Facts>,
    /// Sessions that wait for `facts`; the task of the run lets them go first.
    pub(super) readers: AtomicUsize,
    /// `seq` of the last event; what sessions wait for.
    pub(super) last: watch::Sender<Seq>,
    requests: mpsc::Sender<Request>,
    ending: OnceLock<Outcome>,
    /// Wakes the task: a session came or went, or the run is to end.
    pub(super) touched: Notify,
    /// Set when nothing of the run exists any more.
    pub(super) over: CancellationToken,
}

/// What a run is entered in.
pub(super) struct Books {
    /// When the run was asked for.
    pub(super) asked: Instant,
    pub(super) budget: Arc<Budget>,
    pub(super) counters: Arc<Counters>,
}

pub(super) struct Facts {
    pub(super) journal: Journal,
    pub(super) payloads: Payloads,
    /// Sessions that own the run and are connected.
    pub(super) sessions: usize,
    /// When the last of them left.
    pub(super) left: Instant,
    /// When somebody did something last.
    pub(super) active: Instant,
    pub(super) finished: Option<Instant>,
}

impl Run {
    pub(super) fn new(
        id: RunId,
        owner: Token,
        entry: &'static Entry,
        state: RunState,
        limits: &Limits,
        books: Books,
    ) -> (Arc<Self>, mpsc::Receiver<Request>) {
        let (requests, receiver) = mpsc::channel(REQUESTS);
        let now = Instant::now();
        let run = Self {
            id,
            owner,
            entry,
            started_unix_ms: unix_ms(),
            began: now,
            asked: books.asked,
            counters: books.counters,
            facts: Mutex::new(Facts {
                journal: Journal::new(state, limits, books.budget),
                payloads: Payloads::default(),
                sessions: 0,
                left: now,
                active: now,
                finished: None,
            }),
            readers: AtomicUsize::new(0),
            last: watch::Sender::new(0),
            requests,
            ending: OnceLock::new(),
            touched: Notify::new(),
            over: CancellationToken::new(),
        };
        (Arc::new(run), receiver)
    }

    /// Its id.
    pub fn id(&self) -> &RunId {
        &self.id
    }

    /// The secret it was started with.
    pub fn owner(&self) -> &Token {
        &self.owner
    }

    /// What it is a run of.
    pub fn entry(&self) -> &'static Entry {
        self.entry
    }

    /// When it began.
    pub fn started_unix_ms(&self) -> u64 {
        self.started_unix_ms
    }

    /// Looks at the journal. The run waits meanwhile, so be quick.
    pub fn read<T>(&self, look: impl FnOnce(&Journal) -> T) -> T {
        self.readers.fetch_add(1, Ordering::Relaxed);
        let facts = lock(&self.facts);
        self.readers.fetch_sub(1, Ordering::Relaxed);
        look(&facts.journal)
    }

    /// Nothing of it exists any more; its journal is kept for a while.
    pub fn is_finished(&self) -> bool {
        self.over.is_cancelled()
    }

    pub(super) fn finished_at(&self) -> Option<Instant> {
        lock(&self.facts).finished
    }

    /// Returns when nothing of it exists any more.
    pub async fn over(&self) {
        self.over.cancelled().await;
    }

    /// Hears of each new last `seq`.
    pub fn subscribe(&self) -> watch::Receiver<Seq> {
        self.last.subscribe()
    }

    /// Counts a session of the owner; without any the run ends after its grace time.
    pub fn attach(self: &Arc<Self>) -> Attached {
        let mut facts = lock(&self.facts);
        facts.sessions += 1;
        facts.active = Instant::now();
        drop(facts);
        self.touched.notify_one();
        Attached {
            run: Arc::clone(self),
        }
    }

    /// Somebody does something, so that it is not idle.
    pub(super) fn touch(&self) {
        lock(&self.facts).active = Instant::now();
    }

    /// Hands a command to the run; the answer comes when the supervisor has taken or refused it.
    ///
    /// # Errors
    /// What can be refused at once: a command that does not fit, a run that is over or too busy.
    pub fn request(
        &self,
        re: RequestId,
        command: Command,
    ) -> Result<oneshot::Receiver<Result<Done, Failure>>, Failure> {
        if self.is_finished() {
            return Err(run_over());
        }
        let command = {
            let mut facts = lock(&self.facts);
            facts.active = Instant::now();
            check::command(self.entry, facts.journal.state(), command)?
        };
        let (reply, answer) = oneshot::channel();
        self.requests
            .try_send(Request { re, command, reply })
            .map_err(|error| match error {
                mpsc::error::TrySendError::Closed(_) => run_over(),
                mpsc::error::TrySendError::Full(_) => Failure::new(
                    Code::WorkerBusy,
                    format!("{REQUESTS} commands wait for this run already"),
                    "wait until some of them are done",
                ),
            })?;
        Ok(answer)
    }

    /// Bytes of a message, as long as its payload is kept.
    ///
    /// # Errors
    /// `bad_param` for `message` or `from`.
    pub fn payload(&self, message: MsgId, from: u64, len: u64) -> Result<Done, Failure> {
        lock(&self.facts).payloads.fetch(message, from, len)
    }

    /// Ends the run; every process of it is killed and reaped.
    pub fn end(&self, outcome: Outcome) {
        let _first_reason_counts = self.ending.set(outcome);
        self.touched.notify_one();
    }

    pub(super) fn ending(&self) -> Option<Outcome> {
        self.ending.get().copied()
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("id", &self.id)
            .field("entry", &self.entry.id)
            .finish_non_exhaustive()
    }
}

pub(crate) fn run_over() -> Failure {
    Failure::new(Code::RunOver, "this run has ended", "start another")
}

/// A session of the owner is connected, until this is dropped.
#[derive(Debug)]
#[must_use = "the run counts the session as gone when this is dropped"]
pub struct Attached {
    run: Arc<Run>,
}

impl Drop for Attached {
    fn drop(&mut self) {
        let mut facts = lock(&self.run.facts);
        facts.sessions -= 1;
        facts.left = Instant::now();
        drop(facts);
        self.run.touched.notify_one();
    }
}

fn unix_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    since.as_millis().try_into().unwrap_or(u64::MAX)
}
