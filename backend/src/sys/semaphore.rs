//! Named semaphores. sem_overview(7).
#![expect(unsafe_code, reason = "no crate that we use wraps semaphores")]

use nix::errno::Errno;
use std::{ffi::CStr, ptr::NonNull};

/// A semaphore that this process has open: `sem_t *`, memory that is shared with everybody who has it open.
#[derive(Clone, Copy, Debug)]
pub struct Semaphore(NonNull<libc::sem_t>);

// SAFETY: a semaphore is made to be used by many at once, sem_overview(7); nothing else is behind the pointer.
unsafe impl Send for Semaphore {}

/// `sem_t *sem_open(const char *name, O_CREAT | O_EXCL, mode_t mode, unsigned int value)`: a new one.
///
/// # Errors
/// As in sem_open(3): `EEXIST` if the name is taken.
#[track_caller]
pub fn sem_create(name: &CStr, value: u32) -> Result<Semaphore, Errno> {
    super::here::mark();
    let (flags, mode): (_, libc::mode_t) = (libc::O_CREAT | libc::O_EXCL, 0o600);
    // SAFETY: the name is a live C string; with O_CREAT these are the two further arguments.
    opened(unsafe { libc::sem_open(name.as_ptr(), flags, mode, value) })
}

/// `sem_t *sem_open(const char *name, 0)`: one there is.
///
/// # Errors
/// As in sem_open(3): `ENOENT` if there is none of that name.
#[track_caller]
pub fn sem_open(name: &CStr) -> Result<Semaphore, Errno> {
    super::here::mark();
    // SAFETY: the name is a live C string; without O_CREAT there are no further arguments.
    opened(unsafe { libc::sem_open(name.as_ptr(), 0) })
}

fn opened(semaphore: *mut libc::sem_t) -> Result<Semaphore, Errno> {
    // SEM_FAILED is null in the C libraries of Linux.
    NonNull::new(semaphore).map_or_else(|| Err(Errno::last()), |open| Ok(Semaphore(open)))
}

/// `int sem_unlink(const char *name)`: removes the name; who has it open keeps it.
///
/// # Errors
/// As in sem_unlink(3).
#[track_caller]
pub fn sem_unlink(name: &CStr) -> Result<(), Errno> {
    super::here::mark();
    // SAFETY: the name is a live C string.
    Errno::result(unsafe { libc::sem_unlink(name.as_ptr()) }).map(drop)
}

impl Semaphore {
    /// `int sem_close(sem_t *sem)`: this process has it no longer; nobody's value changes.
    ///
    /// # Errors
    /// None that a lesson could meet.
    #[track_caller]
    pub fn close(self) -> Result<(), Errno> {
        super::here::mark();
        // SAFETY: it was opened by this process or one that it was forked from, and is not used after this by the role.
        Errno::result(unsafe { libc::sem_close(self.0.as_ptr()) }).map(drop)
    }

    /// `int sem_post(sem_t *sem)`: adds one, and wakes one who sleeps, if any: only then is there a system call.
    ///
    /// # Errors
    /// `EOVERFLOW` at `SEM_VALUE_MAX`.
    #[track_caller]
    pub fn post(self) -> Result<(), Errno> {
        super::here::mark();
        // SAFETY: it is open: a role closes one only as the last thing that it does with it.
        Errno::result(unsafe { libc::sem_post(self.0.as_ptr()) }).map(drop)
    }

    /// `int sem_wait(sem_t *sem)`: takes one; sleeps in futex(2) at 0.
    ///
    /// # Errors
    /// `EINTR` when a handler ran.
    #[track_caller]
    pub fn wait(self) -> Result<(), Errno> {
        super::here::mark();
        // SAFETY: as above.
        Errno::result(unsafe { libc::sem_wait(self.0.as_ptr()) }).map(drop)
    }

    /// `int sem_getvalue(sem_t *sem, int *sval)`: its value when it was asked.
    ///
    /// # Errors
    /// None that a lesson could meet.
    #[track_caller]
    pub fn value(self) -> Result<i32, Errno> {
        super::here::mark();
        let mut value = 0;
        // SAFETY: as above; the number lives until the call is back.
        Errno::result(unsafe { libc::sem_getvalue(self.0.as_ptr(), &raw mut value) })?;
        Ok(value)
    }
}
