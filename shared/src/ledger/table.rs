//! Which descriptor of which process is which end of which kernel object.

use crate::{
    event::{End, Holder},
    ids::{ObjectId, WorkerId},
};
use std::collections::BTreeMap;

/// What the kernel knows an object by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Inode {
    /// `st_dev`.
    pub dev: u64,
    /// `st_ino`.
    pub ino: u64,
}

/// The object behind a new descriptor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The object.
    pub object: ObjectId,
    /// It was not known before.
    pub created: bool,
}

/// Numbers of objects that are gone, of which it is known; far more than a run has at once.
const MAX_GONE: usize = 65_536;

/// All descriptors of all processes that are ends of an object.
#[derive(Debug, Default)]
pub(super) struct Table {
    objects: BTreeMap<Inode, ObjectId>,
    /// How often each has come and gone: a file system gives the number of a file that is gone to the next one.
    gone: BTreeMap<ObjectId, u32>,
    descriptors: BTreeMap<(WorkerId, i32), (ObjectId, End)>,
    /// Objects that have another name than their number.
    names: BTreeMap<String, ObjectId>,
    /// Sockets, each the buffer of what it receives; and the one at its other end, where that is known.
    sockets: BTreeMap<ObjectId, Option<ObjectId>>,
}

impl Table {
    pub(super) fn opened(
        &mut self,
        worker: &WorkerId,
        fd: i32,
        inode: Inode,
        object_type: &str,
        end: End,
    ) -> Opened {
        let opened = self.known(inode, object_type);
        self.descriptors
            .insert((worker.clone(), fd), (opened.object.clone(), end));
        opened
    }

    pub(super) fn holds(&mut self, worker: &WorkerId, fd: i32, object: &ObjectId, end: End) {
        self.descriptors
            .insert((worker.clone(), fd), (object.clone(), end));
    }

    /// The object, whether or not anybody has a descriptor of it.
    pub(super) fn known(&mut self, inode: Inode, object_type: &str) -> Opened {
        let known = self.objects.get(&inode).cloned();
        let created = known.is_none();
        let object = known.unwrap_or_else(|| {
            let plain = ObjectId::new(format!("{object_type}:[{}]", inode.ino));
            if let Some(times) = self.gone.get(&plain) {
                ObjectId::new(format!("{object_type}:[{}#{}]", inode.ino, times + 1))
            } else if self.objects.values().any(|other| *other == plain) {
                // Two file systems may number alike.
                ObjectId::new(format!("{object_type}:[{}@{}]", inode.ino, inode.dev))
            } else {
                plain
            }
        });
        self.objects.insert(inode, object.clone());
        self.two_ended(&object, object_type);
        Opened { object, created }
    }

    /// The object of that number, if it is known.
    pub(super) fn numbered(&self, inode: Inode) -> Option<ObjectId> {
        self.objects.get(&inode).cloned()
    }

    /// An object by a name of its own: it may have no number yet.
    pub(super) fn called(&mut self, name: &str, object_type: &str) -> Opened {
        if let Some(object) = self.names.get(name).cloned() {
            let created = false;
            return Opened { object, created };
        }
        let plain = ObjectId::new(name);
        let object = match self.gone.get(&plain) {
            Some(times) => ObjectId::new(format!("{name}#{}", times + 1)),
            None => plain,
        };
        self.names.insert(name.to_owned(), object.clone());
        self.two_ended(&object, object_type);
        let created = true;
        Opened { object, created }
    }

    /// It has a number now.
    pub(super) fn number(&mut self, inode: Inode, object: &ObjectId) {
        self.objects.insert(inode, object.clone());
    }

    /// That number means another object from now on.
    pub(super) fn renumber(&mut self, inode: Inode) {
        self.objects.remove(&inode);
    }

    fn two_ended(&mut self, object: &ObjectId, object_type: &str) {
        if matches!(object_type, "socket" | "datagram") {
            self.sockets.entry(object.clone()).or_default();
        }
    }

    pub(super) fn paired(&mut self, one: &ObjectId, other: &ObjectId) {
        self.sockets.insert(one.clone(), Some(other.clone()));
        self.sockets.insert(other.clone(), Some(one.clone()));
    }

    /// Where the bytes go that are sent through a descriptor: into the object itself, of a socket into the other one.
    pub(super) fn target(&self, worker: &WorkerId, fd: i32) -> Option<ObjectId> {
        let (object, _) = self.get(worker, fd)?;
        match self.sockets.get(&object) {
            Some(peer) => peer.clone(),
            None => Some(object),
        }
    }

    pub(super) fn peer(&self, object: &ObjectId) -> Option<ObjectId> {
        self.sockets.get(object).cloned().flatten()
    }

    pub(super) fn dup(&mut self, worker: &WorkerId, from: i32, to: i32) {
        match self.get(worker, from) {
            Some(what) => {
                self.descriptors.insert((worker.clone(), to), what);
            }
            // dup2 closes what `to` was.
            None => {
                self.descriptors.remove(&(worker.clone(), to));
            }
        }
    }

    pub(super) fn close(&mut self, worker: &WorkerId, fd: i32) -> Option<ObjectId> {
        self.descriptors
            .remove(&(worker.clone(), fd))
            .map(|(object, _)| object)
    }

    pub(super) fn fork(&mut self, parent: &WorkerId, child: &WorkerId) {
        let copies: Vec<_> = self
            .descriptors
            .iter()
            .filter(|((holder, _), _)| holder == parent)
            .map(|((_, fd), what)| ((child.clone(), *fd), what.clone()))
            .collect();
        self.descriptors.extend(copies);
    }

    pub(super) fn exit(&mut self, worker: &WorkerId) -> Vec<ObjectId> {
        let mut objects: Vec<_> = self
            .descriptors
            .iter()
            .filter(|((holder, _), _)| holder == worker)
            .map(|(_, (object, _))| object.clone())
            .collect();
        objects.sort();
        objects.dedup();
        self.descriptors.retain(|(holder, _), _| holder != worker);
        objects
    }

    pub(super) fn get(&self, worker: &WorkerId, fd: i32) -> Option<(ObjectId, End)> {
        self.descriptors.get(&(worker.clone(), fd)).cloned()
    }

    pub(super) fn holders(&self, object: &ObjectId) -> Vec<Holder> {
        let held = self.descriptors.iter().filter(|(_, (of, _))| of == object);
        held.map(|((worker, fd), (_, end))| Holder {
            worker: worker.clone(),
            fd: *fd,
            end: *end,
        })
        .collect()
    }

    pub(super) fn forget(&mut self, object: &ObjectId) {
        self.objects.retain(|_, known| known != object);
        self.names.retain(|_, known| known != object);
        self.descriptors.retain(|_, (of, _)| of != object);
        self.sockets.remove(object);
        let plain = match object.as_str().split_once('#') {
            Some((plain, rest)) if rest.ends_with(']') => ObjectId::new(format!("{plain}]")),
            Some((plain, _)) => ObjectId::from(plain),
            None => object.clone(),
        };
        if self.gone.len() < MAX_GONE {
            *self.gone.entry(plain).or_default() += 1;
        }
    }
}
