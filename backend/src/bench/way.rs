//! Two processes that hand payloads to each other, timed: there and back, and one way only.
//!
//! A row of the table is a [`Way`], one direction, of which two make a round trip; or a [`Call`] where the mechanism itself
//! is question and answer, as RPC is. Either is made before the fork, and both processes have it; what does not survive a
//! fork, such as a library's threads, is made in `begin`.

use super::figures::{monotonic_ns, pin};
use crate::sys::{
    calls::{Fd, close, pipe2, read, write},
    process::{Fork, exit_now, fork},
};
use nix::{
    errno::Errno,
    fcntl::OFlag,
    sys::wait::{WaitStatus, waitpid},
    unistd::getppid,
};

/// Bytes of a page: payloads begin at one, since the speed of a copy depends on how its two sides lie to each other.
const PAGE: usize = 4096;

/// Which part of a way a process has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// It puts payloads in, or asks.
    Puts,
    /// It takes them out, or answers.
    Takes,
}

/// One direction.
pub(crate) trait Way {
    /// In each process, after the fork: its side, and the other one's pid.
    ///
    /// # Errors
    /// What the kernel said.
    fn begin(&mut self, _side: Side, _peer: i32) -> Result<(), Errno> {
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

    /// In each process, when it is done: sees that what was put has gone out.
    fn end(&mut self) {}
}

/// Question and answer.
pub(crate) trait Call {
    /// In each process, after the fork: its side, and the other one's pid.
    ///
    /// # Errors
    /// What the kernel said.
    fn begin(&mut self, _side: Side, _peer: i32) -> Result<(), Errno> {
        Ok(())
    }

    /// Asks with this payload, and has the answer, of as many bytes, when it returns.
    ///
    /// # Errors
    /// What the kernel said.
    fn ask(&mut self, payload: &mut [u8]) -> Result<(), Errno>;

    /// Takes one question, and answers with what was in it.
    ///
    /// # Errors
    /// What the kernel said.
    fn answer(&mut self, buffer: &mut [u8]) -> Result<(), Errno>;

    /// In each process, when it is done.
    fn end(&mut self) {}
}

/// A round trip of two ways.
#[derive(Debug)]
pub(crate) struct Both<W> {
    /// From who asks to who answers.
    pub(crate) there: W,
    /// And back.
    pub(crate) back: W,
}

impl<W: Way> Call for Both<W> {
    fn begin(&mut self, side: Side, peer: i32) -> Result<(), Errno> {
        let other = match side {
            Side::Puts => Side::Takes,
            Side::Takes => Side::Puts,
        };
        self.there.begin(side, peer)?;
        self.back.begin(other, peer)
    }

    fn ask(&mut self, payload: &mut [u8]) -> Result<(), Errno> {
        self.there.put(payload)?;
        self.back.take(payload)
    }

    fn answer(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        self.there.take(buffer)?;
        self.back.put(buffer)
    }

    fn end(&mut self) {
        self.there.end();
        self.back.end();
    }
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
    /// When the clock is looked at.
    pub(crate) clock: Clock,
}

/// When the clock is looked at, and what of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// Before and after each round, each a figure.
    Rounds,
    /// Before and after a batch of rounds; its mean is a figure.
    Batches,
    /// Both, as in `Rounds`, with the figures of `Batches`: what the looking adds.
    Both,
}

/// Rounds of a batch: some tenths of a millisecond, so that most batches pass undisturbed, and one look at the clock is lost
/// among them.
const BATCH: usize = 50;

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

/// Nanoseconds of each round, `size` bytes there and back, or the means of batches of them.
///
/// # Errors
/// What the kernel said; `ECHILD` where the other process ended with an error.
pub(crate) fn round_trip(mut call: impl Call, plan: Plan) -> Result<Vec<u64>, Errno> {
    let mut memory = Aligned::new(plan.size);
    let bytes = memory.bytes(plan.size);
    match fork()? {
        Fork::Child => {
            let mut echo = || -> Result<(), Errno> {
                plan.settle(1)?;
                call.begin(Side::Takes, getppid().as_raw())?;
                for _ in 0..plan.rounds + plan.warm() {
                    call.answer(bytes)?;
                }
                call.end();
                Ok(())
            };
            exit_now(i32::from(echo().is_err()))
        }
        Fork::Parent(child) => {
            plan.settle(0)?;
            call.begin(Side::Puts, child.as_raw())?;
            for _ in 0..plan.warm() {
                call.ask(bytes)?;
            }
            let ns = rounds(plan, || call.ask(bytes))?;
            call.end();
            ended(waitpid(child, None)?)?;
            Ok(ns)
        }
    }
}

