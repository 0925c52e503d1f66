//! Which of the calls that strace sees our tracer tells, and what of them is the same in every run.

use crate::strace::Line;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

/// Calls whose first argument is a descriptor; those on [`OURS`] are the playground's own and no part of the lesson.
const BY_DESCRIPTOR: [&str; 47] = [
    "read",
    "write",
    "readv",
    "writev",
    "close",
    "sendto",
    "recvfrom",
    "sendmsg",
    "recvmsg",
    "shutdown",
    "bind",
    "listen",
    "connect",
    "accept",
    "accept4",
    "setsockopt",
    "getsockopt",
    "getsockname",
    "getpeername",
    "dup",
    "dup2",
    "dup3",
    "fcntl",
    "ioctl",
    "lseek",
    "pread64",
    "pwrite64",
    "preadv",
    "pwritev",
    "preadv2",
    "pwritev2",
    "ftruncate",
    "fallocate",
    "fsync",
    "fdatasync",
    "flock",
    "fchmod",
    "sendfile",
    "copy_file_range",
    "inotify_add_watch",
    "inotify_rm_watch",
    "mq_timedsend",
    "mq_timedreceive",
    "mq_notify",
    "mq_getsetattr",
    "timerfd_settime",
    "pidfd_send_signal",
];

/// All other calls that the tracer shows. munmap is not among them: strace does not say whose memory it gives back.
const ALWAYS: [&str; 80] = [
    "pipe",
    "pipe2",
    "socket",
    "socketpair",
    "mknod",
    "mknodat",
    "open",
    "openat",
    "creat",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "mkdir",
    "mkdirat",
    "rmdir",
    "truncate",
    "splice",
    "tee",
    "vmsplice",
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "epoll_create",
    "epoll_create1",
    "epoll_ctl",
    "epoll_wait",
    "epoll_pwait",
    "inotify_init",
    "inotify_init1",
    "mmap",
    "msync",
    "memfd_create",
    "shmget",
    "shmat",
    "shmdt",
    "shmctl",
    "semget",
    "semop",
    "semtimedop",
    "semctl",
    "mq_open",
    "mq_unlink",
    "msgget",
    "msgsnd",
    "msgrcv",
    "msgctl",
    "futex",
    "clone",
    "fork",
    "vfork",
    "execve",
    "exit",
    "exit_group",
    "wait4",
    "waitid",
    "kill",
    "tkill",
    "tgkill",
    "rt_sigqueueinfo",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigpending",
    "rt_sigtimedwait",
    "rt_sigsuspend",
    "rt_sigreturn",
    "signalfd4",
    "rt_tgsigqueueinfo",
    "pause",
    "alarm",
    "setitimer",
    "pidfd_open",
    "timerfd_create",
    "eventfd2",
];

/// Descriptors on which playground and worker talk.
const OURS: RangeInclusive<i32> = 62..=127;
/// The descriptor on which a worker reports.
const REPORTS: i32 = 126;

/// The call of landlock(7) that puts up a wall.
const WALL: &str = "landlock_restrict_self";

/// Calls whose result is another one in every run, and what it is.
const DIFFERS: [(&str, &str); 9] = [
    ("clone", "a pid"),
    ("fork", "a pid"),
    ("vfork", "a pid"),
    ("wait4", "a pid"),
    ("mmap", "an address"),
    ("shmat", "an address"),
    ("msgget", "an id"),
    ("shmget", "an id"),
    ("semget", "an id"),
];

/// Whether calls of that name on that descriptor are the lesson's.
pub(crate) fn name(name: &str, fd: Option<i32>) -> bool {
    if BY_DESCRIPTOR.contains(&name) {
        return fd.is_none_or(|fd| !OURS.contains(&fd));
    }
    ALWAYS.contains(&name)
}

/// The descriptor, of a call whose first argument is one.
pub(crate) fn fd_of(name: &str, fd: Option<i32>) -> Option<i32> {
    fd.filter(|_| BY_DESCRIPTOR.contains(&name))
}

