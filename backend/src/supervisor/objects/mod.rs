//! The kernel objects of the lesson: when they come and go, who has them, what they hold.
//!
//! ```text
//! descriptors /proc/PID/fd ─┐                          ┌ Nature::opened, look, sample   what the kernel says
//! mappings  /proc/PID/maps ─┼─▶ Object {state, nature} ┼ Nature::entered, returned, called      (X-ray)
//! names, keys               ┘        │                 └ Nature::sending, sent, received, touched (reports)
//!                                    └─▶ object.created · object.state · gauge · object.items · object.bytes · object.removed
//! ```
//! What all kinds have in common is done here and in `known`, `look` and `tell`: who holds and maps it, under which names,
//! and that only changes are told. What one kind adds is its [`Nature`], one file a kind, made in [`nature`].
//!
//! # How to add a kind
//!
//! - Descriptors, mappings and names of it are recognized in `gauge/`: see [`crate::gauge::holder`].
//! - A `struct` that implements [`Nature`], with whatever it remembers; its line in [`nature`]. Every hook has a default.
//! - A hook gets a [`Scene`]: the object, its state, the workers, the ledger, the journal. It tells with [`Scene::tell`].
//!   Locks, offsets, peer: set them in [`Scene::state`] in `look`; the rest of the state is filled in already.
//! - Figures: return them from `readings`; they are told when they changed and the nature called [`Scene::changed`].
//! - Content: a [`Window`], told from `called`, `touched` or `sample` with [`Window::tell`].
//! - Which bytes of which messages a call moved: a kind that is a byte stream leaves that to the ledger. Any other returns
//!   it from `entered` and `returned` (X-ray) or `sent` and `received` (reports), from books of its own.
//!
//! The supervisor never makes or holds an end of it: it opens, reads and closes, or reads memory.

mod apart;
mod bytes;
mod datagram;
mod ends;
mod file;
mod known;
mod listener;
mod look;
mod memory;
mod pipe;
mod places;
mod queue;
mod ring;
mod scene;
mod signal;
mod socket;
mod tell;
mod uses;

pub(super) use bytes::Window;
pub(super) use places::Where;
pub(super) use scene::Scene;

use crate::{
    gauge::{Diag, Held, Mapped, Scope, socket::Nets},
    tracer::{Entered, Returned},
};
use shared::{
    event::{Endpoint, Holder, Lock, Mapping, Offset, Reading, Source},
    ids::{CallId, MsgId, ObjectId},
    ledger::{self, Inode, Tied},
};
use std::{
    fmt::Debug,
    time::{Duration, Instant},
};

/// Without X-ray, and for memory: how soon after something changed to look.
const SOON: Duration = Duration::from_millis(5);

