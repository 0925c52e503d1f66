//! Which bytes of which message did a call move? Follows every byte through every pipe, and never guesses.
//!
//! Pure bookkeeping, fed by the supervisor with what it sees, in the order in which it sees it:
//!
//! ```text
//! descriptors   opened · dup · fork · close · exit          who holds which end of which object
//! reports       sending{msg} · sent{msg}                    the next sends on that descriptor are that message
//! calls         entered{motion} · returned{n, bytes} → Tied which bytes of which messages were moved
//! no tracer     reported_sent · reported_received → Tied
//! ```

mod direction;
mod table;

pub use direction::Direction;
pub use table::{Inode, Opened};

use crate::{
    event::{End, Holder, Part, Tie},
    ids::{CallId, MsgId, ObjectId, WorkerId},
};

/// What a call that moves bytes is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion<'a> {
    /// write, writev, vmsplice, sendto, …
    Send {
        /// Into this descriptor.
        fd: i32,
        /// Bytes it wants to move.
        len: u64,
        /// The bytes, as many of the first ones as were peeked.
        bytes: &'a [u8],
    },
    /// read, readv, recvfrom, …
    Receive {
        /// From this descriptor.
        fd: i32,
        /// Size of the buffer.
        len: u64,
    },
    /// splice: out of one descriptor, into another.
    Move {
        /// From this descriptor.
        from: i32,
        /// Into this one.
        to: i32,
        /// At most.
        len: u64,
    },
    /// tee: the bytes stay where they are.
    Copy {
        /// From this descriptor.
        from: i32,
        /// Into this one.
        to: i32,
        /// At most.
        len: u64,
    },
}

/// What is known of a call when it is entered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entered {
    /// The object it works on.
    pub object: Option<ObjectId>,
    /// The message it is about, of a send.
    pub msg: Option<MsgId>,
}

/// What a call has moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tied {
    /// The object it worked on.
    pub object: Option<ObjectId>,
    /// The bytes moved, in their order, as many as were moved; those that cannot be tied have no message.
    pub parts: Vec<Part>,
    /// Where the tie is ambiguous: every range of every message that fits.
    pub candidates: Vec<Part>,
    /// The message that was sent.
    pub msg: Option<MsgId>,
    /// The message was made up: the program does not report.
    pub inferred: bool,
    /// Messages whose last byte was received by this.
    pub complete: Vec<MsgId>,
    /// How sure that is.
    pub tie: Tie,
}

/// The books of one run.
#[derive(Debug, Default)]
pub struct Ledger {
    table: table::Table,
}

impl Ledger {
    /// Empty books.
    pub fn new() -> Self {
        Self::default()
    }

    /// A process got a descriptor for an end of an object: pipe2, openat, or one found in `/proc/PID/fd`.
    pub fn opened(&mut self, worker: &WorkerId, fd: i32, inode: Inode, object_type: &str, end: End) -> Opened {
        self.table.opened(worker, fd, inode, object_type, end)
    }

    /// dup, dup2, dup3, `F_DUPFD`: the new descriptor is the same end.
    pub fn dup(&mut self, worker: &WorkerId, from: i32, to: i32) {
        self.table.dup(worker, from, to);
    }

    /// close; the object whose end it was.
    pub fn close(&mut self, worker: &WorkerId, fd: i32) -> Option<ObjectId> {
        self.table.close(worker, fd)
    }

    /// A child has a copy of all descriptors.
    pub fn fork(&mut self, parent: &WorkerId, child: &WorkerId) {
        self.table.fork(parent, child);
    }

    /// A process is gone: its descriptors are closed, its calls will not return. The objects whose ends it held.
    pub fn exit(&mut self, worker: &WorkerId) -> Vec<ObjectId> {
        self.table.exit(worker)
    }

    /// Which end of which object a descriptor is.
    pub fn object(&self, worker: &WorkerId, fd: i32) -> Option<(ObjectId, End)> {
        self.table.get(worker, fd)
    }

    /// All that hold an object open.
    pub fn holders(&self, object: &ObjectId) -> Vec<Holder> {
        self.table.holders(object)
    }

    /// A worker reports that it is about to send a message.
    pub fn sending(&mut self, worker: &WorkerId, msg: MsgId, fd: i32, len: u64) {
        let _ = (worker, msg, fd, len);
    }

    /// A worker reports that it is done with a message, all of it sent or not.
    pub fn sent(&mut self, worker: &WorkerId, msg: MsgId) {
        let _ = (worker, msg);
    }

    /// A call that moves bytes was entered; it has moved none yet.
    pub fn entered(&mut self, worker: &WorkerId, call: CallId, motion: Motion<'_>) -> Entered {
        let _ = (worker, call, motion);
        Entered::default()
    }

    /// A call was interrupted before it moved anything, and is entered again now: the same call.
    pub fn reentered(&mut self, worker: &WorkerId, call: CallId) {
        let _ = (worker, call);
    }

    /// A call returned: `moved` bytes (0 where it failed), and what the first of them were, of a receive.
    pub fn returned(&mut self, worker: &WorkerId, call: CallId, moved: u64, bytes: &[u8]) -> Tied {
        let _ = (worker, call, moved, bytes);
        Tied::default()
    }

    /// Without a tracer: a worker reports that it is about to send (`bytes`: the first of them), …
    pub fn reported_sending(&mut self, worker: &WorkerId, msg: MsgId, fd: i32, len: u64, bytes: &[u8]) {
        let _ = (worker, msg, fd, len, bytes);
    }

    /// … that it has sent, …
    pub fn reported_sent(&mut self, worker: &WorkerId, msg: MsgId, n: u64) -> Tied {
        let _ = (worker, msg, n);
        Tied::default()
    }

    /// … that it has received. Before this, the supervisor must have taken in all reports that other workers had made.
    pub fn reported_received(&mut self, worker: &WorkerId, fd: i32, len: u64, bytes: &[u8]) -> Tied {
        let _ = (worker, fd, len, bytes);
        Tied::default()
    }

    /// An object is gone: the bytes that nobody will ever get.
    pub fn removed(&mut self, object: &ObjectId) -> Vec<Part> {
        let _ = object;
        Vec::new()
    }
}
