//! What a run looks like after a number of events. Server, page, terminal and player all fold with the same [`apply`].
//!
//! `fold(snapshot(n) + rest) = fold(all)`: everything `apply` needs is in [`RunState`], and every list in it is bounded.

mod apply;
mod calls;
mod memory;
mod messages;
mod ribbon;

#[cfg(test)]
mod tests;

pub use apply::apply;

use crate::{
    command::Values,
    event::{
        Counts, Holder, Item, Lock, Mapping, Masks, Offset, Origin, Outcome, Preview, ProcState, Reading,
        Source, Tie, Wait, Wrote,
    },
    ids::{CallId, MsgId, ObjectId, RequestId, RunId, Seq, WorkerId},
    os::{Errno, Signal},
};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Messages kept in a state, newest last; older ones are only counted.
pub const KEEP_MESSAGES: usize = 256;
/// Returned calls kept in a state, newest last.
pub const KEEP_CALLS: usize = 256;
/// Segments kept of a ribbon; beyond that the oldest neighbors are merged into one without a message.
pub const KEEP_SEGMENTS: usize = 512;
/// Bytes kept of a process's output.
pub const KEEP_OUTPUT: usize = 2048;
/// Calls named by one message, on each side.
pub const KEEP_MESSAGE_CALLS: usize = 64;
/// Things kept that a process said of itself, newest last.
pub const KEEP_SAID: usize = 16;
/// Processes, objects, holders of an object, figures of an object, and waiting commands: far above what a box allows, so
/// that only a journal that lies meets it.
pub const KEEP_OTHERS: usize = 256;

/// A whole run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunState {
    /// The run; empty before the first event when played from a file.
    pub run: Option<RunId>,
    /// Entry of the catalog.
    pub entry: String,
    /// Variant of the entry.
    pub variant: String,
    /// Parameters in force.
    pub params: Values,
    /// Whether system calls are traced.
    pub xray: bool,
    /// Why not, if they were asked for.
    pub xray_off: Option<String>,
    /// Kernel and machine.
    pub host: String,
    /// The last event folded.
    pub seq: Seq,
    /// Its time.
    pub at_ns: u64,
    /// Set once, by `run.finished`.
    pub finished: Option<Finished>,
    /// All processes, in the order in which they came to be.
    pub workers: Vec<Worker>,
    /// All kernel objects of the lesson.
    pub objects: Vec<Object>,
    /// The newest messages, oldest first.
    pub messages: VecDeque<Message>,
    /// The newest calls that returned, oldest first.
    pub calls: VecDeque<Call>,
    /// Commands that wait for their worker.
    pub waiting: Vec<Waiting>,
    /// The last limit that was hit.
    pub limit: Option<LimitHit>,
    /// Counted so far; at the end what `run.finished` says.
    pub counts: Counts,
}

/// The end of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// How.
    pub outcome: Outcome,
    /// In words.
    pub message: Option<String>,
}

/// A process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Worker {
    /// Its name.
    pub id: WorkerId,
    /// What it is there for.
    pub role: String,
    /// Badge: `A`, `B`, … in the order of birth, not given to `parent`.
    pub letter: Option<char>,
    /// What getpid() returns in it.
    pub pid: i32,
    /// What ps shows outside.
    pub host_pid: i32,
    /// Alive, or how it ended.
    pub life: Life,
    /// Stopped by a signal.
    pub frozen: bool,
    /// What the scheduler says.
    pub state: ProcState,
    /// Why it is asleep.
    pub because: Option<Wait>,
    /// Kernel function it sleeps in.
    pub wchan: Option<String>,
    /// The call it is in.
    pub now: Option<OpenCall>,
    /// The last call that returned.
    pub last: Option<CallId>,
    /// The last signal delivered.
    pub signal: Option<Signal>,
    /// Calls that returned.
    pub calls: u64,
    /// Bytes it put into objects.
    pub bytes_out: u64,
    /// Bytes it took out.
    pub bytes_in: u64,
    /// The end of its stdout and stderr.
    pub output: String,
    /// What its role is written in, where that is not Rust.
    #[serde(default)]
    pub language: Option<String>,
    /// Its signals, where the entry is about them.
    #[serde(default)]
    pub signals: Option<Masks>,
    /// What it said of itself, oldest first.
    #[serde(default)]
    pub said: VecDeque<Said>,
    /// Its other threads, as far as they were seen in a call.
    #[serde(default)]
    pub tasks: Vec<Task>,
}

