//! A cursor of one watcher into the ring of what it watches.

use super::{
    Audience, Frame, ROWS,
    registry::Joined,
    ring::{Item, What},
};
use crate::lab::Step;
use shared::{
    codec,
    command::ServerMessage,
    failure::{Code, Failure},
    ids::{RunId, Seq},
};
use std::sync::Arc;
use tokio::sync::watch;

/// Frames that one step gives out: then others have their turn.
const STEP: usize = 16;

/// Gives out all events of what is watched, in order, each once, or says what it left out.
#[derive(Debug)]
pub struct Viewer {
    audience: Arc<Audience>,
    row: watch::Receiver<u64>,
    /// Index of the next frame; none before there was a state to begin with.
    next: Option<u64>,
    /// The run and its last event that was given out.
    at: (u64, Seq),
    /// Index of the first frame that tells a place which this one does not know yet.
    places: u64,
    /// Something was given out already, so that what comes next may be a hole.
    begun: bool,
}

impl Viewer {
    /// One more watches.
    pub(super) fn join(
        audience: Arc<Audience>,
        known: Option<(&RunId, Seq)>,
    ) -> Result<Joined, Failure> {
        audience.enter()?;
        let row = usize::try_from(audience.count()).unwrap_or_default() % ROWS;
        let mut row = audience.rows[row].subscribe();
        row.mark_changed();
        let run = audience.run();
        let mut viewer = Self {
            row,
            next: None,
            at: (0, 0),
            places: 0,
            begun: false,
            audience: Arc::clone(&audience),
        };
        let missing = known.and_then(|(id, after)| viewer.go_on(id, after));
        Ok(Joined {
            audience,
            run,
            missing,
            viewer,
        })
    }

    /// Goes on after an event, if the journal still reaches back to it; the events that are to be read from it first.
    fn go_on(&mut self, id: &RunId, after: Seq) -> Option<(Seq, Seq)> {
        let run = self.audience.run();
        let reaches = run.read(|journal| (journal.oldest() - 1..=journal.last()).contains(&after));
        // After 0 nothing is known, not even when the run began.
        if run.id() != id || after == 0 || !reaches {
            return None;
        }
        let last = run.read(super::super::Journal::last);
        self.audience.ring(|ring| {
            if ring.shown.as_ref() != Some(id) {
                return None;
            }
            if std::mem::take(&mut ring.asleep) {
                // The broadcast goes on from here, for this one.
                ring.at.1 = last;
            }
            // Further than the broadcast: then a state is the shorter way.
            (after <= ring.at.1).then(|| {
                (self.next, self.at, self.begun) = (Some(ring.next()), ring.at, true);
                (after, ring.at.1)
            })
        })
    }

    /// The events that were to be read first are not there any more.
    pub fn start_over(&mut self) {
        (self.next, self.begun) = (None, false);
    }

    /// What it watches.
    pub fn audience(&self) -> &Arc<Audience> {
        &self.audience
    }

    /// Returns when there may be more to send. May be dropped before it is ready.
    pub async fn changed(&mut self) {
        tokio::select! {
            told = self.row.changed() => if told.is_err() { std::future::pending::<()>().await },
            () = self.audience.closed.cancelled() => {}
        }
    }

    /// What to send now.
    pub fn step(&mut self) -> Step {
        self.row.mark_unchanged();
        let audience = Arc::clone(&self.audience);
        let frames = audience.ring(|ring| {
            let mut frames = Vec::new();
            let mut next = match self.next {
                Some(next) if ring.get(next).is_ok() => next,
                Some(_) | None => {
                    let entry = ring.entry()?;
                    if self.begun && entry.run == self.at.0 {
                        if entry.seq < self.at.1 {
                            return None;
                        }
                        frames.extend(self.hole(&entry.id, entry.seq));
                    }
                    frames.push(entry.state.clone());
                    frames.extend(ring.place.clone());
                    (self.at, self.begun) = ((entry.run, entry.seq), true);
                    self.places = ring.next();
                    entry.index
                }
            };
            while let Ok(Some(item)) = ring.get(next)
                && frames.len() < STEP
            {
                self.take(item, next, &mut frames);
                next += 1;
            }
            self.next = Some(next);
            Some(frames)
        });
        match frames {
            Some(frames) if !frames.is_empty() => Step::Frames(frames),
            _ if audience.closed.is_cancelled() => Step::Last(gone()),
            Some(_) => Step::Wait(None),
            None => {
                self.next = None;
                audience.wanted.notify_one();
                Step::Wait(None)
            }
        }
    }

    /// Adds what of a frame is new here.
    fn take(&mut self, item: &Item, index: u64, frames: &mut Vec<Frame>) {
        let same = item.run == self.at.0;
        match item.what {
            What::Events { last, .. } if same && last <= self.at.1 => return,
            What::Events { last, .. } => self.at.1 = last,
            What::State { seq } => {
                if same && seq <= self.at.1 {
                    return;
                }
                if same {
                    frames.extend(self.hole(&item.id, seq));
                }
                self.at = (item.run, seq);
            }
            What::Place if index < self.places => return,
            What::Place => {}
        }
        frames.push(item.frame.clone());
    }

    /// Says that the events of a run up to `to` were left out. The owner may show another by now.
    fn hole(&self, run: &RunId, to: Seq) -> Option<Frame> {
        let message = ServerMessage::Lagged {
            run: run.clone(),
            from: self.at.1 + 1,
            to,
        };
        (to > self.at.1).then(|| Frame::from(codec::encode_server(&message)))
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.audience.leave();
    }
}

/// The last word to whoever watches.
fn gone() -> Frame {
    let failure = Failure::new(
        Code::UnknownRun,
        "the run that you watch was forgotten",
        "ask for another link",
    );
    Frame::from(codec::encode_server(&ServerMessage::Rejected {
        re: None,
        failure,
    }))
}
