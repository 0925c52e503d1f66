//! The lab: all runs of a server, and nothing of HTTP or WebSockets.
//!
//! ```text
//! session ──Request──▶ run task ──ToBox──▶ box            one task a run; it alone talks to the box
//!    ▲                    │ ◀──FromBox──── box
//!    │                    ▼ append
//!    └──Follower◀── Journal + RunState                    a cursor into the journal, not a copy of it
//! ```
//! Those who watch somebody else's run read what [`audience`] encodes once for all of them.
//!
//! A session that is slow leaves its cursor behind; the run never waits for it. When too much lies between the cursor and
//! the end, the cursor jumps to a snapshot, and what it jumped over is counted.

mod append;
mod audience;
mod boxes;
mod budget;
mod check;
mod follow;
mod journal;
mod limits;
mod payloads;
mod recording;
mod run;
pub(crate) mod slots;
mod start;
mod starts;
mod stopping;
mod task;
mod token;

#[cfg(test)]
pub(crate) mod fake;
#[cfg(test)]
mod tests;

pub use audience::{Audience, Joined, Tally, Viewer, only_watching};
pub use boxes::{Boxes, Link};
pub(crate) use follow::events_frame;
pub use follow::{Follower, Step};
pub use journal::Journal;
pub use limits::Limits;

pub(crate) use run::run_over;
pub use run::{Attached, Command, Done, Run};
pub(crate) use start::without_python;
pub use start::{Order, Started};
pub use token::Token;

use crate::counters::Counters;
use audience::Audiences;
use budget::Budget;
use shared::{
    event::Outcome,
    failure::{Code, Failure},
    ids::RunId,
};
use slots::Slots;
use starts::Starts;
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicUsize},
    time::Duration,
};
use tokio_util::task::TaskTracker;

/// Text for a socket, cheap to clone: many may send the same.
pub type Frame = axum::extract::ws::Utf8Bytes;

/// All runs of a server. Cheap to clone.
#[derive(Clone)]
pub struct Lab {
    inner: Arc<Inner>,
}

struct Inner {
    boxes: Box<dyn Boxes>,
    limits: Limits,
    runs: Mutex<BTreeMap<RunId, Arc<Run>>>,
    audiences: Audiences,
    slots: Arc<Slots>,
    budget: Arc<Budget>,
    tasks: TaskTracker,
    cores: Vec<usize>,
    next_core: AtomicUsize,
    starts: Starts,
    counters: Arc<Counters>,
}

impl fmt::Debug for Lab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lab")
            .field("limits", &self.inner.limits)
            .finish_non_exhaustive()
    }
}

/// A mutex whose holder panicked still holds whole values: every critical section here only appends or reads.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Lab {
    /// A lab that makes its boxes with `boxes`; runs that are traced are spread over `cores`.
    pub fn new(boxes: impl Boxes, limits: Limits, cores: Vec<usize>) -> Self {
        Self {
            inner: Arc::new(Inner {
                boxes: Box::new(boxes),
                slots: Slots::new(slots::RUNS, limits.runs, limits.runs_per_address),
                budget: Arc::new(Budget::new(limits.server_journal_bytes)),
                starts: Starts::new(limits.starts_per_second),
                limits,
                runs: Mutex::new(BTreeMap::new()),
                audiences: Audiences::default(),
                tasks: TaskTracker::new(),
                cores,
                next_core: AtomicUsize::new(0),
                counters: Arc::default(),
            }),
        }
    }

    /// The limits in force.
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// The run of that id, if `token` owns it. Ended runs are found for a while, to be resumed, replayed and downloaded.
    ///
    /// # Errors
    /// `unknown_run` or `wrong_token`.
    pub fn find(&self, id: &RunId, token: &Token) -> Result<Arc<Run>, Failure> {
        let run = lock(&self.inner.runs).get(id).cloned().ok_or_else(|| {
            Failure::new(
                Code::UnknownRun,
                format!("there is no run {id} on this server"),
                "start another run",
            )
        })?;
        if run.owner() == token {
            Ok(run)
        } else {
            Err(Failure::new(
                Code::WrongToken,
                format!("run {id} belongs to somebody else"),
                "resume it with the token that started it, or start another run",
            ))
        }
    }

    /// Whether a session may go on under that token: it owns a run here.
    pub fn knows(&self, token: &Token) -> bool {
        lock(&self.inner.runs)
            .values()
            .any(|run| run.owner() == token)
    }

    /// What is counted while it happens.
    pub fn counted(&self) -> &Arc<Counters> {
        &self.inner.counters
    }

    /// The process that makes the boxes, if they are made by one.
    pub fn spawner(&self) -> Option<i32> {
        self.inner.boxes.made_by()
    }

    /// Runs going on, runs kept after their end, runs ever started, bytes of all journals, and all else that is a number.
    pub fn counters(&self) -> BTreeMap<&'static str, u64> {
        let kept = lock(&self.inner.runs)
            .values()
            .filter(|run| run.is_finished())
            .count();
        BTreeMap::from([
            ("runs", self.inner.slots.taken()),
            ("runs_kept", kept.try_into().unwrap_or(u64::MAX)),
            ("runs_started", self.inner.counters.runs.get()),
            ("journal_bytes", self.inner.budget.used()),
            ("watchers", self.inner.audiences.watchers()),
            ("boxes", self.inner.counters.boxes.get()),
            ("sessions", self.inner.counters.sessions.get()),
            ("events", self.inner.counters.events.get()),
            ("events_lagged", self.inner.counters.lagged.get()),
            ("sockets_stalled", self.inner.counters.stalled.get()),
        ])
    }

    /// Ends all runs and waits until nothing of them exists, at most `patience`.
    pub async fn stop_all(&self, outcome: Outcome, patience: Duration) {
        let runs: Vec<_> = lock(&self.inner.runs).values().cloned().collect();
        for run in &runs {
            run.end(outcome);
        }
        let all_over = async {
            for run in &runs {
                run.over().await;
            }
        };
        if tokio::time::timeout(patience, all_over).await.is_err() {
            tracing::warn!("some runs did not end in time; the spawner ends them");
        }
    }

    fn insert(&self, run: &Arc<Run>) {
        lock(&self.inner.runs).insert(run.id().clone(), Arc::clone(run));
        self.inner.counters.runs.add(1);
    }

    fn forget(&self, id: &RunId) {
        lock(&self.inner.runs).remove(id);
        self.inner.audiences.close(id);
    }

    /// After `run` got new events: if all journals together are too large, ended runs go first, then its oldest events.
    fn keep_within_budget(&self, run: &Run) {
        if self.inner.budget.is_over() {
            self.make_room();
            lock(&run.facts).journal.shrink();
        }
    }

    /// Forgets the runs that ended longest ago until all journals fit; what is left to do, their own runs must.
    fn make_room(&self) {
        let mut runs = lock(&self.inner.runs);
        while self.inner.budget.is_over()
            || runs.values().filter(|run| run.is_finished()).count() > KEEP_FINISHED
        {
            let oldest = runs
                .values()
                .filter_map(|run| Some((run.finished_at()?, run.id().clone())))
                .min();
            let Some((_, id)) = oldest else { return };
            runs.remove(&id);
            self.inner.audiences.close(&id);
        }
    }
}

/// Ended runs kept at most, however small their journals: their states take memory too.
const KEEP_FINISHED: usize = 1000;
