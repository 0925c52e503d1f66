//! How objects become known: by descriptors, by calls, by names, by keys, by mappings.

use super::{Object, State, Way, nature};
use crate::{
    gauge::{self, Held, numbered},
    supervisor::Supervisor,
    tracer::{Entered, Flow, Returned},
    worker::wire::Touched,
};
use shared::{
    event::{End, Kind, Source},
    ids::ObjectId,
    ledger::{Handle, Inode, Tied},
};
use std::time::Duration;

/// Objects that are remembered at once, as many as a state keeps; beyond, a new one takes the place of one that is gone.
const MANY: usize = 256;

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
    /// A worker was born, or runs another program: what it has open, it has from before.
    pub(in crate::supervisor) fn inherit(&mut self, worker: usize) {
        for held in gauge::holders(&[self.crew[worker].host], &self.objects.scope) {
            self.opened(worker, &held);
        }
        self.share_numbered();
        self.objects.moved = true;
    }

    /// Without a tracer: makes sure that the descriptor of a report is known.
    pub(in crate::supervisor) fn know(&mut self, worker: usize, fd: i32) {
        if fd < 0 {
            self.share_semaphore(worker);
            return self.find_numbered(Source::Gauge);
        }
        if self.ledger.object(&self.crew[worker].id, fd).is_none() {
            self.inherit(worker);
        }
    }

    /// A named semaphore is no descriptor either; where it is the lesson, it is number -1 of every worker.
    pub(in crate::supervisor) fn share_semaphore(&mut self, worker: usize) {
        let mut all = self.objects.all.iter();
        let one = all.find(|object| object.object_type == "semaphore" && !object.removed);
        if let Some(one) = one.filter(|_| self.play.entry.id == "signal") {
            let id = &self.crew[worker].id;
            self.ledger
                .opened(id, -1, one.inode, one.object_type, End::Both);
        }
    }

    /// Without a tracer: a worker says which file is behind its descriptor, which may be closed by now.
    pub(in crate::supervisor) fn leads_to(
        &mut self,
        worker: usize,
        fd: i32,
        inode: Option<(u64, u64)>,
    ) {
        let Some((dev, ino)) = inode.filter(|_| !self.tracer.traces()) else {
            return;
        };
        let inode = Inode { dev, ino };
        let id = &self.crew[worker].id;
        let opened = self.ledger.opened(id, fd, inode, "file", End::Both);
        // Its name is read from the folder, if it has one still.
        self.find_named(Source::Gauge);
        self.created(opened.object, inode, "file", None, Source::Report);
    }

    /// A worker has this descriptor.
    pub(super) fn opened(&mut self, worker: usize, held: &Held) {
        let id = &self.crew[worker].id;
        let object = self
            .ledger
            .opened(id, held.fd, held.inode, held.object_type, held.end)
            .object;
        let name = match held.object_type {
            "fifo" => Some(self.names.fifo().display().to_string()),
            _ => held.name.clone(),
        };
        let at = self.created(object, held.inode, held.object_type, name, self.by_call());
        self.with(at, |nature, scene| nature.opened(scene, worker, held));
    }

    fn by_call(&self) -> Source {
        if self.tracer.traces() {
            Source::Call
        } else {
            Source::Gauge
        }
    }

    /// The place of an object, told if it is new.
    pub(super) fn created(
        &mut self,
        id: ObjectId,
        inode: Inode,
        object_type: &'static str,
        name: Option<String>,
        source: Source,
    ) -> usize {
        if let Some(at) = self.objects.find(&id) {
            return at;
        }
        let kind = Kind::ObjectCreated {
            object_type: object_type.to_owned(),
            name,
        };
        self.journal.tell(Self::about(&id, source, kind));
        self.objects.stir();
        let object = Object {
            id,
            inode,
            object_type,
            state: State::default(),
            told: State::default(),
            mapped: Vec::new(),
            held: false,
            removed: false,
            dirty: true,
            readings: Vec::new(),
            nature: nature(self.play.entry.id, object_type),
        };
        // A file that is replaced again and again is another one each time; nobody has the one that is gone open.
        let all = &mut self.objects.all;
        let gone = all.iter().position(|known| known.removed);
        match gone.filter(|_| all.len() >= MANY) {
            Some(gone) => {
                all[gone] = object;
                gone
            }
            None => {
                all.push(object);
                all.len() - 1
            }
        }
    }

    /// Looks for names of the run that lead to objects nobody is known to hold.
    pub(super) fn find_named(&mut self, source: Source) -> Vec<gauge::named::Named> {
        let mechanism = &self.play.mechanism;
        let scope = &self.objects.scope;
        let mut named = Vec::new();
        if mechanism.has_names() {
            named.extend(gauge::named::files(scope));
        }
        if mechanism.maps_memory() {
            named.extend(gauge::named::memory(scope));
        }
        if mechanism.has_queues() {
            named.extend(gauge::named::queues(scope));
        }
        for one in &named {
            let object = self.ledger.known(one.inode, one.object_type).object;
            self.created(
                object,
                one.inode,
                one.object_type,
                Some(one.name.clone()),
                source,
            );
        }
        named
    }

    /// Looks for System V objects of the run.
    pub(super) fn find_numbered(&mut self, source: Source) {
        if !self.play.mechanism.has_numbers() {
            return;
        }
        for one in gauge::numbered_objects(&self.names) {
            let object = self.ledger.known(one.inode, one.object_type).object;
            let name = Some(format!("key {:#x}", one.key));
            self.created(object, one.inode, one.object_type, name, source);
        }
        self.share_numbered();
    }

    /// A System V queue is no descriptor; for the ledger it is number -1 of every worker, the next one -2.
    fn share_numbered(&mut self) {
        let queues = self
            .objects
            .all
            .iter()
            .filter(|object| object.object_type == "msgqueue" && !object.removed);
        for (fd, queue) in (i32::MIN..=-1).rev().zip(queues) {
            for hand in self.crew.hands.iter().filter(|hand| hand.alive()) {
                if self.ledger.object(&hand.id, fd).is_none() {
                    self.ledger
                        .opened(&hand.id, fd, queue.inode, queue.object_type, End::Both);
                }
            }
        }
    }

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

