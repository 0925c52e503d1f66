//! Who holds which kernel object: `/proc/PID/fd` and fdinfo.

use crate::{
    sandbox::{CHANNEL_FD, COMMAND_FD},
    worker::Names,
};
use nix::unistd::Pid;
use shared::{event::End, ledger::Inode};
use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::Path,
};

/// Numbers in place of `st_dev` for what has no inode of its own: of these the kernel tells another number.
pub mod numbered {
    /// `eventfd-id` of fdinfo.
    pub const EVENTFD: u64 = u64::MAX - 1;
    /// Process and descriptor: each process sees its own signals through it.
    pub const SIGNALFD: u64 = u64::MAX - 2;
    /// Process and descriptor.
    pub const INOTIFY: u64 = u64::MAX - 3;
    /// `msqid` of msgget(2).
    pub const QUEUE: u64 = u64::MAX - 4;
    /// `shmid` of shmget(2).
    pub const MEMORY: u64 = u64::MAX - 5;
    /// `semid` of semget(2).
    pub const SEMAPHORES: u64 = u64::MAX - 6;
    /// The end of a connection that nobody has accepted, by the inode of the other end.
    pub const UNACCEPTED: u64 = u64::MAX - 7;
}

/// One descriptor of a process that leads to a kernel object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    /// Who.
    pub pid: Pid,
    /// Under which descriptor.
    pub fd: i32,
    /// What the kernel knows the object by.
    pub inode: Inode,
    /// `pipe`, `fifo`, `socket`, `file`, `mqueue`, `memory`, `semaphore`, `eventfd`, `signalfd`, `inotify`.
    pub object_type: &'static str,
    /// The name it was opened by, as the kernel has it now.
    pub name: Option<String>,
    /// Which way it is open.
    pub end: End,
    /// Where it reads or writes next, `pos` of fdinfo.
    pub pos: u64,
}

/// What belongs to the lesson, and not to the playground or to a language's runtime.
#[derive(Clone, Debug)]
pub struct Scope {
    names: Names,
    /// Inodes of the workers' channels.
    ours: BTreeSet<u64>,
}

impl Scope {
    /// The names of a run, and the inodes of the sockets that its workers have for commands, reports and output.
    pub fn new(names: Names, ours: BTreeSet<u64>) -> Self {
        Self { names, ours }
    }

    /// Whether it is the lesson's.
    pub fn has(&self, held: &Held) -> bool {
        match held.object_type {
            "socket" => !self.ours.contains(&held.inode.ino),
            "file" => held.name.as_deref().is_some_and(|name| self.has_file(name)),
            "memory" | "semaphore" | "mqueue" => held
                .name
                .as_deref()
                .is_none_or(|name| name.starts_with("/memfd:") || self.names.own(name).is_some()),
            _ => true,
        }
    }

    /// Whether a path is in the run's folder.
    pub fn has_file(&self, path: &str) -> bool {
        Path::new(path).starts_with(self.names.folder())
    }

    /// The names of the run.
    pub fn names(&self) -> &Names {
        &self.names
    }
}

/// All descriptors of the lesson's objects that these processes hold. A process that died holds none. Nothing is opened,
/// so that looking makes nobody a holder.
pub fn holders(pids: &[Pid], scope: &Scope) -> Vec<Held> {
    let mut all: Vec<Held> = pids.iter().flat_map(|pid| ends(*pid)).collect();
    all.retain(|held| scope.has(held));
    all.sort();
    all
}

fn ends(pid: Pid) -> Vec<Held> {
    // It may end between any two steps; then what could not be read is not held.
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return Vec::new();
    };
    let numbers = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    numbers
        .filter(|fd| !(CHANNEL_FD..=COMMAND_FD).contains(fd))
        .filter_map(|fd| holder(pid, fd))
        .collect()
}

