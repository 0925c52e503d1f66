//! What a worker may use, setrlimit(2). Each limit that is hit shows as an errno or a signal, and is told.

use nix::{
    errno::Errno,
    sys::resource::{Resource, getrlimit, setrlimit},
};
use shared::os;

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

/// The limit that a call ran into, by the name of its setting, and its value.
pub(crate) fn behind(errno: os::Errno) -> Option<(&'static str, u64)> {
    match errno {
        os::Errno::EMFILE => Some(("open_files", DESCRIPTORS)),
        os::Errno::EFBIG => Some(("file_bytes", FILE_SIZE)),
        _ => None,
    }
}

/// The host may allow less already; a limit is never raised.
fn limit(resource: Resource, soft: u64, hard: u64) -> Result<(), Errno> {
    let (_, most) = getrlimit(resource)?;
    setrlimit(resource, soft.min(most), hard.min(most))
}
