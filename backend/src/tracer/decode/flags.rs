//! Names of flags, and how a set of them is shown.

use super::{Context, text::push};

/// Bits and their names. A name with several bits must come before those of its single bits.
pub(super) type Names = &'static [(i32, &'static str)];

macro_rules! names {
    ($($name:ident)*) => { &[$((libc::$name, stringify!($name)),)*] };
}

/// open(2), apart from the access mode. O_SYNC has O_DSYNC's bit, O_TMPFILE has O_DIRECTORY's.
pub(super) const OPEN: Names = names! {
    O_CREAT O_EXCL O_NOCTTY O_TRUNC O_APPEND O_NONBLOCK O_SYNC O_DSYNC O_ASYNC O_DIRECT O_NOFOLLOW O_NOATIME O_CLOEXEC O_PATH
    O_TMPFILE O_DIRECTORY
};
pub(super) const DESCRIPTOR: Names = names! { FD_CLOEXEC };
pub(super) const CLONE: Names = names! {
    CLONE_VM CLONE_FS CLONE_FILES CLONE_SIGHAND CLONE_PIDFD CLONE_PTRACE CLONE_VFORK CLONE_PARENT CLONE_THREAD CLONE_NEWNS
    CLONE_SYSVSEM CLONE_SETTLS CLONE_PARENT_SETTID CLONE_CHILD_CLEARTID CLONE_DETACHED CLONE_UNTRACED CLONE_CHILD_SETTID
    CLONE_NEWCGROUP CLONE_NEWUTS CLONE_NEWIPC CLONE_NEWUSER CLONE_NEWPID CLONE_NEWNET CLONE_IO
};
pub(super) const WAIT: Names =
    names! { WNOHANG WSTOPPED WEXITED WCONTINUED WNOWAIT __WNOTHREAD __WALL __WCLONE };
pub(super) const WAIT4: Names = &[
    (libc::WNOHANG, "WNOHANG"),
    (libc::WUNTRACED, "WUNTRACED"),
    (libc::WCONTINUED, "WCONTINUED"),
    (libc::__WNOTHREAD, "__WNOTHREAD"),
    (libc::__WALL, "__WALL"),
    (libc::__WCLONE, "__WCLONE"),
];
pub(super) const SPLICE: Names = &[
    (1, "SPLICE_F_MOVE"),
    (2, "SPLICE_F_NONBLOCK"),
    (4, "SPLICE_F_MORE"),
    (8, "SPLICE_F_GIFT"),
];
pub(super) const UNLINK: Names = names! { AT_REMOVEDIR };
pub(super) const EPOLL_CREATE: Names = names! { EPOLL_CLOEXEC };
pub(super) const SLEEP: Names = names! { TIMER_ABSTIME };
const RENAME: Names = &[
    (bit(libc::RENAME_NOREPLACE), "RENAME_NOREPLACE"),
    (bit(libc::RENAME_EXCHANGE), "RENAME_EXCHANGE"),
    (bit(libc::RENAME_WHITEOUT), "RENAME_WHITEOUT"),
];
const LINK: Names = names! { AT_SYMLINK_FOLLOW AT_EMPTY_PATH };
const ALLOCATE: Names = names! {
    FALLOC_FL_KEEP_SIZE FALLOC_FL_PUNCH_HOLE FALLOC_FL_COLLAPSE_RANGE FALLOC_FL_ZERO_RANGE FALLOC_FL_INSERT_RANGE
};
const READ_WRITE: Names = names! { RWF_HIPRI RWF_DSYNC RWF_SYNC RWF_NOWAIT RWF_APPEND };
const INOTIFY_INIT: Names = names! { IN_NONBLOCK IN_CLOEXEC };
/// inotify(7), in the order of their bits.
pub(super) const INOTIFY: Names = &[
    (bit(libc::IN_ACCESS), "IN_ACCESS"),
    (bit(libc::IN_MODIFY), "IN_MODIFY"),
    (bit(libc::IN_ATTRIB), "IN_ATTRIB"),
    (bit(libc::IN_CLOSE_WRITE), "IN_CLOSE_WRITE"),
    (bit(libc::IN_CLOSE_NOWRITE), "IN_CLOSE_NOWRITE"),
    (bit(libc::IN_OPEN), "IN_OPEN"),
    (bit(libc::IN_MOVED_FROM), "IN_MOVED_FROM"),
    (bit(libc::IN_MOVED_TO), "IN_MOVED_TO"),
    (bit(libc::IN_CREATE), "IN_CREATE"),
    (bit(libc::IN_DELETE), "IN_DELETE"),
    (bit(libc::IN_DELETE_SELF), "IN_DELETE_SELF"),
    (bit(libc::IN_MOVE_SELF), "IN_MOVE_SELF"),
    (bit(libc::IN_UNMOUNT), "IN_UNMOUNT"),
    (bit(libc::IN_Q_OVERFLOW), "IN_Q_OVERFLOW"),
    (bit(libc::IN_IGNORED), "IN_IGNORED"),
    (bit(libc::IN_ONLYDIR), "IN_ONLYDIR"),
    (bit(libc::IN_DONT_FOLLOW), "IN_DONT_FOLLOW"),
    (bit(libc::IN_MASK_ADD), "IN_MASK_ADD"),
    (bit(libc::IN_ISDIR), "IN_ISDIR"),
    (bit(libc::IN_ONESHOT), "IN_ONESHOT"),
];
const SYNC: Names = names! { MS_ASYNC MS_INVALIDATE MS_SYNC };
const MEMFD: Names = &[
    (bit(libc::MFD_CLOEXEC), "MFD_CLOEXEC"),
    (bit(libc::MFD_ALLOW_SEALING), "MFD_ALLOW_SEALING"),
    (bit(libc::MFD_HUGETLB), "MFD_HUGETLB"),
    (8, "MFD_NOEXEC_SEAL"),
    (16, "MFD_EXEC"),
];
const ATTACH: Names = names! { SHM_RDONLY SHM_RND SHM_REMAP SHM_EXEC };
const MESSAGE: Names = &[
    (libc::MSG_NOERROR, "MSG_NOERROR"),
    (libc::MSG_EXCEPT, "MSG_EXCEPT"),
    (0o40000, "MSG_COPY"),
    (libc::IPC_NOWAIT, "IPC_NOWAIT"),
];
const SIGNALFD: Names = names! { SFD_CLOEXEC SFD_NONBLOCK };
const EVENTFD: Names = names! { EFD_SEMAPHORE EFD_CLOEXEC EFD_NONBLOCK };
const TIMER: Names = names! { TFD_CLOEXEC TFD_NONBLOCK };
const SET_TIMER: Names = names! { TFD_TIMER_ABSTIME TFD_TIMER_CANCEL_ON_SET };
/// pidfd_open(2) takes O_NONBLOCK under a name of its own.
const PIDFD: Names = &[(libc::O_NONBLOCK, "PIDFD_NONBLOCK")];
const SOCKET: Names = names! {
    MSG_OOB MSG_PEEK MSG_DONTROUTE MSG_CTRUNC MSG_TRUNC MSG_DONTWAIT MSG_EOR MSG_WAITALL MSG_CONFIRM MSG_ERRQUEUE
    MSG_NOSIGNAL MSG_MORE MSG_WAITFORONE MSG_FASTOPEN MSG_CMSG_CLOEXEC
};
pub(super) const POLL: Names = &[
    (0x001, "POLLIN"),
    (0x002, "POLLPRI"),
    (0x004, "POLLOUT"),
    (0x008, "POLLERR"),
    (0x010, "POLLHUP"),
    (0x020, "POLLNVAL"),
    (0x040, "POLLRDNORM"),
    (0x080, "POLLRDBAND"),
    (0x100, "POLLWRNORM"),
    (0x200, "POLLWRBAND"),
    (0x400, "POLLMSG"),
    (0x2000, "POLLRDHUP"),
];
pub(super) const EPOLL: Names = names! {
    EPOLLIN EPOLLPRI EPOLLOUT EPOLLRDNORM EPOLLRDBAND EPOLLWRNORM EPOLLWRBAND EPOLLMSG EPOLLERR EPOLLHUP EPOLLRDHUP
    EPOLLEXCLUSIVE EPOLLWAKEUP EPOLLONESHOT EPOLLET
};

