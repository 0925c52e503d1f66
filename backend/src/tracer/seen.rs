//! What the tracer tells: one value a fact, in the order in which the kernel reported it.

use nix::unistd::Pid;
use shared::{
    event::End,
    ledger::Handle,
    os::{Errno, Signal},
};

/// Most bytes of a payload that a call carries along, the largest message a learner can send.
pub const MAX_DATA: usize = shared::command::MAX_PAYLOAD;

/// What one look brought.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "handled at once, never stored; a box would cost an allocation a stop"
)]
pub enum Next {
    /// A fact. Its task stands still until [`Tracer::resume`](super::Tracer::resume), unless it is frozen or gone.
    Seen(Seen),
    /// Nothing now; SIGCHLD announces the next.
    Nothing,
    /// Nobody is left to wait for.
    NoChildren,
}

/// A fact about a task. `pid` is the thread's id; [`Tracer::process`](super::Tracer::process) says whose thread it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// It stands at the entry of a call.
    Entered {
        /// Who.
        pid: Pid,
        /// Which call.
        call: Entered,
    },
    /// A signal (a freeze) interrupted its call, which is still open and will be entered again.
    Interrupted {
        /// Who.
        pid: Pid,
    },
    /// It entered the interrupted call again.
    Reentered {
        /// Who.
        pid: Pid,
    },
    /// It stands at the exit of a call.
    Returned {
        /// Who.
        pid: Pid,
        /// Which call, and what came of it.
        call: Returned,
    },
    /// It made a process or a thread, which is traced as well and runs on with the next `resume` of `parent`.
    Forked {
        /// Who.
        parent: Pid,
        /// The new one.
        child: Pid,
        /// What it is.
        birth: Birth,
    },
    /// It runs another program now. Its other threads are gone, and its id is that of the process.
    Execed {
        /// Who.
        pid: Pid,
    },
    /// A signal is about to be delivered to it.
    Signaled {
        /// Who.
        pid: Pid,
        /// The signal.
        signal: Signal,
    },
    /// It is stopped by SIGSTOP or its like. Only SIGCONT or SIGKILL moves it; `resume` does nothing.
    Frozen {
        /// Who.
        pid: Pid,
    },
    /// SIGCONT ended its stop.
    Thawed {
        /// Who.
        pid: Pid,
    },
    /// It ended and is reaped. Said once, though the kernel may report a process twice.
    Gone {
        /// Who.
        pid: Pid,
        /// How it ended.
        how: Ended,
    },
}

impl Seen {
    /// Whom it is about; of a fork, the parent.
    pub fn pid(&self) -> Pid {
        match self {
            Self::Entered { pid, .. }
            | Self::Interrupted { pid }
            | Self::Reentered { pid }
            | Self::Returned { pid, .. }
            | Self::Forked { parent: pid, .. }
            | Self::Execed { pid }
            | Self::Signaled { pid, .. }
            | Self::Frozen { pid }
            | Self::Thawed { pid }
            | Self::Gone { pid, .. } => *pid,
        }
    }
}

/// How a new task came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Birth {
    /// A process, by fork(2) or clone(2).
    Process,
    /// A process whose parent waits until it calls execve or ends, vfork(2).
    Vfork,
    /// A thread of the same process.
    Thread,
}

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It called exit.
    Code(i32),
    /// A signal ended it.
    Signal(Signal),
}

/// Whether a call carries bytes of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    /// It does not.
    #[default]
    None,
    /// Into the kernel object behind `fd`.
    Send,
    /// Out of the kernel object behind `fd`.
    Receive,
    /// From the object behind `fd` to the one behind `fd_out`, and out of the first: splice(2).
    Move,
    /// From the object behind `fd` to the one behind `fd_out`, and it stays in the first: tee(2), sendfile(2).
    Copy,
}

