//! Which bytes of which message did a call move? Follows every byte through every pipe, and never guesses.
//!
//! Pure bookkeeping, fed by the supervisor with what it sees, in the order in which it sees it:
//!
//! ```text
//! descriptors   opened · dup · fork · close · exit          who holds which end of which object
//! reports       sending{msg} · sent{msg}                    the next sends on that descriptor are that message
//! calls         entered{motion} · returned{n, bytes} → Tied which bytes of which messages were moved
//! no tracer     reported_sending · reported_sent · reported_received → Tied
//! ```
//!
//! The order of the calls to the ledger is the order of observation, and must keep two promises: `entered` comes before
//! the call does anything, `returned` after it has done all (both hold at ptrace's stops). The kernel's own order in
//! between is not known, and not assumed: what fits in several ways is tied as ambiguous, with all that fits; what fits
//! in no way, as unknown. `calls` keeps the calls, `stream` an object's bytes, `explain` finds what fits, `books` keeps
//! the messages.

mod abandoned;
pub mod addressed;
mod blur;
mod books;
mod calls;
pub mod counter;
mod direction;
mod explain;
pub mod extents;
mod framed;
mod handle;
pub mod mail;
mod reports;
pub mod ring;
pub mod shelf;
pub mod signals;
mod source;
mod stream;
mod table;
mod tie;
mod world;
pub mod zmtp;

#[cfg(test)]
mod tests;

pub use direction::Direction;
pub use handle::Handle;
pub use table::{Inode, Opened};

use crate::{
    event::{End, Holder, Part, Tie},
    ids::{CallId, MsgId, ObjectId, WorkerId},
};
use books::Books;
use source::Stamp;
use std::collections::BTreeMap;
use stream::Stream;

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
    /// The object it works on; of splice and tee the one that bytes come from.
    pub object: Option<ObjectId>,
    /// The message it is about, of a send that was announced.
    pub msg: Option<MsgId>,
}

/// What a call has moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tied {
    /// The object it worked on; of splice and tee the one that bytes came from.
    pub object: Option<ObjectId>,
    /// The object that bytes went on to, of splice and tee.
    pub into: Option<ObjectId>,
    /// The bytes moved, in their order, as many as were moved. For `call.returned`; bytes that cannot be tied have no
    /// message.
    pub parts: Vec<Part>,
    /// Where the tie is ambiguous: every range of every message that fits. For `message.received` in place of `parts`.
    pub candidates: Vec<Part>,
    /// The message that was sent.
    pub msg: Option<MsgId>,
    /// The message was made up: the program does not report.
    pub inferred: bool,
    /// Messages whose last byte is received now.
    pub complete: Vec<MsgId>,
    /// Bytes that the kernel threw away: the rest of a packet that was longer than the buffer. For `message.lost`.
    pub lost: Vec<Part>,
    /// How sure that is.
    pub tie: Tie,
}

/// The books of one run.
#[derive(Debug, Default)]
pub struct Ledger {
    clock: Stamp,
    table: table::Table,
    books: Books,
    streams: BTreeMap<ObjectId, Stream>,
    calls: BTreeMap<CallId, calls::Open>,
    /// Sends known by report only, until they are over.
    reported: BTreeMap<(WorkerId, MsgId), (ObjectId, Stamp)>,
    /// Who was seen to receive from an object by report only.
    receivers: BTreeMap<ObjectId, Vec<WorkerId>>,
    /// Signals on their way to the one who receives them.
    pub signals: signals::Signals,
    /// Messages of ZeroMQ, in lessons about it.
    pub zmtp: Option<zmtp::Zmtp>,
    /// Those that were found not to come any more.
    zmtp_lost: Vec<zmtp::Lost>,
    /// Sockets that keep messages apart.
    pub mail: mail::Mail,
    /// What the lesson's counters begin with.
    pub first_value: u64,
}

impl Ledger {
    /// Empty books.
    pub fn new() -> Self {
        Self::default()
    }

    /// A process got a descriptor for an end of an object: pipe2, openat, or one found in `/proc/PID/fd`.
    pub fn opened(
        &mut self,
        worker: &WorkerId,
        fd: i32,
        inode: Inode,
        object_type: &str,
        end: End,
    ) -> Opened {
        let opened = self.table.opened(worker, fd, inode, object_type, end);
        self.begin(&opened, object_type);
        opened
    }

    /// A process has a descriptor for an object that is known.
    pub fn holds(&mut self, worker: &WorkerId, fd: i32, object: &ObjectId, end: End) {
        self.table.holds(worker, fd, object, end);
    }

