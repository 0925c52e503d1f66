//! A file: what is in it and who wrote that, who has which lock, where open files stand. inode(7), flock(2), proc_locks(5).

mod locks;
mod place;

use super::{Nature, Received, Scene, Sending, Touch, Way, Window};
use crate::{
    gauge::Held,
    tracer::{Entered, Flow, Returned},
};
use locks::Asking;
use shared::{
    event::{Origin, Part, Reading, Source},
    ids::{CallId, MsgId},
    ledger::{
        self, Tied,
        addressed::{Addressed, Look},
        extents::Place,
    },
    mechanism::file::MAPPED,
};
use std::time::{Duration, Instant};

/// Content is told at most that often while calls change it; a learner sees no more, and a file can change thousands of
/// times a second.
const SHOW: Duration = Duration::from_millis(15);

/// What is remembered of a file.
#[derive(Debug, Default)]
pub(super) struct File {
    books: Option<Addressed>,
    window: Window,
    shown: Option<Instant>,
    /// Bytes that are gone and that nobody had read, told after the event of the call that did it.
    lost: Vec<Part>,
    asking: Asking,
    looks: Looks,
    /// Stores into a mapping that were announced and not reported yet.
    announced: Vec<MsgId>,
    /// Reads and loads are followed by their reports.
    follows: bool,
}

/// How the reads were that began at the first byte and came to the end.
#[derive(Clone, Copy, Debug, Default)]
struct Looks {
    all: u64,
    empty: u64,
    vain: u64,
    torn: u64,
}

impl Looks {
    fn count(&mut self, look: Look) {
        self.all += u64::from(look.whole);
        self.empty += u64::from(look.empty);
        self.vain += u64::from(look.vain);
        self.torn += u64::from(look.torn);
    }
}

/// What is reported and not seen: nobody says when a read or load begins, so that each begins when the one before was
/// reported.
fn reading(worker: usize) -> CallId {
    CallId::MAX - 1 - worker as CallId
}

impl File {
    fn books(&mut self, scene: &Scene<'_>) -> &mut Addressed {
        self.books.get_or_insert_with(|| {
            // What is in it from before is nobody's, unless there are only zeros. Without X-ray, it may well be what the very
            // report is about that makes it known; what nobody reported then fits to nothing.
            let there = scene.read(0, Window::LEN).filter(|_| scene.traced);
            let size = there.map_or(0, |(bytes, total)| {
                let zeros = bytes.iter().all(|byte| *byte == 0);
                if zeros && total <= MAPPED { 0 } else { total }
            });
            Addressed::new(scene.id.clone(), size)
        });
        if !scene.traced {
            self.follow(scene);
        }
        self.books
            .get_or_insert_with(|| Addressed::zeros(scene.id.clone()))
    }

    /// From now on reads and loads are known by report only.
    fn follow(&mut self, scene: &Scene<'_>) {
        if std::mem::replace(&mut self.follows, true) {
            return;
        }
        if let Some(books) = &mut self.books {
            for (worker, hand) in scene.crew.hands.iter().enumerate() {
                books.read_entered(reading(worker), &hand.id, u64::MAX);
            }
        }
    }

    /// Reads the first bytes, and tells them if they are others than were told.
    fn show(&mut self, scene: &mut Scene<'_>) {
        self.shown = Some(Instant::now());
        if let Some((bytes, total)) = scene.read(0, Window::LEN) {
            if !scene.traced {
                let lost = self.books(scene).shrunk(total);
                scene.lost(lost);
            }
            let writers = self.books(scene).writers(0, &bytes);
            self.window.tell(scene, 0, &bytes, total, writers);
        }
    }

    fn changed(&mut self, scene: &mut Scene<'_>) {
        scene.changed();
        if self.shown.is_none_or(|shown| shown.elapsed() >= SHOW) {
            self.show(scene);
        } else {
            scene.stir();
        }
    }

