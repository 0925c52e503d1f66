//! Two processes that hand payloads to each other, timed: there and back, and one way only.

use super::figures::{monotonic_ns, pin};
use crate::sys::{
    calls::{Fd, close, pipe2, read, write},
    process::{Fork, exit_now, fork},
};
use nix::{errno::Errno, fcntl::OFlag, sys::wait::waitpid, unistd::getppid};

/// Bytes of a page: payloads begin at one, since the speed of a copy depends on how its two sides lie to each other.
const PAGE: usize = 4096;

/// One direction, made before the fork and used by one process on either side of it.
pub(crate) trait Way {
    /// In each process, after the fork: the other one's pid.
    ///
    /// # Errors
    /// What the kernel said.
    fn begin(&mut self, _peer: i32) -> Result<(), Errno> {
        Ok(())
    }

    /// Hands a payload over, as the role that sends does.
    ///
    /// # Errors
    /// What the kernel said.
    fn put(&mut self, payload: &[u8]) -> Result<(), Errno>;

    /// Takes a whole payload, as the role that receives does; sleeps until it has come.
    ///
    /// # Errors
    /// What the kernel said.
    fn take(&mut self, buffer: &mut [u8]) -> Result<(), Errno>;
}

/// How a figure is taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Bytes of a payload.
    pub(crate) size: usize,
    /// How many payloads count.
    pub(crate) rounds: usize,
    /// Core of each process; the scheduler's choice if absent.
    pub(crate) cpus: Option<[usize; 2]>,
    /// Look at the clock in each round, not only before the first and after the last.
    pub(crate) recorded: bool,
}

impl Plan {
    /// A tenth more, first, so that caches and the scheduler have settled.
    fn warm(self) -> usize {
        self.rounds / 10 + 10
    }

    fn settle(self, side: usize) -> Result<(), Errno> {
        match self.cpus {
            Some(cpus) => pin(cpus[side]).map_err(|_| Errno::EINVAL),
            None => Ok(()),
        }
    }
}

/// A payload that begins at a page.
struct Aligned(Vec<u8>);

impl Aligned {
    fn new(size: usize) -> Self {
        Self(vec![b'x'; size + PAGE])
    }

    fn bytes(&mut self, size: usize) -> &mut [u8] {
        let at = self.0.as_ptr().align_offset(PAGE);
        self.0.get_mut(at..at + size).unwrap_or_default()
    }
}

/// Nanoseconds of each round: `size` bytes there and back. Not recorded: their mean, once.
///
/// # Errors
/// What the kernel said.
pub(crate) fn round_trip(
    mut there: impl Way,
    mut back: impl Way,
    plan: Plan,
) -> Result<Vec<u64>, Errno> {
    let mut memory = Aligned::new(plan.size);
    let bytes = memory.bytes(plan.size);
    let all = plan.rounds + plan.warm();
    match fork()? {
        Fork::Child => {
            let mut echo = || -> Result<(), Errno> {
                plan.settle(1)?;
                let peer = getppid().as_raw();
                there.begin(peer)?;
                back.begin(peer)?;
                for _ in 0..all {
                    there.take(bytes)?;
                    back.put(bytes)?;
                }
                Ok(())
            };
            exit_now(i32::from(echo().is_err()))
        }
        Fork::Parent(child) => {
            plan.settle(0)?;
            there.begin(child.as_raw())?;
            back.begin(child.as_raw())?;
            let mut round = || -> Result<(), Errno> {
                there.put(bytes)?;
                back.take(bytes)
            };
            for _ in 0..plan.warm() {
                round()?;
            }
            let mut ns = Vec::with_capacity(plan.rounds);
            let first = monotonic_ns();
            for _ in 0..plan.rounds {
                if plan.recorded {
                    let began = monotonic_ns();
                    round()?;
                    ns.push(monotonic_ns() - began);
                } else {
                    round()?;
                }
            }
            let whole = monotonic_ns() - first;
            if !plan.recorded {
                ns.push(whole / plan.rounds.max(1) as u64);
            }
            waitpid(child, None)?;
            Ok(ns)
        }
    }
}

/// Nanoseconds from the first payload that counts to the last that was taken.
///
/// # Errors
/// What the kernel said.
pub(crate) fn one_way(mut way: impl Way, plan: Plan) -> Result<u64, Errno> {
    let mut memory = Aligned::new(plan.size);
    let bytes = memory.bytes(plan.size);
    let [told, tell] = pipe2(OFlag::O_CLOEXEC)?;
    match fork()? {
        Fork::Child => {
            let mut receive = || -> Result<(), Errno> {
                plan.settle(1)?;
                way.begin(getppid().as_raw())?;
                for _ in 0..plan.warm() {
                    way.take(bytes)?;
                }
                let began = monotonic_ns();
                for _ in 0..plan.rounds {
                    way.take(bytes)?;
                }
                let whole = monotonic_ns() - began;
                write(tell, &whole.to_ne_bytes()).map(drop)
            };
            exit_now(i32::from(receive().is_err()))
        }
        Fork::Parent(child) => {
            close(tell)?;
            plan.settle(0)?;
            way.begin(child.as_raw())?;
            for _ in 0..plan.warm() + plan.rounds {
                way.put(bytes)?;
            }
            let whole = answer(told);
            waitpid(child, None)?;
            close(told)?;
            whole
        }
    }
}

/// What the other side has measured.
fn answer(told: Fd) -> Result<u64, Errno> {
    let mut whole = [0; size_of::<u64>()];
    match read(told, &mut whole)? {
        8 => Ok(u64::from_ne_bytes(whole)),
        _ => Err(Errno::EPIPE),
    }
}
