//! What the tracer remembers of a task: the call it is in, those its handlers interrupted, and how it stands.

use super::{
    Entered, Seen,
    decode::{self, Memory, Quiet, Raw},
    kernel::Go,
    seen::Returned,
};
use nix::unistd::Pid;

/// What the kernel leaves in the register of a call that a signal interrupted and that may go on: ERESTARTSYS,
/// ERESTARTNOINTR, ERESTARTNOHAND and ERESTART_RESTARTBLOCK of `linux/errno.h`. No program ever sees them.
const RESTART: [i64; 4] = [-512, -513, -514, -516];

/// Calls that handlers interrupted, one in the other. More is a program that leaves its handlers by siglongjmp(3).
const MAX_SUSPENDED: usize = 8;

/// One thread of a process.
#[derive(Debug)]
pub(super) struct Task {
    /// The process it is a thread of.
    pub(super) process: Pid,
    /// The call it is in; interrupted ones too.
    pub(super) open: Option<Open>,
    /// Calls that a handler interrupted, in which the task is in a call again; the innermost last.
    suspended: Vec<Open>,
    /// A handler was called while the open call was interrupted.
    handling: bool,
    /// The C library has blocked all signals for itself, and will restore the mask.
    pub(super) masked: bool,
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
            suspended: Vec::new(),
            handling: false,
            masked: false,
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

    /// Whether the call at whose entry it stands is the C library's own business.
    pub(super) fn is_quiet(&mut self, raw: Raw, memory: &dyn Memory) -> bool {
        match decode::quiet(raw, memory) {
            Some(Quiet::Block) => {
                self.masked = true;
                true
            }
            Some(Quiet::Restore) => std::mem::take(&mut self.masked),
            Some(Quiet::Unmap) => true,
            None => false,
        }
    }

    /// A signal is about to be delivered to a handler.
    pub(super) fn caught(&mut self) {
        self.handling = self.open.as_ref().is_some_and(|open| open.paused);
    }

    /// Whether it is interrupted in a call.
    pub(super) fn is_interrupted(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.paused)
    }

    /// At the entry of a call: it goes on with the interrupted one, or a handler makes another, or it gave the first one up
    /// with EINTR and begins another.
    pub(super) fn enter(
        &mut self,
        pid: Pid,
        raw: Raw,
        ip: u64,
        memory: &dyn Memory,
        now: u64,
        tell: &mut dyn FnMut(Seen),
    ) {
        let handling = std::mem::take(&mut self.handling);
        if let Some(open) = self.open.as_mut().filter(|open| open.paused) {
            let same = raw.nr == libc::SYS_restart_syscall || (raw == open.raw && ip == open.ip);
            if same {
                open.paused = false;
                tell(Seen::Reentered { pid });
                return;
            }
            if handling && self.suspended.len() < MAX_SUSPENDED {
                self.suspended.extend(self.open.take());
            } else {
                self.give_up(pid, memory, now, tell);
            }
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
            return;
        }
        let over = open.raw.nr == libc::SYS_rt_sigreturn;
        let mut call = open.returned(ret, memory, now);
        if over {
            // It returns to where the handler was called, with the register that was saved there.
            (call.ret, call.errno) = (None, None);
        }
        tell(Seen::Returned { pid, call });
        if over {
            self.open = self.suspended.pop();
            if ret == -i64::from(libc::EINTR) {
                self.give_up(pid, memory, now, tell);
            }
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
