//! What only wakes: signals, event counters, semaphores. The payload stays where it is.

use crate::{
    bench::way::{Side, Way},
    mechanism::signal::raise,
    sys::{
        calls::{Fd, read},
        event::{add, eventfd as make_eventfd, take},
        semaphore::{Semaphore, sem_create, sem_unlink},
        signals::{SIGNALFD_SIGINFO, block, signalfd as make_signalfd, sigwaitinfo},
    },
};
use nix::errno::Errno;
use shared::mechanism::signal::SIGRTMIN;
use std::{
    ffi::CString,
    process,
    sync::atomic::{AtomicU32, Ordering},
};

/// One direction of waking.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wake {
    /// To the other's pid; taken by sigwaitinfo(2).
    Signal(i32),
    /// To the other's pid; read from a descriptor of the process's own, since each reads its own signals.
    Signalfd(i32, Fd),
    /// A counter.
    Event(Fd),
    /// A semaphore.
    Semaphore(Semaphore),
}

impl Way for Wake {
    fn begin(&mut self, _side: Side, peer: i32) -> Result<(), Errno> {
        match self {
            Self::Signal(pid) => *pid = peer,
            Self::Signalfd(pid, fd) => {
                *pid = peer;
                *fd = make_signalfd(&[SIGRTMIN])?;
            }
            Self::Event(_) | Self::Semaphore(_) => {}
        }
        Ok(())
    }

    fn put(&mut self, _payload: &[u8]) -> Result<(), Errno> {
        match *self {
            // EAGAIN: the other has as many as it may have queued; it takes them while we try again.
            Self::Signal(pid) | Self::Signalfd(pid, _) => loop {
                match raise(pid, SIGRTMIN, Some(1)) {
                    Err(Errno::EAGAIN) => {}
                    done => return done,
                }
            },
            Self::Event(fd) => add(fd, 1),
            Self::Semaphore(semaphore) => semaphore.post(),
        }
    }

    fn take(&mut self, _buffer: &mut [u8]) -> Result<(), Errno> {
        match *self {
            Self::Signal(_) => sigwaitinfo(&[SIGRTMIN]).map(drop),
            Self::Signalfd(_, fd) => read(fd, &mut [0; SIGNALFD_SIGINFO]).map(drop),
            Self::Event(fd) => take(fd).map(drop),
            Self::Semaphore(semaphore) => semaphore.wait(),
        }
    }
}

pub(super) fn signals() -> Result<Wake, Errno> {
    // Before the fork, so that none can be too early.
    block(&[SIGRTMIN])?;
    Ok(Wake::Signal(0))
}

pub(super) fn signalfd() -> Result<Wake, Errno> {
    block(&[SIGRTMIN])?;
    Ok(Wake::Signalfd(0, -1))
}

/// One unit a read, so that as many are taken as were added.
pub(super) fn eventfd() -> Result<Wake, Errno> {
    Ok(Wake::Event(make_eventfd(0, true, false)?))
}

pub(super) fn semaphore() -> Result<Wake, Errno> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let name = format!("/ipc-playground-bench-{}-{number}", process::id());
    let name = CString::new(name).map_err(|_| Errno::EINVAL)?;
    let made = sem_create(&name, 0)?;
    // Inherited by the fork, so that the name is not needed for longer.
    sem_unlink(&name)?;
    Ok(Wake::Semaphore(made))
}
