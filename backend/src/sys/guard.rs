//! Guards that lie in shared memory: the C library's mutex and semaphore, and futex(2), which both sleep in.
//! pthread_mutexattr_setpshared(3), pthread_mutexattr_setrobust(3), sem_init(3).
#![expect(
    unsafe_code,
    reason = "the C library's mutexes and semaphores are raw memory"
)]

use super::memory::Mapping;
use nix::errno::Errno;
use std::{
    marker::PhantomData,
    mem::MaybeUninit,
    ptr::{self, NonNull},
    sync::atomic::AtomicU32,
    time::Duration,
};

/// A `pthread_mutex_t` that processes share.
#[derive(Debug)]
pub struct Mutex<'m> {
    raw: NonNull<libc::pthread_mutex_t>,
    memory: PhantomData<&'m Mapping>,
}

/// How a lock was got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Got {
    /// Its last owner had unlocked it.
    Clean,
    /// Its last owner died with it, `EOWNERDEAD`: what it guards may be half done. [`Mutex::consistent`] says it is mended.
    OwnerDied,
}

impl<'m> Mutex<'m> {
    /// `pthread_mutex_init` with `PTHREAD_PROCESS_SHARED`, and `PTHREAD_MUTEX_ROBUST` if so wished. Once, by who made the
    /// memory, before anybody else maps it.
    ///
    /// # Errors
    /// As in pthread_mutex_init(3); `EINVAL` where there is no room for it.
    pub fn make(memory: &'m Mapping, at: usize, robust: bool) -> Result<Self, Errno> {
        let raw = memory.place::<libc::pthread_mutex_t>(at)?;
        let mut attributes = MaybeUninit::<libc::pthread_mutexattr_t>::uninit();
        let kind = attributes.as_mut_ptr();
        // SAFETY: initializes the attributes.
        done(unsafe { libc::pthread_mutexattr_init(kind) })?;
        let shared = libc::PTHREAD_PROCESS_SHARED;
        // SAFETY: the attributes are initialized.
        done(unsafe { libc::pthread_mutexattr_setpshared(kind, shared) })?;
        if robust {
            let robust = libc::PTHREAD_MUTEX_ROBUST;
            // SAFETY: the attributes are initialized.
            done(unsafe { libc::pthread_mutexattr_setrobust(kind, robust) })?;
        }
        // SAFETY: there is room for a mutex, aligned, in memory that this process has just made and nobody else has mapped.
        done(unsafe { libc::pthread_mutex_init(raw.as_ptr(), kind) })?;
        // SAFETY: the attributes are initialized, and used no more.
        done(unsafe { libc::pthread_mutexattr_destroy(kind) })?;
        Ok(Self {
            raw,
            memory: PhantomData,
        })
    }

    /// The one that is there: `at` must be where somebody has made one with [`Self::make`] in this memory. Nothing in this
    /// program stores into it by other means, [`Mapping::store`] refuses to; another program that does, breaks the lock as
    /// it would in C.
    ///
    /// # Errors
    /// `EINVAL` where there is no room for one.
    pub fn there(memory: &'m Mapping, at: usize) -> Result<Self, Errno> {
        Ok(Self {
            raw: memory.place(at)?,
            memory: PhantomData,
        })
    }

    /// `int pthread_mutex_lock(pthread_mutex_t *mutex)`. No system call as long as nobody else has it.
    ///
    /// # Errors
    /// As in pthread_mutex_lock(3); `ENOTRECOVERABLE` when an owner died and nobody has mended what it guards.
    #[track_caller]
    pub fn lock(&self) -> Result<Got, Errno> {
        super::here::mark();
        // SAFETY: a mutex is there, by the contract of `there`, and the mapping lives as long as this value.
        got(unsafe { libc::pthread_mutex_lock(self.raw.as_ptr()) })
    }

    /// `int pthread_mutex_trylock(pthread_mutex_t *mutex)`.
    ///
    /// # Errors
    /// As in pthread_mutex_trylock(3): `EBUSY`.
    #[cfg(test)]
    #[track_caller]
    pub fn try_lock(&self) -> Result<Got, Errno> {
        super::here::mark();
        // SAFETY: as in `lock`.
        got(unsafe { libc::pthread_mutex_trylock(self.raw.as_ptr()) })
    }

    /// `int pthread_mutex_unlock(pthread_mutex_t *mutex)`.
    ///
    /// # Errors
    /// As in pthread_mutex_unlock(3); a plain mutex does not notice that it was somebody else's.
    #[track_caller]
    pub fn unlock(&self) -> Result<(), Errno> {
        super::here::mark();
        // SAFETY: as in `lock`.
        done(unsafe { libc::pthread_mutex_unlock(self.raw.as_ptr()) })
    }

