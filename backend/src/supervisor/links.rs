//! The kernel objects of the lesson: when they come and go, who holds them, how full they are.

use super::Supervisor;
use crate::{
    gauge::{self, Held, PipeReading, SlotModel},
    tracer::{Flow, Returned},
};
use shared::{
    event::{End, Holder, Kind, Reading, Source},
    ids::ObjectId,
    ledger::{Inode, Tied},
};
use std::{
    os::unix::fs::MetadataExt,
    time::{Duration, Instant},
};

/// Without X-ray: how soon after a report to look.
const SOON: Duration = Duration::from_millis(5);

/// One kernel object.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) id: ObjectId,
    pub(super) named: bool,
    pub(super) slots: SlotModel,
    pub(super) capacity: u64,
    /// O_DIRECT: packets.
    pub(super) packets: bool,
    /// What FIONREAD said, while nothing has moved since.
    pub(super) live: Option<u64>,
    pub(super) holders: Vec<Holder>,
    pub(super) held: bool,
    pub(super) removed: bool,
    pub(super) dirty: bool,
    pub(super) told: Vec<Reading>,
}

/// All kernel objects of a run.
#[derive(Debug, Default)]
pub(super) struct Links {
    pub(super) all: Vec<Link>,
    /// Somebody may hold something else than was last told.
    pub(super) moved: bool,
    pub(super) again: Option<Instant>,
    pub(super) pace: Duration,
}

impl Links {
    fn get(&mut self, id: &ObjectId) -> Option<&mut Link> {
        self.all.iter_mut().find(|link| link.id == *id)
    }

    /// Something has changed: look soon, and often for a while.
    fn stir(&mut self) {
        let soon = Instant::now() + SOON;
        self.again = Some(self.again.map_or(soon, |again| again.min(soon)));
        self.pace = Duration::ZERO;
    }

    /// When to look again though nothing is seen.
    pub(super) fn next(&self) -> Option<Instant> {
        self.again
            .filter(|_| self.all.iter().any(|link| !link.removed))
    }
}

impl Supervisor {
    /// A worker was born, or runs another program: what it has open, it has from before.
    pub(super) fn inherit(&mut self, worker: usize) {
        for held in gauge::holders(&[self.crew[worker].host]) {
            self.opened(worker, &held);
        }
        self.links.moved = true;
    }

    /// Without a tracer: makes sure that the descriptor of a report is known.
    pub(super) fn know(&mut self, worker: usize, fd: i32) {
        if self.ledger.object(&self.crew[worker].id, fd).is_none() {
            self.inherit(worker);
        }
    }

    pub(super) fn opened(&mut self, worker: usize, held: &Held) {
        let object_type = if held.fifo { "fifo" } else { "pipe" };
        let inode = Inode {
            dev: u64::from(held.fifo),
            ino: held.ino,
        };
        let object = self
            .ledger
            .opened(&self.crew[worker].id, held.fd, inode, object_type, held.end)
            .object;
        self.created(object.clone(), held.fifo);
        if held.end != End::Read
            && let Some(link) = self.links.get(&object).filter(|link| link.capacity == 0)
            && let Ok(reading) = gauge::look_through_dup(held.pid, held.fd)
        {
            link.capacity = reading.capacity;
            link.slots.resize(reading.capacity);
            link.live = Some(reading.bytes);
            link.dirty = true;
        }
    }

    fn created(&mut self, object: ObjectId, named: bool) {
        if self.links.get(&object).is_some() {
            return;
        }
        let source = if self.tracer.traces() {
            Source::Call
        } else {
            Source::Gauge
        };
        let kind = Kind::ObjectCreated {
            object_type: if named { "fifo" } else { "pipe" }.to_owned(),
            name: named.then(|| self.names.fifo().display().to_string()),
        };
        self.journal.tell(Self::about(&object, source, kind));
        self.links.all.push(Link {
            id: object,
            named,
            slots: SlotModel::new(0),
            capacity: 0,
            packets: false,
            live: None,
            holders: Vec::new(),
            held: false,
            removed: false,
            dirty: false,
            told: Vec::new(),
        });
    }

