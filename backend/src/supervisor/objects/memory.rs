//! Shared memory: what is in it, who stored that, and how many calls it took. shm_overview(7), proc_sysvipc(5).
//!
//! A store is announced before, by the `sending` of its message, and reported after: what another process loads in between
//! is tied to it all the same. A load is announced as well.

use super::{Nature, Scene, Sending, Touch, Window};
use crate::{
    gauge::attached,
    tracer::{Entered, Returned},
};
use shared::{
    event::{MAX_WINDOW, Origin, Reading, Source, Tie},
    ids::{CallId, MsgId},
    ledger::{self, Tied, addressed::Addressed, extents::Place},
};

/// What is remembered of one.
#[derive(Debug, Default)]
pub(super) struct Memory {
    books: Option<Addressed>,
    window: Window,
    /// Stores that were announced and not reported yet.
    announced: Vec<MsgId>,
    /// Calls of the run when it was first stored to or loaded from.
    calls: Option<u64>,
}

/// A worker's loads, one after the other.
fn loads(worker: usize) -> CallId {
    CallId::MAX - 1 - worker as CallId
}

impl Memory {
    fn books(&mut self, scene: &Scene<'_>) -> &mut Addressed {
        self.calls.get_or_insert(scene.journal.counts.calls);
        self.books.get_or_insert_with(|| {
            let mut books = Addressed::zeros(scene.id.clone());
            for (worker, hand) in scene.crew.hands.iter().enumerate() {
                books.read_entered(loads(worker), &hand.id, u64::MAX);
            }
            books
        })
    }

    fn show(&mut self, scene: &mut Scene<'_>) {
        if let Some((bytes, total)) = scene.read(0, MAX_WINDOW) {
            let writers = self.books(scene).writers(0, &bytes);
            self.window.tell(scene, 0, &bytes, total, writers);
        }
        scene.changed();
    }
}

impl Nature for Memory {
    fn sending(&mut self, scene: &mut Scene<'_>, worker: usize, said: &Sending<'_>) -> Option<()> {
        let id = scene.worker(worker).id.clone();
        let at = said.key.and_then(|at| u64::try_from(at).ok())?;
        let (msg, len, bytes) = (said.msg, said.len, said.bytes);
        let books = self.books(scene);
        books.announced(msg, len);
        books.write_entered(msg, &id, Some(msg), Place::At(at), len, bytes);
        self.announced.push(msg);
        Some(())
    }

    fn sent(&mut self, scene: &mut Scene<'_>, _worker: usize, msg: MsgId, n: u64) -> Option<Tied> {
        // What was stored has been told; what was not stored is not going to be.
        if self.announced.contains(&msg) {
            self.announced.retain(|announced| *announced != msg);
            let tied = self.books(scene).write_returned(msg, None, n);
            scene.lost(tied.lost);
        }
        Some(Tied {
            object: Some(scene.id.clone()),
            ..Tied::default()
        })
    }

    fn loading(&mut self, scene: &mut Scene<'_>, worker: usize) {
        let id = scene.worker(worker).id.clone();
        let books = self.books(scene);
        // The one that was begun when the last was over did not come to anything.
        let _nothing = books.read_returned(loads(worker), None, 0, &[]);
        books.read_entered(loads(worker), &id, u64::MAX);
    }

    fn touched(&mut self, scene: &mut Scene<'_>, worker: usize, touch: &Touch<'_>) -> Tied {
        let id = scene.worker(worker).id.clone();
        let Touch { at, len, bytes, .. } = *touch;
        if !touch.stored {
            let books = self.books(scene);
            let (mut tied, _) = books.read_returned(loads(worker), Some(at), len, bytes);
            books.read_entered(loads(worker), &id, u64::MAX);
            // Bytes that nobody stored are zeros, as they were from the start. Where it is not sure which message it was, they
            // stand for that.
            if tied.tie == Tie::Certain {
                tied.parts.retain(|part| part.msg.is_some());
            }
            return tied;
        }
        let announced = touch.msg.filter(|msg| self.announced.contains(msg));
        let tied = match announced {
            Some(msg) => {
                self.announced.retain(|announced| *announced != msg);
                self.books(scene).write_returned(msg, Some(at), len)
            }
            None => self.books(scene).stored(&id, touch.msg, at, len, bytes),
        };
        scene.lost(tied.lost.clone());
        tied
    }

    fn look(&mut self, scene: &mut Scene<'_>) {
        scene.changed();
    }

    fn sample(&mut self, scene: &mut Scene<'_>) {
        self.show(scene);
    }

    fn readings(&mut self, scene: &mut Scene<'_>) -> Option<(Source, Vec<Reading>)> {
        let mut readings = Vec::new();
        let mut live = |figure: &str, value: u64, how: &str| {
            readings.push(Reading {
                figure: figure.to_owned(),
                value,
                max: None,
                origin: Origin::Live,
                how: how.to_owned(),
            });
        };
        if let Some(segment) = attached(scene.inode) {
            live("attached", segment.attached, "/proc/sysvipc/shm");
            live("removed", u64::from(segment.removed), "/proc/sysvipc/shm");
        }
        if let Some(before) = self.calls.filter(|_| scene.traced) {
            let since = scene.journal.counts.calls.saturating_sub(before);
            live("calls", since, "X-ray");
        }
        Some((Source::Gauge, readings))
    }

    fn left(&mut self, scene: &mut Scene<'_>, worker: usize) {
        let id = scene.worker(worker).id.clone();
        self.books(scene).exit(&id);
        scene.changed();
    }

    fn removed(&mut self, scene: &mut Scene<'_>) {
        let unread = self.books(scene).unread();
        scene.lost(unread);
    }
}

/// The socket that a memfd's descriptor comes over: the byte that has to go with it is no message.
#[derive(Debug)]
pub(super) struct Rights;

impl Nature for Rights {
    fn entered(
        &mut self,
        scene: &mut Scene<'_>,
        _worker: usize,
        _key: CallId,
        _call: &Entered,
    ) -> Option<ledger::Entered> {
        Some(ledger::Entered {
            object: Some(scene.id.clone()),
            msg: None,
        })
    }

    fn returned(
        &mut self,
        scene: &mut Scene<'_>,
        _worker: usize,
        _key: CallId,
        _call: &Returned,
        _moved: u64,
    ) -> Option<Tied> {
        Some(Tied {
            object: Some(scene.id.clone()),
            ..Tied::default()
        })
    }

    fn carries_messages(&self) -> bool {
        false
    }
}
