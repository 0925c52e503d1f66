//! Locks of a file. They keep out only those who ask for one as well: the kernel lets everybody else write.

use crate::sys::{
    calls::Fd,
    files::{Owner, Range, flock, lock_range, unflock, unlock_range},
};
use nix::errno::Errno;
use shared::{event::LockMode, mechanism::file::Locking};

/// Takes a lock; sleeps while another has one that does not go with it.
#[track_caller]
pub(super) fn lock(fd: Fd, with: Locking, mode: LockMode, range: Range) -> Result<(), Errno> {
    match with {
        Locking::None => Ok(()),
        // The whole file, and the lock is the open file's: a child that inherits it has it too.
        Locking::Flock => flock(fd, mode),
        // A range, and the lock is the open file's.
        Locking::Ofd => lock_range(fd, Owner::OpenFile, mode, range),
        // A range, and the lock is the process's: it is gone as soon as that closes any descriptor of the file.
        Locking::Posix => lock_range(fd, Owner::Process, mode, range),
    }
}

/// Gives it back.
#[track_caller]
pub(super) fn unlock(fd: Fd, with: Locking, range: Range) -> Result<(), Errno> {
    match with {
        Locking::None => Ok(()),
        Locking::Flock => unflock(fd),
        Locking::Ofd => unlock_range(fd, Owner::OpenFile, range),
        Locking::Posix => unlock_range(fd, Owner::Process, range),
    }
}