/// What one kind of object adds to what all have in common.
#[expect(
    unused_variables,
    reason = "the names say what a hook is given; by default none is used"
)]
pub(super) trait Nature: Debug {
    /// A worker has this descriptor of it. Called again whenever it is seen again.
    fn opened(&mut self, scene: &mut Scene<'_>, worker: usize, held: &Held) {}

    /// X-ray: a worker is about to make a call on it, which has done nothing yet. `key` is the call's until it returns.
    /// `Some` if this kind keeps books of its own: which message the call is about.
    fn entered(
        &mut self,
        scene: &mut Scene<'_>,
        worker: usize,
        key: CallId,
        call: &Entered,
    ) -> Option<ledger::Entered> {
        None
    }

    /// X-ray: the call was interrupted before it did anything, and is entered again now.
    fn reentered(&mut self, scene: &mut Scene<'_>, worker: usize, key: CallId) {}

    /// X-ray: it is back, and has moved so many bytes; its event is not told yet. `Some` from those with books of their own.
    fn returned(
        &mut self,
        scene: &mut Scene<'_>,
        worker: usize,
        key: CallId,
        call: &Returned,
        moved: u64,
    ) -> Option<Tied> {
        None
    }

    /// X-ray: the same call, after its event was told: what it means for figures, content, names.
    fn called(&mut self, scene: &mut Scene<'_>, worker: usize, call: &Returned, way: Way) {}

    /// X-ray: a worker is asleep in a call on it.
    fn asleep(&mut self, scene: &mut Scene<'_>, worker: usize, call: &Entered) {}

    /// A worker says that it is about to send. `Some` from those with books of their own.
    fn sending(&mut self, scene: &mut Scene<'_>, worker: usize, said: &Sending<'_>) -> Option<()> {
        None
    }

    /// A worker says that it is done with that, of which `n` bytes went in.
    fn sent(&mut self, scene: &mut Scene<'_>, worker: usize, msg: MsgId, n: u64) -> Option<Tied> {
        None
    }

    /// Without X-ray: a worker says what it received.
    fn received(
        &mut self,
        scene: &mut Scene<'_>,
        worker: usize,
        got: &Received<'_>,
    ) -> Option<Tied> {
        None
    }

    /// Without X-ray: after that was told, so many bytes went in or out.
    fn moved(&mut self, scene: &mut Scene<'_>, worker: usize, way: Way) {}

    /// A worker says that it is about to load, from this or another.
    fn loading(&mut self, scene: &mut Scene<'_>, worker: usize) {}

    /// A worker says that it stored or loaded bytes of it. What of which messages that was, by books of its own.
    fn touched(&mut self, scene: &mut Scene<'_>, worker: usize, touch: &Touch<'_>) -> Tied {
        Tied {
            tie: shared::event::Tie::Unknown,
            ..Tied::default()
        }
    }

    /// Holders, names and mappings were read: add locks, offsets, peer.
    fn look(&mut self, scene: &mut Scene<'_>) {}

    /// Time to read what the kernel or memory holds: often for a while after something changed, then ever more seldom.
    fn sample(&mut self, scene: &mut Scene<'_>) {}

    /// The figures now, and how they are known; `None` while the kernel is about to be asked.
    fn readings(&mut self, scene: &mut Scene<'_>) -> Option<(Source, Vec<Reading>)> {
        Some((Source::Gauge, Vec::new()))
    }

    /// A worker is gone, with all that it had open.
    fn left(&mut self, scene: &mut Scene<'_>, worker: usize) {}

    /// What comes out of it are messages that somebody has sent.
    fn carries_messages(&self) -> bool {
        true
    }

    /// Nobody holds or maps it any more; names may still lead to it.
    fn let_go(&mut self, scene: &mut Scene<'_>) {}

    /// Nobody we know holds it, and no name leads to it: it is there all the same.
    fn lives_on(&mut self, scene: &mut Scene<'_>) -> bool {
        false
    }

    /// It is gone, and about to be told so: what was in it is lost ([`Scene::lost`]).
    fn removed(&mut self, scene: &mut Scene<'_>) {}
}

/// What a kind of object adds, by its type.
fn nature(entry: &str, object_type: &str) -> Box<dyn Nature> {
    match object_type {
        "file" if entry == "shared-memory" => Box::<memory::Memory>::default(),
        "socket" if entry == "shared-memory" => Box::new(memory::Rights),
        "pipe" | "fifo" => Box::<pipe::Pipe>::default(),
        "socket" => Box::<socket::Socket>::default(),
        "listener" => Box::<listener::Listener>::default(),
        "datagram" => Box::<datagram::Datagram>::default(),
        "file" => Box::<file::File>::default(),
        "mqueue" => Box::new(queue::Queue::new(true)),
        "msgqueue" => Box::new(queue::Queue::new(false)),
        "memory" if entry == "queue" => Box::<ring::Ring>::default(),
        "memory" => Box::<memory::Memory>::default(),
        "semaphore" | "eventfd" | "signalfd" => Box::<signal::Count>::default(),
        _ => Box::new(Plain),
    }
}

/// A kind that adds nothing.
#[derive(Debug)]
struct Plain;

impl Nature for Plain {}

/// Which way bytes went, seen from one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// So many came in.
    In(u64),
    /// So many went out.
    Out(u64),
    /// None did.
    Neither,
}

/// A worker's words before a send.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sending<'a> {
    pub(super) msg: MsgId,
    /// -1 where it has no descriptor.
    pub(super) fd: i32,
    pub(super) len: u64,
    /// Priority, type or place.
    pub(super) key: Option<i64>,
    /// The first bytes.
    pub(super) bytes: &'a [u8],
    /// The address it sends to, where the descriptor alone does not say.
    pub(super) to: Option<&'a str>,
}

/// A worker's words after a receive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Received<'a> {
    /// -1 where it has no descriptor.
    pub(super) fd: i32,
    pub(super) len: u64,
    /// Priority or type.
    pub(super) key: Option<i64>,
    /// The first bytes.
    pub(super) bytes: &'a [u8],
}

/// A worker's words about memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Touch<'a> {
    /// A store; else a load.
    pub(super) stored: bool,
    /// As part of which message, of a store.
    pub(super) msg: Option<MsgId>,
    /// Where, bytes from the start of the object.
    pub(super) at: u64,
    /// How many bytes.
    pub(super) len: u64,
    /// The first of them, as the worker saw them.
    pub(super) bytes: &'a [u8],
}

/// What is told of an object in `object.state`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    pub(super) holders: Vec<Holder>,
    pub(super) names: Vec<String>,
    pub(super) mappings: Vec<Mapping>,
    pub(super) locks: Vec<Lock>,
    pub(super) offsets: Vec<Offset>,
    pub(super) peer: Option<ObjectId>,
    pub(super) socket: Option<Endpoint>,
}

/// One kernel object.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) id: ObjectId,
    pub(super) inode: Inode,
    pub(super) object_type: &'static str,
    pub(super) state: State,
    /// What was last told of it.
    told: State,
    /// Where it is mapped, with numbers.
    mapped: Vec<Mapped>,
    /// Where it was mapped before, the newest first: who has ended or let go since may have said something of it that lies
    /// unread.
    left: Vec<Mapped>,
    /// Somebody held or mapped it when it was last looked at.
    held: bool,
    pub(super) removed: bool,
    /// The figures may have changed.
    dirty: bool,
    readings: Vec<Reading>,
    nature: Box<dyn Nature>,
}

impl Object {
    /// What comes out of it are messages that somebody has sent: of inotify, nobody has.
    pub(super) fn carries_messages(&self) -> bool {
        self.object_type != "inotify" && self.nature.carries_messages()
    }
}

/// All kernel objects of a run.
#[derive(Debug)]
pub(super) struct Objects {
    pub(super) all: Vec<Object>,
    scope: Scope,
    nets: Nets,
    /// Somebody may hold something else than was last told.
    pub(super) moved: bool,
    again: Option<Instant>,
    pace: Duration,
}

impl Objects {
    /// None yet; those that are the lesson's will be of that scope.
    pub(super) fn new(scope: Scope) -> Self {
        Self {
            all: Vec::new(),
            scope,
            nets: Nets::own(),
            moved: false,
            again: None,
            pace: Duration::ZERO,
        }
    }

    /// The run has sockets in another network as well.
    pub(super) fn look_there_too(&mut self, diag: Diag) {
        self.nets.add(diag);
    }

    /// The place of an object in the list.
    pub(super) fn find(&self, id: &ObjectId) -> Option<usize> {
        self.all.iter().position(|object| object.id == *id)
    }

    fn find_inode(&self, inode: Inode) -> Option<usize> {
        let mut all = self.all.iter();
        all.position(|object| object.inode == inode && !object.removed)
    }

    /// Something has changed: look soon, and often for a while.
    pub(super) fn stir(&mut self) {
        let soon = Instant::now() + SOON;
        self.again = Some(self.again.map_or(soon, |again| again.min(soon)));
        self.pace = Duration::ZERO;
    }

    /// When to look again though nothing is seen.
    pub(super) fn next(&self) -> Option<Instant> {
        self.again
            .filter(|_| self.all.iter().any(|object| !object.removed))
    }
}
