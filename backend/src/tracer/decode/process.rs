//! Making, ending and waiting for processes.

use super::{
    Context,
    flags::{CLONE, joined},
    numbers::{address, filled, low, signal_name},
    text::{SHOWN, push, quoted},
};
use crate::tracer::{Ended, Waited};
use nix::unistd::Pid;
use shared::os::Signal;

/// Arguments of a program that are shown, and looked at.
const SHOWN_WORDS: usize = 32;
/// Variables of an environment that are counted.
const MAX_VARIABLES: u64 = 4096;
/// Bytes of a `siginfo_t` that are looked at.
const SIGINFO: usize = 28;

// clone(2): flags, stack, then parent_tid, child_tid and tls in an order of the machine's own.
#[cfg(target_arch = "x86_64")]
const CHILD_TID: usize = 3;
#[cfg(target_arch = "x86_64")]
const TLS: usize = 4;
#[cfg(target_arch = "aarch64")]
const CHILD_TID: usize = 4;
#[cfg(target_arch = "aarch64")]
const TLS: usize = 3;

/// The stack of clone. strace shows it first, so the shower of the first argument shows the second.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn clone_stack(context: &Context<'_>, _at: usize) -> Option<String> {
    Some(format!("child_stack={}", address(context.args[1])))
}

/// The flags of clone and, in their lowest byte, the signal at the child's end.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn clone_flags(context: &Context<'_>, _at: usize) -> Option<String> {
    let (flags, signal) = (context.int(0) & !0xff, context.int(0) & 0xff);
    Some(match (flags, signal) {
        (flags, 0) => format!("flags={}", joined(flags, CLONE)),
        (0, signal) => format!("flags={}", signal_name(signal)),
        (flags, signal) => format!("flags={}|{}", joined(flags, CLONE), signal_name(signal)),
    })
}

/// Where clone puts the new id in the parent.
pub(super) fn clone_parent_tid(context: &Context<'_>, _at: usize) -> Option<String> {
    let wanted = context.int(0) & (libc::CLONE_PARENT_SETTID | libc::CLONE_PIDFD) != 0;
    wanted.then(|| {
        let show = |place| context.memory.int(place).map(|tid| format!("[{tid}]"));
        format!("parent_tid={}", filled(context, 2, show))
    })
}

/// Thread-local storage of a new thread.
pub(super) fn clone_tls(context: &Context<'_>, _at: usize) -> Option<String> {
    (context.int(0) & libc::CLONE_SETTLS != 0)
        .then(|| format!("tls={}", address(context.args[TLS])))
}

/// Where the kernel puts the new id in the child.
pub(super) fn clone_child_tid(context: &Context<'_>, _at: usize) -> Option<String> {
    let wanted = context.int(0) & (libc::CLONE_CHILD_SETTID | libc::CLONE_CHILD_CLEARTID) != 0;
    wanted.then(|| format!("child_tidptr={}", address(context.args[CHILD_TID])))
}

/// The words of a command line.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn words(context: &Context<'_>, at: usize) -> Option<String> {
    let place = context.args[at];
    if context.memory.word(place).is_none() {
        return Some(address(place));
    }
    let mut text = String::from("[");
    for i in 0..=SHOWN_WORDS {
        let Some(word) = pointer_at(context, place, u64::try_from(i).unwrap_or(0)) else {
            break;
        };
        if i > 0 {
            text.push_str(", ");
        }
        if i == SHOWN_WORDS {
            text.push_str("...");
            break;
        }
        match context.memory.text(word, SHOWN + 1) {
            None => text.push_str(&address(word)),
            Some((bytes, true)) if bytes.len() <= SHOWN => text.push_str(&quoted(&bytes)),
            Some((bytes, _)) => push(
                &mut text,
                format_args!("{}...", quoted(&bytes[..bytes.len().min(SHOWN)])),
            ),
        }
    }
    text.push(']');
    Some(text)
}

/// The environment, counted only: it may hold what nobody should read.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn environment(context: &Context<'_>, at: usize) -> Option<String> {
    let place = context.args[at];
    if place == 0 {
        return Some(address(place));
    }
    let count = (0..MAX_VARIABLES)
        .take_while(|i| pointer_at(context, place, *i).is_some())
        .count();
    let s = if count == 1 { "" } else { "s" };
    Some(format!("{place:#x} /* {count} var{s} */"))
}

fn pointer_at(context: &Context<'_>, place: u64, i: u64) -> Option<u64> {
    context
        .memory
        .word(place.checked_add(i * 8)?)
        .filter(|word| *word != 0)
}

