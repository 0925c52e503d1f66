//! Whether system calls can be traced here: by trying, since version numbers and settings say too little.

#![expect(
    unsafe_code,
    reason = "the probe forks, and its child must end without running what its parent registered"
)]

use super::{
    Ended,
    kernel::{Go, Position, Report, Waited, go, position, wait},
};
use crate::sandbox;
use nix::{
    errno::Errno,
    fcntl::OFlag,
    sys::{
        ptrace::{self, Options},
        signal::{Signal, kill},
    },
    unistd::{ForkResult, Pid, close, fork, pipe2, read},
};
use std::os::fd::OwnedFd;

/// Exit status of a child that could not install the filter.
const NO_FILTER: i32 = 2;
/// Exit status of a child whose call failed otherwise than it should.
const WRONG_ERRNO: i32 = 3;

/// Tries it: forks a child that makes one call, and sees that call. `Err` says in a sentence why it cannot be done here.
///
/// # Errors
/// See above.
pub fn available() -> Result<(), String> {
    // All that the child needs is made before the fork: between fork and exit it only makes system calls.
    let mut filter = sandbox::filter(true);
    let (gate, opener) =
        pipe2(OFlag::O_CLOEXEC).map_err(|errno| format!("no pipe for the probe: {errno}"))?;
    // SAFETY: the child makes system calls only and leaves by _exit.
    match unsafe { fork() } {
        Err(errno) => Err(format!("no process for the probe: {errno}")),
        Ok(ForkResult::Child) => {
            drop(opener);
            let code = child(&gate, &mut filter);
            // SAFETY: ends the child at once, without what its parent registered for its own exit.
            unsafe { libc::_exit(code) }
        }
        Ok(ForkResult::Parent { child }) => {
            drop(gate);
            let seen = watch(child, opener);
            if seen.is_err() {
                // It may be gone already; then there is nothing to do.
                let _gone = kill(child, Signal::SIGKILL);
                while !matches!(
                    wait(child.as_raw(), libc::__WALL),
                    Ok(Waited::Report(_, Report::Ended(_)) | Waited::NoChildren) | Err(_)
                ) {}
            }
            seen
        }
    }
}

/// Waits until it is seized, which closes the gate, and makes a call that fails everywhere.
fn child(gate: &OwnedFd, filter: &mut [libc::sock_filter]) -> i32 {
    let _closed = read(gate, &mut [0]);
    if sandbox::install(filter).is_err() {
        return NO_FILTER;
    }
    match close(-1) {
        Err(Errno::EBADF) => 0,
        _ => WRONG_ERRNO,
    }
}

fn watch(child: Pid, opener: OwnedFd) -> Result<(), String> {
    let options = Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_TRACESECCOMP
        | Options::PTRACE_O_EXITKILL;
    ptrace::seize(child, options).map_err(refused)?;
    drop(opener);
    step(child, |report| {
        matches!(report, Report::Event(libc::PTRACE_EVENT_SECCOMP, _))
    })?;
    match position(child) {
        Ok(Position::Entry(raw, _)) if raw.nr == libc::SYS_close => {}
        other => {
            return Err(format!(
                "the tracer sees something else than the call that was made: {other:?}"
            ));
        }
    }
    go(child, Go::Syscall, 0).map_err(refused)?;
    step(child, |report| report == Report::Syscall)?;
    match position(child) {
        Ok(Position::Exit(ret)) if ret == -i64::from(libc::EBADF) => {}
        other => {
            return Err(format!(
                "the tracer sees another result than the program: {other:?}"
            ));
        }
    }
    go(child, Go::Continue, 0).map_err(refused)?;
    step(child, |report| {
        report == Report::Event(libc::PTRACE_EVENT_SECCOMP, libc::SIGTRAP)
    })?;
    go(child, Go::Continue, 0).map_err(refused)?;
    step(child, |report| report == Report::Ended(Ended::Code(0)))
}

fn step(child: Pid, expected: impl Fn(Report) -> bool) -> Result<(), String> {
    match wait(child.as_raw(), libc::__WALL) {
        Ok(Waited::Report(_, report)) if expected(report) => Ok(()),
        Ok(Waited::Report(_, Report::Ended(Ended::Code(NO_FILTER)))) => Err(
            "the kernel refuses a seccomp filter, which chooses the calls to be seen".to_owned(),
        ),
        Ok(Waited::Report(_, Report::Ended(Ended::Code(WRONG_ERRNO)))) => Err(
            "a seccomp filter is accepted here, but its calls do not stop for a tracer".to_owned(),
        ),
        Ok(Waited::Report(_, report)) => Err(format!(
            "a traced process behaves in an unknown way: {report:?}"
        )),
        Ok(Waited::Nothing | Waited::NoChildren) => {
            Err("a traced process cannot be waited for, because SIGCHLD is ignored".to_owned())
        }
        Err(error) => Err(format!("a traced process cannot be waited for: {error}")),
    }
}

fn refused(errno: Errno) -> String {
    let scope = std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope").unwrap_or_default();
    if errno == Errno::EPERM && scope.trim() == "3" {
        return "ptrace is switched off on this host (kernel.yama.ptrace_scope is 3)".to_owned();
    }
    format!(
        "ptrace is refused with {errno}; a container may need --cap-add=SYS_PTRACE, or is itself being traced"
    )
}
