//! How objects become known: by descriptors, by calls, by names, by keys, by mappings.

use super::{Object, State, nature};
use crate::{
    gauge::{self, Held},
    supervisor::Supervisor,
};
use shared::{
    event::{End, Kind, Source},
    ids::ObjectId,
    ledger::Inode,
};

/// Objects that are remembered at once, as many as a state keeps; beyond, a new one takes the place of one that is gone.
const MANY: usize = 256;

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

    /// Without a tracer: a worker says which file or Unix socket is behind its descriptor, which may be closed by now.
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
        if dev == 0 {
            return self.leads_to_socket(worker, fd, inode);
        }
        let id = &self.crew[worker].id;
        let opened = self.ledger.opened(id, fd, inode, "file", End::Both);
        // Its name is read from the folder, if it has one still.
        self.find_named(Source::Gauge);
        self.created(opened.object, inode, "file", None, Source::Report);
    }

    /// A worker has this descriptor.
    pub(super) fn opened(&mut self, worker: usize, held: &Held) {
        let Some((object, object_type)) = self.object_behind(held) else {
            return;
        };
        let id = &self.crew[worker].id;
        self.ledger
            .opened(id, held.fd, held.inode, object_type, held.end);
        let name = match object_type {
            "fifo" => Some(self.names.fifo().display().to_string()),
            _ => held.name.clone(),
        };
        let at = self.created(object, held.inode, object_type, name, self.by_call());
        // An end that was waiting to be accepted had no number.
        if let Some(object) = self.objects.all.get_mut(at) {
            object.inode = held.inode;
        }
        self.with(at, |nature, scene| nature.opened(scene, worker, held));
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
            left: Vec::new(),
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
            let name = Some(format!("key {:#010x}", one.key));
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
}
