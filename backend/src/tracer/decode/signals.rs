//! Sets of signals, what is done at one, and what comes along with one. sigaction(2), sigqueue(3).
#![expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]

use super::{
    Context,
    flags::{Names, joined},
    numbers::{address, filled, low, signal_name},
};

/// Bytes of a `siginfo_t` that are looked at.
const SIGINFO: usize = 32;
/// From this many signals on, a set is shown by those that are not in it: two thirds of 64, as strace does.
const MOST: u32 = 42;

/// Of `asm/signal.h`; the C library sets the first one always.
const ACTION: Names = &[
    (0x0400_0000, "SA_RESTORER"),
    (libc::SA_ONSTACK, "SA_ONSTACK"),
    (libc::SA_RESTART, "SA_RESTART"),
    (libc::SA_NODEFER, "SA_NODEFER"),
    (libc::SA_RESETHAND, "SA_RESETHAND"),
    (libc::SA_SIGINFO, "SA_SIGINFO"),
    (libc::SA_NOCLDSTOP, "SA_NOCLDSTOP"),
    (libc::SA_NOCLDWAIT, "SA_NOCLDWAIT"),
];
const RESTORER: i32 = 0x0400_0000;

/// Whether signals are added to the mask, taken out of it, or are all of it.
pub(super) fn how(context: &Context<'_>, at: usize) -> Option<String> {
    Some(match context.int(at) {
        libc::SIG_BLOCK => "SIG_BLOCK".to_owned(),
        libc::SIG_UNBLOCK => "SIG_UNBLOCK".to_owned(),
        libc::SIG_SETMASK => "SIG_SETMASK".to_owned(),
        other => format!("{other:#x}"),
    })
}

/// A set of signals.
pub(super) fn set(context: &Context<'_>, at: usize) -> Option<String> {
    let place = context.args[at];
    let bits = context.memory.word(place).filter(|_| place != 0);
    Some(bits.map_or_else(|| address(place), set_text))
}

/// A set that the kernel fills in.
pub(super) fn filled_set(context: &Context<'_>, at: usize) -> Option<String> {
    Some(filled(context, at, |place| {
        context.memory.word(place).map(set_text)
    }))
}

/// `[USR1 RTMIN]`, `~[KILL STOP]`.
fn set_text(bits: u64) -> String {
    let (sign, shown) = if bits.count_ones() >= MOST {
        ("~", !bits)
    } else {
        ("", bits)
    };
    let names: Vec<String> = (0..64)
        .filter(|bit| shown >> bit & 1 == 1)
        .map(|bit| {
            let name = signal_name(bit + 1);
            name.strip_prefix("SIG").unwrap_or(&name).to_owned()
        })
        .collect();
    format!("{sign}[{}]", names.join(" "))
}

/// What is to be done at a signal.
pub(super) fn action(context: &Context<'_>, at: usize) -> Option<String> {
    let place = context.args[at];
    let read = action_text(context, place).filter(|_| place != 0);
    Some(read.unwrap_or_else(|| address(place)))
}

/// What was done at it until now.
pub(super) fn old_action(context: &Context<'_>, at: usize) -> Option<String> {
    Some(filled(context, at, |place| action_text(context, place)))
}

/// The kernel's `struct sigaction`: handler, flags, restorer, mask.
fn action_text(context: &Context<'_>, place: u64) -> Option<String> {
    let word = |offset| context.memory.word(place.checked_add(offset)?);
    let (handler, flags, restorer) = (word(0)?, low(word(8)?).cast_signed(), word(16)?);
    let field = if flags & libc::SA_SIGINFO != 0 && handler > 1 {
        "sa_sigaction"
    } else {
        "sa_handler"
    };
    let handler = match handler {
        0 => "SIG_DFL".to_owned(),
        1 => "SIG_IGN".to_owned(),
        handler => address(handler),
    };
    let restorer = if flags & RESTORER != 0 {
        format!(", sa_restorer={}", address(restorer))
    } else {
        String::new()
    };
    Some(format!(
        "{{{field}={handler}, sa_mask={}, sa_flags={}{restorer}}}",
        set_text(word(24)?),
        joined(flags, ACTION)
    ))
}

/// What is sent along with a signal.
pub(super) fn sent(context: &Context<'_>, at: usize) -> Option<String> {
    let place = context.args[at];
    let read = info(context, place).filter(|_| place != 0);
    Some(read.unwrap_or_else(|| address(place)))
}

/// What came along with a signal.
pub(super) fn received(context: &Context<'_>, at: usize) -> Option<String> {
    Some(filled(context, at, |place| info(context, place)))
}

/// A `siginfo_t`: signal, errno, code, 4 bytes of nothing, and what depends on the code; here pid, uid, value.
fn info(context: &Context<'_>, place: u64) -> Option<String> {
    let bytes = context.memory.exact::<SIGINFO>(place)?;
    let (ints, _) = bytes.as_chunks::<4>();
    let int = |at: usize| ints.get(at).map(|int| i32::from_ne_bytes(*int));
    let (signal, code, pid, uid, number) = (int(0)?, int(2)?, int(4)?, int(5)?, int(6)?);
    let pointer = u64::from_ne_bytes(*bytes.get(24..)?.first_chunk()?);
    let (signal, who) = (signal_name(signal), format!("si_pid={pid}, si_uid={uid}"));
    Some(match code_name(code) {
        Some(code @ ("SI_QUEUE" | "SI_MESGQ")) => format!(
            "{{si_signo={signal}, si_code={code}, {who}, si_int={number}, si_ptr={}}}",
            address(pointer)
        ),
        Some(code @ ("SI_USER" | "SI_TKILL")) => {
            format!("{{si_signo={signal}, si_code={code}, {who}}}")
        }
        Some(code) => format!("{{si_signo={signal}, si_code={code}}}"),
        None => format!("{{si_signo={signal}, si_code={code:#x}}}"),
    })
}

/// How a signal came about.
pub(super) fn code_name(code: i32) -> Option<&'static str> {
    Some(match code {
        libc::SI_USER => "SI_USER",
        libc::SI_KERNEL => "SI_KERNEL",
        libc::SI_QUEUE => "SI_QUEUE",
        libc::SI_TIMER => "SI_TIMER",
        libc::SI_MESGQ => "SI_MESGQ",
        libc::SI_ASYNCIO => "SI_ASYNCIO",
        libc::SI_SIGIO => "SI_SIGIO",
        libc::SI_TKILL => "SI_TKILL",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::set_text;

    #[test]
    fn sets_are_shown_as_strace_shows_them() {
        let of = |signals: &[u32]| {
            signals
                .iter()
                .fold(0u64, |set, signal| set | 1 << (signal - 1))
        };
        assert_eq!(set_text(0), "[]");
        assert_eq!(set_text(of(&[10, 34])), "[USR1 RTMIN]");
        assert_eq!(set_text(!of(&[32, 33])), "~[32 33]");
        assert_eq!(set_text(!of(&[15])), "~[TERM]");
    }
}