    /// What a call that returned means for the objects.
    pub(super) fn called(
        &mut self,
        worker: usize,
        call: &Returned,
        object: Option<&ObjectId>,
        moved: u64,
    ) {
        let id = self.crew[worker].id.clone();
        let host = self.crew[worker].host;
        if call.created.iter().any(|made| made.of.is_none()) {
            for held in call
                .created
                .iter()
                .filter_map(|made| gauge::holder(host, made.fd))
            {
                self.opened(worker, &held);
            }
        }
        for made in &call.created {
            if let Some(of) = made.of {
                self.ledger.dup(&id, of, made.fd);
            }
            self.links.moved = true;
        }
        if call.name == "close" && call.errno.is_none() {
            if let Some(fd) = call.fd {
                self.ledger.close(&id, fd);
            }
            self.links.moved = true;
        }
        if matches!(call.name, "mknodat" | "mknod")
            && call.errno.is_none()
            && let Ok(made) = std::fs::metadata(self.names.fifo())
        {
            self.created(ObjectId::new(format!("fifo:[{}]", made.ino())), true);
        }
        let flags = call.args.iter().any(|arg| arg.contains("O_DIRECT"));
        if flags && matches!(call.name, "pipe2" | "fcntl") {
            let made = call.created.first().map(|made| made.fd).or(call.fd);
            if let Some((object, _)) = made.and_then(|fd| self.ledger.object(&id, fd)) {
                self.ledger.packets(&object);
                if let Some(link) = self.links.get(&object) {
                    link.packets = true;
                }
            }
        }
        let Some(link) = object.and_then(|object| self.links.get(object)) else {
            return;
        };
        if call.name == "fcntl" && call.args.iter().any(|arg| arg == "F_SETPIPE_SZ") {
            if let Some(size) = call.ret.and_then(|ret| u64::try_from(ret).ok()) {
                link.capacity = size;
                link.slots.resize(size);
                link.dirty = true;
            }
            return;
        }
        if call.flow == Flow::Send {
            link.slots.returned(host.as_raw(), moved);
        }
        if moved == 0 {
            return;
        }
        link.dirty = true;
        link.live = None;
        match call.flow {
            Flow::Send => {
                // Its caller stands at the exit of its call: a duplicate of its own write end lives for microseconds.
                let reading = call
                    .fd
                    .and_then(|fd| gauge::look_through_dup(host, fd).ok());
                link.live = reading.map(|reading| reading.bytes);
            }
            Flow::Receive | Flow::Move => link.slots.took(moved),
            Flow::None | Flow::Copy => {}
        }
    }

    /// A worker is about to write into an object.
    pub(super) fn writes(&mut self, worker: usize, object: &ObjectId, len: u64) {
        let writer = self.crew[worker].host.as_raw();
        if let Some(link) = self.links.get(object) {
            link.slots.enters(writer, len, link.packets);
        }
    }

    /// Without a tracer: a worker has reported that bytes went in.
    pub(super) fn put(&mut self, object: &ObjectId, n: u64) {
        self.links.stir();
        if let Some(link) = self.links.get(object) {
            link.slots.put(n, link.packets);
            link.live = None;
            link.dirty = true;
        }
    }

    /// Without a tracer: a worker has reported that bytes came out.
    pub(super) fn took(&mut self, tied: &Tied, n: u64) {
        self.links.stir();
        if let Some(link) = tied
            .object
            .as_ref()
            .and_then(|object| self.links.get(object))
        {
            link.slots.took(n);
            link.live = None;
            link.dirty = true;
        }
    }

    /// A writer sleeps in write(): how much is in is not counted until that is back, so the kernel is asked.
    pub(super) fn asleep_in_write(&mut self, worker: usize, fd: i32) {
        let hand = &self.crew[worker];
        let Some((object, _)) = self.ledger.object(&hand.id, fd) else {
            return;
        };
        if let Ok(reading) = gauge::look_through_dup(hand.host, fd) {
            self.measured(&object, reading);
        }
    }

    pub(super) fn measured(&mut self, object: &ObjectId, reading: PipeReading) {
        let Some(link) = self.links.get(object) else {
            return;
        };
        if link.capacity != reading.capacity {
            link.capacity = reading.capacity;
            link.slots.resize(reading.capacity);
            link.dirty = true;
        }
        if link.live != Some(reading.bytes) {
            link.live = Some(reading.bytes);
            link.dirty = true;
        }
    }

    /// A process is gone, and its descriptors with it.
    pub(super) fn left(&mut self, worker: usize) {
        self.ledger.exit(&self.crew[worker].id);
        let writer = self.crew[worker].host.as_raw();
        for link in &mut self.links.all {
            // What it had put in before it died in its call, stays in.
            link.slots.enters(writer, 0, false);
            link.slots.returned(writer, 0);
        }
        self.links.moved = true;
    }
}