/// What is open under one descriptor, if it is of a kind that processes communicate through; whether it is the lesson's,
/// a [`Scope`] says.
pub fn holder(pid: Pid, fd: i32) -> Option<Held> {
    let path = format!("/proc/{pid}/fd/{fd}");
    let link = fs::read_link(&path).ok()?;
    let link = link.to_str()?;
    let (object_type, inode, name) = behind(Path::new(&path), link)?;
    let about = fs::read_to_string(format!("/proc/{pid}/fdinfo/{fd}")).ok()?;
    let inode = match object_type {
        "eventfd" => Inode {
            dev: numbered::EVENTFD,
            ino: field(&about, "eventfd-id:")?.parse().ok()?,
        },
        "signalfd" | "inotify" => Inode {
            dev: if object_type == "inotify" {
                numbered::INOTIFY
            } else {
                numbered::SIGNALFD
            },
            ino: u64::try_from(pid.as_raw()).ok()? * 1000 + u64::try_from(fd).ok()?,
        },
        _ => inode,
    };
    Some(Held {
        pid,
        fd,
        inode,
        object_type,
        name,
        end: end(&about)?,
        pos: field(&about, "pos:")?.parse().unwrap_or(0),
    })
}

/// The link says what it is; following it in /proc looks at the open file itself, wherever its name leads by now.
fn behind(path: &Path, link: &str) -> Option<(&'static str, Inode, Option<String>)> {
    let nowhere = Inode { dev: 0, ino: 0 };
    match link {
        "anon_inode:[eventfd]" => return Some(("eventfd", nowhere, None)),
        "anon_inode:[signalfd]" => return Some(("signalfd", nowhere, None)),
        "anon_inode:inotify" => return Some(("inotify", nowhere, None)),
        _ => {}
    }
    for (object_type, prefix) in [("pipe", "pipe:["), ("socket", "socket:[")] {
        if let Some(ino) = link.strip_prefix(prefix) {
            let ino = ino.strip_suffix(']')?.parse().ok()?;
            return Some((object_type, Inode { dev: 0, ino }, None));
        }
    }
    let about = link.starts_with('/').then(|| fs::metadata(path).ok())??;
    let inode = Inode {
        dev: about.dev(),
        ino: about.ino(),
    };
    let kind = about.file_type();
    let object_type = match () {
        () if kind.is_fifo() => "fifo",
        () if !kind.is_file() => return None,
        () if link.starts_with("/memfd:") => "memory",
        () if link.starts_with("/dev/shm/sem.") => "semaphore",
        () if link.starts_with("/dev/shm/") => "memory",
        () if is_queue(path, link) => "mqueue",
        () => "file",
    };
    let name = link.strip_suffix(" (deleted)").unwrap_or(link);
    Some((object_type, inode, Some(name.to_owned())))
}

/// A POSIX message queue is a file in a file system of its own, at its root.
fn is_queue(path: &Path, link: &str) -> bool {
    const MQUEUE_MAGIC: u64 = 0x1980_0202;
    let at_root = link.rfind('/') == Some(0);
    at_root
        && rustix::fs::statfs(path).is_ok_and(|about| about.f_type.cast_unsigned() == MQUEUE_MAGIC)
}

fn field<'a>(fdinfo: &'a str, name: &str) -> Option<&'a str> {
    let line = fdinfo.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim())
}

