//! Removing by name what outlives every process: POSIX message queues, and System V queues, memory and semaphores.
#![expect(
    unsafe_code,
    reason = "neither nix as we use it nor rustix wraps these calls"
)]

use nix::errno::Errno;
use std::{
    ffi::CString,
    os::fd::{FromRawFd, OwnedFd},
    ptr,
};

/// mq_open(3) for reading, of a queue that exists.
fn open_queue(name: &str) -> Result<OwnedFd, Errno> {
    let name = CString::new(name).map_err(|_| Errno::EINVAL)?;
    // SAFETY: the name is a live C string; without O_CREAT no further argument is read.
    let queue = unsafe { libc::mq_open(name.as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC) };
    Errno::result(queue)?;
    // SAFETY: on Linux a queue is a descriptor, which the kernel has just made for us.
    Ok(unsafe { OwnedFd::from_raw_fd(queue) })
}

/// What the kernel knows a POSIX message queue by: device and inode. Opens it, and closes it at once.
pub fn queue_inode(name: &str) -> Option<(u64, u64)> {
    let about = nix::sys::stat::fstat(open_queue(name).ok()?).ok()?;
    Some((about.st_dev, about.st_ino))
}

/// mq_unlink(3); nothing happens if there is none.
pub fn remove_queue(name: &str) {
    if let Ok(name) = CString::new(name) {
        // SAFETY: the name is a live C string for the length of the call.
        let _there_was_none = unsafe { libc::mq_unlink(name.as_ptr()) };
    }
}

/// `IPC_RMID` of what has that key and is `owner`'s: queue, memory, semaphores. Nothing happens if there is none.
pub fn remove_key(key: libc::key_t, owner: libc::uid_t) {
    // SAFETY: takes numbers.
    let queue = unsafe { libc::msgget(key, 0) };
    if queue >= 0 {
        // SAFETY: all zeros is a value of this structure, which has no references.
        let mut about: libc::msqid_ds = unsafe { std::mem::zeroed() };
        // SAFETY: the kernel fills a live structure of the type that this command expects.
        let known = unsafe { libc::msgctl(queue, libc::IPC_STAT, &raw mut about) };
        if known == 0 && about.msg_perm.uid == owner {
            // SAFETY: this command reads no structure.
            let _gone_already = unsafe { libc::msgctl(queue, libc::IPC_RMID, ptr::null_mut()) };
        }
    }
    // SAFETY: takes numbers.
    let memory = unsafe { libc::shmget(key, 0, 0) };
    if memory >= 0 {
        // SAFETY: all zeros is a value of this structure, whose pointers the kernel does not follow.
        let mut about: libc::shmid_ds = unsafe { std::mem::zeroed() };
        // SAFETY: the kernel fills a live structure of the type that this command expects.
        let known = unsafe { libc::shmctl(memory, libc::IPC_STAT, &raw mut about) };
        if known == 0 && about.shm_perm.uid == owner {
            // SAFETY: this command reads no structure.
            let _gone_already = unsafe { libc::shmctl(memory, libc::IPC_RMID, ptr::null_mut()) };
        }
    }
    // SAFETY: takes numbers.
    let semaphores = unsafe { libc::semget(key, 0, 0) };
    if semaphores >= 0 {
        // SAFETY: all zeros is a value of this structure, which has no references.
        let mut about: libc::semid_ds = unsafe { std::mem::zeroed() };
        // SAFETY: the fourth argument is where the kernel writes, a live structure of the type that this command expects.
        let known = unsafe { libc::semctl(semaphores, 0, libc::IPC_STAT, &raw mut about) };
        if known == 0 && about.sem_perm.uid == owner {
            // SAFETY: this command takes no fourth argument.
            let _gone_already = unsafe { libc::semctl(semaphores, 0, libc::IPC_RMID) };
        }
    }
}

/// Making and finding such things, for tests.
#[cfg(test)]
pub(crate) mod testing {
    use nix::errno::Errno;
    use std::{ffi::CString, os::fd::OwnedFd};

    const MODE: libc::c_int = 0o600;

    /// mq_open(3) of a new queue, closed again.
    pub(crate) fn make_queue(name: &str) -> Result<(), Errno> {
        let name = CString::new(name).unwrap();
        let attributes = std::ptr::null::<libc::mq_attr>();
        let flags = libc::O_CREAT | libc::O_EXCL | libc::O_RDONLY;
        // SAFETY: the name is a live C string; null for the attributes means defaults.
        let queue = unsafe { libc::mq_open(name.as_ptr(), flags, MODE, attributes) };
        // SAFETY: closes what was opened just now; of -1 it says EBADF.
        let _closed = unsafe { libc::mq_close(queue) };
        Errno::result(queue).map(drop)
    }

    /// Whether there is a queue of that name.
    pub(crate) fn queue_exists(name: &str) -> bool {
        open_queue(name).is_ok()
    }

    /// The queue of that name, for reading.
    pub(crate) fn open_queue(name: &str) -> Result<OwnedFd, Errno> {
        super::open_queue(name)
    }

    /// One of each kind with that key.
    pub(crate) fn make_sysv(key: libc::key_t) -> Result<(), Errno> {
        let flags = libc::IPC_CREAT | libc::IPC_EXCL | MODE;
        // SAFETY: takes numbers.
        Errno::result(unsafe { libc::msgget(key, flags) })?;
        // SAFETY: takes numbers.
        Errno::result(unsafe { libc::shmget(key, 4096, flags) })?;
        // SAFETY: takes numbers.
        Errno::result(unsafe { libc::semget(key, 1, flags) }).map(drop)
    }

    /// Whether there is anything with that key.
    pub(crate) fn sysv_exists(key: libc::key_t) -> bool {
        // SAFETY: takes numbers.
        let queue = unsafe { libc::msgget(key, 0) };
        // SAFETY: takes numbers.
        let memory = unsafe { libc::shmget(key, 0, 0) };
        // SAFETY: takes numbers.
        let semaphores = unsafe { libc::semget(key, 0, 0) };
        queue >= 0 || memory >= 0 || semaphores >= 0
    }
}
