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
}