    /// `int pthread_mutex_consistent(pthread_mutex_t *mutex)`: what it guards is in order again.
    ///
    /// # Errors
    /// `EINVAL` unless it is robust and its owner had died.
    #[track_caller]
    pub fn consistent(&self) -> Result<(), Errno> {
        super::here::mark();
        // SAFETY: as in `lock`.
        done(unsafe { libc::pthread_mutex_consistent(self.raw.as_ptr()) })
    }
}

/// pthread functions return the error, they do not set errno.
fn done(code: i32) -> Result<(), Errno> {
    match code {
        0 => Ok(()),
        code => Err(Errno::from_raw(code)),
    }
}

fn got(code: i32) -> Result<Got, Errno> {
    match code {
        0 => Ok(Got::Clean),
        libc::EOWNERDEAD => Ok(Got::OwnerDied),
        code => Err(Errno::from_raw(code)),
    }
}

/// A `sem_t` that processes share.
#[derive(Debug)]
pub struct Semaphore<'m> {
    raw: NonNull<libc::sem_t>,
    memory: PhantomData<&'m Mapping>,
}

impl<'m> Semaphore<'m> {
    /// `int sem_init(sem_t *sem, 1, unsigned value)`. Once, by who made the memory, before anybody else maps it.
    ///
    /// # Errors
    /// As in sem_init(3); `EINVAL` where there is no room for it.
    pub fn make(memory: &'m Mapping, at: usize, value: u32) -> Result<Self, Errno> {
        let raw = memory.place::<libc::sem_t>(at)?;
        // SAFETY: there is room for a semaphore, aligned, in memory that nobody else has mapped yet.
        Errno::result(unsafe { libc::sem_init(raw.as_ptr(), 1, value) })?;
        Ok(Self {
            raw,
            memory: PhantomData,
        })
    }

    /// The one that is there: as for [`Mutex::there`].
    ///
    /// # Errors
    /// `EINVAL` where there is no room for one.
    pub fn there(memory: &'m Mapping, at: usize) -> Result<Self, Errno> {
        Ok(Self {
            raw: memory.place(at)?,
            memory: PhantomData,
        })
    }

    /// `int sem_wait(sem_t *sem)`: takes one; sleeps in futex(2) while there is none.
    ///
    /// # Errors
    /// As in sem_wait(3): `EINTR`.
    #[track_caller]
    pub fn wait(&self) -> Result<(), Errno> {
        super::here::mark();
        // SAFETY: a semaphore is there, by the contract of `there`, and the mapping lives as long as this value.
        Errno::result(unsafe { libc::sem_wait(self.raw.as_ptr()) }).map(drop)
    }

    /// `int sem_trywait(sem_t *sem)`.
    ///
    /// # Errors
    /// As in sem_trywait(3): `EAGAIN`.
    #[cfg(test)]
    #[track_caller]
    pub fn try_wait(&self) -> Result<(), Errno> {
        super::here::mark();
        // SAFETY: as in `wait`.
        Errno::result(unsafe { libc::sem_trywait(self.raw.as_ptr()) }).map(drop)
    }

    /// `int sem_post(sem_t *sem)`: gives one back; a system call only when somebody sleeps.
    ///
    /// # Errors
    /// As in sem_post(3): `EOVERFLOW`.
    #[track_caller]
    pub fn post(&self) -> Result<(), Errno> {
        super::here::mark();
        // SAFETY: as in `wait`.
        Errno::result(unsafe { libc::sem_post(self.raw.as_ptr()) }).map(drop)
    }

    /// `int sem_getvalue(sem_t *sem, int *sval)`: how many there are.
    ///
    /// # Errors
    /// As in sem_getvalue(3).
    #[track_caller]
    pub fn value(&self) -> Result<u32, Errno> {
        super::here::mark();
        let mut value = 0;
        // SAFETY: as in `wait`; the number lives until the call is back.
        Errno::result(unsafe { libc::sem_getvalue(self.raw.as_ptr(), &raw mut value) })?;
        Ok(u32::try_from(value).unwrap_or(0))
    }
}

/// `futex(word, FUTEX_WAIT, expected, timeout)`: sleeps until woken, unless the word is another than expected already.
///
/// # Errors
/// As in futex(2): `EAGAIN` when it is another, `ETIMEDOUT`, `EINTR`.
#[track_caller]
pub fn wait_while(word: &AtomicU32, expected: u32, timeout: Option<Duration>) -> Result<(), Errno> {
    super::here::mark();
    let timeout = timeout.map(|time| libc::timespec {
        tv_sec: libc::time_t::try_from(time.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: libc::c_long::from(time.subsec_nanos().cast_signed()),
    });
    let until = timeout.as_ref().map_or(ptr::null(), ptr::from_ref);
    // SAFETY: the kernel reads the word, which is borrowed, and the time, which lives until the call is back.
    Errno::result(unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            libc::FUTEX_WAIT,
            expected,
            until,
        )
    })
    .map(drop)
}

