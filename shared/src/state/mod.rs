//! What a run looks like after a number of events. Server, page, terminal and player all fold with the same [`apply`].
//!
//! `fold(snapshot(n) + rest) = fold(all)`: everything `apply` needs is in [`RunState`], and every list in it is bounded.

mod apply;
mod calls;
mod memory;
mod messages;
mod object;
mod ribbon;
mod worker;

#[cfg(test)]
mod tests;

pub use apply::apply;
pub use object::{Content, Object, Segment};
pub use worker::{Life, OpenCall, Said, Task, Worker};

use crate::{
    command::Values,
    event::{Counts, Outcome, Preview, Source, Tie, Wait},
    ids::{CallId, MsgId, ObjectId, RequestId, RunId, Seq, WorkerId},
    os::Errno,
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
