//! What a process has mapped that others can see: `/proc/PID/maps`, proc_pid_maps(5).

use super::holders::{Scope, numbered};
use nix::{sys::stat::makedev, unistd::Pid};
use shared::ledger::Inode;
use std::{fs, os::unix::fs::MetadataExt};

/// A shared mapping of the lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// Whose memory.
    pub pid: Pid,
    /// First address.
    pub start: u64,
    /// Bytes.
    pub len: u64,
    /// Where in the object it begins, bytes.
    pub offset: u64,
    /// What the kernel knows the object by.
    pub inode: Inode,
    /// `memory`, `semaphore` or `file`.
    pub object_type: &'static str,
    /// The name it was opened by.
    pub name: Option<String>,
    /// Whether the process may store there.
    pub writable: bool,
}

/// All shared mappings of the lesson's objects in one process. One that died has none.
pub fn mapped(pid: Pid, scope: &Scope) -> Vec<Mapped> {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
    maps.lines()
        .filter_map(|line| parse(pid, line, scope))
        .collect()
}

/// `7f12a4c00000-7f12a4c01000 rw-s 00000000 00:19 42   /dev/shm/name`
fn parse(pid: Pid, line: &str, scope: &Scope) -> Option<Mapped> {
    let mut words = line.splitn(6, ' ');
    let (start, end) = words.next()?.split_once('-')?;
    let (start, end) = (hex(start)?, hex(end)?);
    let access = words.next().filter(|access| access.ends_with('s'))?;
    let offset = hex(words.next()?)?;
    let (major, minor) = words.next()?.split_once(':')?;
    let ino = words.next()?.parse().ok()?;
    let path = words.next()?.trim_start();
    let gone = path.strip_suffix(" (deleted)");
    let name = gone.unwrap_or(path);
    let mut inode = Inode {
        dev: makedev(hex(major)?, hex(minor)?),
        ino,
    };
    let (object_type, shown) = if name.starts_with("/SYSV") {
        // Its inode is its shmid.
        inode.dev = numbered::MEMORY;
        ("memory", None)
    } else if name == "/dev/zero" {
        // Shared and without a name: inherited by fork.
        ("memory", None)
    } else if name.starts_with("/memfd:") {
        ("memory", Some(name))
    } else if name.starts_with("/dev/shm/") {
        scope.names().own(name)?;
        let is_semaphore = name.starts_with("/dev/shm/sem.");
        (
            if is_semaphore { "semaphore" } else { "memory" },
            Some(name),
        )
    } else if scope.has_file(name) {
        ("file", Some(name))
    } else {
        return None;
    };
    // File systems in layers number differently here; the name knows better, while it leads there.
    if gone.is_none()
        && let Some(about) = shown.and_then(|name| fs::metadata(name).ok())
    {
        inode = Inode {
            dev: about.dev(),
            ino: about.ino(),
        };
    }
    Some(Mapped {
        pid,
        start,
        len: end - start,
        offset,
        inode,
        object_type,
        name: shown.map(str::to_owned),
        writable: access.contains('w'),
    })
}

fn hex(digits: &str) -> Option<u64> {
    u64::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::{Mapped, mapped, parse};
    use crate::{gauge::Scope, gauge::numbered, worker::Names};
    use nix::unistd::{Pid, getpid};
    use shared::ids::RunId;
    use std::collections::BTreeSet;

    fn scope() -> Scope {
        Scope::new(Names::new(&RunId::new("abc")), BTreeSet::new())
    }

    fn read(line: &str) -> Option<Mapped> {
        parse(Pid::from_raw(1), line, &scope())
    }

    #[test]
    fn only_shared_mappings_of_the_run_are_told() {
        let ours = read(
            "7f00-8f00 rw-s 00001000 00:19 42                         /dev/shm/ipc-playground-abc-cells (deleted)",
        )
        .unwrap();
        assert_eq!(
            (
                ours.start,
                ours.len,
                ours.offset,
                ours.inode.ino,
                ours.writable
            ),
            (0x7f00, 0x1000, 0x1000, 42, true)
        );
        assert_eq!(
            ours.name.as_deref(),
            Some("/dev/shm/ipc-playground-abc-cells")
        );
        let sysv =
            read("7f00-8f00 r--s 00000000 00:01 32769        /SYSV0000beef (deleted)").unwrap();
        assert_eq!(
            (sysv.inode.dev, sysv.inode.ino, sysv.writable),
            (numbered::MEMORY, 32769, false)
        );
        for other in [
            "7f00-8f00 rw-p 00000000 00:19 42    /dev/shm/ipc-playground-abc-cells",
            "7f00-8f00 rw-s 00000000 00:19 42    /dev/shm/somebody-else",
            "7f00-8f00 r-xp 00000000 fe:00 42    /usr/lib/libc.so.6",
            "7f00-8f00 rw-p 00000000 00:00 0 ",
            "7f00-8f00 rw-p 00000000 00:00 0    [stack]",
            "",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn a_process_that_is_gone_has_nothing_mapped() {
        assert!(mapped(Pid::from_raw(i32::MAX), &scope()).is_empty());
        assert!(mapped(getpid(), &scope()).is_empty());
    }
}
