//! What a worker may use, setrlimit(2). Each limit that is hit shows as an errno or a signal, and is told.

use crate::{
    limits::{BoxLimits, in_force},
    sandbox,
};
use nix::{
    errno::Errno,
    sys::{
        resource::{Resource, getrlimit, setrlimit},
        statvfs::statvfs,
    },
    unistd::Pid,
};
use shared::os;
use std::fs;

/// Seconds after SIGXCPU until SIGKILL, for a program that ignores it.
const CPU_GRACE: u64 = 1;

/// Bytes in POSIX message queues of one box where all boxes are one user, who may have 800 KiB by default: a box that takes
/// all it may leaves some to others.
const SHARE_OF_QUEUES: u64 = 256 << 10;

/// Limits the calling process and all it will fork.
///
/// Not RLIMIT_NPROC: without a user of its own, a run would be limited by all other processes of the same user.
///
/// # Errors
/// What the kernel says.
pub(crate) fn apply() -> Result<(), Errno> {
    let most = in_force();
    let cpu = most.cpu_seconds;
    limit(Resource::RLIMIT_CPU, cpu, cpu.saturating_add(CPU_GRACE))?;
    for (resource, most) in [
        (Resource::RLIMIT_AS, most.memory_bytes),
        (Resource::RLIMIT_NOFILE, most.open_files),
        (Resource::RLIMIT_FSIZE, most.file_bytes),
        (Resource::RLIMIT_MSGQUEUE, most.mqueue_bytes),
        (Resource::RLIMIT_CORE, 0),
    ] {
        limit(resource, most, most)?;
    }
    Ok(())
}

/// Limits what is counted by user, where nobody else counts as the same: in a user namespace of the run's own, or where the
/// run is a user of its own. In a box whose user is that of others, it has a share.
///
/// # Errors
/// What the kernel says.
pub(crate) fn apply_to_user() -> Result<(), Errno> {
    let most = in_force();
    if sandbox::boxed() || sandbox::own_user_alone() {
        limit(Resource::RLIMIT_NPROC, most.processes, most.processes)?;
    }
    if sandbox::shares_user() {
        let share = most.mqueue_bytes.min(SHARE_OF_QUEUES);
        limit(Resource::RLIMIT_MSGQUEUE, share, share)?;
    }
    Ok(())
}

/// The limit that a call of a process ran into, by the name of its setting, and its value.
///
/// `fd` is the descriptor the call was about. Where an errno can come from something else than a limit of ours, the limit
/// itself is looked at first.
pub(crate) fn behind(
    pid: Pid,
    call: &str,
    fd: Option<i32>,
    errno: os::Errno,
) -> Option<(&'static str, u64)> {
    let most = in_force();
    match errno {
        os::Errno::EMFILE if call == "mq_open" => {
            Some(("mqueue_bytes", allowed(pid, "Max msgqueue size")?))
        }
        os::Errno::EMFILE => Some(("open_files", allowed(pid, "Max open files")?)),
        os::Errno::EFBIG => Some(("file_bytes", allowed(pid, "Max file size")?)),
        os::Errno::ENOMEM if MAPS.contains(&call) => {
            Some(("memory_bytes", allowed(pid, "Max address space")?))
        }
        os::Errno::EAGAIN if FORKS.contains(&call) => {
            let limit = allowed(pid, "Max processes")?;
            // A user's limit that is the host's own is none of ours; a lesson may have set itself less.
            (limit <= most.processes).then_some(("processes", limit))
        }
        os::Errno::ENOSPC => full(pid, fd, most),
        _ => None,
    }
}

/// Calls that ask for address space; "attach" is what a role says that opens shared memory and maps it.
const MAPS: [&str; 5] = ["mmap", "mremap", "brk", "shmat", "attach"];
/// Calls that make a process or a thread.
const FORKS: [&str; 4] = ["fork", "vfork", "clone", "clone3"];

/// What a process may have now: `/proc/PID/limits`. A lesson may have set itself less.
fn allowed(pid: Pid, what: &str) -> Option<u64> {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix(what))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Which of the box's own file systems is full: the one `fd` is on, or, where that is not known, whichever has no room.
/// A full disk of the host's is no limit of ours.
fn full(pid: Pid, fd: Option<i32>, most: &BoxLimits) -> Option<(&'static str, u64)> {
    let about = fd.and_then(|fd| fs::read_link(format!("/proc/{pid}/fd/{fd}")).ok());
    let tmp = (
        "/tmp",
        ("tmp_bytes", most.tmp_bytes),
        ("tmp_files", most.tmp_files),
    );
    let shm = (
        "/dev/shm",
        ("shm_bytes", most.shm_bytes),
        ("shm_files", most.shm_files),
    );
    [tmp, shm].into_iter().find_map(|(place, bytes, files)| {
        let found = statvfs(place).ok()?;
        let is_ours = found.blocks().checked_mul(found.fragment_size()) == Some(bytes.1)
            && found.files() == files.1;
        let is_full = found.files_available() == 0 || found.blocks_available() == 0;
        let is_meant = about
            .as_ref()
            .map_or(is_full, |path| path.starts_with(place));
        let limit = if found.files_available() == 0 {
            files
        } else {
            bytes
        };
        (is_ours && is_meant).then_some(limit)
    })
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
