//! Those who watch a run: up to some hundreds, and the run does not notice.
//!
//! ```text
//! run ──journal──▶ broadcast task ──frames, each encoded once──▶ Ring ◀──cursor── Viewer ──▶ socket     (hundreds)
//!                        ▲                                        │ rows are woken one after the other
//!      owner ──place─────┘                                        └──▶ Tally ──▶ the owner's socket
//! ```
//! One task a watched run reads its journal, ten times a second at most, and twice where hundreds watch. Watchers read what
//! that task has encoded, never the run; they sit in rows that are woken in turn, so that the run's own commands find a
//! processor in between. Whoever is too slow finds its place in the ring gone, and goes on from a state.

mod broadcast;
mod key;
mod purse;
mod registry;
mod ring;
mod tally;
#[cfg(test)]
mod tests;
mod tries;
mod viewer;

pub(super) use registry::Audiences;
pub use registry::Joined;
pub use tally::Tally;
pub use viewer::Viewer;

use super::{Done, Frame, Run, Token, lock};
use key::Key;
use ring::Ring;
use shared::{
    failure::{Code, Failure},
    ids::{MsgId, RunId, Seq},
    place::Place,
};
use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    sync::{Notify, Semaphore, watch},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

/// Watchers of a row are woken together: of 500, eight, whose frames leave in a fraction of a millisecond.
const ROWS: usize = 64;
/// Between two pieces of a journal, or two payloads, that watchers read: a piece takes some ten microseconds of the run's lock, so that all of
/// them together never have it for more than a fiftieth of the time.
const REST: Duration = Duration::from_millis(1);

/// All who watch what one owner shows.
pub struct Audience {
    key: Key,
    owner: Token,
    /// The run that is shown now; the owner may go on to another.
    run: watch::Sender<Arc<Run>>,
    place: watch::Sender<Place>,
    count: watch::Sender<u64>,
    most: u64,
    queue_bytes: u64,
    ring: Mutex<Ring>,
    /// How far the ring is, told to one row after the other.
    rows: [watch::Sender<u64>; ROWS],
    /// Somebody needs a whole state.
    wanted: Notify,
    /// Watchers read the journal one at a time.
    reading: Semaphore,
    /// The run was forgotten: there is nothing to watch any more.
    closed: CancellationToken,
}

impl Audience {
    fn new(run: Arc<Run>, most: u64, queue_bytes: u64) -> Arc<Self> {
        Arc::new(Self {
            key: Key::random(),
            owner: run.owner().clone(),
            run: watch::Sender::new(run),
            place: watch::Sender::new(Place::default()),
            count: watch::Sender::new(0),
            most,
            queue_bytes,
            ring: Mutex::new(Ring::new(queue_bytes)),
            rows: std::array::from_fn(|_| watch::Sender::new(0)),
            wanted: Notify::new(),
            reading: Semaphore::new(1),
            closed: CancellationToken::new(),
        })
    }

    /// The code that stands in the watch link.
    pub fn key(&self) -> &str {
        self.key.as_str()
    }

    /// The run that is shown now.
    pub fn run(&self) -> Arc<Run> {
        Arc::clone(&self.run.borrow())
    }

    /// Connections that watch now.
    pub fn count(&self) -> u64 {
        *self.count.borrow()
    }

    /// It is that run that is shown.
    pub fn shows(&self, id: &RunId) -> bool {
        self.run.borrow().id() == id
    }

    /// The owner is somewhere else in its lesson, or looks at something else. That is also a sign that somebody is there.
    pub fn move_to(&self, place: Place) {
        self.run.borrow().touch();
        self.place.send_if_modified(|known| {
            let moved = *known != place;
            *known = place;
            moved
        });
    }

    /// Events out of the journal for one who watches: the JSON of those after `after` up to `until`, as many as fit in a
    /// frame, and the last one's `seq`. Waits its turn, and so costs the run next to nothing.
    pub async fn piece(&self, run: &Run, after: Seq, until: Seq) -> Option<(String, Seq)> {
        // Closed never: then nobody would be let in any more.
        let _turn = self.reading.acquire().await.ok()?;
        let piece = run.read(|journal| journal.between(after, until, broadcast::ROOM));
        sleep(REST).await;
        piece
    }

    /// Bytes of a message for one who watches. Waits its turn, too.
    ///
    /// # Errors
    /// As for the owner: `bad_param` for `message` or `from`.
    pub async fn payload(
        &self,
        run: &Run,
        message: MsgId,
        from: u64,
        len: u64,
    ) -> Result<Done, Failure> {
        let turn = self.reading.acquire().await;
        let done = run.payload(message, from, len);
        sleep(REST).await;
        drop(turn);
        done
    }

    /// One more watches, if there is room.
    fn enter(&self) -> Result<(), Failure> {
        let entered = self.count.send_if_modified(|count| {
            let room = *count < self.most;
            *count += u64::from(room);
            room
        });
        if entered {
            return Ok(());
        }
        let message = format!(
            "{} watch this run already, as many as this server allows",
            self.most
        );
        let hint = "look at the screen of somebody who watches, or ask whoever runs the server to raise --watchers";
        Err(Failure::new(Code::LimitHit, message, hint).limit("watchers", self.most))
    }

    fn leave(&self) {
        self.count.send_modify(|count| *count -= 1);
    }

    fn ring<T>(&self, look: impl FnOnce(&mut Ring) -> T) -> T {
        look(&mut lock(&self.ring))
    }
}

impl fmt::Debug for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audience")
            .field("run", self.run.borrow().id())
            .field("count", &self.count())
            .finish_non_exhaustive()
    }
}

/// Who watches may not do that.
pub fn only_watching() -> Failure {
    Failure::new(
        Code::WrongToken,
        "you watch this run; only whoever started it can do that",
        "start a run of your own",
    )
}
