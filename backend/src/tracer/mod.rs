//! Sees the system calls of a run's processes, while one thread keeps serving commands.
//!
//! ```text
//! worker ──call──▶ seccomp filter ──RET_TRACE──▶ stop ──waitpid──▶ [`Tracer::next`] ──▶ Seen::Entered ──▶ supervisor
//! worker ◀─────────────────────── PTRACE_SYSCALL ◀──────────────── [`Tracer::resume`] ◀── when it has told the world
//! kernel ──exit stop──▶ … Seen::Returned …                         PTRACE_CONT: free until the filter stops it again
//! ```
//! No thread, no blocking wait, no policy: a task stands still from `next` to `resume`, and who holds it longer, holds it.
//! The supervisor blocks SIGCHLD, reads it from a signalfd, and calls `next` until it says [`Next::Nothing`].
//!
//! What the kernel does and how it is told:
//! - A call that a signal interrupts exits with a code no program ever sees. It stays open (`Interrupted`), and is entered
//!   again (`Reentered`), or another call is entered: then it had failed with EINTR (`Returned` first). If a handler was
//!   called, what comes until `rt_sigreturn` are the handler's calls, inside the interrupted one; that call's exit tells at
//!   once whether the interrupted one failed. A handler that is left by siglongjmp(3) leaves it open for ever.
//! - SIGSTOP leads to a group stop (`Frozen`), in which the task is left alone until SIGCONT (`Thawed`).
//! - A new process may report before its parent's fork does: `Forked` always comes first.
//! - An ended process is reported to its tracer and, if its parent died, once more to its new parent: `Gone` comes once.
//! - A task may die at any moment, so ESRCH is no error here.

mod births;
pub mod decode;
mod here;
mod kernel;
mod print;
mod probe;
mod remote;
mod seen;
mod task;

#[cfg(test)]
mod live;

pub use here::{Lines, word};
pub use print::line;
pub use probe::available;
pub use seen::{Birth, Ended, Entered, Flow, MAX_DATA, Made, Next, Returned, Seen, Waited};

use crate::sandbox::{CHANNEL_FD, COMMAND_FD};
use kernel::{Go, Position, Report};
use nix::{
    errno::Errno,
    sys::ptrace::{self, Options},
    unistd::Pid,
};
use remote::Remote;
use shared::{event::Masks, os::Signal};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    io,
    ops::RangeInclusive,
};
use task::{Stand, Task};

/// Any child, or tracee, of the calling thread.
const ANY: i32 = -1;

/// The tracer; or, untraced, a plain waitpid with the same face, so that the supervisor has one loop.
#[derive(Debug)]
pub struct Tracer {
    traces: bool,
    tasks: HashMap<Pid, Task>,
    /// Facts that came together with one that was told already.
    queue: VecDeque<Seen>,
    /// New tasks that stand at their first stop before their parent's fork was reported; `true` if in a group stop.
    unclaimed: Vec<(Pid, bool)>,
    /// Tasks that ended before their parent's fork was reported.
    early: VecDeque<(Pid, Ended)>,
    /// Tasks that are gone, and may be reported once more. As many as there are pids at most: a new one takes its place.
    over: HashSet<Pid>,
}

impl Default for Tracer {
    fn default() -> Self {
        Self::new()
    }
}

impl Tracer {
    /// A tracer of nobody yet.
    pub fn new() -> Self {
        Self {
            traces: true,
            tasks: HashMap::new(),
            queue: VecDeque::new(),
            unclaimed: Vec::new(),
            early: VecDeque::new(),
            over: HashSet::new(),
        }
    }

    /// The twin for runs without X-ray: tells `Frozen`, `Thawed` and `Gone` of its own children only.
    pub fn untraced() -> Self {
        Self {
            traces: false,
            ..Self::new()
        }
    }

    /// Whether calls are seen.
    pub fn traces(&self) -> bool {
        self.traces
    }