/// The result, or what it is where it differs from run to run; 0 from wait4 and -1 are the same in each.
pub(crate) fn result(name: &str, result: &str) -> String {
    let differs = DIFFERS.iter().find(|(call, _)| *call == name);
    match differs {
        Some((_, what)) if !result.is_empty() && !result.starts_with('-') => {
            let zero_tells = *what == "a pid" && result == "0";
            if zero_tells { result } else { what }.to_owned()
        }
        _ => result.to_owned(),
    }
}

/// What strace sees and our tracer does not tell: what a worker does before its lesson begins, and what a library does for
/// itself.
#[derive(Debug)]
pub(crate) struct Shown {
    /// Processes that put the filter on; what they do before is no part of the lesson. The others inherit it.
    filtered: BTreeSet<i32>,
    /// Processes that become Python; what they do before they report is no part of the lesson.
    python: BTreeSet<i32>,
    begun: BTreeSet<i32>,
    /// Processes that still have to put so many walls around themselves; what they do before is no part of the lesson.
    walls: BTreeMap<i32, usize>,
    /// The descriptor of a wall that is up and that its process will close.
    closing: BTreeMap<i32, i32>,
    /// The C library has blocked all signals for itself, and will restore the mask.
    masked: BTreeMap<i32, bool>,
}

/// What malloc(3) reads when threads want memory at the same time, or a thread gives much of it back: how many processors
/// there are, and whether memory may be overcommitted. Whether that happens is up to the scheduler.
#[derive(Debug, Default)]
pub(crate) struct Allocator {
    /// Where each role has such a file open.
    open: BTreeMap<String, i32>,
}

impl Allocator {
    const READS: [&str; 2] = [
        "/sys/devices/system/cpu/online",
        "/proc/sys/vm/overcommit_memory",
    ];

    /// Whether this call opens such a file.
    pub(crate) fn opens(name: &str, args: &str) -> bool {
        name == "openat" && Self::READS.iter().any(|file| args.contains(file))
    }

    /// It was opened as that descriptor.
    pub(crate) fn opened(&mut self, role: &str, fd: i32) {
        self.open.insert(role.to_owned(), fd);
    }

    /// Whether this call is on the open file. Each call is asked about once, in order.
    pub(crate) fn use_it(&mut self, role: &str, name: &str, fd: Option<i32>) -> bool {
        let used = fd.is_some() && self.open.get(role).copied() == fd;
        match name {
            "read" => used,
            "close" if used => self.open.remove(role).is_some(),
            _ => false,
        }
    }
}

impl Shown {
    /// By what is in all lines.
    pub(crate) fn of(lines: &[Line]) -> Self {
        let pids = |wanted: fn(&Line) -> bool| {
            let found = lines.iter().filter(|line| wanted(line));
            found.map(|line| line.pid).collect()
        };
        Self {
            filtered: pids(|line| line.name == "seccomp"),
            python: pids(|line| line.name == "execve" && line.args.contains("python")),
            begun: BTreeSet::new(),
            walls: lines.iter().filter(|line| line.name == WALL).fold(
                BTreeMap::new(),
                |mut walls, line| {
                    *walls.entry(line.pid).or_default() += 1;
                    walls
                },
            ),
            closing: BTreeMap::new(),
            masked: BTreeMap::new(),
        }
    }

    /// Whether this line is told by us too. Each line is asked about once, in order.
    pub(crate) fn has(&mut self, line: &Line) -> bool {
        let pid = line.pid;
        let python = self.python.contains(&pid);
        let begins = if python {
            ["write", "sendto"].contains(&&*line.name) && line.fd() == Some(REPORTS)
        } else {
            line.name == "seccomp"
        };
        if begins {
            self.begun.insert(pid);
        }
        let before = (python || self.filtered.contains(&pid)) && !self.begun.contains(&pid);
        let before = self.builds(line) || before;
        !before && name(&line.name, line.fd()) && !self.is_own(line)
    }

    /// Whether this process is still at its walls.
    fn builds(&mut self, line: &Line) -> bool {
        let Some(left) = self.walls.get_mut(&line.pid) else {
            return false;
        };
        if line.name == WALL {
            *left -= 1;
            self.closing.extend(line.fd().map(|fd| (line.pid, fd)));
        }
        let last = *left == 0;
        if last && line.name == "close" && line.fd() == self.closing.get(&line.pid).copied() {
            self.walls.remove(&line.pid);
        }
        true
    }

