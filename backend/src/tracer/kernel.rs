//! waitpid(2) and ptrace(2), each a safe function. Signals stay numbers: real-time signals have no names.

#![expect(
    unsafe_code,
    reason = "nix knows neither PTRACE_LISTEN nor real-time signals in a wait status"
)]

use super::{Ended, decode::Raw};
use nix::unistd::Pid;
use shared::os::Signal;
use std::io;

/// What waitpid reported of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Report {
    /// It ended and is reaped.
    Ended(Ended),
    /// It stands at the entry or exit of a call that PTRACE_SYSCALL let run.
    Syscall,
    /// It stands at an event of ptrace, with the signal that the status carries.
    Event(i32, i32),
    /// A signal is about to be delivered; untraced, it stopped.
    Signal(i32),
    /// Untraced: SIGCONT ended its stop.
    Continued,
}

/// What one waitpid brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waited {
    Report(Pid, Report),
    Nothing,
    NoChildren,
}

/// `whom` as for waitpid(2). Only what the calling thread forked or traces: others may have children of their own.
pub(super) fn wait(whom: i32, flags: i32) -> io::Result<Waited> {
    let mut status = 0;
    let flags = flags | libc::__WNOTHREAD;
    loop {
        // SAFETY: `status` is a live int for the length of the call.
        let pid = unsafe { libc::waitpid(whom, &raw mut status, flags) };
        match pid {
            0 => return Ok(Waited::Nothing),
            1.. => return Ok(Waited::Report(Pid::from_raw(pid), report(status))),
            _ => {}
        }
        let error = io::Error::last_os_error();
        match error.raw_os_error() {
            Some(libc::ECHILD) => return Ok(Waited::NoChildren),
            Some(libc::EINTR) => {}
            _ => return Err(error),
        }
    }
}

fn report(status: i32) -> Report {
    /// PTRACE_O_TRACESYSGOOD marks stops at calls with this bit.
    const SYSGOOD: i32 = 0x80;
    if libc::WIFEXITED(status) {
        return Report::Ended(Ended::Code(libc::WEXITSTATUS(status)));
    }
    if libc::WIFSIGNALED(status) {
        return Report::Ended(Ended::Signal(Signal(libc::WTERMSIG(status))));
    }
    if libc::WIFCONTINUED(status) {
        return Report::Continued;
    }
    match (status >> 16, libc::WSTOPSIG(status)) {
        (0, signal) if signal == libc::SIGTRAP | SYSGOOD => Report::Syscall,
        (0, signal) => Report::Signal(signal),
        (event, signal) => Report::Event(event, signal),
    }
}

/// Where in a call a task stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Position {
    /// At its entry; the address of the instruction tells a call from its repetition.
    Entry(Raw, u64),
    /// At its exit, with what its register holds.
    Exit(i64),
    /// In none.
    Outside,
}

/// Only while the task stands still.
pub(super) fn position(pid: Pid) -> nix::Result<Position> {
    let info = nix::sys::ptrace::syscall_info(pid)?;
    Ok(match info.op {
        libc::PTRACE_SYSCALL_INFO_ENTRY => {
            // SAFETY: the kernel says in `op` that it filled in this member; all are plain numbers.
            let entry = unsafe { info.u.entry };
            Position::Entry(
                Raw {
                    nr: entry.nr.cast_signed(),
                    args: entry.args,
                },
                info.instruction_pointer,
            )
        }
        libc::PTRACE_SYSCALL_INFO_SECCOMP => {
            // SAFETY: as above.
            let entry = unsafe { info.u.seccomp };
            Position::Entry(
                Raw {
                    nr: entry.nr.cast_signed(),
                    args: entry.args,
                },
                info.instruction_pointer,
            )
        }
        libc::PTRACE_SYSCALL_INFO_EXIT => {
            // SAFETY: as above.
            let exit = unsafe { info.u.exit };
            Position::Exit(exit.sval)
        }
        _ => Position::Outside,
    })
}

/// How a standing task goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Go {
    /// To the exit of the call it is in.
    Syscall,
    /// Until the filter or a signal stops it.
    Continue,
    /// Not at all, until SIGCONT or SIGKILL: it stays in its group stop.
    Listen,
}

/// `signal` is delivered, 0 for none. ESRCH: it died, or does not stand still.
pub(super) fn go(pid: Pid, how: Go, signal: i32) -> nix::Result<()> {
    let request = match how {
        Go::Syscall => libc::PTRACE_SYSCALL,
        Go::Continue => libc::PTRACE_CONT,
        Go::Listen => libc::PTRACE_LISTEN,
    };
    let nowhere = std::ptr::null_mut::<libc::c_void>();
    // SAFETY: these requests take two numbers and touch no memory of ours.
    let done = unsafe { libc::ptrace(request, pid.as_raw(), nowhere, libc::c_long::from(signal)) };
    nix::errno::Errno::result(done).map(drop)
}
