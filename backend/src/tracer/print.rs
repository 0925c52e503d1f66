//! Facts as lines of text, like strace's: for `trace`, for tests and for looking at the tracer itself.

use super::{Birth, Ended, Returned, Seen};

/// One line without its end.
pub fn line(seen: &Seen) -> String {
    match seen {
        Seen::Entered { pid, call } => format!(
            "{pid} {}({} <unfinished ...>",
            call.name,
            call.args.join(", ")
        ),
        Seen::Interrupted { pid } => format!("{pid} --- interrupted, will go on ---"),
        Seen::Reentered { pid } => format!("{pid} --- goes on ---"),
        Seen::Returned { pid, call } => format!("{pid} {}", returned(call)),
        Seen::Forked {
            parent,
            child,
            birth,
        } => {
            let what = match birth {
                Birth::Process => "process",
                Birth::Vfork => "process (vfork)",
                Birth::Thread => "thread",
            };
            format!("{parent} +++ made {what} {child} +++")
        }
        Seen::Execed { pid } => format!("{pid} +++ runs another program +++"),
        Seen::Signaled { pid, signal } => format!("{pid} --- {signal} ---"),
        Seen::Frozen { pid } => format!("{pid} --- stopped ---"),
        Seen::Thawed { pid } => format!("{pid} --- continued ---"),
        Seen::Gone {
            pid,
            how: Ended::Code(code),
        } => format!("{pid} +++ exited with {code} +++"),
        Seen::Gone {
            pid,
            how: Ended::Signal(signal),
        } => format!("{pid} +++ killed by {signal} +++"),
    }
}

/// `write(4, "hello", 5) = 5`.
pub(super) fn returned(call: &Returned) -> String {
    let result = match (call.ret, call.errno) {
        (_, Some(errno)) => format!("-1 {errno}"),
        (ret, None) => shared::os::returned(ret.unwrap_or_default()),
    };
    format!("{}({}) = {result}", call.name, call.args.join(", "))
}