/// `futex(word, FUTEX_WAKE, 1)`: wakes one that sleeps for the word.
///
/// # Errors
/// As in futex(2).
#[track_caller]
pub fn wake_one(word: &AtomicU32) -> Result<(), Errno> {
    super::here::mark();
    // SAFETY: the address is only a name for those who sleep; the word is borrowed.
    Errno::result(unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, 1) })
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::{Got, Mutex, Semaphore, wait_while, wake_one};
    use crate::sys::memory::Mapping;
    use nix::errno::Errno;
    use std::{sync::atomic::Ordering, thread, time::Duration};

    #[test]
    fn one_has_the_mutex_at_a_time() {
        let memory = Mapping::inherited(4096).unwrap();
        Mutex::make(&memory, 0, false).unwrap();
        let mutex = Mutex::there(&memory, 0).unwrap();
        assert_eq!(mutex.lock(), Ok(Got::Clean));
        assert_ne!(memory.word(0).unwrap().load(Ordering::Relaxed), 0);
        thread::scope(|scope| {
            let other = scope.spawn(|| Mutex::there(&memory, 0).unwrap().try_lock());
            assert_eq!(other.join().unwrap(), Err(Errno::EBUSY));
        });
        mutex.unlock().unwrap();
        assert_eq!(mutex.consistent(), Err(Errno::EINVAL));
    }

    #[test]
    fn a_robust_mutex_tells_that_its_owner_died_and_a_plain_one_does_not() {
        for (robust, then) in [(true, Ok(Got::OwnerDied)), (false, Err(Errno::EBUSY))] {
            let memory = Mapping::inherited(4096).unwrap();
            Mutex::make(&memory, 0, robust).unwrap();
            // A thread that ends is to a mutex what a process is: the kernel looks at its list of robust locks.
            thread::scope(|scope| {
                let owner = scope.spawn(|| Mutex::there(&memory, 0).unwrap().lock());
                assert_eq!(owner.join().unwrap(), Ok(Got::Clean));
            });
            let mutex = Mutex::there(&memory, 0).unwrap();
            assert_eq!(mutex.try_lock(), then);
            if robust {
                mutex.consistent().unwrap();
                mutex.unlock().unwrap();
                assert_eq!(mutex.lock(), Ok(Got::Clean));
                mutex.unlock().unwrap();
            }
        }
    }

    #[test]
    fn a_robust_mutex_that_nobody_mended_is_lost() {
        let memory = Mapping::inherited(4096).unwrap();
        Mutex::make(&memory, 0, true).unwrap();
        thread::scope(|scope| {
            let owner = scope.spawn(|| Mutex::there(&memory, 0).unwrap().lock());
            assert!(owner.join().unwrap().is_ok());
        });
        let mutex = Mutex::there(&memory, 0).unwrap();
        assert_eq!(mutex.lock(), Ok(Got::OwnerDied));
        mutex.unlock().unwrap();
        assert_eq!(mutex.lock(), Err(Errno::ENOTRECOVERABLE));
    }

    #[test]
    fn a_semaphore_counts() {
        let memory = Mapping::inherited(4096).unwrap();
        Semaphore::make(&memory, 8, 2).unwrap();
        let semaphore = Semaphore::there(&memory, 8).unwrap();
        semaphore.wait().unwrap();
        assert_eq!(semaphore.value(), Ok(1));
        semaphore.try_wait().unwrap();
        assert_eq!(semaphore.try_wait(), Err(Errno::EAGAIN));
        semaphore.post().unwrap();
        assert_eq!(semaphore.value(), Ok(1));
        assert_eq!(Semaphore::make(&memory, 4090, 0).err(), Some(Errno::EINVAL));
    }

    #[test]
    fn a_futex_wakes_who_sleeps_and_not_who_need_not() {
        let memory = Mapping::inherited(4096).unwrap();
        let word = memory.word(0).unwrap();
        assert_eq!(wait_while(word, 1, None), Err(Errno::EAGAIN));
        let soon = Some(Duration::from_millis(1));
        assert_eq!(wait_while(word, 0, soon), Err(Errno::ETIMEDOUT));
        thread::scope(|scope| {
            let sleeper = scope.spawn(|| {
                while word.load(Ordering::Relaxed) == 0 {
                    let _changed_or_woken = wait_while(word, 0, None);
                }
            });
            word.store(1, Ordering::Relaxed);
            while !sleeper.is_finished() {
                wake_one(word).unwrap();
                thread::yield_now();
            }
        });
    }
}
