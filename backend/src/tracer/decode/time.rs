//! Times to wait.

use super::{Context, numbers::address};

/// A `struct timespec`.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn timespec(context: &Context<'_>, at: usize) -> Option<String> {
    Some(span(context, at, "nsec"))
}

/// A `struct timeval`, which select alone takes.
#[cfg(target_arch = "x86_64")]
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn timeval(context: &Context<'_>, at: usize) -> Option<String> {
    Some(span(context, at, "usec"))
}

fn span(context: &Context<'_>, at: usize, unit: &str) -> String {
    let place = context.args[at];
    let read = || {
        Some((
            context.memory.long(place)?,
            context.memory.long(place.checked_add(8)?)?,
        ))
    };
    match read() {
        Some((seconds, rest)) if place != 0 => format!("{{tv_sec={seconds}, tv_{unit}={rest}}}"),
        _ => address(place),
    }
}

/// A clock.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn clock(context: &Context<'_>, at: usize) -> Option<String> {
    Some(match context.int(at) {
        libc::CLOCK_REALTIME => "CLOCK_REALTIME".to_owned(),
        libc::CLOCK_MONOTONIC => "CLOCK_MONOTONIC".to_owned(),
        libc::CLOCK_BOOTTIME => "CLOCK_BOOTTIME".to_owned(),
        other => format!("{other:#x}"),
    })
}
