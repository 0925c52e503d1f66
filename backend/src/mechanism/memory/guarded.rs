//! Being alone with the bytes: the guards, and what each of them costs.

use crate::{
    bench::figures::monotonic_ns,
    sys::{
        guard::{Got, Mutex, Semaphore},
        memory::Mapping,
    },
};
use nix::errno::Errno;
use shared::mechanism::memory::{GUARD, Guard};
use std::{
    hint::spin_loop,
    sync::atomic::{AtomicU32, Ordering, fence},
};

/// A sequence lock whose writer died in the middle is odd for ever. A real reader would look for ever, too; ours gives up
/// after this time, nanoseconds, so that it can still be told something.
const PATIENCE: u64 = 2_000_000_000;
/// Looks between two looks at the clock.
const LOOKS: u32 = 1024;

/// Puts the guard into memory that nobody else has mapped yet.
pub(super) fn make(memory: &Mapping, guard: Guard) -> Result<(), Errno> {
    match guard {
        Guard::Mutex => Mutex::make(memory, GUARD, false).map(drop),
        Guard::Robust => Mutex::make(memory, GUARD, true).map(drop),
        Guard::Semaphore => Semaphore::make(memory, GUARD, 1).map(drop),
        // A number that is even is all a sequence lock is; the others have nothing.
        Guard::None | Guard::Atomics | Guard::Seqlock => Ok(()),
    }
}

/// From here on nobody else is inside. Without contention no call is made.
#[track_caller]
pub(super) fn enter(memory: &Mapping, guard: Guard) -> Result<Got, Errno> {
    match guard {
        Guard::None | Guard::Atomics => Ok(Got::Clean),
        Guard::Mutex | Guard::Robust => Mutex::there(memory, GUARD)?.lock(),
        Guard::Semaphore => Semaphore::there(memory, GUARD)?.wait().map(|()| Got::Clean),
        Guard::Seqlock => {
            let sequence = memory.word(GUARD)?;
            // One writer makes it odd; the others look until it is even again.
            let mut seen = even(sequence)?;
            while let Err(now) = sequence.compare_exchange_weak(
                seen,
                seen.wrapping_add(1),
                Ordering::Acquire,
                Ordering::Relaxed,
            ) {
                seen = if now % 2 == 0 { now } else { even(sequence)? };
            }
            // No store of the data may be seen before the odd number is.
            fence(Ordering::Release);
            Ok(Got::Clean)
        }
    }
}

/// What it guards is in order again, after an owner died.
pub(super) fn mended(memory: &Mapping) -> Result<(), Errno> {
    Mutex::there(memory, GUARD)?.consistent()
}

/// Others may come in.
#[track_caller]
pub(super) fn leave(memory: &Mapping, guard: Guard) -> Result<(), Errno> {
    match guard {
        Guard::None | Guard::Atomics => Ok(()),
        Guard::Mutex | Guard::Robust => Mutex::there(memory, GUARD)?.unlock(),
        Guard::Semaphore => Semaphore::there(memory, GUARD)?.post(),
        Guard::Seqlock => {
            memory.word(GUARD)?.fetch_add(1, Ordering::Release);
            Ok(())
        }
    }
}

/// Loads bytes that a sequence lock guards, again until nobody has stored meanwhile: how often in vain.
pub(super) fn load_whole(memory: &Mapping, at: usize, bytes: &mut [u8]) -> Result<u64, Errno> {
    let sequence = memory.word(GUARD)?;
    let mut vain = 0;
    loop {
        let before = even(sequence)?;
        memory.load(at, bytes);
        // No load of the data may be made after the number is looked at again.
        fence(Ordering::Acquire);
        if sequence.load(Ordering::Relaxed) == before {
            return Ok(vain);
        }
        vain += 1;
    }
}

/// Looks until it is even.
fn even(sequence: &AtomicU32) -> Result<u32, Errno> {
    let until = monotonic_ns() + PATIENCE;
    loop {
        for _ in 0..LOOKS {
            let now = sequence.load(Ordering::Acquire);
            if now.is_multiple_of(2) {
                return Ok(now);
            }
            spin_loop();
        }
        if monotonic_ns() > until {
            return Err(Errno::ETIMEDOUT);
        }
    }
}
