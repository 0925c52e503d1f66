//! What happened in a run: one fact a value, in the order in which the supervisor saw it.
//!
//! Every fact says how it is known ([`Source`]); every figure says where it comes from ([`Origin`]).

use crate::{
    command::Values,
    ids::{CallId, MsgId, ObjectId, RequestId, Seq, WorkerId},
    os::{Errno, Signal},
};
use serde::{Deserialize, Serialize};

/// Largest event, bytes of JSON text; what is longer is carried as a preview.
pub const MAX_EVENT: usize = 8 * 1024;
/// Bytes of a payload that an event carries; the rest is fetched.
pub const PREVIEW: usize = 256;

/// One fact of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Place in the run's order, from 1, without gaps.
    pub seq: Seq,
    /// CLOCK_MONOTONIC nanoseconds since the run began; may step back between sources.
    pub at_ns: u64,
    /// How it is known.
    pub source: Source,
    /// The worker it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<WorkerId>,
    /// What getpid() returns in that worker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<i32>,
    /// What ps shows for it outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_pid: Option<i32>,
    /// The kernel object it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectId>,
    /// Which bytes of which messages were moved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// The request that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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

/// What happened, by kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        xray_off: Option<String>,
        /// Kernel and machine, as in `uname -sr`.
        host: String,
        /// CLOCK_MONOTONIC of the host when the run began, nanoseconds: `mono_ns + at_ns` can be compared with other
        /// programs of the same host.
        #[serde(default)]
        mono_ns: u64,
    },
    /// The run is over; nothing of it exists any more. Always the last event.
    #[serde(rename = "run.finished")]
    RunFinished {
        /// How.
        outcome: Outcome,
        /// In words, where there is more to say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
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
    },
    /// A process ended, and was reaped.
    #[serde(rename = "process.exited")]
    ProcessExited {
        /// exit(2) status.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<i32>,
        /// The signal that ended it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signal: Option<Signal>,
    },
    /// What the scheduler says of it changed.
    #[serde(rename = "process.state")]
    ProcessState {
        /// The state.
        state: ProcState,
        /// Why it is asleep.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<Wait>,
        /// Kernel function it sleeps in, `/proc/PID/wchan`; names change with the kernel.
        #[serde(default, skip_serializing_if = "Option::is_none")]
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
    /// A kernel object came to be.
    #[serde(rename = "object.created")]
    ObjectCreated {
        /// `pipe`, `fifo`.
        object_type: String,
        /// Its name in the file system, for those that have one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// Who holds which end of it changed.
    #[serde(rename = "object.state")]
    ObjectState {
        /// All that hold it open, from `/proc/PID/fd`.
        holders: Vec<Holder>,
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
    },
    /// A worker has sent, as far as it could.
    #[serde(rename = "message.sent")]
    MessageSent {
        /// The message.
        msg: MsgId,
        /// Bytes that went in.
        n: u64,
        /// Why not all, if so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        errno: Option<Errno>,
        /// The message was made up from a call of a program that does not report.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        inferred: bool,
    },
    /// A worker got bytes; `parts` of the event says of which messages.
    #[serde(rename = "message.received")]
    MessageReceived {
        /// The call that got them, where calls are seen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<CallId>,
        /// Bytes in all.
        len: u64,
        /// Messages that are complete now.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        complete: Vec<MsgId>,
        /// How sure the tie is.
        #[serde(default)]
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
    /// A process entered a system call.
    #[serde(rename = "call.entered")]
    CallEntered {
        /// Its name as in section 2 of the man pages, `write`.
        name: String,
        /// Its arguments as strace prints them.
        args: Vec<String>,
        /// The descriptor it works on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fd: Option<i32>,
        /// Bytes it wants to move.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        len: Option<u64>,
        /// The message it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        msg: Option<MsgId>,
        /// First bytes of what it sends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        data: Option<Preview>,
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fd: Option<i32>,
        /// What it returned, unless it failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ret: Option<i64>,
        /// Why it failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        errno: Option<Errno>,
        /// The message it was about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        msg: Option<MsgId>,
        /// First bytes of what it got.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        data: Option<Preview>,
        /// From entry to return, nanoseconds, with the tracer's own cost in it.
        took_ns: u64,
        /// How often it was interrupted and went on.
        #[serde(default, skip_serializing_if = "is_zero")]
        interrupted: u32,
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        errno: Option<Errno>,
        /// What the program got.
        #[serde(default, skip_serializing_if = "Option::is_none")]
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<CallId>,
    },
    /// A command was carried out: done by the supervisor, or taken up by its worker.
    #[serde(rename = "command.done")]
    CommandDone {
        /// The command.
        verb: String,
    },
    /// A fact of a newer server than this reader; kept, not understood.
    #[serde(other, rename = "unknown")]
    Unknown,
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

// serde's skip_serializing_if hands over a reference.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for this signature")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}