/// Something a process said of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// What.
    pub what: String,
    /// About it.
    #[serde(default)]
    pub about: Values,
    /// When.
    pub at_ns: u64,
}

/// A thread that is not the main one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// What gettid() returns in it.
    pub tid: i32,
    /// The call it is in.
    pub now: Option<OpenCall>,
}

/// Whether a process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "life")]
pub enum Life {
    /// It lives.
    Alive,
    /// It called exit.
    Exited {
        /// exit(2) status.
        code: i32,
    },
    /// A signal ended it.
    Killed {
        /// The signal.
        signal: Signal,
    },
}

/// A call that has not returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCall {
    /// The call.
    pub call: CallId,
    /// Its name.
    pub name: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// The descriptor it works on.
    pub fd: Option<i32>,
    /// The kernel object behind it.
    pub object: Option<ObjectId>,
    /// Bytes it wants to move.
    pub len: Option<u64>,
    /// The message it is about.
    pub msg: Option<MsgId>,
    /// When it was entered.
    pub since_ns: u64,
    /// The process was seen asleep in it, and why.
    #[serde(default)]
    pub slept: Option<Wait>,
    /// How often it was interrupted and will go on.
    pub interrupted: u32,
    /// It is interrupted now: the process is frozen and the call will be entered again.
    pub paused: bool,
    /// The line of its role's source.
    #[serde(default)]
    pub line: Option<u32>,
}

/// A call that returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The call: `seq` of its entry.
    pub call: CallId,
    /// `seq` of its return.
    pub returned: Seq,
    /// Who made it.
    pub worker: WorkerId,
    /// Its name.
    pub name: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// The descriptor.
    pub fd: Option<i32>,
    /// The kernel object.
    pub object: Option<ObjectId>,
    /// What it returned.
    pub ret: Option<i64>,
    /// Why it failed.
    pub errno: Option<Errno>,
    /// Which bytes it moved.
    pub parts: Vec<crate::event::Part>,
    /// First bytes of what it moved.
    pub data: Option<Preview>,
    /// When it was entered.
    pub entered_ns: u64,
    /// Nanoseconds from entry to return, with the tracer's cost.
    pub took_ns: u64,
    /// The process was seen asleep in it, and why.
    pub slept: Option<Wait>,
    /// How often it was interrupted and went on.
    pub interrupted: u32,
    /// The thread, where it is not the main one.
    #[serde(default)]
    pub task: Option<i32>,
    /// Priority or type of the message.
    #[serde(default)]
    pub key: Option<i64>,
    /// The line of its role's source.
    #[serde(default)]
    pub line: Option<u32>,
}

/// A kernel object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// What the kernel calls it.
    pub id: ObjectId,
    /// `pipe`, `fifo`, `file`, …: see `object.created`.
    pub object_type: String,
    /// Name in the file system.
    pub name: Option<String>,
    /// What it holds, oldest first: the ledger's order.
    pub ribbon: VecDeque<Segment>,
    /// Bytes that were seen to come out before the call that put them in was seen to return.
    #[serde(default)]
    pub owed: VecDeque<Segment>,
    /// Bytes that went in.
    pub written: u64,
    /// Bytes that came out, those that were lost among them.
    pub read: u64,
    /// The newest reading of each figure.
    pub readings: Vec<Reading>,
    /// Who holds which end.
    pub holders: Vec<Holder>,
    /// It is gone.
    pub removed: bool,
    /// Names that lead to it.
    #[serde(default)]
    pub names: Vec<String>,
    /// Where it is mapped.
    #[serde(default)]
    pub mappings: Vec<Mapping>,
    /// Locks on it.
    #[serde(default)]
    pub locks: Vec<Lock>,
    /// Where open files stand.
    #[serde(default)]
    pub offsets: Vec<Offset>,
    /// The object at the other end.
    #[serde(default)]
    pub peer: Option<ObjectId>,
    /// What it holds, where it keeps messages apart: the next to be received first.
    #[serde(default)]
    pub items: Vec<Item>,
    /// Items that are not listed.
    #[serde(default)]
    pub more: u64,
    /// How the items are known.
    #[serde(default)]
    pub items_origin: Option<Origin>,
    /// What is in it, of files and memory.
    #[serde(default)]
    pub content: Option<Content>,
}