    fn written(&mut self, scene: &mut Scene<'_>, mut tied: Tied) -> Tied {
        let lost = std::mem::take(&mut tied.lost);
        if scene.traced {
            self.lost.extend(lost);
        } else {
            scene.lost(lost);
        }
        tied
    }
}

impl Nature for File {
    fn opened(&mut self, scene: &mut Scene<'_>, _worker: usize, _held: &Held) {
        let _made_if_there_were_none = self.books(scene);
    }

    fn entered(
        &mut self,
        scene: &mut Scene<'_>,
        worker: usize,
        key: CallId,
        call: &Entered,
    ) -> Option<ledger::Entered> {
        let (id, host) = (scene.worker(worker).id.clone(), scene.worker(worker).host);
        self.asking.entered(worker, call);
        let len = call.len.unwrap_or(0);
        let mut about = ledger::Entered {
            object: Some(scene.id.clone()),
            msg: None,
        };
        match (call.name, call.flow, call.fd) {
            ("ftruncate", _, _) => {
                let len = call.args.get(1)?.parse().ok()?;
                self.books(scene).truncate_entered(key, &id, len);
            }
            (_, Flow::Send, Some(fd)) => {
                about.msg = scene.announced(worker, fd).map(|(msg, _)| msg);
                let msg = about.msg.unwrap_or_else(|| scene.ledger.infer());
                let place = place::before(host, fd, call.name, &call.args);
                self.books(scene)
                    .write_entered(key, &id, Some(msg), place, len, &call.data);
            }
            (_, Flow::Receive, _) => self.books(scene).read_entered(key, &id, len),
            _ => return None,
        }
        Some(about)
    }

    fn returned(
        &mut self,
        scene: &mut Scene<'_>,
        worker: usize,
        key: CallId,
        call: &Returned,
        moved: u64,
    ) -> Option<Tied> {
        self.asking.returned(worker);
        let host = scene.worker(worker).host;
        let at = call
            .fd
            .and_then(|fd| place::after(host, fd, call.name, &call.args, moved));
        let tied = match (call.name, call.flow) {
            ("ftruncate", _) => {
                let lost = self
                    .books(scene)
                    .truncate_returned(key, call.errno.is_none());
                self.lost.extend(lost);
                None
            }
            (_, Flow::Send) => {
                let announced = call.fd.and_then(|fd| scene.announced(worker, fd));
                let mut tied = self.books(scene).write_returned(key, at, moved);
                tied.inferred = announced.is_none();
                tied.msg = tied.msg.filter(|_| moved > 0 || !tied.inferred);
                Some(self.written(scene, tied))
            }
            (_, Flow::Receive) => {
                let (tied, look) = self.books(scene).read_returned(key, at, moved, &call.data);
                self.looks.count(look);
                Some(tied)
            }
            _ => None,
        };
        self.books(scene).moment(call.at_ns);
        tied
    }

    fn called(&mut self, scene: &mut Scene<'_>, worker: usize, call: &Returned, way: Way) {
        let emptied = matches!(call.name, "openat" | "open")
            && call.errno.is_none()
            && call.args.iter().any(|arg| arg.contains("O_TRUNC"));
        if emptied {
            let lost = self.books(scene).opened_empty(call.entered_ns);
            self.lost.extend(lost);
        }
        let lost = std::mem::take(&mut self.lost);
        for part in lost {
            place::lost(scene, worker, part, call.at_ns);
        }
        if emptied || matches!(way, Way::In(_)) || call.name == "ftruncate" {
            self.changed(scene);
        } else if call.flow == Flow::Receive {
            scene.changed();
        }
    }

    /// Somebody waits for a lock: who it is and for what is in the kernel's table.
    fn asleep(&mut self, scene: &mut Scene<'_>, _worker: usize, _call: &Entered) {
        scene.stir();
    }

