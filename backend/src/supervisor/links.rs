//! The kernel objects of the lesson: when they come and go, who holds them, how full they are.

use super::{Supervisor, crew::Stage};
use crate::{
    gauge::{self, Held, PipeReading, SlotModel},
    tracer::{Flow, Returned},
};
use shared::{
    event::{End, Holder, Kind, Origin, Reading, Source},
    ids::ObjectId,
    ledger::{Inode, Tied},
};
use std::{
    collections::BTreeMap,
    os::unix::fs::MetadataExt,
    time::{Duration, Instant},
};

/// Longest pause until everything is read again though nothing was seen: a program may close what no filter shows.
const AGAIN: Duration = Duration::from_secs(1);
/// Without X-ray: pause after something has changed; doubled as long as nothing does.
const SAMPLE: Duration = Duration::from_millis(20);

/// Without X-ray: how soon after a report to look.
const SOON: Duration = Duration::from_millis(5);

/// One kernel object.
#[derive(Debug)]
struct Link {
    id: ObjectId,
    named: bool,
    slots: SlotModel,
    capacity: u64,
    /// O_DIRECT: packets.
    packets: bool,
    /// What FIONREAD said, while nothing has moved since.
    live: Option<u64>,
    holders: Vec<Holder>,
    held: bool,
    removed: bool,
    dirty: bool,
    told: Vec<Reading>,
}

/// All kernel objects of a run.
#[derive(Debug, Default)]
pub(super) struct Links {
    all: Vec<Link>,
    /// Somebody may hold something else than was last told.
    moved: bool,
    again: Option<Instant>,
    pace: Duration,
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

    fn opened(&mut self, worker: usize, held: &Held) {
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

    fn measured(&mut self, object: &ObjectId, reading: PipeReading) {
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

    /// Tells what has changed about the objects since it was last told.
    pub(super) fn look_at_links(&mut self) {
        let now = Instant::now();
        let due = self.links.again.is_none_or(|again| again <= now);
        if self.links.moved || due {
            self.links.moved = false;
            self.links.pace = if self.tracer.traces() {
                AGAIN
            } else {
                (self.links.pace * 2).clamp(SAMPLE, AGAIN)
            };
            self.look_at_holders();
            if !self.tracer.traces() {
                self.sample();
            }
            self.links.again = Some(now + self.links.pace);
        }
        for at in 0..self.links.all.len() {
            self.tell_gauge(at);
        }
    }

    fn look_at_holders(&mut self) {
        let all = gauge::holders(&self.crew.pids());
        let mut now: BTreeMap<ObjectId, Vec<Holder>> = BTreeMap::new();
        for held in &all {
            let Some(worker) = self.crew.by_pid(held.pid) else {
                continue;
            };
            if !self.tracer.traces() {
                self.opened(worker, held);
            }
            let holder = Holder {
                worker: self.crew[worker].id.clone(),
                fd: held.fd,
                end: held.end,
            };
            now.entry(held.object()).or_default().push(holder);
        }
        // Who was forked and has not said so yet may hold what its parent has closed already.
        let being_born = self.crew.hands.iter().any(|hand| hand.stage == Stage::Unborn)
            && self.crew.hands.iter().any(super::crew::Hand::alive);
        for link in self.links.all.iter_mut().filter(|link| !link.removed) {
            let mut holders = now.remove(&link.id).unwrap_or_default();
            if being_born && holders.is_empty() {
                continue;
            }
            holders.sort();
            if link.holders != holders {
                self.links.pace = SAMPLE;
                if !self.tracer.traces() {
                    for left in link.holders.iter().filter(|left| !holders.contains(left)) {
                        self.ledger.close(&left.worker, left.fd);
                    }
                }
                link.holders.clone_from(&holders);
                self.journal.tell(Self::about(
                    &link.id,
                    Source::Gauge,
                    Kind::ObjectState { holders },
                ));
            }
            if link.held && link.holders.is_empty() {
                // Nobody has it open: the kernel has thrown away what was in it.
                for part in self.ledger.removed(&link.id) {
                    if let Some(msg) = part.msg {
                        self.journal.counts.lost += 1;
                        let kind = Kind::MessageLost {
                            msg,
                            from: part.from,
                            to: part.to,
                        };
                        self.journal
                            .tell(Self::about(&link.id, Source::Gauge, kind));
                    }
                }
                link.slots = SlotModel::new(link.capacity);
            }
            link.held = !link.holders.is_empty();
            if !link.held && (!link.named || !self.names.fifo().exists()) {
                link.removed = true;
                self.journal
                    .tell(Self::about(&link.id, Source::Gauge, Kind::ObjectRemoved {}));
            }
        }
    }

    /// Without a tracer: asks the kernel through a write end, while both ends are held, so that nobody notices.
    fn sample(&mut self) {
        for at in 0..self.links.all.len() {
            let Some(link) = self.links.all.get(at) else {
                continue;
            };
            let reader = link.holders.iter().any(|holder| holder.end != End::Write);
            let writer = link
                .holders
                .iter()
                .find(|holder| holder.end != End::Read)
                .filter(|_| reader);
            let Some(writer) = writer else { continue };
            let host = self
                .crew
                .hands
                .iter()
                .find(|hand| hand.id == writer.worker)
                .map(|hand| hand.host);
            let id = link.id.clone();
            if let Some(Ok(reading)) = host.map(|host| gauge::look_through_open(host, writer.fd)) {
                self.measured(&id, reading);
            }
        }
    }

    fn tell_gauge(&mut self, at: usize) {
        let traced = self.tracer.traces();
        let Some(link) = self
            .links
            .all
            .get_mut(at)
            .filter(|link| link.dirty && !link.removed)
        else {
            return;
        };
        let ends = |end: End| link.holders.iter().any(|holder| holder.end != end);
        if !self.tracer.traces() && link.live.is_none() && ends(End::Read) && ends(End::Write) {
            // The kernel is about to be asked.
            return;
        }
        link.dirty = false;
        let max = (link.capacity > 0).then_some(link.capacity);
        let counted = self.ledger.bytes(&link.id);
        let (value, origin, how) = match link.live {
            Some(bytes) => (bytes, Origin::Live, "FIONREAD"),
            None if traced => (counted, Origin::Model, "calls"),
            None => (counted, Origin::Model, "reports"),
        };
        let bytes = Reading {
            figure: "bytes".to_owned(),
            value,
            max,
            origin,
            how: how.to_owned(),
        };
        let slots = Reading {
            figure: "slots".to_owned(),
            value: link.slots.used(),
            max: Some(link.slots.slots()).filter(|slots| *slots > 0),
            origin: Origin::Model,
            how: "pages".to_owned(),
        };
        let readings = vec![bytes, slots];
        if link.told != readings {
            link.told.clone_from(&readings);
            let source = match (link.live, traced) {
                (Some(_), _) => Source::Gauge,
                (None, true) => Source::Call,
                (None, false) => Source::Report,
            };
            let fact = Self::about(&link.id, source, Kind::Gauge { readings });
            self.journal.tell_if_room("gauges", fact);
        }
    }
}
