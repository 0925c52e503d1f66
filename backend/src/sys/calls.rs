//! The calls of the lessons, by descriptor number as in section 2 of the man pages, so that a role reads like a textbook.
//!
//! A number that is closed already is a question to the kernel like any other: it answers EBADF, and that is shown.
#![expect(
    unsafe_code,
    reason = "read, write and close of a number take a descriptor from outside Rust's ownership"
)]

use nix::{
    errno::Errno,
    fcntl::{OFlag, open as open_owned},
    sys::{
        stat::Mode,
        time::TimeSpec,
        wait::{WaitStatus, waitpid},
    },
    time::{ClockId, ClockNanosleepFlags, clock_nanosleep},
    unistd::{Pid, mkfifo as make_fifo, pipe2 as pipe2_owned},
};
use std::{os::fd::IntoRawFd, path::Path, time::Duration};

/// A descriptor, as the lesson sees it: a small number.
pub type Fd = i32;

/// `int pipe2(int pipefd[2], int flags)`: a new pipe; its read end and its write end.
///
/// # Errors
/// As in pipe2(2).
#[track_caller]
pub fn pipe2(flags: OFlag) -> Result<[Fd; 2], Errno> {
    super::here::mark();
    let (read, write) = pipe2_owned(flags)?;
    Ok([read.into_raw_fd(), write.into_raw_fd()])
}

/// `ssize_t read(int fd, void *buf, size_t count)`: takes bytes; 0 is end-of-file.
///
/// # Errors
/// As in read(2).
#[track_caller]
pub fn read(fd: Fd, buffer: &mut [u8]) -> Result<usize, Errno> {
    super::here::mark();
    // SAFETY: the kernel writes at most `len` bytes to the slice, which is borrowed for as long.
    let n = unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len()) };
    usize::try_from(n).map_err(|_| Errno::last())
}

/// `ssize_t write(int fd, const void *buf, size_t count)`: puts bytes in; how many went in.
///
/// # Errors
/// As in write(2).
#[track_caller]
pub fn write(fd: Fd, bytes: &[u8]) -> Result<usize, Errno> {
    super::here::mark();
    // SAFETY: the kernel reads at most `len` bytes of the slice, which is borrowed for as long.
    let n = unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) };
    usize::try_from(n).map_err(|_| Errno::last())
}

/// `int close(int fd)`.
///
/// # Errors
/// As in close(2).
#[track_caller]
pub fn close(fd: Fd) -> Result<(), Errno> {
    super::here::mark();
    // SAFETY: the lesson's descriptors are numbers everywhere; no value owns one.
    Errno::result(unsafe { libc::close(fd) }).map(drop)
}

/// `int mkfifo(const char *pathname, mode_t mode)`: a pipe with a name.
///
/// # Errors
/// As in mkfifo(3).
#[track_caller]
pub fn mkfifo(path: &Path) -> Result<(), Errno> {
    super::here::mark();
    make_fifo(path, Mode::S_IRUSR | Mode::S_IWUSR)
}

/// `int open(const char *pathname, int flags)`.
///
/// # Errors
/// As in open(2).
#[track_caller]
pub fn open(path: &Path, flags: OFlag) -> Result<Fd, Errno> {
    super::here::mark();
    open_owned(path, flags, Mode::empty()).map(IntoRawFd::into_raw_fd)
}

/// `int fcntl(int fd, F_SETFL, int flags)`: changes what calls on a descriptor do.
///
/// # Errors
/// As in fcntl(2).
#[track_caller]
pub fn set_flags(fd: Fd, flags: OFlag) -> Result<(), Errno> {
    super::here::mark();
    // SAFETY: takes numbers only.
    Errno::result(unsafe { libc::fcntl(fd, libc::F_SETFL, flags.bits()) }).map(drop)
}

/// `int fcntl(int fd, F_SETPIPE_SZ, int size)`: how much a pipe holds; the kernel rounds up and says to what.
///
/// # Errors
/// As in fcntl(2); `EPERM` above `/proc/sys/fs/pipe-max-size`.
#[track_caller]
pub fn set_pipe_size(fd: Fd, size: u64) -> Result<u64, Errno> {
    super::here::mark();
    let size = libc::c_int::try_from(size).map_err(|_| Errno::EINVAL)?;
    // SAFETY: takes numbers only.
    let set = unsafe { libc::fcntl(fd, libc::F_SETPIPE_SZ, size) };
    u64::try_from(set).map_err(|_| Errno::last())
}

/// `int poll(struct pollfd *fds, 1, -1)`: waits until there is something to read, or nobody left who could write.
///
/// # Errors
/// As in poll(2).
#[track_caller]
pub fn wait_readable(fd: Fd) -> Result<(), Errno> {
    super::here::mark();
    let mut fds = libc::pollfd {
        fd,
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: one structure, which lives until the call is back.
    Errno::result(unsafe { libc::poll(&raw mut fds, 1, -1) }).map(drop)
}

/// `int clock_nanosleep(CLOCK_MONOTONIC, 0, request, NULL)`: sleeps.
///
/// # Errors
/// As in clock_nanosleep(2).
#[track_caller]
pub fn sleep(time: Duration) -> Result<(), Errno> {
    super::here::mark();
    let request = TimeSpec::from_duration(time);
    clock_nanosleep(
        ClockId::CLOCK_MONOTONIC,
        ClockNanosleepFlags::empty(),
        &request,
    )
    .map(drop)
}

/// `pid_t wait4(pid_t pid, int *wstatus, 0, NULL)`: waits for a child and lets it go.
///
/// # Errors
/// As in wait4(2).
#[track_caller]
pub fn wait_for(pid: i32) -> Result<WaitStatus, Errno> {
    super::here::mark();
    waitpid(Pid::from_raw(pid), None)
}
