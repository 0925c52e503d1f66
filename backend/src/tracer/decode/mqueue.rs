//! POSIX message queues: their attributes, priorities, and who wants to be told. mq_overview(7).
#![expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]

use super::{
    Context,
    flags::OPEN,
    flags::joined,
    numbers::{address, filled, signal_name},
};

/// Attributes of a queue that may be created; the flags come two arguments before.
pub(super) fn attributes(context: &Context<'_>, at: usize) -> Option<String> {
    let creates = context.int(at - 2) & libc::O_CREAT != 0;
    creates.then(|| given(context, at))
}

/// Attributes that are set.
pub(super) fn wanted(context: &Context<'_>, at: usize) -> Option<String> {
    Some(given(context, at))
}

/// Attributes that the kernel fills in.
pub(super) fn present(context: &Context<'_>, at: usize) -> Option<String> {
    Some(filled(context, at, |place| read(context, place)))
}

fn given(context: &Context<'_>, at: usize) -> String {
    let place = context.args[at];
    read(context, place)
        .filter(|_| place != 0)
        .unwrap_or_else(|| address(place))
}

/// A `struct mq_attr`.
fn read(context: &Context<'_>, place: u64) -> Option<String> {
    let long = |offset| context.memory.long(place.checked_add(offset)?);
    let flags = match long(0)? {
        0 => "0".to_owned(),
        flags => joined(i32::try_from(flags).unwrap_or(-1), OPEN),
    };
    let (most, size, now) = (long(8)?, long(16)?, long(24)?);
    Some(format!(
        "{{mq_flags={flags}, mq_maxmsg={most}, mq_msgsize={size}, mq_curmsgs={now}}}"
    ))
}

/// The priority of what was received.
pub(super) fn priority(context: &Context<'_>, at: usize) -> Option<String> {
    let show = |place| {
        let priority = context.memory.int(place)?.cast_unsigned();
        Some(format!("[{priority}]"))
    };
    Some(filled(context, at, show))
}

/// How to tell that a message has come into an empty queue: a `struct sigevent`.
pub(super) fn notice(context: &Context<'_>, at: usize) -> Option<String> {
    let place = context.args[at];
    let read = || {
        let value = context.memory.word(place)?;
        let number = context.memory.int(place)?;
        let signal = context.memory.int(place.checked_add(8)?)?;
        let how = match context.memory.int(place.checked_add(12)?)? {
            libc::SIGEV_SIGNAL => "SIGEV_SIGNAL".to_owned(),
            libc::SIGEV_NONE => "SIGEV_NONE".to_owned(),
            libc::SIGEV_THREAD => "SIGEV_THREAD".to_owned(),
            other => format!("{other:#x}"),
        };
        Some(format!(
            "{{sigev_value={{sival_int={number}, sival_ptr={}}}, sigev_signo={}, sigev_notify={how}}}",
            address(value),
            signal_name(signal)
        ))
    };
    Some(
        read()
            .filter(|_| place != 0)
            .unwrap_or_else(|| address(place)),
    )
}
