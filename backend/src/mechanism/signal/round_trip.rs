//! A round trip of the roles' own calls, timed. For `bench`.

use super::sender::raise;
use crate::{
    bench::figures::{monotonic_ns, pin},
    sys::{
        calls::{Fd, close, read},
        event::{add, eventfd, take},
        process::{Fork, exit_now, fork},
        semaphore::{Semaphore, sem_create, sem_unlink},
        signals::{SIGNALFD_SIGINFO, block, signalfd, sigwaitinfo},
    },
};
use nix::{
    errno::Errno,
    sys::wait::waitpid,
    unistd::{getpid, getppid},
};
use shared::mechanism::signal::{Kind, SIGRTMIN};
use std::ffi::CString;

/// One side: how it wakes the other, and how it waits to be woken.
#[derive(Clone, Copy, Debug)]
enum Side {
    /// The other's pid, and a signalfd or -1 for sigwaitinfo(2).
    Signal(i32, Fd),
    /// Add to the first, take from the second.
    Event(Fd, Fd),
    /// Post the first, wait for the second.
    Semaphore(Semaphore, Semaphore),
}

impl Side {
    fn wake(self) -> Result<(), Errno> {
        match self {
            Self::Signal(pid, _) => raise(pid, SIGRTMIN, Some(1)),
            Self::Event(there, _) => add(there, 1),
            Self::Semaphore(there, _) => there.post(),
        }
    }

    fn sleep(self) -> Result<(), Errno> {
        match self {
            Self::Signal(_, -1) => sigwaitinfo(&[SIGRTMIN]).map(drop),
            Self::Signal(_, fd) => read(fd, &mut [0; SIGNALFD_SIGINFO]).map(drop),
            Self::Event(_, back) => take(back).map(drop),
            Self::Semaphore(_, back) => back.wait(),
        }
    }
}

/// Nanoseconds of each round: woken, and waking in turn, two processes pinned to `cpus`.
///
/// # Errors
/// What the kernel said.
pub(crate) fn round_trip(kind: Kind, rounds: usize, cpus: [usize; 2]) -> Result<Vec<u64>, Errno> {
    // A tenth more, first, so that caches and the scheduler have settled.
    let warm = rounds / 10 + 10;
    let (mut near, mut far) = sides(kind)?;
    match fork()? {
        Fork::Child => {
            if let Side::Signal(pid, fd) = &mut far {
                *pid = getppid().as_raw();
                *fd = descriptor(kind)?;
            }
            let echo = || -> Result<(), Errno> {
                pin(cpus[1]).map_err(|_| Errno::EINVAL)?;
                for _ in 0..rounds + warm {
                    far.sleep()?;
                    far.wake()?;
                }
                Ok(())
            };
            exit_now(i32::from(echo().is_err()))
        }
        Fork::Parent(child) => {
            if let Side::Signal(pid, fd) = &mut near {
                *pid = child.as_raw();
                *fd = descriptor(kind)?;
            }
            pin(cpus[0]).map_err(|_| Errno::EINVAL)?;
            let mut ns = Vec::with_capacity(rounds);
            for round in 0..rounds + warm {
                let began = monotonic_ns();
                near.wake()?;
                near.sleep()?;
                if round >= warm {
                    ns.push(monotonic_ns() - began);
                }
            }
            waitpid(child, None)?;
            match near {
                Side::Event(there, back) => close(there).and(close(back))?,
                Side::Signal(_, fd) if fd >= 0 => close(fd)?,
                Side::Signal(..) | Side::Semaphore(..) => {}
            }
            Ok(ns)
        }
    }
}

fn sides(kind: Kind) -> Result<(Side, Side), Errno> {
    Ok(match kind {
        Kind::Signals | Kind::Signalfd => {
            // Before the fork, so that neither can be too early.
            block(&[SIGRTMIN])?;
            (Side::Signal(0, -1), Side::Signal(0, -1))
        }
        Kind::Eventfd => {
            let (there, back) = (eventfd(0, false, false)?, eventfd(0, false, false)?);
            (Side::Event(there, back), Side::Event(back, there))
        }
        Kind::Semaphore => {
            let (there, back) = (semaphore("there")?, semaphore("back")?);
            (Side::Semaphore(there, back), Side::Semaphore(back, there))
        }
    })
}

/// Inherited by the fork, so that the name is not needed for longer.
fn semaphore(what: &str) -> Result<Semaphore, Errno> {
    let name = format!("/ipc-playground-bench-{}-{what}", getpid());
    let name = CString::new(name).map_err(|_| Errno::EINVAL)?;
    let made = sem_create(&name, 0)?;
    sem_unlink(&name)?;
    Ok(made)
}

/// Each process reads its own signals, also from a descriptor that it inherited; so each opens its own.
fn descriptor(kind: Kind) -> Result<Fd, Errno> {
    match kind {
        Kind::Signalfd => signalfd(&[SIGRTMIN]),
        Kind::Signals | Kind::Eventfd | Kind::Semaphore => Ok(-1),
    }
}
