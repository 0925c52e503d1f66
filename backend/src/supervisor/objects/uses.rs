//! What calls and reports mean for the objects they are about.

use super::{Way, ends::CHANGES_SOCKETS};
use crate::{
    gauge::{self, numbered},
    supervisor::Supervisor,
    tracer::{Entered, Flow, Returned},
};
use shared::{
    event::Source,
    ledger::{Handle, Inode, Tied},
};
use std::time::Duration;

/// Calls that make a System V object.
const MAKES_NUMBERED: &[&str] = &["msgget", "shmget", "semget"];
/// Calls after which names or mappings may be others.
const CHANGES_NAMES: &[&str] = &[
    "mknod",
    "mknodat",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "mq_unlink",
    "mmap",
    "munmap",
    "mremap",
    "shmat",
    "shmdt",
    "shmctl",
    "msgctl",
    "semctl",
    "ftruncate",
    "flock",
    "fcntl",
];

impl Supervisor {
    /// The object that a call works on, and the descriptor that the ledger knows it by for that worker.
    pub(in crate::supervisor) fn works_on(
        &self,
        worker: usize,
        handle: Option<Handle>,
    ) -> (Option<usize>, Option<i32>) {
        let (dev, id) = match handle {
            None => return (None, None),
            Some(Handle::Fd(fd)) => {
                let object = self.ledger.object(&self.crew[worker].id, fd);
                let at = object.and_then(|(object, _)| self.objects.find(&object));
                return (at, Some(fd));
            }
            Some(Handle::Queue(id)) => (numbered::QUEUE, id),
            Some(Handle::Memory(id)) => (numbered::MEMORY, id),
            Some(Handle::Semaphore(id)) => (numbered::SEMAPHORES, id),
        };
        let ino = u64::try_from(id).unwrap_or(u64::MAX);
        let at = self.objects.find_inode(Inode { dev, ino });
        let mut queues = self.objects.all.iter().enumerate();
        let place = queues
            .by_ref()
            .filter(|(_, object)| object.object_type == "msgqueue" && !object.removed)
            .position(|(place, _)| Some(place) == at);
        let place = place.and_then(|place| i32::try_from(place).ok());
        (at, place.map(|place| -1 - place))
    }

    /// What a call that returned means for the objects, after its event was told.
    pub(in crate::supervisor) fn called(
        &mut self,
        worker: usize,
        call: &Returned,
        object: Option<usize>,
        tied: &Tied,
        moved: u64,
    ) {
        if CHANGES_SOCKETS.contains(&call.name) {
            self.objects.moved = true;
            if let Some(fd) = call.fd.filter(|_| call.name != "close") {
                self.find_end(worker, fd);
            }
        }
        self.descriptors(worker, call);
        if call.errno.is_none() {
            if MAKES_NUMBERED.contains(&call.name) {
                self.find_numbered(Source::Call);
            }
            if CHANGES_NAMES.contains(&call.name) {
                self.objects.moved = true;
            }
            if matches!(call.name, "mknodat" | "mknod") {
                self.find_named(Source::Call);
            }
        }
        // What it made is its object as well: an open tells more than the descriptor.
        let made = call
            .created
            .first()
            .and_then(|made| self.ledger.object(&self.crew[worker].id, made.fd))
            .and_then(|(object, _)| self.objects.find(&object));
        let way = match call.flow {
            _ if moved == 0 => Way::Neither,
            Flow::Send => Way::In(moved),
            Flow::Receive | Flow::Move => Way::Out(moved),
            Flow::None | Flow::Copy => Way::Neither,
        };
        // What goes through one end of a socket pair, goes into the other.
        let target = tied.object.as_ref().and_then(|id| self.objects.find(id));
        let apart = target.filter(|target| Some(*target) != object);
        if let Some(at) = object.or(made) {
            let way = if apart.is_some() { Way::Neither } else { way };
            self.with(at, |nature, scene| nature.called(scene, worker, call, way));
        }
        if let Some(target) = apart {
            self.with(target, |nature, scene| {
                nature.called(scene, worker, call, way);
            });
        }
        // What splice and tee bring into another.
        let into = tied.into.as_ref().and_then(|into| self.objects.find(into));
        if let Some(into) = into.filter(|_| moved > 0) {
            self.with(into, |nature, scene| {
                nature.called(scene, worker, call, Way::In(moved));
            });
        }
    }

    fn descriptors(&mut self, worker: usize, call: &Returned) {
        let id = self.crew[worker].id.clone();
        let host = self.crew[worker].host;
        if call.created.iter().any(|made| made.of.is_none()) {
            let all = call.created.iter();
            for held in all.filter_map(|made| gauge::holder(host, made.fd)) {
                if self.objects.scope.has(&held) {
                    self.opened(worker, &held);
                }
            }
        }
        for made in &call.created {
            if let Some(of) = made.of {
                self.ledger.dup(&id, of, made.fd);
            }
            self.objects.moved = true;
        }
        if call.name == "close" && call.errno.is_none() {
            if let Some(fd) = call.fd {
                self.ledger.close(&id, fd);
            }
            self.objects.moved = true;
        }
    }

    /// A worker is asleep in a call.
    pub(in crate::supervisor) fn asleep_in(&mut self, worker: usize, call: &Entered) {
        let (at, _) = self.works_on(worker, call.handle);
        if let Some(at) = at {
            self.with(at, |nature, scene| nature.asleep(scene, worker, call));
        }
        // A connection that is not answered yet, and what it may be waiting for.
        if let Some(fd) = call.fd.filter(|_| call.name == "connect") {
            self.find_end(worker, fd);
            self.objects.moved = true;
        }
    }

    /// Without a tracer: bytes went in or out, as a worker has reported.
    pub(in crate::supervisor) fn moved(&mut self, worker: usize, tied: &Tied, way: Way) {
        self.objects.stir();
        let at = tied
            .object
            .as_ref()
            .and_then(|object| self.objects.find(object));
        if let Some(at) = at {
            self.with(at, |nature, scene| nature.moved(scene, worker, way));
        }
    }

    /// A process is gone, and its descriptors with it.
    pub(in crate::supervisor) fn left(&mut self, worker: usize) {
        self.ledger.exit(&self.crew[worker].id);
        for at in 0..self.objects.all.len() {
            self.with(at, |nature, scene| nature.left(scene, worker));
        }
        self.objects.moved = true;
    }

    /// How long between two looks while nothing changes: a program may close what no filter shows, and memory is stored to
    /// without any call.
    pub(super) fn paces(&self) -> (Duration, Duration) {
        let seldom = super::look::AGAIN;
        if self.tracer.traces() && !self.play.mechanism.maps_memory() {
            (seldom, seldom)
        } else {
            (super::look::SAMPLE, seldom)
        }
    }
}
