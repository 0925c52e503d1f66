//! What the tracer remembers of a task: the call it is in, and how it stands.

use super::{
    Entered, Seen,
    decode::{self, Memory, Raw},
    kernel::Go,
    seen::Returned,
};
use nix::unistd::Pid;

/// What the kernel leaves in the register of a call that a signal interrupted and that may go on: ERESTARTSYS,
/// ERESTARTNOINTR, ERESTARTNOHAND and ERESTART_RESTARTBLOCK of `linux/errno.h`. No program ever sees them.
const RESTART: [i64; 4] = [-512, -513, -514, -516];

/// One thread of a process.
#[derive(Debug)]
pub(super) struct Task {
    /// The process it is a thread of.
    pub(super) process: Pid,
    /// The call it is in; interrupted ones too.
    pub(super) open: Option<Open>,
    pub(super) stand: Stand,
    pub(super) frozen: bool,
    /// A child that waits for the next `resume` of this task.
    pub(super) newborn: Option<Pid>,
}

/// A call that has not returned.
#[derive(Debug)]
pub(super) struct Open {
    raw: Raw,
    /// Address of the instruction.
    ip: u64,
    pub(super) call: Entered,
    /// How often it was interrupted.
    interrupted: u32,
    /// It is interrupted now: the task is not in the kernel.
    paused: bool,
}

/// How a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    /// It runs, sleeps in a call, or stays in its group stop.
    Not,
    /// It waits for `resume`, which delivers this signal, 0 for none.
    Still(i32),
}

impl Task {
    pub(super) fn new(process: Pid) -> Self {
        Self {
            process,
            open: None,
            stand: Stand::Not,
            frozen: false,
            newborn: None,
        }
    }

    /// The one rule: a call is open and must run to its exit; otherwise run until the filter stops it.
    pub(super) fn go(&self) -> Go {
        if self.open.as_ref().is_some_and(|open| !open.paused) {
            Go::Syscall
        } else {
            Go::Continue
        }
    }

    /// At the entry of a call: it goes on with the interrupted one, or gave that up with EINTR and begins another.
    pub(super) fn enter(
        &mut self,
        pid: Pid,
        raw: Raw,
        ip: u64,
        memory: &dyn Memory,
        now: u64,
        tell: &mut dyn FnMut(Seen),
    ) {
        if let Some(open) = self.open.as_mut().filter(|open| open.paused) {
            if raw.nr == libc::SYS_restart_syscall || (raw == open.raw && ip == open.ip) {
                open.paused = false;
                tell(Seen::Reentered { pid });
                return;
            }
            self.give_up(pid, memory, now, tell);
        }
        let call = decode::entered(raw, memory, now);
        tell(Seen::Entered {
            pid,
            call: call.clone(),
        });
        self.open = Some(Open {
            raw,
            ip,
            call,
            interrupted: 0,
            paused: false,
        });
    }

    /// A handler ran and its call will not go on: the kernel decided so after the stop at which we saw the call exit.
    fn give_up(&mut self, pid: Pid, memory: &dyn Memory, now: u64, tell: &mut dyn FnMut(Seen)) {
        if let Some(open) = self.open.take() {
            tell(Seen::Returned {
                pid,
                call: open.returned(-i64::from(libc::EINTR), memory, now),
            });
        }
    }

    /// At the exit of a call.
    pub(super) fn exit(
        &mut self,
        pid: Pid,
        ret: i64,
        memory: &dyn Memory,
        now: u64,
        tell: &mut dyn FnMut(Seen),
    ) {
        let Some(mut open) = self.open.take() else {
            return;
        };
        if RESTART.contains(&ret) {
            open.paused = true;
            open.interrupted += 1;
            self.open = Some(open);
            tell(Seen::Interrupted { pid });
        } else {
            tell(Seen::Returned {
                pid,
                call: open.returned(ret, memory, now),
            });
        }
    }
}

impl Open {
    fn returned(&self, ret: i64, memory: &dyn Memory, now: u64) -> Returned {
        let mut returned = decode::returned(self.raw, &self.call, ret, memory, now);
        returned.interrupted = self.interrupted;
        returned
    }
}
