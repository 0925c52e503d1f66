//! Where what lies in the ring of `queue/shared`: agreed by all who map it, in every language, and by who only looks.
//!
//! ```text
//! byte 0        64       128    192     256     320     384                  4096
//!      writers' readers' items  places  pushed  popped  slots, slot, robust  slot 0, slot 1, …
//!      lock     lock     sem_t  sem_t   count   count
//! slot: length (4 bytes), 4 free, the message
//! ```
//! Each in a cache line of its own, so that who waits for one does not slow down who uses another. `pushed` and `popped`
//! count without end (modulo 2³²); their difference is how many messages lie there.

use crate::mechanism::memory::{Guard, Means, word};

/// The lock of those who store, a `pthread_mutex_t`.
pub const WRITERS: usize = 0;
/// The lock of those who take, held from before the wait for an item until after it was taken.
pub const READERS: usize = 64;
/// How many items lie there, a `sem_t`.
pub const ITEMS: usize = 128;
/// How many places are free, a `sem_t`.
pub const PLACES: usize = 192;
/// Up to here, nobody stores but locks and semaphores.
pub const KEPT: usize = 256;
/// How many were stored, ever.
pub const PUSHED: usize = 256;
/// How many were taken, ever.
pub const POPPED: usize = 320;
/// How many slots there are.
pub const SLOTS: usize = 384;
/// Bytes of each.
pub const SLOT: usize = 388;
/// 1 where the locks are robust.
pub const ROBUST: usize = 392;
/// Bytes of all that.
pub const HEADER: usize = 448;
/// The slots begin here, at a page.
pub const FIRST: usize = 4096;
/// Bytes of a slot before its message.
pub const HEAD: usize = 8;
/// Slots begin at cache lines.
const LINE: usize = 64;

/// Bytes of all slots at most. No run may have so many; who says so has written there what is no ring.
const LARGEST: u64 = 1 << 32;

/// From one slot to the next, bytes.
pub const fn stride(slot: usize) -> usize {
    (HEAD + slot).next_multiple_of(LINE)
}

/// Bytes of the whole, in pages.
pub const fn bytes(slots: usize, slot: usize) -> usize {
    (FIRST + slots * stride(slot)).next_multiple_of(FIRST)
}

/// What the words in front of the slots say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Stored, ever.
    pub pushed: u32,
    /// Taken, ever.
    pub popped: u32,
    /// Slots.
    pub slots: u32,
    /// Bytes of each.
    pub slot: u32,
    /// What the semaphore of the items counts.
    pub items: u32,
    /// What the semaphore of the free places counts.
    pub places: u32,
    /// The lock of those who store.
    pub writers: Means,
    /// The lock of those who take.
    pub readers: Means,
}

impl Header {
    /// Reads it; nothing where there is no ring yet, or one that cannot be.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let four = |at: usize| {
            let word = bytes.get(at..).and_then(<[u8]>::first_chunk);
            word.map(|word| u32::from_le_bytes(*word))
        };
        let guard = if four(ROBUST)? == 1 {
            Guard::Robust
        } else {
            Guard::Mutex
        };
        let header = Self {
            pushed: four(PUSHED)?,
            popped: four(POPPED)?,
            slots: four(SLOTS)?,
            slot: four(SLOT)?,
            items: four(ITEMS)?,
            places: four(PLACES)?,
            writers: word(guard, bytes.get(WRITERS..)?).means,
            readers: word(guard, bytes.get(READERS..)?).means,
        };
        let bytes = u64::from(header.slots).checked_mul(stride(header.slot as usize) as u64);
        let fits = header.slots > 0
            && header.slot > 0
            && header.held() <= header.slots
            && bytes.is_some_and(|bytes| bytes <= LARGEST);
        fits.then_some(header)
    }

    /// Messages in it.
    pub fn held(&self) -> u32 {
        self.pushed.wrapping_sub(self.popped)
    }

    /// Where the slot of the message number `count` is, bytes from the start.
    pub fn place(&self, count: u32) -> usize {
        FIRST + stride(self.slot as usize) * (count % self.slots) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::{Header, ITEMS, Means, PLACES, POPPED, PUSHED, READERS, ROBUST, SLOT, SLOTS};

    fn memory(words: &[(usize, u32)]) -> Vec<u8> {
        let mut bytes = vec![0; super::HEADER];
        for (at, word) in words {
            bytes[*at..*at + 4].copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn a_ring_says_what_is_in_it_and_who_has_its_locks() {
        let mut bytes = memory(&[
            (PUSHED, 1),
            (POPPED, u32::MAX),
            (SLOTS, 4),
            (SLOT, 60),
            (ITEMS, 2),
            (PLACES, 2),
            (READERS, 2),
            (READERS + 8, 17),
        ]);
        let header = Header::read(&bytes).unwrap();
        assert_eq!((header.held(), header.items, header.places), (2, 2, 2));
        assert_eq!(header.writers, Means::Free);
        let held = |waiters| Means::Held {
            owner: Some(17),
            waiters,
        };
        assert_eq!(header.readers, held(true));
        assert_eq!(header.place(5), 4096 + 128);
        bytes[ROBUST] = 1;
        bytes[READERS] = 17;
        assert_eq!(Header::read(&bytes).unwrap().readers, held(false));
    }

    #[test]
    fn what_is_no_ring_is_none() {
        assert_eq!(Header::read(&[]), None);
        assert_eq!(Header::read(&memory(&[])), None);
        let more_than_fit = [(PUSHED, 5), (SLOTS, 4), (SLOT, 8)];
        assert_eq!(Header::read(&memory(&more_than_fit)), None);
    }
}
