//! The queue itself: slots in a ring, two locks, two semaphores. What the roles do is made of these steps, and so is what
//! the benchmark times.
//!
//! Who puts waits for a place, locks, stores, and posts an item; who gets locks, waits for an item, takes it, and posts a
//! place. The lock of the readers is held while one of them waits, as in Python's Queue: all others sleep in front of it,
//! and who is killed there leaves it locked.

use crate::sys::{
    guard::{Got, Mutex, Semaphore},
    memory::Mapping,
};
use nix::errno::Errno;
use shared::mechanism::queue::layout::{
    FIRST, HEAD, ITEMS, KEPT, PLACES, POPPED, PUSHED, READERS, ROBUST, SLOT, SLOTS, WRITERS, bytes,
    stride,
};
use std::sync::atomic::{AtomicU32, Ordering};

/// Bytes at the front of its memory that only locks and semaphores touch.
pub(crate) const GUARDED: usize = KEPT;

/// The queue, as one process sees it.
#[derive(Debug)]
pub(crate) struct Bounded<'m> {
    memory: &'m Mapping,
    writers: Mutex<'m>,
    readers: Mutex<'m>,
    items: Semaphore<'m>,
    places: Semaphore<'m>,
    /// Written under the lock of the writers alone; the semaphores order all that lies before them.
    pushed: &'m AtomicU32,
    /// Written under the lock of the readers alone.
    popped: &'m AtomicU32,
    slots: u32,
    slot: usize,
}

/// Makes memory that is all zero a queue. Once, before anybody else has it mapped.
///
/// # Errors
/// `EINVAL` where it does not fit.
pub(crate) fn make(memory: &Mapping, slots: u32, slot: usize, robust: bool) -> Result<(), Errno> {
    if slots == 0 || slot == 0 || bytes(slots as usize, slot) > memory.len() {
        return Err(Errno::EINVAL);
    }
    Mutex::make(memory, WRITERS, robust)?;
    Mutex::make(memory, READERS, robust)?;
    Semaphore::make(memory, ITEMS, 0)?;
    Semaphore::make(memory, PLACES, slots)?;
    let say = |at, word: u32| memory.word(at).map(|at| at.store(word, Ordering::Release));
    say(ROBUST, robust.into())?;
    say(SLOT, u32::try_from(slot).map_err(|_| Errno::EINVAL)?)?;
    say(SLOTS, slots)
}

impl<'m> Bounded<'m> {
    /// One that somebody has made.
    ///
    /// # Errors
    /// `EINVAL` if there is none.
    pub(crate) fn open(memory: &'m Mapping) -> Result<Self, Errno> {
        let slots = memory.word(SLOTS)?.load(Ordering::Acquire);
        let slot = memory.word(SLOT)?.load(Ordering::Relaxed) as usize;
        // Another program may have written anything there.
        if slots == 0 || slot == 0 || bytes(slots as usize, slot) > memory.len() {
            return Err(Errno::EINVAL);
        }
        Ok(Self {
            memory,
            writers: Mutex::there(memory, WRITERS)?,
            readers: Mutex::there(memory, READERS)?,
            items: Semaphore::there(memory, ITEMS)?,
            places: Semaphore::there(memory, PLACES)?,
            pushed: memory.word(PUSHED)?,
            popped: memory.word(POPPED)?,
            slots,
            slot,
        })
    }

    /// The longest message, bytes.
    pub(crate) fn longest(&self) -> usize {
        self.slot
    }

    /// `sem_wait(places)`: one place is ours. Sleeps in futex(2) while there is none.
    #[inline]
    #[track_caller]
    pub(crate) fn wait_for_place(&self) -> Result<(), Errno> {
        loop {
            match self.places.wait() {
                Err(Errno::EINTR) => {}
                done => return done,
            }
        }
    }

