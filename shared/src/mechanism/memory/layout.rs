//! Where what lies in the segment: agreed by all who map it, in every language. Nothing in the memory itself says so.
//!
//! ```text
//! byte 0      64                     128                 end
//!      guard  record: 8 cells of i64  free, zero at first
//! ```

use super::Guard;

/// The guard's words begin here. Nobody stores there but the guard itself.
pub const GUARD: usize = 0;
/// Bytes kept for it: a cache line; the largest is a `pthread_mutex_t`, 40 bytes on x86-64, 48 on aarch64.
pub const GUARD_LEN: usize = 64;
/// The record begins here; a message without a place of its own is stored here.
pub const RECORD: usize = 64;
/// Bytes of the record: a cache line, and the unit that can be torn.
pub const RECORD_LEN: usize = 64;
/// Bytes of a cell, an `i64` in the byte order of the machine.
pub const CELL_LEN: usize = 8;
/// Cells of the record.
pub const CELLS: usize = RECORD_LEN / CELL_LEN;
/// What follows the record is free.
pub const FREE: usize = RECORD + RECORD_LEN;

/// Top bit of a robust mutex's word, futex(2): somebody sleeps for it, so that unlocking takes a system call.
const FUTEX_WAITERS: u32 = 0x8000_0000;
/// Next bit: the kernel has set it for an owner that died.
const FUTEX_OWNER_DIED: u32 = 0x4000_0000;
/// The rest: the thread that has it.
const FUTEX_TID_MASK: u32 = 0x3fff_ffff;
/// Where the C library notes the owner of a mutex that is not robust; its word only says 0, 1 or 2.
const OWNER: usize = 8;

/// What the word of a guard says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// Its value, as it lies in memory.
    pub raw: u64,
    /// Bytes of it.
    pub len: usize,
    /// What that means.
    pub means: Means,
}

/// What a guard's word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// There is none to lock: nothing, or atomic cells.
    NoGuard,
    /// Nobody has it.
    Free,
    /// Somebody has it.
    Held {
        /// Which thread, where the word or the one beside it says so.
        owner: Option<u32>,
        /// Others sleep for it, in futex(2).
        waiters: bool,
    },
    /// Its owner died with it; the next who locks it is told so.
    OwnerDied {
        /// Others sleep for it.
        waiters: bool,
    },
    /// A semaphore's count.
    Count {
        /// How many can pass without waiting.
        free: u32,
        /// How many sleep.
        waiters: u32,
    },
    /// A sequence lock: odd while somebody writes, one more after each step.
    Sequence {
        /// Somebody is in the middle of a write.
        writing: bool,
        /// Writes that are complete.
        writes: u64,
    },
}

/// Reads the guard's word out of the first bytes of the segment.
pub fn word(guard: Guard, bytes: &[u8]) -> Word {
    let four = |at: usize| {
        let bytes = bytes.get(GUARD + at..).and_then(<[u8]>::first_chunk);
        bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
    };
    let lock = four(0);
    let (raw, len, means) = match guard {
        Guard::None | Guard::Atomics => (0, 0, Means::NoGuard),
        Guard::Mutex if lock == 0 => (0, 4, Means::Free),
        Guard::Mutex => {
            let owner = Some(four(OWNER)).filter(|owner| *owner != 0);
            let waiters = lock > 1;
            (u64::from(lock), 4, Means::Held { owner, waiters })
        }
        Guard::Robust => {
            let waiters = lock & FUTEX_WAITERS != 0;
            let means = match lock & FUTEX_TID_MASK {
                _ if lock & FUTEX_OWNER_DIED != 0 => Means::OwnerDied { waiters },
                0 => Means::Free,
                owner => Means::Held {
                    owner: Some(owner),
                    waiters,
                },
            };
            (u64::from(lock), 4, means)
        }
        Guard::Semaphore => {
            let waiters = four(4);
            let raw = u64::from(lock) | u64::from(waiters) << 32;
            let free = lock;
            (raw, 8, Means::Count { free, waiters })
        }
        Guard::Seqlock => {
            let raw = u64::from(lock);
            let (writing, writes) = (raw % 2 == 1, raw / 2);
            (raw, 4, Means::Sequence { writing, writes })
        }
    };
    Word { raw, len, means }
}

#[cfg(test)]
mod tests {
    use super::{Guard, Means, word};

    #[test]
    fn a_mutex_says_who_has_it_beside_its_word_and_a_robust_one_in_it() {
        let mut bytes = [0; 64];
        assert_eq!(word(Guard::Mutex, &bytes).means, Means::Free);
        bytes[0] = 2;
        bytes[8..12].copy_from_slice(&1287_u32.to_le_bytes());
        let held = Means::Held {
            owner: Some(1287),
            waiters: true,
        };
        assert_eq!(word(Guard::Mutex, &bytes).means, held);
        bytes[..4].copy_from_slice(&0x8000_0507_u32.to_le_bytes());
        let robust = word(Guard::Robust, &bytes);
        assert_eq!((robust.raw, robust.means), (0x8000_0507, held));
        bytes[..4].copy_from_slice(&0x4000_0507_u32.to_le_bytes());
        let died = Means::OwnerDied { waiters: false };
        assert_eq!(word(Guard::Robust, &bytes).means, died);
    }

    #[test]
    fn a_semaphore_counts_and_a_sequence_is_odd_while_writing() {
        let mut bytes = [0; 64];
        bytes[4] = 3;
        let count = Means::Count {
            free: 0,
            waiters: 3,
        };
        assert_eq!(word(Guard::Semaphore, &bytes).means, count);
        bytes[0] = 7;
        let sequence = Means::Sequence {
            writing: true,
            writes: 3,
        };
        assert_eq!(word(Guard::Seqlock, &bytes).means, sequence);
        assert_eq!(word(Guard::None, &bytes).means, Means::NoGuard);
        assert_eq!(word(Guard::Mutex, &[]).means, Means::Free);
    }
}