/// Where in an object a worker has stored or loaded.
#[derive(Clone, Copy, Debug)]
pub(in crate::supervisor) struct Where {
    /// The object's place in the list.
    pub(in crate::supervisor) object: usize,
    /// Bytes from its start.
    pub(in crate::supervisor) at: u64,
    /// The same place in the worker's memory.
    pub(in crate::supervisor) address: Option<u64>,
}

impl Supervisor {
    /// Which object a worker speaks of. What it has mapped is read again if that is not known yet.
    pub(in crate::supervisor) fn whereabouts(
        &mut self,
        worker: usize,
        touched: &Touched,
    ) -> Option<Where> {
        let known = self.mapped_there(worker, touched);
        if known.is_some() {
            return known;
        }
        self.objects.moved = true;
        self.look_at_objects();
        self.mapped_there(worker, touched)
    }

    fn mapped_there(&self, worker: usize, touched: &Touched) -> Option<Where> {
        let host = self.crew[worker].host;
        let address = touched
            .address
            .as_deref()
            .and_then(|digits| u64::from_str_radix(digits.trim_start_matches("0x"), 16).ok());
        let named = |name: Option<&str>| match (&touched.name, name) {
            (None, _) => true,
            (Some(wanted), Some(name)) => name.ends_with(wanted.as_str()),
            (Some(_), None) => false,
        };
        for (object, known) in self.objects.all.iter().enumerate() {
            for map in known.mapped.iter().filter(|map| map.pid == host) {
                let found = match address {
                    Some(address) => {
                        let inside = address.checked_sub(map.start).filter(|at| *at < map.len);
                        inside.map(|inside| (map.offset + inside, address))
                    }
                    None if named(map.name.as_deref()) && known.object_type != "semaphore" => {
                        let inside = touched.at.checked_sub(map.offset);
                        let inside = inside.filter(|inside| *inside < map.len);
                        inside.map(|inside| (touched.at, map.start + inside))
                    }
                    None => None,
                };
                if let Some((at, address)) = found {
                    return Some(Where {
                        object,
                        at,
                        address: Some(address),
                    });
                }
            }
        }
        None
    }
}