    /// Stores a message in the next slot, alone among the writers; it takes the place that was waited for. `told` hears
    /// where, while nobody else can get it. What the last owner was like, and `EMSGSIZE` if there is no room.
    #[inline]
    #[track_caller]
    pub(crate) fn store(&self, message: &[u8], told: impl FnOnce(usize)) -> Result<Got, Errno> {
        let len = u32::try_from(message.len()).map_err(|_| Errno::EMSGSIZE)?;
        if message.len() > self.slot {
            return Err(Errno::EMSGSIZE);
        }
        let got = self.writers.lock()?;
        if got == Got::OwnerDied {
            // It had stored half a message, perhaps, into the slot that is stored into now: nothing is lost by that.
            self.writers.consistent()?;
        }
        let count = self.pushed.load(Ordering::Relaxed);
        let at = self.place(count);
        self.memory.word(at)?.store(len, Ordering::Relaxed);
        self.memory.store(at + HEAD, message);
        told(self.memory.address() + at + HEAD);
        self.pushed.store(count.wrapping_add(1), Ordering::Relaxed);
        self.items.post()?;
        self.writers.unlock()?;
        Ok(got)
    }

    /// `pthread_mutex_lock(readers)`. After [`Got::OwnerDied`], [`Self::mend`].
    #[inline]
    #[track_caller]
    pub(crate) fn lock_readers(&self) -> Result<Got, Errno> {
        self.readers.lock()
    }

    /// `sem_wait(items)`: one item is ours. Sleeps while there is none, and keeps the lock meanwhile.
    #[inline]
    #[track_caller]
    pub(crate) fn wait_for_item(&self) -> Result<(), Errno> {
        loop {
            match self.items.wait() {
                Err(Errno::EINTR) => {}
                done => return done,
            }
        }
    }

    /// Takes the oldest message out: how many bytes. `told` hears where it lay and what it is, while the slot is its own.
    #[inline]
    #[track_caller]
    pub(crate) fn take(
        &self,
        room: &mut [u8],
        told: impl FnOnce(usize, &[u8]),
    ) -> Result<usize, Errno> {
        let count = self.popped.load(Ordering::Relaxed);
        let at = self.place(count);
        let len = self.memory.word(at)?.load(Ordering::Relaxed) as usize;
        let len = len.min(self.slot).min(room.len());
        let room = room.get_mut(..len).unwrap_or_default();
        self.memory.load(at + HEAD, room);
        told(self.memory.address() + at + HEAD, room);
        self.popped.store(count.wrapping_add(1), Ordering::Relaxed);
        Ok(len)
    }

    /// `pthread_mutex_unlock(readers)`, and `sem_post(places)`: the slot is free.
    #[inline]
    #[track_caller]
    pub(crate) fn let_go(&self) -> Result<(), Errno> {
        self.readers.unlock()?;
        self.places.post()
    }

    /// The last reader died with the lock, which is ours now: sets right what it left, and says that it is.
    ///
    /// It may have waited for an item and not taken it: then one lies there that nobody counts. While no writer is between
    /// its two steps either, the semaphore counts what lies there, or is one short. What this cannot see is a reader that
    /// died after it took and before it gave the place back: two numbers cannot be changed at once.
    #[track_caller]
    pub(crate) fn mend(&self) -> Result<(), Errno> {
        if self.writers.lock()? == Got::OwnerDied {
            self.writers.consistent()?;
        }
        let held = self.held();
        let counted = self.items.value()?;
        for _ in counted..held {
            self.items.post()?;
        }
        self.writers.unlock()?;
        self.readers.consistent()
    }

    /// `empty()`: whether anything lies there, now.
    pub(crate) fn is_empty(&self) -> bool {
        self.held() == 0
    }

    /// `qsize()`: places that are taken, by what lies in the ring and by what waits in a row.
    #[track_caller]
    pub(crate) fn size(&self) -> Result<u32, Errno> {
        Ok(self.slots.saturating_sub(self.places.value()?))
    }

    fn held(&self) -> u32 {
        let popped = self.popped.load(Ordering::Relaxed);
        self.pushed.load(Ordering::Relaxed).wrapping_sub(popped)
    }

