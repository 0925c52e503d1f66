//! Times to wait.

use super::{
    Context,
    numbers::{address, filled},
};

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

/// Two times one after the other: the interval of a timer, and when it goes off next.
fn timer_at(context: &Context<'_>, place: u64, unit: &str) -> Option<String> {
    let part = |offset| {
        let place = place.checked_add(offset)?;
        let rest = context.memory.long(place.checked_add(8)?)?;
        let seconds = context.memory.long(place)?;
        Some(format!("{{tv_sec={seconds}, tv_{unit}={rest}}}"))
    };
    Some(format!(
        "{{it_interval={}, it_value={}}}",
        part(0)?,
        part(16)?
    ))
}

fn given(context: &Context<'_>, at: usize, unit: &str) -> String {
    let place = context.args[at];
    timer_at(context, place, unit)
        .filter(|_| place != 0)
        .unwrap_or_else(|| address(place))
}

/// A `struct itimerval` that is set.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn timer_value(context: &Context<'_>, at: usize) -> Option<String> {
    Some(given(context, at, "usec"))
}

/// A `struct itimerval` that the kernel fills in.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn old_timer_value(context: &Context<'_>, at: usize) -> Option<String> {
    Some(filled(context, at, |place| {
        timer_at(context, place, "usec")
    }))
}

/// A `struct itimerspec` that is set.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn interval(context: &Context<'_>, at: usize) -> Option<String> {
    Some(given(context, at, "nsec"))
}

/// A `struct itimerspec` that the kernel fills in.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn old_interval(context: &Context<'_>, at: usize) -> Option<String> {
    Some(filled(context, at, |place| {
        timer_at(context, place, "nsec")
    }))
}

/// Which timer of a process.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn timer(context: &Context<'_>, at: usize) -> Option<String> {
    Some(match context.int(at) {
        libc::ITIMER_REAL => "ITIMER_REAL".to_owned(),
        libc::ITIMER_VIRTUAL => "ITIMER_VIRTUAL".to_owned(),
        libc::ITIMER_PROF => "ITIMER_PROF".to_owned(),
        other => format!("{other:#x}"),
    })
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
