//! Descriptors by number: putting them where another program expects them. dup3(2), close_range(2).
#![expect(
    unsafe_code,
    reason = "descriptors given by number are outside Rust's ownership"
)]

use nix::errno::Errno;
use std::{
    io,
    os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd},
};
use tokio::io::unix::AsyncFd;

/// dup3(2): makes `number` a second name of `fd`; whatever had that number is closed. Not inherited by programs if `cloexec`.
///
/// Only for a process that was just forked and has given the number no owner.
///
/// # Errors
/// What the kernel says.
pub fn place(fd: BorrowedFd<'_>, number: RawFd, cloexec: bool) -> Result<(), Errno> {
    let flags = if cloexec { libc::O_CLOEXEC } else { 0 };
    // SAFETY: takes two numbers; that nothing owns the second is the caller's promise above.
    Errno::result(unsafe { libc::dup3(fd.as_raw_fd(), number, flags) }).map(drop)
}

/// The descriptor of that number, which nothing else in this process owns.
///
/// # Errors
/// `EBADF` when it is not open.
pub fn take(number: RawFd) -> Result<OwnedFd, Errno> {
    // SAFETY: asks for flags, changes nothing.
    Errno::result(unsafe { libc::fcntl(number, libc::F_GETFD) })?;
    // SAFETY: it is open, and the caller promises that it has no other owner.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// close_range(2): closes all descriptors from `first` to `last`.
///
/// Only for a process that was just forked and will never touch the values that own them.
///
/// # Errors
/// What the kernel says.
pub fn close_between(first: RawFd, last: RawFd) -> Result<(), Errno> {
    let (first, last) = (libc::c_long::from(first), libc::c_long::from(last));
    // SAFETY: takes two numbers and flags; owners of those descriptors are never used again, which the caller promises.
    Errno::result(unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) }).map(drop)
}

/// Closes everything but standard input, output, error and `keep`.
///
/// Only for a process that was just forked, as [`close_between`].
///
/// # Errors
/// What the kernel says.
pub fn close_all_but(keep: &[RawFd]) -> Result<(), Errno> {
    let mut keep = keep.to_vec();
    keep.sort_unstable();
    let mut first = 3;
    for fd in keep {
        if fd > first {
            close_between(first, fd - 1)?;
        }
        first = first.max(fd + 1);
    }
    close_between(first, RawFd::MAX)
}

/// Has the runtime watch a non-blocking descriptor. Call it inside the runtime.
///
/// # Errors
/// When the runtime cannot.
pub fn watched(fd: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an `OwnedFd` is the same open descriptor for as long as it lives, and the runtime owns it from here on.
    Ok(unsafe { AsyncFd::register(fd) }?)
}
