//! eventfd(2).
#![expect(
    unsafe_code,
    reason = "the lesson's descriptors are numbers: the wrappers there are hand out owned ones"
)]

use super::calls::{self, Fd};
use nix::errno::Errno;

/// `int eventfd(unsigned int initval, int flags)`: a counter behind a descriptor.
///
/// # Errors
/// As in eventfd(2).
#[track_caller]
pub fn eventfd(initial: u32, units: bool, nonblock: bool) -> Result<Fd, Errno> {
    super::here::mark();
    let units = if units { libc::EFD_SEMAPHORE } else { 0 };
    let nonblock = if nonblock { libc::EFD_NONBLOCK } else { 0 };
    // SAFETY: takes numbers only.
    Errno::result(unsafe { libc::eventfd(initial, units | nonblock) })
}

/// `write(fd, &value, 8)`: adds to the counter; sleeps while that does not fit below 2^64 - 1.
///
/// # Errors
/// `EINVAL` for 2^64 - 1; `EAGAIN` with `EFD_NONBLOCK` where it would have to sleep.
#[track_caller]
pub fn add(fd: Fd, value: u64) -> Result<(), Errno> {
    super::here::mark();
    calls::write(fd, &value.to_ne_bytes()).map(drop)
}

/// `read(fd, &value, 8)`: takes all there is, or one with `EFD_SEMAPHORE`; sleeps at 0.
///
/// # Errors
/// `EAGAIN` with `EFD_NONBLOCK` at 0.
#[track_caller]
pub fn take(fd: Fd) -> Result<u64, Errno> {
    super::here::mark();
    let mut value = [0; 8];
    calls::read(fd, &mut value)?;
    Ok(u64::from_ne_bytes(value))
}