    fn place(&self, count: u32) -> usize {
        FIRST + stride(self.slot) * (count % self.slots) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::{Bounded, GUARDED, bytes, make};
    use crate::sys::{guard::Got, memory::Mapping};
    use nix::errno::Errno;
    use std::thread;

    fn memory(slots: u32, slot: usize, robust: bool) -> Mapping {
        let memory = Mapping::inherited(bytes(slots as usize, slot)).unwrap();
        make(&memory, slots, slot, robust).unwrap();
        memory
    }

    fn put(queue: &Bounded<'_>, message: &[u8]) {
        queue.wait_for_place().unwrap();
        queue.store(message, |_| {}).unwrap();
    }

    fn get(queue: &Bounded<'_>) -> Vec<u8> {
        let mut room = vec![0; queue.longest()];
        assert_eq!(queue.lock_readers(), Ok(Got::Clean));
        queue.wait_for_item().unwrap();
        let len = queue.take(&mut room, |_, _| {}).unwrap();
        queue.let_go().unwrap();
        room.truncate(len);
        room
    }

    #[test]
    fn messages_come_out_whole_and_in_order() {
        let memory = memory(3, 10, false);
        let queue = Bounded::open(&memory).unwrap();
        for round in 0..4 {
            for text in ["", "one", "0123456789"] {
                put(&queue, text.as_bytes());
            }
            assert_eq!(queue.size(), Ok(3), "round {round}");
            assert!(!queue.is_empty());
            for text in ["", "one", "0123456789"] {
                assert_eq!(get(&queue), text.as_bytes(), "round {round}");
            }
        }
        assert!(queue.is_empty());
        assert_eq!(queue.store(&[0; 11], |_| {}), Err(Errno::EMSGSIZE));
        assert_eq!(make(&memory, 300, 10, false), Err(Errno::EINVAL));
        assert!(Bounded::open(&Mapping::inherited(4096).unwrap()).is_err());
        assert_eq!(memory.store(GUARDED - 1, b"x"), memory.store(GUARDED, b"x"));
    }

    #[test]
    fn several_of_each_lose_and_double_nothing() {
        const EACH: u64 = 20_000;
        let memory = memory(4, 8, false);
        let mut all: Vec<u64> = thread::scope(|scope| {
            for who in 0..3 {
                let memory = &memory;
                scope.spawn(move || {
                    let queue = Bounded::open(memory).unwrap();
                    for n in 0..EACH {
                        put(&queue, &(who * EACH + n).to_ne_bytes());
                    }
                });
            }
            let consumers = [(); 3].map(|()| {
                scope.spawn(|| {
                    let queue = Bounded::open(&memory).unwrap();
                    let number = |_| u64::from_ne_bytes(get(&queue).try_into().unwrap());
                    (0..EACH).map(number).collect::<Vec<_>>()
                })
            });
            let taken = consumers.map(|consumer| consumer.join().unwrap());
            taken.concat()
        });
        all.sort_unstable();
        assert!(all.into_iter().eq(0..3 * EACH));
    }

    /// A thread that ends is to a mutex what a process is.
    #[test]
    fn an_item_that_a_dead_reader_counted_off_is_counted_again() {
        let memory = memory(4, 8, true);
        let queue = Bounded::open(&memory).unwrap();
        put(&queue, b"task");
        thread::scope(|scope| {
            scope.spawn(|| {
                let queue = Bounded::open(&memory).unwrap();
                assert_eq!(queue.lock_readers(), Ok(Got::Clean));
                queue.wait_for_item().unwrap();
            });
        });
        assert_eq!(queue.lock_readers(), Ok(Got::OwnerDied));
        queue.mend().unwrap();
        queue.wait_for_item().unwrap();
        let mut room = [0; 8];
        assert_eq!(queue.take(&mut room, |_, _| {}), Ok(4));
        queue.let_go().unwrap();
        assert_eq!(queue.size(), Ok(0));
        put(&queue, b"more");
        assert_eq!(get(&queue), b"more");
    }
}
