//! Signals: sent, blocked, handled, waited for, read from a descriptor; and the counters that are descriptors.

use super::{Brings, Key, Row, row};
use crate::tracer::decode::{
    flags,
    numbers::{int, low_unsigned, signal, unsigned},
    signals, time,
};

pub(super) const ROWS: &[Row] = &[
    row(libc::SYS_kill, "kill", &[int, signal]).key(Key::Argument(1)),
    row(libc::SYS_tkill, "tkill", &[int, signal]).key(Key::Argument(1)),
    row(libc::SYS_tgkill, "tgkill", &[int, int, signal]).key(Key::Argument(2)),
    row(
        libc::SYS_rt_sigqueueinfo,
        "rt_sigqueueinfo",
        &[int, signal, signals::sent],
    )
    .key(Key::Argument(1)),
    row(
        libc::SYS_rt_tgsigqueueinfo,
        "rt_tgsigqueueinfo",
        &[int, int, signal, signals::sent],
    )
    .key(Key::Argument(2)),
    row(
        libc::SYS_pidfd_send_signal,
        "pidfd_send_signal",
        &[int, signal, signals::sent, int],
    )
    .on(0)
    .key(Key::Argument(1)),
    row(libc::SYS_pidfd_open, "pidfd_open", &[int, flags::pidfd]).brings(Brings::Endless),
    row(
        libc::SYS_rt_sigaction,
        "rt_sigaction",
        &[signal, signals::action, signals::old_action, unsigned],
    )
    .key(Key::Argument(0))
    .filled(),
    row(
        libc::SYS_rt_sigprocmask,
        "rt_sigprocmask",
        &[signals::how, signals::set, signals::filled_set, unsigned],
    )
    .filled(),
    row(
        libc::SYS_rt_sigpending,
        "rt_sigpending",
        &[signals::filled_set, unsigned],
    )
    .filled(),
    row(
        libc::SYS_rt_sigtimedwait,
        "rt_sigtimedwait",
        &[signals::set, signals::received, time::timespec, unsigned],
    )
    .key(Key::Result)
    .filled(),
    row(
        libc::SYS_rt_sigsuspend,
        "rt_sigsuspend",
        &[signals::set, unsigned],
    ),
    row(libc::SYS_rt_sigreturn, "rt_sigreturn", &[]),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_pause, "pause", &[]),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_alarm, "alarm", &[low_unsigned]),
    row(
        libc::SYS_setitimer,
        "setitimer",
        &[time::timer, time::timer_value, time::old_timer_value],
    )
    .filled(),
    row(
        libc::SYS_signalfd4,
        "signalfd4",
        &[int, signals::set, unsigned, flags::signalfd],
    )
    .brings(Brings::Unless),
    row(
        libc::SYS_eventfd2,
        "eventfd2",
        &[low_unsigned, flags::eventfd],
    )
    .brings(Brings::Both),
];
