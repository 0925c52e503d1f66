//! Making and ending processes. fork(2), clone(2), _exit(2), signal(2).
#![expect(unsafe_code, reason = "fork, clone and _exit have no safe wrapper")]

use nix::{
    errno::Errno,
    sys::signal::{SigHandler, Signal, signal},
    unistd::Pid,
};
use std::{
    fs, io,
    os::fd::{AsRawFd, FromRawFd, OwnedFd},
    ptr,
    sync::atomic::{AtomicBool, Ordering},
};

/// Set in the spawner and inherited by all below it. Those that fork, supervisors and parents, never make a thread; roles
/// that make threads do not fork.
static ALONE: AtomicBool = AtomicBool::new(false);

/// Where a fork returned.
#[derive(Debug)]
pub enum Fork {
    /// In the new process.
    Child,
    /// In the one that forked, with the pid of the new one.
    Parent(Pid),
}

/// fork(2) of the process that the program was started as, before it makes a thread.
///
/// # Errors
/// `EDEADLK` when there are threads already: a lock one of them holds would be held for ever in the child.
pub fn fork_first() -> io::Result<Fork> {
    if fs::read_dir("/proc/self/task")?.count() != 1 {
        return Err(Errno::EDEADLK.into());
    }
    let forked = fork_unchecked()?;
    if matches!(forked, Fork::Child) {
        ALONE.store(true, Ordering::Relaxed);
    }
    Ok(forked)
}

/// fork(2) in a process of a run.
///
/// # Errors
/// What the kernel says, or `EDEADLK` outside the processes that the spawner made.
pub fn fork() -> Result<Fork, Errno> {
    if ALONE.load(Ordering::Relaxed) {
        fork_unchecked()
    } else {
        Err(Errno::EDEADLK)
    }
}

fn fork_unchecked() -> Result<Fork, Errno> {
    // SAFETY: both callers have made sure that this is the only thread, so the child finds every lock free.
    match unsafe { libc::fork() } {
        -1 => Err(Errno::last()),
        0 => {
            super::here::forked();
            Ok(Fork::Child)
        }
        pid => Ok(Fork::Parent(Pid::from_raw(pid))),
    }
}

/// Namespaces of a box, namespaces(7). The user namespace owns all the others.
const BOX_NAMESPACES: i32 = libc::CLONE_NEWUSER
    | libc::CLONE_NEWNS
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWCGROUP;

/// clone(2) of a supervisor, with a descriptor that stands for it whatever becomes of its pid; into namespaces of its own,
/// or into ours. `None` in the child.
///
/// # Errors
/// What the kernel says, or `EDEADLK` outside the spawner.
pub fn clone_box(own_namespaces: bool) -> Result<Option<(Pid, OwnedFd)>, Errno> {
    if !ALONE.load(Ordering::Relaxed) {
        return Err(Errno::EDEADLK);
    }
    let namespaces = if own_namespaces { BOX_NAMESPACES } else { 0 };
    let flags = libc::c_long::from(libc::CLONE_PIDFD | namespaces | libc::SIGCHLD);
    let mut pidfd: libc::c_int = -1;
    let null = ptr::null_mut::<libc::c_void>();
    // SAFETY: as for fork: this is the only thread, and without a new stack the child goes on with a copy of this one.
    // The kernel writes the descriptor to `pidfd`, which lives. The order of the last two differs by machine; both are null.
    let pid = unsafe { libc::syscall(libc::SYS_clone, flags, null, &raw mut pidfd, null, null) };
    match i32::try_from(pid) {
        Ok(0) => Ok(None),
        Ok(pid) if pid > 0 => {
            // SAFETY: the kernel has just made this descriptor for us, and nobody else knows it.
            let pidfd = unsafe { OwnedFd::from_raw_fd(pidfd) };
            Ok(Some((Pid::from_raw(pid), pidfd)))
        }
        _ => Err(Errno::last()),
    }
}

/// _exit(2): ends this process at once, without what `main` would have done, which is its parent's business.
pub fn exit_now(code: i32) -> ! {
    // SAFETY: ends the process; nothing runs after it.
    unsafe { libc::_exit(code) }
}

/// Gives a signal its default action.
///
/// # Errors
/// `EINVAL` for SIGKILL and SIGSTOP.
pub fn default_action(which: Signal) -> Result<(), Errno> {
    // SAFETY: what must not be interrupted is only interrupted by handlers, and this sets none.
    unsafe { signal(which, SigHandler::SigDfl) }.map(drop)
}

/// Ignores a signal.
///
/// # Errors
/// `EINVAL` for SIGKILL and SIGSTOP.
pub fn ignore(which: Signal) -> Result<(), Errno> {
    // SAFETY: as above.
    unsafe { signal(which, SigHandler::SigIgn) }.map(drop)
}

/// Has the kernel kill all of process group `group` when the last descriptor of the other end of `line` is closed, however
/// that comes about. Nothing may ever be written to the other end.
///
/// Unlike PR_SET_PDEATHSIG it does not follow the process that forked: that one may die in a lesson.
///
/// # Errors
/// What the kernel says.
pub fn kill_at_hangup(line: &OwnedFd, group: Pid) -> Result<(), Errno> {
    let fd = line.as_raw_fd();
    let set = |command: libc::c_int, value: libc::c_int| {
        // SAFETY: these three commands take a number and change only what the descriptor signals.
        Errno::result(unsafe { libc::fcntl(fd, command, value) }).map(drop)
    };
    set(libc::F_SETOWN, -group.as_raw())?;
    set(F_SETSIG, libc::SIGKILL)?;
    set(libc::F_SETFL, libc::O_ASYNC)
}

/// fcntl(2): which signal a descriptor sends. Of `asm-generic/fcntl.h`, the same on every machine we run on.
const F_SETSIG: libc::c_int = 10;