    /// What a library does for itself, as the filter and the tracer tell it.
    fn is_own(&mut self, line: &Line) -> bool {
        // Of a call that was shown in two halves, the space between two arguments is lost.
        let argument = |at| line.args.split(',').nth(at).unwrap_or_default().trim();
        match &*line.name {
            "futex" => argument(1).contains("_PRIVATE"),
            "mmap" => !argument(3).contains("MAP_SHARED"),
            "rt_sigaction" => argument(1) == "NULL",
            "rt_sigprocmask" => {
                let masked = self.masked.entry(line.pid).or_default();
                // Signal 32 is the C library's own; a program cannot block it.
                let all = ["~[]", "~[RT_1]"].contains(&argument(1));
                if argument(0) == "SIG_BLOCK" && all {
                    *masked = true;
                    return true;
                }
                let restores = argument(0) == "SIG_SETMASK" && argument(2) == "NULL";
                restores && std::mem::take(masked)
            }
            _ => false,
        }
    }
}

#[test]
fn what_libraries_do_for_themselves_is_left_out() {
    let lines = crate::strace::read(
        "7 seccomp(SECCOMP_SET_MODE_FILTER, 0, {len=9}) = 0\n\
         7 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7000\n\
         7 mmap(NULL, 4096, PROT_READ, MAP_SHARED, 3, 0) = 0x8000\n\
         7 futex(0x7000, FUTEX_WAKE_PRIVATE, 1) = 0\n\
         7 futex(0x7000, FUTEX_WAKE, 1) = 0\n\
         7 rt_sigprocmask(SIG_BLOCK, ~[], [], 8) = 0\n\
         7 rt_sigprocmask(SIG_SETMASK, [], NULL, 8) = 0\n\
         7 rt_sigprocmask(SIG_SETMASK, [USR1], NULL, 8) = 0\n\
         7 rt_sigaction(SIGUSR1, NULL, {sa_handler=SIG_DFL}, 8) = 0\n\
         7 write(126, \"{}\", 2) = 2\n",
    );
    let mut shown = Shown::of(&lines);
    let told: Vec<&str> = lines
        .iter()
        .filter(|line| shown.has(line))
        .map(|line| line.args.as_str())
        .collect();
    assert_eq!(
        told,
        [
            "NULL, 4096, PROT_READ, MAP_SHARED, 3, 0",
            "0x7000, FUTEX_WAKE, 1",
            "SIG_SETMASK, [USR1], NULL, 8"
        ]
    );
}

#[test]
fn what_malloc_reads_is_left_out() {
    let mut allocator = Allocator::default();
    let file = "AT_FDCWD, \"/proc/sys/vm/overcommit_memory\", O_RDONLY|O_CLOEXEC";
    assert!(Allocator::opens("openat", file));
    assert!(!Allocator::opens("openat", "AT_FDCWD, \"/tmp/notes\""));
    assert!(!allocator.use_it("reader", "read", Some(5)));
    allocator.opened("reader", 5);
    let asked = [
        ("reader", "read", 5),
        ("writer", "read", 5),
        ("reader", "read", 6),
        ("reader", "write", 5),
        ("reader", "close", 5),
        ("reader", "close", 5),
    ];
    let left_out = asked.map(|(role, name, fd)| allocator.use_it(role, name, Some(fd)));
    assert_eq!(left_out, [true, false, false, false, true, false]);
}

#[test]
fn what_a_worker_does_to_lock_itself_in_is_left_out() {
    let lines = crate::strace::read(
        "7 fcntl(4, F_GETFD) = 1\n\
         7 landlock_restrict_self(3, 0) = 0\n\
         7 fcntl(3, F_GETFD) = 1\n\
         7 close(3) = 0\n\
         7 read(3, 5, 4096) = 5\n\
         7 close(3) = 0\n\
         8 close(3) = 0\n",
    );
    let mut shown = Shown::of(&lines);
    let told = lines.iter().filter(|line| shown.has(line));
    let told: Vec<_> = told.map(|line| (line.pid, &*line.name)).collect();
    assert_eq!(told, [(7, "read"), (7, "close"), (8, "close")]);
}
