//! The task that reads a run for all who watch it.

use super::{
    Audience, Frame,
    purse::Purse,
    ring::{Entry, Item, What},
};
use crate::lab::{Journal, Run, events_frame};
use shared::{
    codec,
    command::{MAX_EVENTS_FRAME, ServerMessage},
    ids::Seq,
    place::Place,
    state::RunState,
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until},
};

/// Shortest time between two looks at the run, and the time in which all rows are woken: nobody sees the difference to at
/// once, and a flood becomes a few large frames a second instead of thousands of small ones.
const BEAT: Duration = Duration::from_millis(100);
/// The beat grows with those who watch, so that what they take of the machine does not: a thousand frames a second, a
/// hundredth of a core or two. With 500 it is half a second.
const PER_WATCHER: Duration = Duration::from_millis(1);
const LONGEST_BEAT: Duration = Duration::from_millis(500);
/// A little less than a frame, for the text around the events.
pub(super) const ROOM: usize = MAX_EVENTS_FRAME - 128;

/// What was found in the journal.
enum Found {
    Nothing,
    /// More than may be sent now.
    Hold,
    Events {
        json: String,
        last: Seq,
    },
    State {
        state: Box<RunState>,
        oldest: Seq,
    },
}

/// What the task knows beside the audience.
struct Broadcast {
    audience: Arc<Audience>,
    run: Arc<Run>,
    changed: watch::Receiver<Seq>,
    /// How many runs were shown, with this one; 0 before the first look.
    number: u64,
    /// No frame has events on both sides of this: the state that newcomers begin with ends here.
    cut: Seq,
    place: Option<Place>,
    purse: Purse,
}

impl Audience {
    /// Encodes what happens, once for all, until the run is forgotten.
    pub(super) async fn broadcast(self: Arc<Self>) {
        let mut place = self.place.subscribe();
        let mut shown = self.run.subscribe();
        let mut count = self.count.subscribe();
        let mut broadcast = Broadcast::new(Arc::clone(&self));
        let mut held = false;
        loop {
            if *count.borrow_and_update() == 0 {
                // Costs nothing at all until somebody comes.
                self.ring(|ring| {
                    ring.clear();
                    ring.asleep = true;
                });
                tokio::select! {
                    () = self.closed.cancelled() => return,
                    _ = count.changed() => continue,
                }
            }
            let wanted = tokio::select! {
                () = self.closed.cancelled() => return,
                () = self.wanted.notified() => true,
                _ = shown.changed() => false,
                _ = place.changed() => false,
                _ = broadcast.changed.changed() => false,
                () = sleep(BEAT), if held => false,
                _ = count.changed() => continue,
            };
            held = broadcast.gather(wanted);
            self.wake().await;
        }
    }

    /// Tells all rows, one after the other, within a beat.
    async fn wake(&self) {
        let (begin, next) = (Instant::now(), self.ring(|ring| ring.next()));
        let watchers = u32::try_from(self.count()).unwrap_or(u32::MAX);
        let beat = PER_WATCHER
            .saturating_mul(watchers)
            .clamp(BEAT, LONGEST_BEAT);
        // Those in which somebody sits now. Who comes meanwhile has begun by itself, and must not make this last longer.
        let rows = self.rows.iter().filter(|row| row.receiver_count() > 0);
        let rows: Vec<_> = rows.collect();
        let step = beat / u32::try_from(rows.len()).unwrap_or(u32::MAX).max(1);
        for (row, until) in rows.into_iter().zip(1..) {
            row.send_replace(next);
            sleep_until(begin + step * until).await;
        }
        // A row that somebody left meanwhile is missing.
        sleep_until(begin + beat).await;
    }
}

impl Broadcast {
    fn new(audience: Arc<Audience>) -> Self {
        let run = audience.run();
        Self {
            changed: run.subscribe(),
            audience,
            run,
            number: 0,
            cut: 0,
            place: None,
            purse: Purse::new(Instant::now()),
        }
    }