/// The status that wait4 fills in.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn status(context: &Context<'_>, at: usize) -> Option<String> {
    let show = |place| {
        let status = context
            .memory
            .int(place)
            .filter(|_| context.ret != Some(0))?;
        Some(format!("[{}]", status_text(status)))
    };
    Some(filled(context, at, show))
}

fn status_text(status: i32) -> String {
    if libc::WIFEXITED(status) {
        format!(
            "{{WIFEXITED(s) && WEXITSTATUS(s) == {}}}",
            libc::WEXITSTATUS(status)
        )
    } else if libc::WIFSIGNALED(status) {
        let core = if libc::WCOREDUMP(status) {
            " && WCOREDUMP(s)"
        } else {
            ""
        };
        format!(
            "{{WIFSIGNALED(s) && WTERMSIG(s) == {}{core}}}",
            signal_name(libc::WTERMSIG(status))
        )
    } else if libc::WIFSTOPPED(status) {
        format!(
            "{{WIFSTOPPED(s) && WSTOPSIG(s) == {}}}",
            signal_name(libc::WSTOPSIG(status))
        )
    } else if libc::WIFCONTINUED(status) {
        "WIFCONTINUED(s)".to_owned()
    } else {
        format!("{status:#x}")
    }
}

/// Whom waitid waits for.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn id_type(context: &Context<'_>, at: usize) -> Option<String> {
    Some(match low(context.args[at]) {
        libc::P_ALL => "P_ALL".to_owned(),
        libc::P_PID => "P_PID".to_owned(),
        libc::P_PGID => "P_PGID".to_owned(),
        libc::P_PIDFD => "P_PIDFD".to_owned(),
        other => format!("{other:#x}"),
    })
}

/// What waitid fills in, without the times.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn siginfo(context: &Context<'_>, at: usize) -> Option<String> {
    let show = |place| {
        let info = Info::read(context, place)?;
        if info.pid == 0 {
            return Some("{}".to_owned());
        }
        let status = if info.code == libc::CLD_EXITED {
            info.status.to_string()
        } else {
            signal_name(info.status)
        };
        let code = match info.code {
            libc::CLD_EXITED => "CLD_EXITED",
            libc::CLD_KILLED => "CLD_KILLED",
            libc::CLD_DUMPED => "CLD_DUMPED",
            libc::CLD_STOPPED => "CLD_STOPPED",
            libc::CLD_CONTINUED => "CLD_CONTINUED",
            _ => "CLD_TRAPPED",
        };
        let (pid, uid) = (info.pid, info.uid);
        Some(format!(
            "{{si_signo=SIGCHLD, si_code={code}, si_pid={pid}, si_uid={uid}, si_status={status}}}"
        ))
    };
    Some(filled(context, at, show))
}

/// What a `siginfo_t` says of a child.
struct Info {
    code: i32,
    pid: i32,
    uid: i32,
    status: i32,
}

impl Info {
    /// `signo, errno, code, padding, pid, uid, status`.
    fn read(context: &Context<'_>, place: u64) -> Option<Self> {
        let bytes = context.memory.exact::<SIGINFO>(place)?;
        let (ints, _) = bytes.as_chunks::<4>();
        let int = |at: usize| ints.get(at).map(|int| i32::from_ne_bytes(*int));
        Some(Self {
            code: int(2)?,
            pid: int(4)?,
            uid: int(5)?,
            status: int(6)?,
        })
    }
}

/// The child that a successful wait4 was about.
pub(super) fn waited4(context: &Context<'_>) -> Option<Waited> {
    let pid = context
        .ret
        .and_then(|ret| i32::try_from(ret).ok())
        .filter(|pid| *pid > 0)?;
    let status = context
        .memory
        .int(context.args[1])
        .filter(|_| context.args[1] != 0);
    let how = status.and_then(|status| {
        if libc::WIFEXITED(status) {
            Some(Ended::Code(libc::WEXITSTATUS(status)))
        } else {
            libc::WIFSIGNALED(status).then(|| Ended::Signal(Signal(libc::WTERMSIG(status))))
        }
    });
    Some(Waited {
        pid: Pid::from_raw(pid),
        how,
    })
}

/// The child that a successful waitid was about.
pub(super) fn waited_id(context: &Context<'_>) -> Option<Waited> {
    let info = Info::read(context, context.args[2])
        .filter(|info| context.ret == Some(0) && info.pid > 0)?;
    let how = match info.code {
        libc::CLD_EXITED => Some(Ended::Code(info.status)),
        libc::CLD_KILLED | libc::CLD_DUMPED => Some(Ended::Signal(Signal(info.status))),
        _ => None,
    };
    Some(Waited {
        pid: Pid::from_raw(info.pid),
        how,
    })
}