/// `A|B`, what has no name in hex, `0` for none.
pub(super) fn joined(mut bits: i32, names: Names) -> String {
    let mut text = String::new();
    for (bit, name) in names {
        if *bit != 0 && bits & bit == *bit {
            bits &= !bit;
            if !text.is_empty() {
                text.push('|');
            }
            text.push_str(name);
        }
    }
    if text.is_empty() || bits != 0 {
        let bar = if text.is_empty() { "" } else { "|" };
        if bits == 0 {
            text.push('0');
        } else {
            push(&mut text, format_args!("{bar}{bits:#x}"));
        }
    }
    text
}

/// open(2) flags with their access mode.
pub(super) fn open_flags(bits: i32) -> String {
    let access = match bits & libc::O_ACCMODE {
        libc::O_RDONLY => "O_RDONLY",
        libc::O_WRONLY => "O_WRONLY",
        libc::O_RDWR => "O_RDWR",
        _ => "O_ACCMODE",
    };
    match bits & !libc::O_ACCMODE {
        0 => access.to_owned(),
        rest => format!("{access}|{}", joined(rest, OPEN)),
    }
}

/// Bits of a 32-bit word, where the names are of that type.
const fn bit(bits: u32) -> i32 {
    bits.cast_signed()
}

macro_rules! showers {
    ($($(#[$doc:meta])* $shower:ident $names:ident;)*) => {$(
        $(#[$doc])*
        pub(super) fn $shower(context: &Context<'_>, at: usize) -> Option<String> {
            Some(joined(context.int(at), $names))
        }
    )*};
}

showers! {
    /// Flags of pipe2 and dup3.
    pipe OPEN;
    /// Options of wait4.
    wait4 WAIT4;
    /// Options of waitid.
    waitid WAIT;
    /// Flags of splice, tee, vmsplice.
    splice SPLICE;
    /// Flags of unlinkat.
    unlink UNLINK;
    /// Flags of epoll_create1.
    epoll_create EPOLL_CREATE;
    /// Flags of clock_nanosleep.
    sleep SLEEP;
    /// Flags of renameat2.
    rename RENAME;
    /// Flags of linkat.
    link LINK;
    /// What fallocate does.
    allocate ALLOCATE;
    /// Flags of preadv2 and pwritev2.
    read_write READ_WRITE;
    /// Flags of inotify_init1.
    inotify_init INOTIFY_INIT;
    /// What a watch is for.
    inotify INOTIFY;
    /// Flags of msync.
    sync SYNC;
    /// Flags of memfd_create.
    memfd MEMFD;
    /// Flags of shmat.
    attach ATTACH;
    /// Flags of msgsnd and msgrcv.
    message MESSAGE;
    /// Flags of signalfd4.
    signalfd SIGNALFD;
    /// Flags of eventfd2.
    eventfd EVENTFD;
    /// Flags of timerfd_create.
    timer TIMER;
    /// Flags of timerfd_settime.
    set_timer SET_TIMER;
    /// Flags of pidfd_open.
    pidfd PIDFD;
    /// Flags of send and receive.
    socket SOCKET;
}