/// The same by one process that puts and takes in turn: for what wakes nobody, such as a file.
///
/// # Errors
/// What the kernel said.
pub(crate) fn alone(mut way: impl Way, plan: Plan) -> Result<Vec<u64>, Errno> {
    let mut memory = Aligned::new(plan.size);
    let bytes = memory.bytes(plan.size);
    plan.settle(0)?;
    for _ in 0..plan.warm() {
        way.put(bytes)?;
        way.take(bytes)?;
    }
    let ns = rounds(plan, || {
        way.put(bytes)?;
        way.take(bytes)
    })?;
    way.end();
    Ok(ns)
}

fn rounds(plan: Plan, mut round: impl FnMut() -> Result<(), Errno>) -> Result<Vec<u64>, Errno> {
    let mut each = Vec::with_capacity(plan.rounds);
    if plan.clock == Clock::Rounds {
        for _ in 0..plan.rounds {
            let began = monotonic_ns();
            round()?;
            each.push(monotonic_ns() - began);
        }
        return Ok(each);
    }
    let mut means = Vec::with_capacity(plan.rounds / BATCH + 1);
    let mut left = plan.rounds;
    while left > 0 {
        let batch = left.min(BATCH);
        let first = monotonic_ns();
        for _ in 0..batch {
            if plan.clock == Clock::Both {
                let began = monotonic_ns();
                round()?;
                each.push(monotonic_ns() - began);
            } else {
                round()?;
            }
        }
        means.push((monotonic_ns() - first) / batch as u64);
        left -= batch;
    }
    Ok(means)
}

/// Payloads that are timed together one way, at least: far more than any mechanism has room for, so that who puts and who
/// takes have both had their time within them.
const STRETCH: usize = 10_000;

/// Their figures fit into one write to a pipe.
const MOST_STRETCHES: usize = 100;

/// Nanoseconds a payload, one way, as who takes them sees it: of each stretch, so that one in which somebody else ran counts
/// for no more than any other; of all of them where they are fewer than two stretches.
///
/// # Errors
/// What the kernel said; `ECHILD` where the other process ended with an error.
pub(crate) fn one_way(mut way: impl Way, plan: Plan) -> Result<Vec<u64>, Errno> {
    let mut memory = Aligned::new(plan.size);
    let bytes = memory.bytes(plan.size);
    let stretches = (plan.rounds / STRETCH).clamp(1, MOST_STRETCHES);
    let stretch = (plan.rounds / stretches).max(1);
    let [told, tell] = pipe2(OFlag::O_CLOEXEC)?;
    match fork()? {
        Fork::Child => {
            let mut receive = || -> Result<(), Errno> {
                plan.settle(1)?;
                way.begin(Side::Takes, getppid().as_raw())?;
                for _ in 0..plan.warm() {
                    way.take(bytes)?;
                }
                let mut each = Vec::with_capacity(stretches);
                for _ in 0..stretches {
                    let began = monotonic_ns();
                    for _ in 0..stretch {
                        way.take(bytes)?;
                    }
                    each.push((monotonic_ns() - began) / stretch as u64);
                }
                way.end();
                let each: Vec<_> = each.into_iter().flat_map(u64::to_ne_bytes).collect();
                write(tell, &each).map(drop)
            };
            exit_now(i32::from(receive().is_err()))
        }
        Fork::Parent(child) => {
            close(tell)?;
            plan.settle(0)?;
            way.begin(Side::Puts, child.as_raw())?;
            for _ in 0..plan.warm() + stretches * stretch {
                way.put(bytes)?;
            }
            way.end();
            let each = answer(told, stretches);
            ended(waitpid(child, None)?)?;
            close(told)?;
            each
        }
    }
}

/// A figure of which the other half failed is none.
fn ended(how: WaitStatus) -> Result<(), Errno> {
    if matches!(how, WaitStatus::Exited(_, 0)) {
        Ok(())
    } else {
        Err(Errno::ECHILD)
    }
}

/// What the other side has measured.
fn answer(told: Fd, figures: usize) -> Result<Vec<u64>, Errno> {
    let mut all = vec![0; figures * size_of::<u64>()];
    if read(told, &mut all)? != all.len() {
        return Err(Errno::EPIPE);
    }
    let (each, _) = all.as_chunks();
    Ok(each.iter().map(|ns| u64::from_ne_bytes(*ns)).collect())
}