    /// An object that was found by a name, a key or a mapping: nobody need have a descriptor of it.
    pub fn known(&mut self, inode: Inode, object_type: &str) -> Opened {
        let known = self.table.known(inode, object_type);
        self.begin(&known, object_type);
        known
    }

    /// An object by a name of its own, which need not have a number yet: the end of a connection that nobody has accepted.
    pub fn called(&mut self, name: &str, object_type: &str) -> Opened {
        let called = self.table.called(name, object_type);
        self.begin(&called, object_type);
        called
    }

    /// An object has that number now.
    pub fn number(&mut self, inode: Inode, object: &ObjectId) {
        self.table.number(inode, object);
    }

    /// That number means another object from now on: a socket that is connected anew.
    pub fn renumber(&mut self, inode: Inode) {
        self.table.renumber(inode);
    }

    /// The object of that number, if it is known.
    pub fn numbered(&self, inode: Inode) -> Option<ObjectId> {
        self.table.numbered(inode)
    }

    /// What is a stream of bytes or a box of messages has a book here; of all else, others keep the books.
    fn begin(&mut self, opened: &Opened, object_type: &str) {
        match object_type {
            // One that is gone is known again only by a new name.
            "pipe" | "fifo" | "socket" => {
                self.streams.entry(opened.object.clone()).or_default();
            }
            "datagram" => self.mail.begin(&opened.object),
            _ => {}
        }
    }

    /// An id for a message that nobody announced, for those who keep books of their own.
    pub fn infer(&mut self) -> MsgId {
        self.books.infer()
    }

    /// Two sockets are connected, socketpair(2): each is an object, the buffer of what it receives, and what is sent through
    /// one goes into the other.
    pub fn paired(&mut self, one: &ObjectId, other: &ObjectId) {
        self.table.paired(one, other);
    }

    /// The socket at the other end of this one, where that is known.
    pub fn peer(&self, object: &ObjectId) -> Option<ObjectId> {
        self.table.peer(object)
    }

    /// The object that a send through a descriptor puts bytes into.
    pub fn target(&self, worker: &WorkerId, fd: i32) -> Option<ObjectId> {
        self.table.target(worker, fd)
    }

    /// The object is in packet mode, `O_DIRECT`: what a receive has no room for is thrown away.
    pub fn packets(&mut self, object: &ObjectId) {
        if let Some(stream) = self.streams.get_mut(object) {
            stream.packets = true;
        }
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
        self.abandon_calls(worker);
        self.mail.exit(worker);
        self.books.exit(worker);
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

    /// Bytes in an object by its calls: those that sends have returned, less those that receives have. Lags behind the
    /// kernel by calls that are under way.
    pub fn bytes(&self, object: &ObjectId) -> u64 {
        self.streams
            .get(object)
            .map_or(0, |stream| stream.written.saturating_sub(stream.read))
    }

    /// A worker reports that it is about to send a message.
    pub fn sending(&mut self, worker: &WorkerId, msg: MsgId, fd: i32, len: u64) {
        self.books.announce(worker, msg, fd, len);
    }

    /// A worker reports that it hands a message to a thread of its own, which will send it after all that it was handed
    /// before: a length of four bytes, and then so many.
    pub fn sending_later(&mut self, worker: &WorkerId, msg: MsgId, fd: i32, len: u64) {
        self.books.put(worker, msg, fd, len);
    }

    /// A worker reports that it is done with a message, all of it sent or not.
    pub fn sent(&mut self, worker: &WorkerId, msg: MsgId) {
        self.books.finish(worker, msg);
    }

    /// An object is gone: the bytes that nobody will ever get, as far as that is certain.
    pub fn removed(&mut self, object: &ObjectId) -> Vec<Part> {
        self.table.forget(object);
        self.receivers.remove(object);
        self.reported.retain(|_, (of, _)| of != object);
        self.mail.removed(object);
        let Some(stream) = self.streams.remove(object) else {
            return Vec::new();
        };
        self.calls
            .retain(|_, open| open.bereft(object, &stream) || !open.works_on(object));
        let mut lost: Vec<Part> = Vec::new();
        for (id, source) in &stream.sources {
            // Of a send whose process died in it we do not know how much went in.
            let Some(moved) = source.moved else { continue };
            let (_, taken) = stream.taken_of(*id);
            if taken < moved {
                lost.extend(
                    source
                        .parts(taken, moved)
                        .into_iter()
                        .filter(|part| part.msg.is_some()),
                );
            }
        }
        for (id, source) in &stream.sources {
            for msg in self.books.release(object, *id, source) {
                self.books.tidy(msg);
            }
        }
        tie::join(&mut lost);
        lost
    }

    fn tick(&mut self) -> Stamp {
        self.clock += 1;
        self.clock
    }
}
