//! The spawner: one single-threaded process that makes the box of every run, and leaves nothing behind when it ends.

mod client;

pub use client::{BoxLink, Client};

use std::{io, os::fd::OwnedFd};

/// The server's end of the spawner; give it to [`Client::new`] inside the runtime.
#[derive(Debug)]
pub struct SpawnerEnd {
    pub(crate) socket: OwnedFd,
    pub(crate) pidfd: OwnedFd,
}

/// Forks the spawner. Call it in `main`, before any thread or runtime.
///
/// # Errors
/// When the kernel refuses a socket or a process.
pub fn fork() -> io::Result<SpawnerEnd> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}
