//! Descriptors that are no files and hold no bytes: what a read or write of them says. eventfd(2), signalfd(2), inotify(7).

use super::{
    Context, buffers,
    flags::{INOTIFY, joined},
    numbers::signal_name,
    signals::code_name,
    text::quoted,
};

/// Bytes of a `struct signalfd_siginfo`.
const SIGNAL: usize = 128;
/// Bytes of a `struct inotify_event` without its name.
const EVENT: usize = 16;
/// Bytes that are looked at.
const MAX_BYTES: usize = 1024;

/// What is received, by what the descriptor is.
pub(super) fn receive(context: &Context<'_>, at: usize) -> Option<String> {
    let got = context.ret.and_then(|ret| usize::try_from(ret).ok());
    // Only counts that these descriptors give; the descriptor of no other read is looked at.
    let special = got.and_then(|got| match got {
        8 | EVENT.. if got.is_multiple_of(8) => {
            let bytes = |most| context.memory.read(context.args[at], got.min(most));
            match context.memory.link(context.int(0)).as_deref()? {
                "anon_inode:[eventfd]" => counter(&bytes(8)),
                "anon_inode:[signalfd]" => Some(signals(&bytes(MAX_BYTES))),
                "anon_inode:inotify" => Some(events(&bytes(MAX_BYTES))),
                _ => None,
            }
        }
        _ => None,
    });
    special.or_else(|| buffers::receive(context, at))
}

/// What is sent, by what the descriptor is.
pub(super) fn send(context: &Context<'_>, at: usize) -> Option<String> {
    let counts = context.args[at + 1] == 8
        && context.memory.link(context.int(0)).as_deref() == Some("anon_inode:[eventfd]");
    let number = counts
        .then(|| counter(&context.memory.read(context.args[at], 8)))
        .flatten();
    number.or_else(|| buffers::send(context, at))
}

fn counter(bytes: &[u8]) -> Option<String> {
    let number = u64::from_ne_bytes(*bytes.first_chunk()?);
    Some(format!("[{number}]"))
}

fn signals(bytes: &[u8]) -> String {
    let all: Vec<String> = bytes
        .as_chunks::<SIGNAL>()
        .0
        .iter()
        .map(|info| {
            let (ints, _) = info.as_chunks::<4>();
            let int = |at: usize| ints.get(at).map_or(0, |int| i32::from_ne_bytes(*int));
            let code = code_name(int(2)).map_or_else(|| format!("{:#x}", int(2)), str::to_owned);
            format!(
                "{{ssi_signo={}, ssi_code={code}, ssi_pid={}, ssi_uid={}, ssi_int={}}}",
                signal_name(int(0)),
                int(3),
                int(4),
                int(11)
            )
        })
        .collect();
    format!("[{}]", all.join(", "))
}

fn events(bytes: &[u8]) -> String {
    let mut all = Vec::new();
    let mut rest = bytes;
    while let Some(head) = rest.first_chunk::<EVENT>() {
        let (ints, _) = head.as_chunks::<4>();
        let int = |at: usize| ints.get(at).map_or(0, |int| i32::from_ne_bytes(*int));
        let end = EVENT.saturating_add(usize::try_from(int(3)).unwrap_or(usize::MAX));
        let Some(name) = rest.get(EVENT..end) else {
            all.push("...".to_owned());
            break;
        };
        let name: Vec<u8> = name.iter().copied().take_while(|byte| *byte != 0).collect();
        let name = if name.is_empty() {
            String::new()
        } else {
            format!(", name={}", quoted(&name))
        };
        all.push(format!(
            "{{wd={}, mask={}, cookie={}{name}}}",
            int(0),
            joined(int(1), INOTIFY),
            int(2).cast_unsigned()
        ));
        rest = rest.get(end..).unwrap_or_default();
    }
    format!("[{}]", all.join(", "))
}
