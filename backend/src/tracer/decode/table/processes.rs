//! Calls that make processes, end them, and wait for them.

use super::{Brings, Row, row};
use crate::tracer::decode::{
    files::path,
    flags,
    numbers::{int, pointer},
    process,
};

pub(super) const ROWS: &[Row] = &[
    row(
        libc::SYS_clone,
        "clone",
        &[
            process::clone_stack,
            process::clone_flags,
            process::clone_parent_tid,
            process::clone_tls,
            process::clone_child_tid,
        ],
    )
    .brings(Brings::Child)
    .filled(),
    row(
        libc::SYS_execve,
        "execve",
        &[path, process::words, process::environment],
    ),
    row(libc::SYS_exit, "exit", &[int]),
    row(libc::SYS_exit_group, "exit_group", &[int]),
    row(
        libc::SYS_wait4,
        "wait4",
        &[int, process::status, flags::wait4, pointer],
    )
    .brings(Brings::Wait4)
    .filled(),
    row(
        libc::SYS_waitid,
        "waitid",
        &[
            process::id_type,
            int,
            process::siginfo,
            flags::waitid,
            pointer,
        ],
    )
    .brings(Brings::WaitId)
    .filled(),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_fork, "fork", &[]).brings(Brings::Child),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_vfork, "vfork", &[]).brings(Brings::Child),
];
