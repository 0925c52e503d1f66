//! A cursor of one session into the journal of one run.

use super::{Attached, Frame, Journal, Run};
use shared::{
    codec,
    command::{MAX_EVENTS_FRAME, ServerMessage},
    ids::{RunId, Seq},
    state::RunState,
};
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, time::Instant};

/// Seconds of [`super::Limits::events_per_second`] that may be sent at once: a flood of a few hundred messages, as lessons
/// have it, arrives whole.
const BURST_SECONDS: u64 = 4;
/// When the allowance is used up, the browser gets a state this often: often enough to see it move, seldom enough that
/// snapshots cost less than the events they stand for.
const HOLD: Duration = Duration::from_millis(500);
/// Room for the text around the events in a frame.
const ENVELOPE: usize = 128;

/// What to do next for a session that follows a run.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Send these, then ask again.
    Frames(Vec<Frame>),
    /// Send this; there will be nothing more.
    Last(Frame),
    /// Nothing now; ask again at that time, or when [`Follower::changed`].
    Wait(Option<Instant>),
    /// The run has ended and everything was sent.
    Over,
}

/// Gives out all events of a run, in order, each once, or says what it left out.
#[derive(Debug)]
pub struct Follower {
    run: Arc<Run>,
    /// Keeps the run from being abandoned.
    _attached: Attached,
    changed: watch::Receiver<Seq>,
    /// The last event that was given out.
    sent: Seq,
    /// Up to here the session is catching up on purpose; that is no lag.
    mark: Seq,
    /// A state must be sent before events.
    snapshot: bool,
    queue_bytes: u64,
    allowance: Option<Allowance>,
    held_until: Option<Instant>,
}

enum Plan {
    Wait,
    Over,
    /// More is waiting than may be sent.
    Hold,
    Events {
        json: String,
        last: Seq,
        count: u64,
    },
    State {
        state: Box<RunState>,
        oldest: Seq,
        lagged: bool,
    },
}

impl Follower {
    /// Begins after the event `after`, or with a snapshot where that is not possible or not known.
    pub fn new(
        run: Arc<Run>,
        after: Option<Seq>,
        queue_bytes: u64,
        events_per_second: u64,
    ) -> Self {
        let attached = run.attach();
        let mut changed = run.subscribe();
        changed.mark_changed();
        let (last, oldest) = run.read(|journal| (journal.last(), journal.oldest()));
        // After 0 nothing is known, not even when the run began; it is told as to whoever started it.
        let known = after.filter(|after| *after > 0 && (oldest - 1..=last).contains(after));
        Self {
            _attached: attached,
            changed,
            sent: known.unwrap_or(0),
            mark: last,
            snapshot: known.is_none(),
            queue_bytes,
            allowance: Allowance::new(events_per_second),
            held_until: None,
            run,
        }
    }

    /// The run.
    pub fn run(&self) -> &Arc<Run> {
        &self.run
    }

    /// Returns when there may be more to send. May be dropped before it is ready.
    pub async fn changed(&mut self) {
        if self.changed.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// What to send at `now`.
    pub fn step(&mut self, now: Instant) -> Step {
        self.changed.mark_unchanged();
        if let Some(until) = self.held_until.filter(|until| *until > now) {
            return Step::Wait(Some(until));
        }
        let was_held = self.held_until.take().is_some();
        let allowed = self
            .allowance
            .as_mut()
            .map_or(u64::MAX, |allowance| allowance.refill(now));
        match self
            .run
            .read(|journal| self.plan(journal, allowed, was_held))
        {
            Plan::Wait => Step::Wait(None),
            Plan::Over => Step::Over,
            Plan::Hold => {
                self.held_until = Some(now + HOLD);
                Step::Wait(self.held_until)
            }
            Plan::Events { json, last, count } => {
                if let Some(allowance) = self.allowance.as_mut().filter(|_| last > self.mark) {
                    allowance.spend(count);
                }
                self.sent = last;
                Step::Frames(vec![events_frame(self.run.id(), &json).into()])
            }
            Plan::State {
                state,
                oldest,
                lagged,
            } => Step::Frames(self.jump(state, oldest, lagged)),
        }
    }

    fn plan(&self, journal: &Journal, allowed: u64, was_held: bool) -> Plan {
        let last = journal.last();
        if self.snapshot {
            // The state before the oldest event and then every event: nothing that can be known is left out.
            return Plan::State {
                state: Box::new(journal.base().clone()),
                oldest: journal.oldest(),
                lagged: false,
            };
        }
        if self.sent == last {
            return if journal.state().finished.is_some() {
                Plan::Over
            } else {
                Plan::Wait
            };
        }
        let behind = journal.oldest() > self.sent + 1;
        let too_many = was_held && last > self.mark && last - self.sent > allowed;
        if behind || too_many || journal.bytes_after(self.sent.max(self.mark)) > self.queue_bytes {
            return Plan::State {
                state: Box::new(journal.state().clone()),
                oldest: journal.oldest(),
                lagged: true,
            };
        }
        let (until, count) = if self.sent < self.mark {
            (self.mark, u64::MAX)
        } else {
            (Seq::MAX, allowed)
        };
        match journal.piece(self.sent, until, MAX_EVENTS_FRAME - ENVELOPE, count) {
            Some(piece) => Plan::Events {
                json: piece.json,
                last: piece.last,
                count: piece.count,
            },
            None => Plan::Hold,
        }
    }

    fn jump(&mut self, state: Box<RunState>, oldest: Seq, lagged: bool) -> Vec<Frame> {
        let run = self.run.id().clone();
        let mut frames = Vec::new();
        if lagged {
            let missed = state.seq.saturating_sub(self.sent);
            self.run.counters.lagged.add(missed);
            let message = ServerMessage::Lagged {
                run: run.clone(),
                from: self.sent + 1,
                to: state.seq,
            };
            frames.push(codec::encode_server(&message).into());
        }
        self.sent = state.seq;
        self.snapshot = false;
        let message = ServerMessage::Snapshot {
            run,
            seq: state.seq,
            at_ns: state.at_ns,
            started_unix_ms: self.run.started_unix_ms(),
            oldest,
            state,
        };
        frames.push(codec::encode_server(&message).into());
        frames
    }
}

/// A frame of events whose JSON is there already: each was formatted once, whoever looks on.
pub(crate) fn events_frame(run: &RunId, events: &str) -> String {
    let run = serde_json::to_string(run).expect("text can be JSON");
    format!(r#"{{"type":"events","run":{run},"events":[{events}]}}"#)
}

/// Events that may be sent, refilled with time.
#[derive(Debug)]
struct Allowance {
    per_second: u64,
    left: f64,
    at: Option<Instant>,
}

impl Allowance {
    fn new(per_second: u64) -> Option<Self> {
        (per_second > 0).then_some(Self {
            per_second,
            left: 0.0,
            at: None,
        })
    }

    #[expect(clippy::cast_precision_loss, reason = "allowances are far below 2^53")]
    fn refill(&mut self, now: Instant) -> u64 {
        let most = (self.per_second * BURST_SECONDS) as f64;
        let more = self
            .at
            .map_or(most, |at| (now - at).as_secs_f64() * self.per_second as f64);
        self.left = (self.left + more).min(most);
        self.at = Some(now);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and `most`"
        )]
        let whole = self.left.max(0.0) as u64;
        whole
    }

    #[expect(clippy::cast_precision_loss, reason = "allowances are far below 2^53")]
    fn spend(&mut self, count: u64) {
        self.left -= count as f64;
    }
}
