//! Waiting for several descriptors: poll, select, epoll.

use super::{
    Context, Raw,
    flags::{EPOLL, POLL, joined},
    memory::Memory,
    numbers::{PENDING, address, filled, low, size},
    text::push,
};

/// Descriptors that are looked at, and events that are shown.
const MAX_FDS: usize = 64;
/// Bytes of a `struct pollfd`.
const POLLFD: usize = 8;
/// Bytes of a `struct epoll_event`, which is packed on x86-64 only.
const EPOLL_EVENT: usize = size_of::<libc::epoll_event>();
/// Where its data begins.
const EPOLL_DATA: usize = EPOLL_EVENT - 8;
/// Most descriptors a `fd_set` has room for.
const FD_SETSIZE: usize = 1024;

fn is_poll(nr: i64) -> bool {
    #[cfg(target_arch = "x86_64")]
    if nr == libc::SYS_poll {
        return true;
    }
    nr == libc::SYS_ppoll
}

/// The descriptors of a poll; `None` for other calls and for more than are looked at.
pub(super) fn fds(raw: Raw, memory: &dyn Memory) -> Option<Vec<i32>> {
    let count = usize::try_from(low(raw.args[1]))
        .ok()
        .filter(|count| is_poll(raw.nr) && *count <= MAX_FDS)?;
    let bytes = memory.read(raw.args[0], count * POLLFD);
    let polled = bytes
        .as_chunks::<POLLFD>()
        .0
        .iter()
        .map(|[a, b, c, d, ..]| i32::from_ne_bytes([*a, *b, *c, *d]));
    Some(polled.collect())
}

/// The array of a poll; with what came of it, once that is known.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn polled(context: &Context<'_>, at: usize) -> Option<String> {
    let (place, count) = (context.args[at], low(context.args[at + 1]));
    let most = usize::try_from(count).map_or(MAX_FDS, |count| count.min(MAX_FDS));
    let bytes = context.memory.read(place, most * POLLFD);
    if bytes.is_empty() && count > 0 {
        return Some(address(place));
    }
    let mut text = String::from("[");
    for (i, [a, b, c, d, e, f, g, h]) in bytes.as_chunks::<POLLFD>().0.iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        let fd = i32::from_ne_bytes([*a, *b, *c, *d]);
        push(&mut text, format_args!("{comma}{{fd={fd}"));
        if fd >= 0 {
            push(
                &mut text,
                format_args!(
                    ", events={}",
                    joined(u16::from_ne_bytes([*e, *f]).into(), POLL)
                ),
            );
            let revents = u16::from_ne_bytes([*g, *h]);
            if context.filled() && revents != 0 {
                push(
                    &mut text,
                    format_args!(", revents={}", joined(revents.into(), POLL)),
                );
            }
        }
        text.push('}');
    }
    text.push(']');
    Some(text)
}

/// A set of select, before and after: the kernel writes what is ready into the same place.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn set(context: &Context<'_>, at: usize) -> Option<String> {
    let place = context.args[at];
    let most = usize::try_from(context.int(0)).map_or(0, |count| count.min(FD_SETSIZE));
    let bytes = context.memory.read(place, most.div_ceil(64) * 8);
    if place == 0 || (bytes.is_empty() && most > 0) {
        return Some(address(place));
    }
    let member = |fd: &usize| {
        bytes
            .get(fd / 8)
            .is_some_and(|byte| byte >> (fd % 8) & 1 == 1)
    };
    let members: Vec<String> = (0..most).filter(member).map(|fd| fd.to_string()).collect();
    Some(format!("[{}]", members.join(" ")))
}

/// What epoll_ctl does.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn operation(context: &Context<'_>, at: usize) -> Option<String> {
    Some(match context.int(at) {
        libc::EPOLL_CTL_ADD => "EPOLL_CTL_ADD".to_owned(),
        libc::EPOLL_CTL_DEL => "EPOLL_CTL_DEL".to_owned(),
        libc::EPOLL_CTL_MOD => "EPOLL_CTL_MOD".to_owned(),
        other => format!("{other:#x}"),
    })
}

/// What epoll_ctl registers.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn interest(context: &Context<'_>, at: usize) -> Option<String> {
    let place = context.args[at];
    if place == 0 || context.int(1) == libc::EPOLL_CTL_DEL {
        return Some(address(place));
    }
    let bytes = context.memory.read(place, EPOLL_EVENT);
    Some(event(&bytes).unwrap_or_else(|| address(place)))
}

/// What epoll_wait brought.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn events(context: &Context<'_>, at: usize) -> Option<String> {
    if context.ret.is_none() {
        return Some(PENDING.to_owned());
    }
    Some(filled(context, at, |place| {
        let count = context
            .ret
            .map_or(0, |ret| size(ret.unsigned_abs()))
            .min(MAX_FDS);
        let bytes = context.memory.read(place, count * EPOLL_EVENT);
        let events: Option<Vec<String>> = bytes.chunks(EPOLL_EVENT).map(event).collect();
        Some(format!("[{}]", events?.join(", ")))
    }))
}

fn event(bytes: &[u8]) -> Option<String> {
    let bits = i32::from_ne_bytes(*bytes.first_chunk()?);
    let data = u64::from_ne_bytes(*bytes.get(EPOLL_DATA..)?.first_chunk()?);
    Some(format!(
        "{{events={}, data={{u32={}, u64={data}}}}}",
        joined(bits, EPOLL),
        low(data)
    ))
}