    /// Puts what is new into the ring, and a state for newcomers if one is wanted. True if there is more than may be sent now.
    fn gather(&mut self, wanted: bool) -> bool {
        let run = self.audience.run();
        let (mut after, asleep) = self.audience.ring(|ring| (ring.at.1, ring.asleep));
        let mut left = self.purse.refill(self.audience.count(), Instant::now());
        if self.number == 0 || run.id() != self.run.id() {
            after = self.turn_to(run);
        }
        if wanted || asleep {
            self.let_in();
            after = self.audience.ring(|ring| ring.at.1);
        }
        let held = loop {
            let len = match self.look(after, left) {
                Found::Nothing => break false,
                Found::Hold => break true,
                Found::Events { json, last } => {
                    let frame = Frame::from(events_frame(self.run.id(), &json));
                    self.push(What::Events { after, last }, frame)
                }
                Found::State { state, oldest } => {
                    let seq = state.seq;
                    let frame = snapshot(&self.run, state, oldest);
                    self.push(What::State { seq }, frame)
                }
            };
            self.purse.spend(len);
            left = left.saturating_sub(u64::try_from(len).unwrap_or(u64::MAX));
            after = self.audience.ring(|ring| ring.at.1);
        };
        self.tell_place();
        held
    }

    /// Another run is shown from now on: its events, from the first that its journal has.
    fn turn_to(&mut self, run: Arc<Run>) -> Seq {
        self.changed = run.subscribe();
        self.run = run;
        self.number += 1;
        (self.cut, self.place) = (0, None);
        let (state, oldest) = self
            .run
            .read(|journal| (Box::new(journal.base().clone()), journal.oldest()));
        let seq = state.seq;
        let frame = snapshot(&self.run, state, oldest);
        self.push(What::State { seq }, frame);
        self.audience
            .ring(|ring| ring.shown = Some(self.run.id().clone()));
        seq
    }

    /// Makes a state to begin with. If all who are here begin with it, what was before is told to nobody.
    fn let_in(&mut self) {
        let (state, oldest) = self
            .run
            .read(|journal| (Box::new(journal.state().clone()), journal.oldest()));
        self.cut = state.seq;
        let mut entry = Entry {
            index: 0,
            run: self.number,
            id: self.run.id().clone(),
            seq: self.cut,
            state: snapshot(&self.run, state, oldest),
        };
        let again = self.audience.ring(|ring| {
            if std::mem::take(&mut ring.asleep) {
                ring.at = (entry.run, entry.seq);
            }
            entry.index = ring.next();
            // Somebody who came back meanwhile has read further already.
            let again = ring.at.1 > entry.seq;
            if !again {
                ring.begin_with(entry);
            }
            again
        });
        if again {
            self.audience.wanted.notify_one();
        }
    }

    fn look(&self, after: Seq, left: u64) -> Found {
        let until = if after < self.cut { self.cut } else { Seq::MAX };
        let find = |journal: &Journal| {
            if journal.last() <= after {
                return Found::Nothing;
            }
            if left == 0 {
                return Found::Hold;
            }
            let gone = journal.oldest() > after + 1;
            if gone || journal.bytes_after(after) > self.audience.queue_bytes {
                return Found::State {
                    state: Box::new(journal.state().clone()),
                    oldest: journal.oldest(),
                };
            }
            journal
                .between(after, until, ROOM)
                .map_or(Found::Nothing, |(json, last)| Found::Events { json, last })
        };
        self.run.read(find)
    }

    fn push(&self, what: What, frame: Frame) -> usize {
        let len = frame.len();
        let item = Item {
            run: self.number,
            id: self.run.id().clone(),
            what,
            frame,
        };
        self.audience.ring(|ring| ring.push(item));
        len
    }

    /// The presenter's place, if it is another, or of another run.
    fn tell_place(&mut self) {
        let at = self.audience.place.borrow().clone();
        if self.place.as_ref() != Some(&at) {
            self.place = Some(at.clone());
            let run = self.run.id().clone();
            let frame = codec::encode_server(&ServerMessage::Place { run, at });
            self.push(What::Place, Frame::from(frame));
        }
    }
}

fn snapshot(run: &Run, state: Box<RunState>, oldest: Seq) -> Frame {
    Frame::from(codec::encode_server(&ServerMessage::Snapshot {
        run: run.id().clone(),
        seq: state.seq,
        at_ns: state.at_ns,
        started_unix_ms: run.started_unix_ms(),
        oldest,
        state,
    }))
}
