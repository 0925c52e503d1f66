//! A ring of fixed-size payloads in shared memory: one process pushes, one pops, and neither calls the kernel as long as
//! there is room and there is something. When there is not, a side looks again for a moment, then sleeps in futex(2).
//!
//! ```text
//! byte 0      64        128          192          256              4096
//!      pushed popped    sleeps: who  sleeps: who  capacity, size   payload 0, payload 1, …
//!                       pops         pushes
//! ```
//! `pushed` and `popped` count without end (modulo 2³²), each in a cache line of its own and each written by one side
//! alone; the difference is how many lie there. Each side remembers what it last saw of the other's count, and looks again
//! only when that says full or empty: the line of the other travels from core to core once for many payloads. Room is given
//! back in batches for the same reason: who finds the ring empty has left the other side plenty of it.

use crate::sys::{
    guard::{wait_while, wake_one},
    memory::Mapping,
};
use nix::errno::Errno;
use rustix::thread::sched_getcpu;
use std::{
    hint::spin_loop,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

const PUSHED: usize = 0;
const POPPED: usize = 64;
const POPPER_SLEEPS: usize = 128;
const PUSHER_SLEEPS: usize = 192;
/// Where each side runs, as it last said: its core and one; 0 before it has waited or woken the other.
const POPPER_CORE: usize = POPPER_SLEEPS + 4;
const PUSHER_CORE: usize = PUSHER_SLEEPS + 4;
const CAPACITY: usize = 256;
const SIZE: usize = 260;
/// Where the payloads begin: page-aligned, since the speed of a copy depends on it.
const PAYLOADS: usize = 4096;
/// Payloads begin at cache lines.
const LINE: usize = 64;
/// How often a side looks again before it sleeps: with the pauses some microseconds, about what going to sleep and being woken
/// costs.
const LOOKS: u32 = 50;
/// Pauses between two looks. Each look takes the line of the count away from the other side, which has to fetch it back before
/// it can go on: who looks less often finds more payloads at once, and both are several times faster.
const PAUSES: u32 = 16;

/// The ring, seen from either side.
#[derive(Debug)]
struct Ring<'m> {
    memory: &'m Mapping,
    pushed: &'m AtomicU32,
    popped: &'m AtomicU32,
    popper_sleeps: &'m AtomicU32,
    pusher_sleeps: &'m AtomicU32,
    popper_core: &'m AtomicU32,
    pusher_core: &'m AtomicU32,
    capacity: u32,
    size: usize,
}

/// Bytes of memory that a ring takes.
pub(crate) fn bytes(capacity: u32, size: usize) -> usize {
    (PAYLOADS + stride(size) * capacity as usize).next_multiple_of(4096)
}

/// Makes memory that is all zero a ring of `capacity` payloads, a power of two, of `size` bytes each. Once, before
/// anybody pushes or pops.
///
/// # Errors
/// `EINVAL` where that does not fit.
pub(crate) fn format(memory: &Mapping, capacity: u32, size: usize) -> Result<(), Errno> {
    if !capacity.is_power_of_two() || size == 0 || bytes(capacity, size) > memory.len() {
        return Err(Errno::EINVAL);
    }
    let size = u32::try_from(size).map_err(|_| Errno::EINVAL)?;
    memory.word(CAPACITY)?.store(capacity, Ordering::Relaxed);
    memory.word(SIZE)?.store(size, Ordering::Release);
    Ok(())
}

const fn stride(size: usize) -> usize {
    size.next_multiple_of(LINE)
}

impl<'m> Ring<'m> {
    fn open(memory: &'m Mapping) -> Result<Self, Errno> {
        let size = memory.word(SIZE)?.load(Ordering::Acquire) as usize;
        let capacity = memory.word(CAPACITY)?.load(Ordering::Relaxed);
        // Another program may have written anything there.
        if !capacity.is_power_of_two() || size == 0 || bytes(capacity, size) > memory.len() {
            return Err(Errno::EINVAL);
        }
        Ok(Self {
            memory,
            pushed: memory.word(PUSHED)?,
            popped: memory.word(POPPED)?,
            popper_sleeps: memory.word(POPPER_SLEEPS)?,
            pusher_sleeps: memory.word(PUSHER_SLEEPS)?,
            popper_core: memory.word(POPPER_CORE)?,
            pusher_core: memory.word(PUSHER_CORE)?,
            capacity,
            size,
        })
    }

    /// Where payload number `count` lies.
    fn place(&self, count: u32) -> usize {
        PAYLOADS + stride(self.size) * (count & (self.capacity - 1)) as usize
    }
}

/// Waits until `count` is another than `seen`: a moment awake, then asleep, having said so in `sleeps`. Awake only where
/// the other side runs on another core: on the same one, nobody can answer while we look.
fn wait(
    count: &AtomicU32,
    seen: u32,
    sleeps: &AtomicU32,
    cores: [&AtomicU32; 2],
    patience: Option<Duration>,
) -> Result<(), Errno> {
    let [mine, theirs] = cores;
    if theirs.load(Ordering::Relaxed) != here(mine) {
        for _ in 0..LOOKS {
            if count.load(Ordering::Acquire) != seen {
                return Ok(());
            }
            for _ in 0..PAUSES {
                spin_loop();
            }
        }
    }
    // Either the other side sees the flag after its count, or we see its count after the flag.
    sleeps.store(1, Ordering::SeqCst);
    let slept = if count.load(Ordering::SeqCst) == seen {
        wait_while(count, seen, patience)
    } else {
        Ok(())
    };
    // Nobody else takes it back: whoever wakes us could mean the flag of our next sleep.
    sleeps.store(0, Ordering::Relaxed);
    match slept {
        // EAGAIN: it changed before we slept. EINTR: look again.
        Ok(()) | Err(Errno::EAGAIN | Errno::EINTR) => Ok(()),
        Err(errno) => Err(errno),
    }
}