/// The access mode in a descriptor's `flags:`, which are octal.
fn end(fdinfo: &str) -> Option<End> {
    let flags = i32::from_str_radix(field(fdinfo, "flags:")?, 8).ok()?;
    match flags & libc::O_ACCMODE {
        _ if flags & libc::O_PATH != 0 => None,
        libc::O_RDONLY => Some(End::Read),
        libc::O_WRONLY => Some(End::Write),
        libc::O_RDWR => Some(End::Both),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::leftovers::testing;
    use nix::{
        fcntl::{OFlag, open},
        sys::{
            eventfd::EventFd,
            memfd::{MFdFlags, memfd_create},
            signal::SigSet,
            signalfd::SignalFd,
            stat::{Mode, fstat},
        },
        unistd::{getpid, mkfifo, pipe2},
    };
    use rustix::fs::inotify::CreateFlags;
    use shared::ids::RunId;
    use std::os::fd::{AsFd, AsRawFd};

    fn scope(what: &str) -> Scope {
        let run = RunId::new(format!("{what}{}", std::process::id()));
        Scope::new(Names::new(&run), BTreeSet::new())
    }

    fn mine(scope: &Scope, fd: &impl AsRawFd) -> Option<(&'static str, End)> {
        let all = holders(&[getpid()], scope);
        let held = all.iter().find(|held| held.fd == fd.as_raw_fd())?;
        Some((held.object_type, held.end))
    }

    #[test]
    fn both_ends_of_a_pipe_and_a_fifo_are_found_and_a_closed_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("fifo");
        mkfifo(&name, Mode::S_IRWXU).unwrap();
        let fifo = open(&name, OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty()).unwrap();
        fs::remove_file(&name).unwrap();
        let (read, write) = pipe2(OFlag::O_CLOEXEC).unwrap();
        let ino = fstat(&read).unwrap().st_ino;
        let scope = scope("pipes");
        assert_eq!(mine(&scope, &read), Some(("pipe", End::Read)));
        assert_eq!(mine(&scope, &write), Some(("pipe", End::Write)));
        assert_eq!(mine(&scope, &fifo), Some(("fifo", End::Both)));
        drop(write);
        let left = holders(&[getpid()], &scope);
        assert_eq!(left.iter().filter(|held| held.inode.ino == ino).count(), 1);
    }

    #[test]
    fn files_and_memory_of_the_run_are_found_and_no_others() {
        let (ours, other) = (scope("files"), scope("nobody"));
        ours.names().prepare().unwrap();
        let file = fs::File::create(ours.names().file("notes")).unwrap();
        let shm = |name: String| fs::File::create_new(format!("/dev/shm{name}")).unwrap();
        let memory = shm(ours.names().memory("cells"));
        let semaphore = shm(ours.names().memory("x").replacen('/', "/sem.", 1));
        let memfd = memfd_create(c"cells", MFdFlags::MFD_CLOEXEC).unwrap();
        testing::make_queue(&ours.names().queue("queue")).unwrap();
        let queue = testing::open_queue(&ours.names().queue("queue")).unwrap();
        let found = |scope: &Scope| {
            [
                mine(scope, &file),
                mine(scope, &memory),
                mine(scope, &semaphore),
                mine(scope, &queue),
                mine(scope, &memfd),
            ]
            .map(|found| found.map(|found| found.0))
        };
        let (ours_found, others_found) = (found(&ours), found(&other));
        ours.names().remove();
        assert_eq!(
            ours_found,
            [
                Some("file"),
                Some("memory"),
                Some("semaphore"),
                Some("mqueue"),
                Some("memory")
            ]
        );
        assert_eq!(others_found, [None, None, None, None, Some("memory")]);
    }

    #[test]
    fn what_has_no_inode_is_known_by_another_number() {
        let scope = scope("anon");
        let (one, two) = (EventFd::new().unwrap(), EventFd::new().unwrap());
        let signals = SignalFd::new(&SigSet::empty()).unwrap();
        let watch = rustix::fs::inotify::init(CreateFlags::CLOEXEC).unwrap();
        let inode = |fd: i32| holder(getpid(), fd).unwrap().inode;
        assert_ne!(
            inode(one.as_fd().as_raw_fd()),
            inode(two.as_fd().as_raw_fd())
        );
        assert_eq!(mine(&scope, &signals.as_fd()).unwrap().0, "signalfd");
        assert_eq!(mine(&scope, &watch.as_fd()).unwrap().0, "inotify");
    }

    #[test]
    fn a_process_that_is_gone_holds_nothing() {
        assert!(holders(&[Pid::from_raw(i32::MAX)], &scope("gone")).is_empty());
    }
}