    /// Takes on a child that waits for the word to go, which is given after this; all it forks will be traced as well.
    /// Should the tracer die, they all die.
    ///
    /// # Errors
    /// What ptrace said.
    pub fn seize(&mut self, pid: Pid) -> io::Result<()> {
        if self.traces {
            let options = Options::PTRACE_O_TRACESYSGOOD
                | Options::PTRACE_O_TRACECLONE
                | Options::PTRACE_O_TRACEFORK
                | Options::PTRACE_O_TRACEVFORK
                | Options::PTRACE_O_TRACEEXEC
                | Options::PTRACE_O_TRACESECCOMP
                | Options::PTRACE_O_EXITKILL;
            ptrace::seize(pid, options)?;
        }
        self.over.remove(&pid);
        self.tasks.insert(pid, Task::new(pid));
        Ok(())
    }

    /// The next fact; never blocks.
    ///
    /// # Errors
    /// The kernel said something else than that a task died.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator would end; this goes on"
    )]
    pub fn next(&mut self) -> io::Result<Next> {
        // Untraced, stops and their ends are asked for; a tracer gets them anyway, and threads with __WALL.
        let flags = if self.traces {
            libc::__WALL
        } else {
            libc::WUNTRACED | libc::WCONTINUED
        };
        loop {
            if let Some(seen) = self.queue.pop_front() {
                return Ok(Next::Seen(seen));
            }
            match kernel::wait(ANY, flags | libc::WNOHANG)? {
                kernel::Waited::Nothing => return Ok(Next::Nothing),
                kernel::Waited::NoChildren => return Ok(Next::NoChildren),
                kernel::Waited::Report(pid, report) if self.traces => {
                    alive(self.traced(pid, report))?;
                }
                kernel::Waited::Report(pid, report) => self.plain(pid, report),
            }
        }
    }

    /// Lets a task go on after what `next` told of it. Does nothing for one that runs, is frozen or gone, or of which
    /// `next` has more to tell first; so it may be called after each fact.
    ///
    /// # Errors
    /// The kernel said something else than that the task died.
    pub fn resume(&mut self, pid: Pid) -> io::Result<()> {
        if self.queue.iter().any(|seen| seen.pid() == pid) {
            return Ok(());
        }
        let Some(task) = self.tasks.get_mut(&pid) else {
            return Ok(());
        };
        let (stand, newborn) = (
            std::mem::replace(&mut task.stand, Stand::Not),
            task.newborn.take(),
        );
        if let Stand::Still(signal) = stand {
            alive(kernel::go(pid, task.go(), signal))?;
        }
        newborn.map_or(Ok(()), |child| self.resume(child))
    }

    /// The process that a task is a thread of; the task itself if it is not known.
    pub fn process(&self, pid: Pid) -> Pid {
        self.tasks.get(&pid).map_or(pid, |task| task.process)
    }

    /// The call that a task is in, interrupted or not.
    pub fn open_call(&self, pid: Pid) -> Option<&Entered> {
        self.tasks.get(&pid)?.open.as_ref().map(|open| &open.call)
    }

    /// Whether a task is in a group stop.
    pub fn is_frozen(&self, pid: Pid) -> bool {
        self.tasks.get(&pid).is_some_and(|task| task.frozen)
    }

    /// Tasks that are not gone, threads among them.
    pub fn tasks(&self) -> impl Iterator<Item = Pid> {
        self.tasks.keys().copied()
    }

    fn traced(&mut self, pid: Pid, report: Report) -> nix::Result<()> {
        match report {
            Report::Ended(how) => self.ended(pid, how)?,
            Report::Syscall | Report::Event(libc::PTRACE_EVENT_SECCOMP, _) => self.at_call(pid)?,
            Report::Event(libc::PTRACE_EVENT_STOP, libc::SIGTRAP) => {
                self.first_stop_or_thaw(pid)?;
            }
            Report::Event(libc::PTRACE_EVENT_STOP, _) => self.group_stop(pid)?,
            Report::Event(libc::PTRACE_EVENT_EXEC, _) => self.execed(pid)?,
            Report::Event(event, _) => self.forked(pid, event)?,
            Report::Signal(signal) => {
                let task = self.stands(pid, signal);
                if task.is_interrupted() && catches(pid, signal) {
                    task.caught();
                }
                self.queue.push_back(Seen::Signaled {
                    pid,
                    signal: Signal(signal),
                });
            }
            Report::Continued => {}
        }
        Ok(())
    }

    fn plain(&mut self, pid: Pid, report: Report) {
        let seen = match report {
            Report::Ended(how) => {
                self.tasks.remove(&pid);
                Seen::Gone { pid, how }
            }
            Report::Continued => self.stopped(pid, false),
            Report::Syscall | Report::Event(..) | Report::Signal(_) => self.stopped(pid, true),
        };
        self.queue.push_back(seen);
    }

    fn stopped(&mut self, pid: Pid, frozen: bool) -> Seen {
        if let Some(task) = self.tasks.get_mut(&pid) {
            task.frozen = frozen;
        }
        if frozen {
            Seen::Frozen { pid }
        } else {
            Seen::Thawed { pid }
        }
    }

    fn stands(&mut self, pid: Pid, signal: i32) -> &mut Task {
        let task = self.tasks.entry(pid).or_insert_with(|| Task::new(pid));
        task.stand = Stand::Still(signal);
        task
    }

    fn at_call(&mut self, pid: Pid) -> nix::Result<()> {
        let position = kernel::position(pid)?;
        let (memory, now) = (Remote(pid), now());
        self.stands(pid, 0);
        let Some(task) = self.tasks.get_mut(&pid) else {
            return Ok(());
        };
        let told = self.queue.len();
        let mut tell = |seen| self.queue.push_back(seen);
        match position {
            // How a worker waits for its next command is no part of the lesson.
            Position::Entry(raw, _)
                if decode::polls_only(raw, &memory, CHANNEL_FD..=COMMAND_FD) => {}
            Position::Entry(raw, _) if task.is_quiet(raw, &memory) => {}
            Position::Entry(raw, ip) => task.enter(pid, raw, ip, &memory, now, &mut tell),
            Position::Exit(ret) => task.exit(pid, ret, &memory, now, &mut tell),
            Position::Outside => {}
        }
        if self.queue.len() == told {
            task.stand = Stand::Not;
            kernel::go(pid, task.go(), 0)?;
        }
        Ok(())
    }

    /// The first stop of a new task, or the end of a group stop.
    fn first_stop_or_thaw(&mut self, pid: Pid) -> nix::Result<()> {
        let Some(task) = self.tasks.get_mut(&pid) else {
            return self.newborn(pid, false);
        };
        if std::mem::take(&mut task.frozen) {
            task.stand = Stand::Still(0);
            self.queue.push_back(Seen::Thawed { pid });
            return Ok(());
        }
        kernel::go(pid, task.go(), 0)
    }

    fn group_stop(&mut self, pid: Pid) -> nix::Result<()> {
        kernel::go(pid, Go::Listen, 0)?;
        let Some(task) = self.tasks.get_mut(&pid) else {
            return self.newborn(pid, true);
        };
        task.stand = Stand::Not;
        if !std::mem::replace(&mut task.frozen, true) {
            self.queue.push_back(Seen::Frozen { pid });
        }
        Ok(())
    }
}

/// Whether a call is a poll of these descriptors only, or works on one of them. The memory of `pid` is looked at.
pub fn concerns_only(pid: Pid, call: decode::Raw, fds: RangeInclusive<i32>) -> bool {
    decode::concerns_only(call, &Remote(pid), fds)
}

/// Among the descriptors that a poll of a process waits for is this one.
pub fn polls(pid: Pid, call: decode::Raw, fd: i32) -> bool {
    decode::polls(call, &Remote(pid), fd)
}

/// Whether a process has a handler for a signal.
fn catches(pid: Pid, signal: i32) -> bool {
    crate::gauge::masks(pid).is_some_and(|masks| Masks::has(&masks.caught, signal))
}

/// A task may die at any moment; that comes as `Gone`.
fn alive(done: nix::Result<()>) -> io::Result<()> {
    match done {
        Ok(()) | Err(Errno::ESRCH) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// CLOCK_MONOTONIC, nanoseconds.
fn now() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let nanoseconds = i128::from(now.tv_sec) * 1_000_000_000 + i128::from(now.tv_nsec);
    u64::try_from(nanoseconds).unwrap_or(0)
}
