//! Calls that wait: for several descriptors, for a time, for what a word in memory says.

use super::{Brings, Row, row};
use crate::tracer::decode::{
    flags, futex,
    numbers::{int, pointer, unsigned},
    poll, signals, time,
};

pub(super) const ROWS: &[Row] = &[
    row(
        libc::SYS_futex,
        "futex",
        &[
            pointer,
            futex::operation,
            futex::value,
            futex::timeout,
            futex::second,
            futex::third,
        ],
    ),
    row(
        libc::SYS_ppoll,
        "ppoll",
        &[
            poll::polled,
            unsigned,
            time::timespec,
            signals::set,
            unsigned,
        ],
    )
    .filled(),
    row(
        libc::SYS_pselect6,
        "pselect6",
        &[
            int,
            poll::set,
            poll::set,
            poll::set,
            time::timespec,
            pointer,
        ],
    ),
    row(
        libc::SYS_epoll_create1,
        "epoll_create1",
        &[flags::epoll_create],
    )
    .brings(Brings::Endless),
    row(
        libc::SYS_epoll_ctl,
        "epoll_ctl",
        &[int, poll::operation, int, poll::interest],
    )
    .on(0)
    .onto(2),
    row(
        libc::SYS_epoll_pwait,
        "epoll_pwait",
        &[int, poll::events, int, int, signals::set, unsigned],
    )
    .on(0)
    .filled(),
    row(libc::SYS_nanosleep, "nanosleep", &[time::timespec, pointer]),
    row(
        libc::SYS_clock_nanosleep,
        "clock_nanosleep",
        &[time::clock, flags::sleep, time::timespec, pointer],
    ),
    row(libc::SYS_restart_syscall, "restart_syscall", &[]),
    row(
        libc::SYS_timerfd_create,
        "timerfd_create",
        &[time::clock, flags::timer],
    )
    .brings(Brings::Readable),
    row(
        libc::SYS_timerfd_settime,
        "timerfd_settime",
        &[int, flags::set_timer, time::interval, time::old_interval],
    )
    .on(0)
    .filled(),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_poll, "poll", &[poll::polled, unsigned, int]).filled(),
    #[cfg(target_arch = "x86_64")]
    row(
        libc::SYS_select,
        "select",
        &[int, poll::set, poll::set, poll::set, time::timeval],
    ),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_epoll_create, "epoll_create", &[int]).brings(Brings::Endless),
    #[cfg(target_arch = "x86_64")]
    row(
        libc::SYS_epoll_wait,
        "epoll_wait",
        &[int, poll::events, int, int],
    )
    .on(0)
    .filled(),
];
