//! The spawner: one single-threaded process that makes the box of every run, and leaves nothing behind when it ends.
//!
//! ```text
//! server ──requests, sockets──▶ spawner ──clone──▶ supervisor of box 1 ──▶ its workers
//!        ◀──started, gone──────    │    ──clone──▶ supervisor of box 2 ──▶ …
//!                                  └ epoll: server's socket · SIGCHLD · a pidfd a supervisor
//! ```
//! - The server dies: end-of-file on its socket. The spawner kills every box by pidfd and process group, reaps, and exits.
//! - A supervisor dies: what is left of its process group is killed and reaped here, since the spawner is the subreaper.
//! - The spawner dies: the server sees end-of-file and tells everybody; supervisors watch its pidfd and end their runs.

mod client;
mod run;
mod wire;

pub use client::{BoxLink, Client};

use crate::sys::{
    process::{Fork, exit_now, fork_first},
    socket,
};
use nix::unistd::getpid;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use std::{
    io,
    os::fd::{AsFd, OwnedFd},
};

/// The server's end of the spawner; give it to [`Client::new`] inside the runtime.
#[derive(Debug)]
pub struct SpawnerEnd {
    socket: OwnedFd,
    pidfd: OwnedFd,
    pid: i32,
}

/// Forks the spawner. Call it in `main`, before any thread or runtime.
///
/// # Errors
/// When the kernel refuses a socket or a process, or when there are threads already.
pub fn fork() -> io::Result<SpawnerEnd> {
    let (ours, theirs) = socket::frames()?;
    // Opened before the fork, so that the child cannot mistake another process for its dead parent.
    let server = pidfd(getpid().as_raw())?;
    match fork_first()? {
        Fork::Child => {
            drop(ours);
            exit_now(run::run(&theirs, server.as_fd()))
        }
        Fork::Parent(pid) => {
            rustix::io::ioctl_fionbio(&ours, true)?;
            Ok(SpawnerEnd {
                socket: ours,
                pidfd: pidfd(pid.as_raw())?,
                pid: pid.as_raw(),
            })
        }
    }
}

/// pidfd_open(2).
pub(crate) fn pidfd(pid: i32) -> io::Result<OwnedFd> {
    let pid = Pid::from_raw(pid).ok_or(io::ErrorKind::InvalidInput)?;
    Ok(pidfd_open(pid, PidfdFlags::empty())?)
}

#[cfg(test)]
mod tests;
