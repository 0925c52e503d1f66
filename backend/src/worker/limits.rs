//! What a worker may use, setrlimit(2). Each limit that is hit shows as an errno or a signal, and is told.

use nix::{
    errno::Errno,
    sys::resource::{Resource, getrlimit, setrlimit},
    unistd::Pid,
};
use shared::os;
use std::fs;

/// Seconds of processor time a process, after which it gets SIGXCPU.
pub(crate) const CPU_SECONDS: u64 = 30;
/// Seconds after SIGXCPU until SIGKILL, for a program that ignores it.
const CPU_GRACE: u64 = 1;
/// Bytes of address space a process.
const ADDRESS_SPACE: u64 = 1 << 30;
/// Descriptors a process; the playground's own are the last of them.
const DESCRIPTORS: u64 = 128;
/// Bytes of a file.
const FILE_SIZE: u64 = 16 << 20;
/// Bytes in POSIX message queues.
const MESSAGE_QUEUES: u64 = 1 << 20;

/// Limits the calling process and all it will fork.
///
/// Not RLIMIT_NPROC: without a user namespace of its own, a run would be limited by all other processes of the same user,
/// and a run of root's not at all.
///
/// # Errors
/// What the kernel says.
pub(crate) fn apply() -> Result<(), Errno> {
    limit(Resource::RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + CPU_GRACE)?;
    for (resource, most) in [
        (Resource::RLIMIT_AS, ADDRESS_SPACE),
        (Resource::RLIMIT_NOFILE, DESCRIPTORS),
        (Resource::RLIMIT_FSIZE, FILE_SIZE),
        (Resource::RLIMIT_MSGQUEUE, MESSAGE_QUEUES),
        (Resource::RLIMIT_CORE, 0),
    ] {
        limit(resource, most, most)?;
    }
    Ok(())
}

/// The limit that a call of a process ran into, by the name of its setting, and its value.
pub(crate) fn behind(pid: Pid, call: &str, errno: os::Errno) -> Option<(&'static str, u64)> {
    match errno {
        os::Errno::EMFILE if call == "mq_open" => Some(("queue_bytes", queue_bytes(pid)?)),
        os::Errno::EMFILE => Some(("open_files", DESCRIPTORS)),
        os::Errno::EFBIG => Some(("file_bytes", FILE_SIZE)),
        _ => None,
    }
}

/// What a process may have of it now: `/proc/PID/limits`. A lesson may have set itself less.
fn queue_bytes(pid: Pid) -> Option<u64> {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).ok()?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max msgqueue size"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Has the calling process, and nobody else, get no more than so many bytes of message queues together with all others of
/// its user.
///
/// # Errors
/// What the kernel says.
pub(crate) fn allow_queue_bytes(most: u64) -> Result<(), Errno> {
    let (_, hard) = getrlimit(Resource::RLIMIT_MSGQUEUE)?;
    setrlimit(Resource::RLIMIT_MSGQUEUE, most.min(hard), hard)
}

/// The host may allow less already; a limit is never raised.
fn limit(resource: Resource, soft: u64, hard: u64) -> Result<(), Errno> {
    let (_, most) = getrlimit(resource)?;
    setrlimit(resource, soft.min(most), hard.min(most))
}
