//! The kinds of events.

use super::{
    Counts, Endpoint, Holder, Item, Lock, Mapping, Masks, Offset, Origin, Outcome, Preview,
    ProcState, Reading, Tie, Wait, Wrote,
};
use crate::{
    command::Values,
    ids::{CallId, MsgId, ObjectId},
    os::{Errno, Signal},
};
use serde::Serialize;

/// What happened, by kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind")]
pub enum Kind {
    /// The run began. Always `seq` 1.
    #[serde(rename = "run.started")]
    RunStarted {
        /// Entry of the catalog.
        entry: String,
        /// Variant of the entry.
        variant: String,
        /// All parameters in force.
        params: Values,
        /// Whether system calls are traced.
        xray: bool,
        /// Why not, if they are not though they were asked for.
        #[serde(skip_serializing_if = "Option::is_none")]
        xray_off: Option<String>,
        /// Kernel and machine, as in `uname -sr`.
        host: String,
        /// CLOCK_MONOTONIC of the host when the run began, nanoseconds: `mono_ns + at_ns` can be compared with other
        /// programs of the same host.
        mono_ns: u64,
    },
    /// The run is over; nothing of it exists any more. Always the last event.
    #[serde(rename = "run.finished")]
    RunFinished {
        /// How.
        outcome: Outcome,
        /// In words, where there is more to say.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// What was counted.
        counts: Counts,
    },
    /// A process came to be.
    #[serde(rename = "process.started")]
    ProcessStarted {
        /// What it is there for: `writer`, `reader`, `parent`.
        role: String,
        /// What getpid() returns in its parent.
        parent: i32,
        /// What its role is written in, where that is not Rust: `python`.
        #[serde(skip_serializing_if = "Option::is_none")]
        language: Option<String>,
    },
    /// A process ended, and was reaped.
    #[serde(rename = "process.exited")]
    ProcessExited {
        /// exit(2) status.
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<i32>,
        /// The signal that ended it.
        #[serde(skip_serializing_if = "Option::is_none")]
        signal: Option<Signal>,
    },
    /// What the scheduler says of it changed.
    #[serde(rename = "process.state")]
    ProcessState {
        /// The state.
        state: ProcState,
        /// Why it is asleep.
        #[serde(skip_serializing_if = "Option::is_none")]
        because: Option<Wait>,
        /// Kernel function it sleeps in, `/proc/PID/wchan`; names change with the kernel.
        #[serde(skip_serializing_if = "Option::is_none")]
        wchan: Option<String>,
    },
    /// A process wrote to its stdout or stderr.
    #[serde(rename = "process.output")]
    ProcessOutput {
        /// `stdout` or `stderr`.
        stream: String,
        /// What it wrote, lossily decoded.
        text: String,
    },
    /// A signal was delivered to a process (seen by the tracer).
    #[serde(rename = "process.signaled")]
    ProcessSignaled {
        /// The signal.
        signal: Signal,
    },
    /// Its signal masks or pending signals changed.
    #[serde(rename = "process.signals")]
    ProcessSignals {
        /// As the kernel has them now.
        masks: Masks,
    },
    /// A process says something of itself that nobody else could know: its handler ran, it has the lock, the record it
    /// read was torn.
    #[serde(rename = "process.said")]
    ProcessSaid {
        /// What, a word of the entry: `handled`, `locked`, `torn`.
        what: String,
        /// About it.
        #[serde(skip_serializing_if = "Values::is_empty")]
        about: Values,
    },
    /// A kernel object came to be.
    #[serde(rename = "object.created")]
    ObjectCreated {
        /// `pipe`, `fifo`, `socket` (the end of a stream), `listener`, `datagram` (a socket that keeps messages apart),
        /// `file`, `mqueue`, `msgqueue`, `memory`, `semaphore`, `eventfd`, `signalfd`, `inotify`; `signals`, which wait
        /// for a process, `shelf`, of a process's own memory, and `cable`, between two machines.
        object_type: String,
        /// Its name in the file system, for those that have one.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// Who holds which end of it changed.
    #[serde(rename = "object.state")]
    ObjectState {
        /// All that hold it open, from `/proc/PID/fd`.
        holders: Vec<Holder>,
        /// Names that lead to it, where it has any.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        names: Vec<String>,
        /// Where it is mapped, from `/proc/PID/maps`.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        mappings: Vec<Mapping>,
        /// Locks on it, from `/proc/locks`.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        locks: Vec<Lock>,
        /// Where open files stand, from `/proc/PID/fdinfo`.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        offsets: Vec<Offset>,
        /// The object at the other end: of a socket, whose buffer gets what is sent through this one.
        #[serde(skip_serializing_if = "Option::is_none")]
        peer: Option<ObjectId>,
        /// Addresses and state, of a socket.
        #[serde(skip_serializing_if = "Option::is_none")]
        socket: Option<Endpoint>,
    },
    /// What an object holds that keeps messages apart.
    #[serde(rename = "object.items")]
    ObjectItems {
        /// The next to be received first.
        items: Vec<Item>,
        /// Items that are not listed.
        #[serde(skip_serializing_if = "is_none_more")]
        more: u64,
        /// How that is known: the kernel shows numbers, not contents.
        origin: Origin,
    },
    /// What is in a file or in shared memory.
    #[serde(rename = "object.bytes")]
    ObjectBytes {
        /// Where `hex` begins, bytes from the start.
        at: u64,
        /// The bytes, two hexadecimal digits each; at most [`MAX_WINDOW`] bytes.
        hex: String,
        /// Bytes of the whole object.
        total: u64,
        /// Who stored what last, in order, as far as it was seen or said.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        writers: Vec<Wrote>,
    },
    /// It is gone: nobody holds it open and no name leads to it.
    #[serde(rename = "object.removed")]
    ObjectRemoved {},
    /// A worker is about to send.
    #[serde(rename = "message.sending")]
    MessageSending {
        /// The message.
        msg: MsgId,
        /// Through which descriptor.
        fd: i32,
        /// Bytes of the payload.
        len: u64,
        /// Its first bytes.
        preview: Preview,
        /// Priority, type or place, where the entry has one.
        #[serde(skip_serializing_if = "Option::is_none")]
        key: Option<i64>,
    },
    /// A worker has sent, as far as it could.
    #[serde(rename = "message.sent")]
    MessageSent {
        /// The message.
        msg: MsgId,
        /// Bytes that went in.
        n: u64,
        /// Why not all, if so.
        #[serde(skip_serializing_if = "Option::is_none")]
        errno: Option<Errno>,
        /// The message was made up from a call of a program that does not report.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        inferred: bool,
    },
    /// A worker got bytes; `parts` of the event says of which messages.
    #[serde(rename = "message.received")]
    MessageReceived {
        /// The call that got them, where calls are seen.
        #[serde(skip_serializing_if = "Option::is_none")]
        call: Option<CallId>,
        /// Bytes in all.
        len: u64,
        /// Messages that are complete now.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        complete: Vec<MsgId>,
        /// How sure the tie is.
        tie: Tie,
    },
    /// Bytes of a message that nobody will ever get.
    #[serde(rename = "message.lost")]
    MessageLost {
        /// The message.
        msg: MsgId,
        /// First byte lost.
        from: u64,
        /// One past the last byte lost.
        to: u64,
    },
    /// A process stored bytes in memory that others see: no call. Confirmed by reading that memory if `source` is `memory`.
    #[serde(rename = "memory.stored")]
    MemoryStored {
        /// As part of which message.
        #[serde(skip_serializing_if = "Option::is_none")]
        msg: Option<MsgId>,
        /// Where, bytes from the start of the object.
        at: u64,
        /// How many bytes.
        len: u64,
        /// The first of them.
        preview: Preview,
    },
    /// A process loaded bytes from such memory; `parts` of the event says of which messages.
    #[serde(rename = "memory.loaded")]
    MemoryLoaded {
        /// From where, bytes from the start of the object.
        at: u64,
        /// How many bytes.
        len: u64,
        /// The first of them, as the process saw them.
        preview: Preview,
        /// Messages that it has in whole now.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        complete: Vec<MsgId>,
        /// How sure the tie is.
        tie: Tie,
    },
    /// A process entered a system call.
    #[serde(rename = "call.entered")]
    CallEntered {
        /// Its name as in section 2 of the man pages, `write`.
        name: String,
        /// Its arguments as strace prints them.
        args: Vec<String>,
        /// The descriptor it works on.
        #[serde(skip_serializing_if = "Option::is_none")]
        fd: Option<i32>,
        /// Bytes it wants to move.
        #[serde(skip_serializing_if = "Option::is_none")]
        len: Option<u64>,
        /// The message it is about.
        #[serde(skip_serializing_if = "Option::is_none")]
        msg: Option<MsgId>,
        /// First bytes of what it sends.
        #[serde(skip_serializing_if = "Option::is_none")]
        data: Option<Preview>,
        /// The line of its role's source that it is in.
        #[serde(skip_serializing_if = "Option::is_none")]
        line: Option<u32>,
    },
    /// A system call was interrupted (by a freeze) and will go on: not a result.
    #[serde(rename = "call.interrupted")]
    CallInterrupted {
        /// The call.
        call: CallId,
    },
    /// A system call returned.
    #[serde(rename = "call.returned")]
    CallReturned {
        /// The call.
        call: CallId,
        /// Its name.
        name: String,
        /// Its arguments, with what the kernel filled in.
        args: Vec<String>,
        /// The descriptor it worked on.
        #[serde(skip_serializing_if = "Option::is_none")]
        fd: Option<i32>,
        /// What it returned, unless it failed.
        #[serde(skip_serializing_if = "Option::is_none")]
        ret: Option<i64>,
        /// Why it failed.
        #[serde(skip_serializing_if = "Option::is_none")]
        errno: Option<Errno>,
        /// The message it was about.
        #[serde(skip_serializing_if = "Option::is_none")]
        msg: Option<MsgId>,
        /// First bytes of what it got.
        #[serde(skip_serializing_if = "Option::is_none")]
        data: Option<Preview>,
        /// From entry to return, nanoseconds, with the tracer's own cost in it.
        took_ns: u64,
        /// How often it was interrupted and went on.
        #[serde(skip_serializing_if = "is_zero")]
        interrupted: u32,
        /// Priority or type of the message it got or sent.
        #[serde(skip_serializing_if = "Option::is_none")]
        key: Option<i64>,
        /// The object that bytes went on to, of splice and tee; `object` of the event is the one they came from.
        #[serde(skip_serializing_if = "Option::is_none")]
        into: Option<ObjectId>,
    },
    /// Figures of a kernel object changed.
    #[serde(rename = "gauge")]
    Gauge {
        /// The figures.
        readings: Vec<Reading>,
    },
    /// A limit was hit; the program got this errno or signal.
    #[serde(rename = "limit.hit")]
    LimitHit {
        /// Which, by the name of its setting.
        limit: String,
        /// Its value.
        value: u64,
        /// What the program got.
        #[serde(skip_serializing_if = "Option::is_none")]
        errno: Option<Errno>,
        /// What the program got.
        #[serde(skip_serializing_if = "Option::is_none")]
        signal: Option<Signal>,
    },
    /// Facts that are not in the journal, counted.
    #[serde(rename = "skipped")]
    Skipped {
        /// What: `reports`, `calls`, `output`.
        what: String,
        /// How many.
        count: u64,
    },
    /// A command waits, because its worker is in a call.
    #[serde(rename = "command.waiting")]
    CommandWaiting {
        /// The command, as the learner gave it.
        verb: String,
        /// The call the worker is in, where calls are seen.
        #[serde(skip_serializing_if = "Option::is_none")]
        call: Option<CallId>,
    },
    /// A command was carried out: done by the supervisor, or taken up by its worker.
    #[serde(rename = "command.done")]
    CommandDone {
        /// The command.
        verb: String,
    },
    /// A fact of a newer server than this reader; kept, not understood.
    #[serde(rename = "unknown")]
    Unknown,
}

/// Most bytes of an object that one `object.bytes` shows.
pub const MAX_WINDOW: usize = 1024;

// serde's skip_serializing_if hands over a reference.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for this signature"
)]
fn is_none_more(n: &u64) -> bool {
    *n == 0
}

// serde's skip_serializing_if hands over a reference.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for this signature"
)]
fn is_zero(n: &u32) -> bool {
    *n == 0
}
