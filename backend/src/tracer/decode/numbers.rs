//! Numbers, descriptors and addresses.

use super::Context;

/// What the kernel has yet to fill in.
pub(super) const PENDING: &str = "…";

/// The lower half of a register.
pub(super) fn low(register: u64) -> u32 {
    (register & 0xFFFF_FFFF) as u32
}

/// A register as a length in memory.
pub(super) fn size(register: u64) -> usize {
    usize::try_from(register).unwrap_or(usize::MAX)
}

/// A signed number, a descriptor.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn int(context: &Context<'_>, at: usize) -> Option<String> {
    Some(context.int(at).to_string())
}

/// A length.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn unsigned(context: &Context<'_>, at: usize) -> Option<String> {
    Some(context.args[at].to_string())
}

/// An unsigned number of 32 bits: a priority, seconds.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn low_unsigned(context: &Context<'_>, at: usize) -> Option<String> {
    Some(low(context.args[at]).to_string())
}

/// A signed number of 64 bits: an offset, a type of message.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn long(context: &Context<'_>, at: usize) -> Option<String> {
    Some(context.args[at].cast_signed().to_string())
}

/// An address.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn pointer(context: &Context<'_>, at: usize) -> Option<String> {
    Some(address(context.args[at]))
}

/// `NULL` or `0x7ffc…`.
pub(super) fn address(address: u64) -> String {
    if address == 0 {
        "NULL".to_owned()
    } else {
        format!("{address:#x}")
    }
}

/// What the kernel fills in: pending at the entry, an address if it was not filled in after all.
pub(super) fn filled(
    context: &Context<'_>,
    at: usize,
    show: impl FnOnce(u64) -> Option<String>,
) -> String {
    let place = context.args[at];
    match context.ret {
        _ if place == 0 => address(place),
        None => PENDING.to_owned(),
        Some(_) if context.filled() => show(place).unwrap_or_else(|| address(place)),
        Some(_) => address(place),
    }
}

/// A directory descriptor, `AT_FDCWD`.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn directory(context: &Context<'_>, at: usize) -> Option<String> {
    let fd = context.int(at);
    Some(if fd == libc::AT_FDCWD {
        "AT_FDCWD".to_owned()
    } else {
        fd.to_string()
    })
}

/// A signal.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn signal(context: &Context<'_>, at: usize) -> Option<String> {
    Some(signal_name(context.int(at)))
}

/// `SIGPIPE`; 0 only asks whether a signal could be sent.
pub(super) fn signal_name(signal: i32) -> String {
    match signal {
        0 => "0".to_owned(),
        // As programs write them; the C library keeps the first two real-time signals for itself.
        35..=64 => format!("SIGRTMIN+{}", signal - 34),
        _ => shared::os::Signal(signal).to_string(),
    }
}