/// What was last read of a file or of shared memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Where `hex` begins.
    pub at: u64,
    /// The bytes, two hexadecimal digits each.
    pub hex: String,
    /// Bytes of the whole object.
    pub total: u64,
    /// Who stored what last.
    pub writers: Vec<Wrote>,
}

/// Bytes in a kernel object that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// The message; absent where it is not known.
    pub msg: Option<MsgId>,
    /// First byte of the message.
    pub from: u64,
    /// One past the last.
    pub to: u64,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The message.
    pub id: MsgId,
    /// Who sends it.
    pub worker: WorkerId,
    /// Bytes of its payload.
    pub len: u64,
    /// Its first bytes.
    pub preview: Preview,
    /// How its sending is known.
    pub source: Source,
    /// How its sending ended, if it did.
    pub sent: Option<Sent>,
    /// Bytes that went in so far.
    pub bytes_in: u64,
    /// Bytes that were received so far.
    pub bytes_out: u64,
    /// Bytes that were lost.
    pub bytes_lost: u64,
    /// Who received how many of its bytes.
    pub receivers: Vec<(WorkerId, u64)>,
    /// Calls on the sender's side, oldest first.
    pub sends: Vec<CallId>,
    /// Calls on the receivers' side, oldest first.
    pub receives: Vec<CallId>,
    /// How sure the tie is.
    pub tie: Tie,
    /// Priority, type or place, where the entry has one.
    #[serde(default)]
    pub key: Option<i64>,
    /// A receive has completed it: of a message without bytes nothing else tells.
    #[serde(default)]
    pub arrived: bool,
    /// Some of it is lost: as above.
    #[serde(default)]
    pub lost: bool,
}

/// How a sending ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Bytes that went in.
    pub n: u64,
    /// Why not all.
    pub errno: Option<Errno>,
}

/// A command that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The request.
    pub re: Option<RequestId>,
    /// Who it waits for.
    pub worker: WorkerId,
    /// The command.
    pub verb: String,
    /// Since which event.
    pub since: Seq,
}

/// A limit that was hit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitHit {
    /// Which.
    pub limit: String,
    /// Its value.
    pub value: u64,
    /// Who hit it.
    pub worker: Option<WorkerId>,
}

impl RunState {
    /// The worker of that name.
    pub fn worker(&self, id: &WorkerId) -> Option<&Worker> {
        self.workers.iter().find(|worker| worker.id == *id)
    }

    /// The object of that name.
    pub fn object(&self, id: &ObjectId) -> Option<&Object> {
        self.objects.iter().find(|object| object.id == *id)
    }

    /// The message, while it is still kept.
    pub fn message(&self, id: MsgId) -> Option<&Message> {
        self.messages.iter().rev().find(|message| message.id == id)
    }

    /// The call, while it is still kept.
    pub fn call(&self, id: CallId) -> Option<&Call> {
        self.calls.iter().rev().find(|call| call.call == id)
    }
}

impl Object {
    /// The newest reading of a figure.
    pub fn reading(&self, figure: &str) -> Option<&Reading> {
        self.readings
            .iter()
            .find(|reading| reading.figure == figure)
    }

    /// Bytes in the object as the ledger counts them: in minus out.
    pub fn bytes(&self) -> u64 {
        self.written.saturating_sub(self.read)
    }

    /// Bytes go in at one side and come out at the other, in order, once: pipes and stream sockets.
    pub fn streams(&self) -> bool {
        matches!(self.object_type.as_str(), "pipe" | "fifo" | "socket")
    }

    /// Whether a figure was read from the kernel.
    pub fn is_live(&self, figure: &str) -> bool {
        self.reading(figure)
            .is_some_and(|reading| reading.origin == Origin::Live)
    }
}

impl Worker {
    /// It can be told to do something.
    pub fn alive(&self) -> bool {
        self.life == Life::Alive
    }

    /// `freeze` makes sense.
    pub fn can_freeze(&self) -> bool {
        self.alive() && !self.frozen
    }

    /// `resume` makes sense.
    pub fn can_resume(&self) -> bool {
        self.alive() && self.frozen
    }
}