    fn sending(&mut self, scene: &mut Scene<'_>, worker: usize, said: &Sending<'_>) -> Option<()> {
        let id = scene.worker(worker).id.clone();
        let (traced, msg) = (scene.traced, said.msg);
        let books = self.books(scene);
        books.announced(msg, said.len);
        // What goes into a mapping is never seen; a load can find it before the report of the store comes.
        let stores = said.fd < 0;
        if !traced || stores {
            let place = said.key.and_then(|at| u64::try_from(at).ok());
            let place = place.map_or(Place::End, Place::At);
            books.write_entered(msg, &id, Some(msg), place, said.len, said.bytes);
        }
        if stores {
            self.announced.push(msg);
            self.follow(scene);
        }
        Some(())
    }

    fn sent(&mut self, scene: &mut Scene<'_>, _worker: usize, msg: MsgId, n: u64) -> Option<Tied> {
        let stores = self.announced.contains(&msg);
        self.announced.retain(|announced| *announced != msg);
        if scene.traced && !stores {
            return Some(Tied::default());
        }
        let tied = self.books(scene).write_returned(msg, None, n);
        Some(self.written(scene, tied))
    }

    fn received(
        &mut self,
        scene: &mut Scene<'_>,
        worker: usize,
        got: &Received<'_>,
    ) -> Option<Tied> {
        let id = scene.worker(worker).id.clone();
        let at = got.key.and_then(|at| u64::try_from(at).ok());
        let books = self.books(scene);
        let (tied, look) = books.read_returned(reading(worker), at, got.len, got.bytes);
        books.read_entered(reading(worker), &id, u64::MAX);
        self.looks.count(look);
        Some(tied)
    }

    fn moved(&mut self, scene: &mut Scene<'_>, _worker: usize, _way: Way) {
        self.changed(scene);
    }

    fn touched(&mut self, scene: &mut Scene<'_>, worker: usize, touch: &Touch<'_>) -> Tied {
        let id = scene.worker(worker).id.clone();
        let Touch { at, len, bytes, .. } = *touch;
        if !touch.stored {
            let _made_if_there_were_none = self.books(scene);
            self.follow(scene);
            let books = self.books(scene);
            let (tied, _) = books.read_returned(reading(worker), Some(at), len, bytes);
            books.read_entered(reading(worker), &id, u64::MAX);
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
        self.changed(scene);
        tied
    }

    fn look(&mut self, scene: &mut Scene<'_>) {
        scene.state.locks = self.asking.locks(scene);
        scene.changed();
    }

    fn sample(&mut self, scene: &mut Scene<'_>) {
        self.show(scene);
    }

    fn readings(&mut self, scene: &mut Scene<'_>) -> Option<(Source, Vec<Reading>)> {
        let reading = |figure: &str, value: u64, origin: Origin, how: &str| Reading {
            figure: figure.to_owned(),
            value,
            max: None,
            origin,
            how: how.to_owned(),
        };
        let mut readings = Vec::new();
        if let Some(size) = place::size(scene) {
            readings.push(reading("size", size.size, Origin::Live, "stat"));
            readings.push(reading("links", size.links, Origin::Live, "stat"));
        }
        let locks = scene.state.locks.len() as u64;
        readings.push(reading("locks", locks, Origin::Live, "/proc/locks"));
        let how = if scene.traced { "calls" } else { "reports" };
        let Looks {
            all,
            empty,
            vain,
            torn,
        } = self.looks;
        if all > 0 {
            let counts = [
                ("reads", all),
                ("empty", empty),
                ("vain", vain),
                ("torn", torn),
            ];
            let counts = counts.map(|(figure, value)| reading(figure, value, Origin::Model, how));
            readings.extend(counts);
        }
        Some((Source::Gauge, readings))
    }

    fn left(&mut self, scene: &mut Scene<'_>, worker: usize) {
        self.asking.returned(worker);
        let id = scene.worker(worker).id.clone();
        self.books(scene).exit(&id);
    }

    fn removed(&mut self, scene: &mut Scene<'_>) {
        // At the end of the run the playground itself removes it, and nobody is left who would miss anything.
        if scene.crew.hands.iter().any(super::super::crew::Hand::alive) {
            let unread = self.books(scene).unread();
            scene.lost(unread);
        }
    }
}
