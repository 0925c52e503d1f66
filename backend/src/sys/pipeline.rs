//! The calls of a pipeline, by descriptor number: two ends of a socket pair, second names for ends, bytes moved between
//! pipes by the kernel, and becoming another program. socketpair(2), dup2(2), splice(2), tee(2), execve(2).
#![expect(
    unsafe_code,
    reason = "the lesson's descriptors are numbers, which no value of Rust owns"
)]

use super::calls::Fd;
use nix::{
    errno::Errno,
    sys::socket::{AddressFamily, SockFlag, SockType, socketpair as pair_of_sockets},
    unistd,
};
use std::{convert::Infallible, ffi::CString, os::fd::IntoRawFd, ptr};

/// `int socketpair(AF_UNIX, SOCK_STREAM, 0, int sv[2])`: two ends of which each can be written and read.
///
/// # Errors
/// As in socketpair(2).
#[track_caller]
pub fn socketpair() -> Result<[Fd; 2], Errno> {
    super::here::mark();
    let (one, other) = pair_of_sockets(
        AddressFamily::Unix,
        SockType::Stream,
        None,
        SockFlag::empty(),
    )?;
    Ok([one.into_raw_fd(), other.into_raw_fd()])
}

/// `int dup2(int oldfd, int newfd)`: `number` becomes a second name of what `fd` is; what it was is closed.
///
/// # Errors
/// As in dup2(2).
#[track_caller]
pub fn dup2(fd: Fd, number: Fd) -> Result<(), Errno> {
    super::here::mark();
    // SAFETY: takes two numbers; the lesson's descriptors have no owner in this process.
    Errno::result(unsafe { libc::dup2(fd, number) }).map(drop)
}

/// `ssize_t splice(int fd_in, NULL, int fd_out, NULL, size_t len, 0)`: the kernel moves bytes from one pipe into another,
/// without copying them; how many. 0 is end-of-file.
///
/// # Errors
/// As in splice(2).
#[track_caller]
pub fn splice(from: Fd, to: Fd, len: usize) -> Result<usize, Errno> {
    super::here::mark();
    // SAFETY: takes numbers; both offsets are null, as pipes need it.
    let moved = unsafe { libc::splice(from, ptr::null_mut(), to, ptr::null_mut(), len, 0) };
    usize::try_from(moved).map_err(|_| Errno::last())
}

/// `ssize_t tee(int fd_in, int fd_out, size_t len, 0)`: bytes of one pipe are in another as well; how many. They stay
/// where they are. 0 is end-of-file.
///
/// # Errors
/// As in tee(2).
#[track_caller]
pub fn tee(from: Fd, to: Fd, len: usize) -> Result<usize, Errno> {
    super::here::mark();
    // SAFETY: takes numbers only.
    let copied = unsafe { libc::tee(from, to, len, 0) };
    usize::try_from(copied).map_err(|_| Errno::last())
}

/// `int execve(const char *pathname, char *const argv[], char *const envp[])`: this process goes on as another program, with
/// the descriptors it has. Returns only if that failed.
///
/// # Errors
/// As in execve(2).
#[track_caller]
pub fn execve(command: &[&str]) -> Result<Infallible, Errno> {
    super::here::mark();
    let words: Result<Vec<_>, _> = command.iter().map(|word| CString::new(*word)).collect();
    let words = words.map_err(|_| Errno::EINVAL)?;
    let program = words.first().ok_or(Errno::EINVAL)?;
    unistd::execve(program, &words, &[c"PATH=/usr/bin:/bin", c"LANG=C.UTF-8"])
}