/// The core that this side runs on, and one. Said in memory where it has changed: a store that changes nothing would still
/// take the line away from the other side.
fn here(said: &AtomicU32) -> u32 {
    let core = u32::try_from(sched_getcpu()).unwrap_or(0) + 1;
    if said.load(Ordering::Relaxed) != core {
        said.store(core, Ordering::Relaxed);
    }
    core
}

/// Says a new count, and wakes the other side if it sleeps: which learns then on which core its next answer will come from.
fn publish(count: &AtomicU32, value: u32, sleeps: &AtomicU32, core: &AtomicU32) {
    // One instruction that stores and waits until others see it: several times faster than a store and a fence.
    count.store(value, Ordering::SeqCst);
    if sleeps.load(Ordering::SeqCst) != 0 {
        here(core);
        // It can only fail if the word is not mapped, and it was stored to just now.
        let _woken = wake_one(count);
    }
}

/// The side that pushes. There must be one at a time: several take turns by a lock of their own.
#[derive(Debug)]
pub(crate) struct Producer<'m> {
    ring: Ring<'m>,
    /// What `popped` was when it was last looked at.
    popped: u32,
}

impl<'m> Producer<'m> {
    /// Of a ring that somebody has formatted.
    ///
    /// # Errors
    /// `EINVAL` if there is none.
    pub(crate) fn open(memory: &'m Mapping) -> Result<Self, Errno> {
        let ring = Ring::open(memory)?;
        let popped = ring.popped.load(Ordering::Acquire);
        Ok(Self { ring, popped })
    }

    /// Puts a payload in if there is room. What it has beyond the size of the ring's payloads is left out.
    #[inline]
    pub(crate) fn try_push(&mut self, payload: &[u8]) -> bool {
        let pushed = self.ring.pushed.load(Ordering::Relaxed);
        if pushed.wrapping_sub(self.popped) >= self.ring.capacity {
            self.popped = self.ring.popped.load(Ordering::Acquire);
            if pushed.wrapping_sub(self.popped) >= self.ring.capacity {
                return false;
            }
        }
        let payload = payload.get(..self.ring.size).unwrap_or(payload);
        self.ring.memory.store(self.ring.place(pushed), payload);
        publish(
            self.ring.pushed,
            pushed.wrapping_add(1),
            self.ring.popper_sleeps,
            self.ring.pusher_core,
        );
        true
    }

    /// Puts a payload in, and waits for room where there is none.
    ///
    /// # Errors
    /// `ETIMEDOUT` after `patience`, where that is given: nobody pops any more, perhaps.
    #[inline]
    pub(crate) fn push(&mut self, payload: &[u8], patience: Option<Duration>) -> Result<(), Errno> {
        while !self.try_push(payload) {
            let ring = &self.ring;
            let cores = [ring.pusher_core, ring.popper_core];
            wait(
                ring.popped,
                self.popped,
                ring.pusher_sleeps,
                cores,
                patience,
            )?;
        }
        Ok(())
    }
}

/// The side that pops. There must be one at a time.
#[derive(Debug)]
pub(crate) struct Consumer<'m> {
    ring: Ring<'m>,
    /// How many it has popped, of which the other side may know the fewer.
    popped: u32,
    /// What `pushed` was when it was last looked at.
    pushed: u32,
}

impl<'m> Consumer<'m> {
    /// Of a ring that somebody has formatted.
    ///
    /// # Errors
    /// `EINVAL` if there is none.
    pub(crate) fn open(memory: &'m Mapping) -> Result<Self, Errno> {
        let ring = Ring::open(memory)?;
        let popped = ring.popped.load(Ordering::Relaxed);
        Ok(Self {
            popped,
            pushed: popped,
            ring,
        })
    }

    /// Takes the oldest payload out if there is one.
    #[inline]
    pub(crate) fn try_pop(&mut self, payload: &mut [u8]) -> bool {
        if self.pushed == self.popped {
            self.pushed = self.ring.pushed.load(Ordering::Acquire);
            if self.pushed == self.popped {
                return false;
            }
        }
        let most = payload.len().min(self.ring.size);
        let into = payload.get_mut(..most).unwrap_or_default();
        self.ring.memory.load(self.ring.place(self.popped), into);
        self.popped = self.popped.wrapping_add(1);
        // The other side has plenty of room until then, and is told less often.
        let told = self.ring.popped.load(Ordering::Relaxed);
        if self.popped.wrapping_sub(told) >= self.ring.capacity.div_ceil(4) {
            self.give_back();
        }
        true
    }

    fn give_back(&self) {
        if self.ring.popped.load(Ordering::Relaxed) != self.popped {
            publish(
                self.ring.popped,
                self.popped,
                self.ring.pusher_sleeps,
                self.ring.popper_core,
            );
        }
    }

    /// Takes the oldest payload out, and waits for one where there is none.
    ///
    /// # Errors
    /// `ETIMEDOUT` after `patience`, where that is given: nobody pushes any more, perhaps.
    #[inline]
    pub(crate) fn pop(
        &mut self,
        payload: &mut [u8],
        patience: Option<Duration>,
    ) -> Result<(), Errno> {
        while !self.try_pop(payload) {
            let ring = &self.ring;
            let cores = [ring.popper_core, ring.pusher_core];
            wait(
                ring.pushed,
                self.pushed,
                ring.popper_sleeps,
                cores,
                patience,
            )?;
        }
        Ok(())
    }
}

impl Drop for Consumer<'_> {
    fn drop(&mut self) {
        // Whoever pops next goes on from there.
        self.give_back();
    }
}

#[cfg(test)]
mod tests;
