//! A process as it was last seen.

use crate::{
    command::Values,
    event::{Masks, ProcState, Wait},
    ids::{CallId, MsgId, ObjectId, WorkerId},
    os::Signal,
};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

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
