//! What happened in a run: one fact a value, in the order in which the supervisor saw it.
//!
//! Every fact says how it is known ([`Source`]); every figure says where it comes from ([`Origin`]).

mod field;
mod kind;
mod name;
mod object;
mod read;

pub use kind::{Kind, MAX_WINDOW};
pub use object::{Endpoint, Item, Lock, LockKind, LockMode, Mapping, Masks, Offset, Wrote};

use crate::ids::{MsgId, ObjectId, RequestId, Seq, WorkerId};
use serde::{Deserialize, Serialize};

/// Largest event, bytes of JSON text; what is longer is carried as a preview.
pub const MAX_EVENT: usize = 8 * 1024;
/// Bytes of a payload that an event carries; the rest is fetched.
pub const PREVIEW: usize = 256;

/// One fact of a run. Read by `read`, which is faster than what serde derives for a flattened enum.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// Place in the run's order, from 1, without gaps.
    pub seq: Seq,
    /// CLOCK_MONOTONIC nanoseconds since the run began; may step back between sources.
    pub at_ns: u64,
    /// How it is known.
    pub source: Source,
    /// The worker it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker: Option<WorkerId>,
    /// What getpid() returns in that worker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<i32>,
    /// What ps shows for it outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_pid: Option<i32>,
    /// The thread of that process, where it is not the main one: what gettid() returns in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<i32>,
    /// The kernel object it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectId>,
    /// Which bytes of which messages were moved.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// The request that asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub re: Option<RequestId>,
    /// What happened.
    #[serde(flatten)]
    pub kind: Kind,
}

/// How a fact is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Our worker said so.
    Report,
    /// The tracer saw the system call.
    Call,
    /// A worker said that it stored or loaded, and that memory was read and agrees.
    Memory,
    /// Read from the kernel.
    Gauge,
    /// The kernel told the supervisor about a process.
    Process,
    /// The playground itself, about the run.
    Run,
}

/// Where a figure comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Origin {
    /// Read from the kernel now.
    Live,
    /// Timed on this host.
    Measured,
    /// From a recording.
    Replay,
    /// An explanation, computed from what was seen.
    Model,
}

/// Bytes `[from, to)` of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The message; absent where the bytes cannot be tied to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg: Option<MsgId>,
    /// First byte.
    pub from: u64,
    /// One past the last byte.
    pub to: u64,
}

/// How sure a tie between a receive and a message is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    /// The bytes were followed through the kernel object and agree.
    #[default]
    Certain,
    /// Several messages fit; all are named.
    Ambiguous,
    /// The bytes do not agree with what was sent, or their sending was not seen.
    Unknown,
}

/// The first bytes of a payload.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The bytes as text, where they are printable UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The bytes otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
    /// Length of the whole payload.
    pub len: u64,
}

/// One end of a kernel object held open by a process: a fact of `/proc/PID/fd`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Holder {
    /// Who holds it.
    pub worker: WorkerId,
    /// Under which descriptor.
    pub fd: i32,
    /// Which end.
    pub end: End,
}

/// An end of a pipe, by the open file's access mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// O_RDONLY.
    Read,
    /// O_WRONLY.
    Write,
    /// O_RDWR (a FIFO opened so).
    Both,
}

/// A figure of a kernel object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// What is counted: `bytes`, `slots`.
    pub figure: String,
    /// How many.
    pub value: u64,
    /// The most there can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
    /// Where the value comes from.
    pub origin: Origin,
    /// How it was taken: `FIONREAD`, `calls`, `F_GETPIPE_SZ`.
    pub how: String,
}

/// What the scheduler says of a process, proc(5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcState {
    /// R: running or ready to run.
    Running,
    /// S or D: asleep in a system call.
    Asleep,
    /// T: stopped by a signal; `t` of a traced process in its group-stop is the same to a learner.
    Frozen,
    /// Z: ended, not yet waited for.
    Zombie,
}

/// Why a process is asleep, as far as it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// In write(2): no room in the pipe.
    PipeFull,
    /// In read(2): nothing in the pipe, and somebody could still write.
    PipeEmpty,
    /// In open(2) of a FIFO: nobody has the other end open yet.
    FifoOpen,
    /// In mq_send(3), msgsnd(2) or a bounded queue's put: no room.
    QueueFull,
    /// In mq_receive(3), msgrcv(2) or a bounded queue's get: nothing that fits.
    QueueEmpty,
    /// In flock(2) or fcntl(2): somebody else has the lock.
    FileLock,
    /// In futex(2): for a lock or a semaphore in memory.
    Futex,
    /// In sigwaitinfo(2), sigsuspend(2), pause(2) or a read of a signalfd: no signal.
    Signal,
    /// In a send on a socket: its peer's buffer is full.
    SocketFull,
    /// In a receive on a socket: nothing has come.
    SocketEmpty,
    /// In accept(2): nobody has connected.
    Accept,
    /// In connect(2): the other side has not answered, or its accept queue is full.
    Connect,
    /// In poll(2), select(2) or epoll_wait(2): nothing that was asked for has happened.
    Poll,
    /// In a read of an eventfd or of inotify: nothing has happened.
    Event,
    /// In wait4(2): no child has ended.
    Child,
    /// Between calls: waiting for the learner.
    Command,
    /// In something else.
    Other,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All processes ended by themselves or were killed one by one.
    Completed,
    /// Somebody ended the run.
    Stopped,
    /// Nobody did anything for the idle time.
    Idle,
    /// The browser did not come back in the grace time.
    Abandoned,
    /// The supervisor died.
    SupervisorDied,
    /// A limit of the run.
    LimitHit,
    /// The server stops.
    ServerStopping,
    /// The playground failed; `message` of the event says how.
    Failed,
}

/// What a run counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Events in the journal.
    pub events: u64,
    /// Calls that the tracer saw return.
    pub calls: u64,
    /// Messages sent in whole or in part.
    pub sent: u64,
    /// Messages received in whole.
    pub received: u64,
    /// Messages of which bytes were lost.
    pub lost: u64,
    /// Bytes that senders put in.
    pub bytes_sent: u64,
    /// Bytes that receivers took out.
    pub bytes_received: u64,
    /// Facts that were counted but not kept.
    pub skipped: u64,
}