/// A call at its entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entered {
    /// Its number on this machine.
    pub nr: i64,
    /// Its name, `write`.
    pub name: &'static str,
    /// Its arguments as strace prints them; `…` for what the kernel has yet to fill in.
    pub args: Vec<String>,
    /// The descriptor it works on.
    pub fd: Option<i32>,
    /// The second descriptor of dup2, dup3, splice, tee, sendfile, copy_file_range and epoll_ctl.
    pub fd_out: Option<i32>,
    /// What it names its kernel object by: `fd`, or an id of System V.
    pub handle: Option<Handle>,
    /// Bytes it wants to move.
    pub len: Option<u64>,
    /// Where in the file, for pread and its kin and for mmap.
    pub offset: Option<u64>,
    /// The priority of mq_timedsend, the type of msgsnd, the signal of kill and its kin.
    pub key: Option<i64>,
    /// Which type msgrcv asks for: 0 any, below 0 the lowest up to that.
    pub wants: Option<i64>,
    /// Which way bytes go.
    pub flow: Flow,
    /// The bytes it sends, the first [`MAX_DATA`] of them; a message's without its type.
    pub data: Vec<u8>,
    /// The address it is given: `127.0.0.1:5000`, a path, `@` and an abstract name.
    pub address: Option<String>,
    /// Its six arguments as numbers.
    pub registers: [u64; 6],
    /// CLOCK_MONOTONIC, nanoseconds, when the tracer saw the entry.
    pub at_ns: u64,
}

/// A call at its exit. One that was interrupted and entered again is one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Returned {
    /// Its number on this machine.
    pub nr: i64,
    /// Its name.
    pub name: &'static str,
    /// Its arguments, with what the kernel filled in.
    pub args: Vec<String>,
    /// The descriptor it worked on.
    pub fd: Option<i32>,
    /// The second descriptor.
    pub fd_out: Option<i32>,
    /// What it named its kernel object by; also the id that msgget, shmget and semget returned.
    pub handle: Option<Handle>,
    /// Bytes it wanted to move.
    pub len: Option<u64>,
    /// Where in the file, for pread and its kin and for mmap.
    pub offset: Option<u64>,
    /// As at the entry; of a receive, the priority or type that came; the signal that rt_sigtimedwait took.
    pub key: Option<i64>,
    /// Which way bytes went.
    pub flow: Flow,
    /// What it returned, unless it failed.
    pub ret: Option<i64>,
    /// Why it failed.
    pub errno: Option<Errno>,
    /// Bytes that were really moved. Not always what it returned: mq_send(3) and msgsnd(2) return 0. A message may be empty.
    pub moved: u64,
    /// The address it was given, or that of who has sent or connected, where it asked for it.
    pub address: Option<String>,
    /// The bytes it sent or received, the first [`MAX_DATA`] of those that were really moved.
    pub data: Vec<u8>,
    /// Descriptors it made.
    pub created: Vec<Made>,
    /// Descriptors that a sendmsg passed on, SCM_RIGHTS.
    pub passed: Vec<i32>,
    /// The process or thread it made.
    pub child: Option<Pid>,
    /// The child it waited for.
    pub waited: Option<Waited>,
    /// Its six arguments as numbers.
    pub registers: [u64; 6],
    /// How often it was interrupted and went on.
    pub interrupted: u32,
    /// CLOCK_MONOTONIC, nanoseconds, of its first entry.
    pub entered_ns: u64,
    /// CLOCK_MONOTONIC, nanoseconds, when the tracer saw the exit.
    pub at_ns: u64,
}

/// A descriptor that a call made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    /// The descriptor.
    pub fd: i32,
    /// Which way it is open, where the call says so; a duplicate is open as its original is.
    pub end: Option<End>,
    /// The descriptor it is a duplicate of.
    pub of: Option<i32>,
    /// The descriptor of the other end, of a socket pair.
    pub peer: Option<i32>,
}

/// What wait4(2) or waitid(2) brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waited {
    /// The child.
    pub pid: Pid,
    /// How it ended; absent if it was stopped or continued only.
    pub how: Option<Ended>,
}
