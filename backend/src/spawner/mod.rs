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

mod cage;
mod client;
mod examination;
mod homes;
mod inmate;
mod protection;
mod room;
mod run;
mod wire;

pub use client::{BoxLink, Client};
pub(crate) use examination::{Examination, examination};
pub(crate) use inmate::{Inmate, inside};
pub use protection::Protection;

use crate::{
    sandbox::{Isolation, Level, Wanted},
    sys::{
        process::{Fork, exit_now, fork_first},
        socket,
    },
};
use nix::unistd::getpid;
use rustix::{
    net::RecvFlags,
    process::{Pid, PidfdFlags, pidfd_open},
};
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
    protection: Protection,
}

impl SpawnerEnd {
    /// How its runs are kept apart.
    pub fn protection(&self) -> &Protection {
        &self.protection
    }
}

/// Forks the spawner, which finds out what this host permits. Call it in `main`, before any thread or runtime.
///
/// # Errors
/// When the kernel refuses a socket or a process, when there are threads already, when boxes are wanted that this host does
/// not permit, or when all that would run would be root.
pub fn fork(isolation: &Isolation) -> io::Result<SpawnerEnd> {
    let (ours, theirs) = socket::frames()?;
    // Opened before the fork, so that the child cannot mistake another process for its dead parent.
    let server = pidfd(getpid().as_raw())?;
    match fork_first()? {
        Fork::Child => {
            drop(ours);
            exit_now(run::run(&theirs, server.as_fd(), isolation))
        }
        Fork::Parent(pid) => {
            drop(theirs);
            let protection = first_words(&ours)?;
            let no_box = isolation.isolation == Wanted::Full && protection.level != Level::Full;
            if no_box || protection.only_root.is_some() {
                return Err(io::Error::other(protection.reason()));
            }
            rustix::io::ioctl_fionbio(&ours, true)?;
            Ok(SpawnerEnd {
                socket: ours,
                pidfd: pidfd(pid.as_raw())?,
                pid: pid.as_raw(),
                protection,
            })
        }
    }
}

/// What the spawner says when it has tried what this host permits.
fn first_words(spawner: &OwnedFd) -> io::Result<Protection> {
    let mut buffer = [0; wire::MAX_FRAME];
    let received = socket::receive(spawner, &mut buffer, RecvFlags::empty())?;
    match serde_json::from_slice(buffer.get(..received.len).unwrap_or_default())? {
        wire::Reply::Ready { protection } => Ok(protection),
        wire::Reply::Started { .. } | wire::Reply::Refused { .. } | wire::Reply::Gone { .. } => {
            Err(io::ErrorKind::InvalidData.into())
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
