//! Linux names for numbers: errno and signals, with what they mean in plain words. Same numbers on x86-64 and aarch64.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Bytes a single write to a pipe may have and still be atomic (`limits.h`, pipe(7)).
pub const PIPE_BUF: u64 = 4096;
/// Bytes of a page on the hosts we run on; one pipe slot holds at most one page.
pub const PAGE_SIZE: u64 = 4096;

macro_rules! numbers {
    ($(#[$doc:meta])* $name:ident, $table:ident, $fallback:literal, { $($number:literal $label:ident $meaning:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i32);

        const $table: &[(i32, &str, &str)] = &[$(($number, stringify!($label), $meaning),)*];

        impl $name {
            $(#[doc = $meaning] pub const $label: Self = Self($number);)*

            /// What it means, in words a learner knows.
            pub fn meaning(self) -> &'static str {
                $table.iter().find(|row| row.0 == self.0).map_or("see the man page", |row| row.2)
            }

            /// The number that has this name.
            pub fn from_name(name: &str) -> Option<Self> {
                $table.iter().find(|row| row.1 == name).map(|row| Self(row.0)).or_else(|| Self::unlisted(name)).or_else(|| {
                    name.strip_prefix($fallback)?.parse().ok().map(Self)
                })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match $table.iter().find(|row| row.0 == self.0) {
                    Some(row) => f.write_str(row.1),
                    None => match self.base() {
                        Some((base, more)) => write!(f, "{base}+{more}"),
                        None => write!(f, concat!($fallback, "{}"), self.0),
                    },
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = String::deserialize(deserializer)?;
                Self::from_name(&name).ok_or_else(|| serde::de::Error::custom(format!("unknown name {name}")))
            }
        }
    };
}

numbers! {
    /// The reason a system call failed, errno(3); in JSON its C name.
    Errno, ERRNO, "E", {
        1 EPERM "not permitted",
        2 ENOENT "no such file or directory",
        3 ESRCH "no such process",
        4 EINTR "a signal interrupted the call",
        5 EIO "input or output error",
        6 ENXIO "nobody has the other end open",
        7 E2BIG "too long for the room there is",
        9 EBADF "that descriptor is not open for this",
        10 ECHILD "no child process to wait for",
        11 EAGAIN "it would have to wait, and O_NONBLOCK says not to",
        12 ENOMEM "out of memory",
        13 EACCES "permission denied",
        14 EFAULT "bad address",
        16 EBUSY "busy",
        17 EEXIST "it exists already",
        20 ENOTDIR "not a directory",
        21 EISDIR "is a directory",
        22 EINVAL "invalid argument",
        23 ENFILE "too many open files on the host",
        24 EMFILE "too many open descriptors in this process",
        25 ENOTTY "not a terminal, or an ioctl that does not fit",
        27 EFBIG "file too large",
        28 ENOSPC "no space left",
        29 ESPIPE "a pipe cannot be seeked",
        30 EROFS "read-only file system",
        32 EPIPE "nobody has the read end open any more",
        35 EDEADLK "it would deadlock",
        36 ENAMETOOLONG "name too long",
        38 ENOSYS "this system call does not exist here",
        42 ENOMSG "no message of that kind",
        43 EIDRM "the object was removed",
        61 ENODATA "no data",
        62 ETIME "timer expired",
        71 EPROTO "protocol error",
        75 EOVERFLOW "value too large",
        84 EILSEQ "invalid byte sequence",
        88 ENOTSOCK "not a socket",
        90 EMSGSIZE "message too long",
        95 EOPNOTSUPP "not supported",
        98 EADDRINUSE "address in use",
        99 EADDRNOTAVAIL "address not available",
        101 ENETUNREACH "network unreachable",
        103 ECONNABORTED "connection aborted",
        104 ECONNRESET "the other side reset the connection",
        105 ENOBUFS "no buffer space",
        106 EISCONN "already connected",
        107 ENOTCONN "not connected",
        110 ETIMEDOUT "timed out",
        111 ECONNREFUSED "nobody listens there",
        115 EINPROGRESS "in progress",
        113 EHOSTUNREACH "nobody of that name is connected",
        130 EOWNERDEAD "the owner of the lock died",
        156_384_763 EFSM "the socket is not in the state for this (ZeroMQ)",
        156_384_765 ETERM "the context was ended (ZeroMQ)",
    }
}

numbers! {
    /// A signal, signal(7); in JSON its C name.
    Signal, SIGNAL, "SIG", {
        1 SIGHUP "the terminal hung up",
        2 SIGINT "interrupt from the keyboard",
        3 SIGQUIT "quit from the keyboard",
        4 SIGILL "illegal instruction",
        5 SIGTRAP "trap",
        6 SIGABRT "abort",
        7 SIGBUS "bad memory access",
        8 SIGFPE "arithmetic error",
        9 SIGKILL "killed; cannot be caught or ignored",
        10 SIGUSR1 "user-defined signal 1",
        11 SIGSEGV "invalid memory reference",
        12 SIGUSR2 "user-defined signal 2",
        13 SIGPIPE "it wrote to a pipe that nobody can read any more",
        14 SIGALRM "timer",
        15 SIGTERM "asked to terminate",
        17 SIGCHLD "a child stopped or ended",
        18 SIGCONT "continue if stopped",
        19 SIGSTOP "stopped; cannot be caught or ignored",
        20 SIGTSTP "stopped from the terminal",
        21 SIGTTIN "terminal input in the background",
        22 SIGTTOU "terminal output in the background",
        24 SIGXCPU "CPU time limit exceeded",
        25 SIGXFSZ "file size limit exceeded",
        29 SIGIO "input or output possible",
        31 SIGSYS "forbidden system call",
        34 SIGRTMIN "the first real-time signal: each one sent is kept, and delivered in order",
    }
}

/// From here on a result of a call is an address: mmap(2) and shmat(2) return one, nothing else returns a number as large.
const ADDRESSES: i64 = 1 << 32;

/// What a call returned, as text: an address in hex, all else in decimal.
pub fn returned(ret: i64) -> String {
    if ret >= ADDRESSES {
        format!("{ret:#x}")
    } else {
        ret.to_string()
    }
}

impl Errno {
    fn base(self) -> Option<(Self, i32)> {
        None
    }

    fn unlisted(_name: &str) -> Option<Self> {
        None
    }
}

impl Signal {
    /// Real-time signals are counted from the first.
    fn base(self) -> Option<(Self, i32)> {
        (35..=64)
            .contains(&self.0)
            .then(|| (Self::SIGRTMIN, self.0 - Self::SIGRTMIN.0))
    }

    fn unlisted(name: &str) -> Option<Self> {
        let more: i32 = name.strip_prefix("SIGRTMIN+")?.parse().ok()?;
        (0..=30)
            .contains(&more)
            .then(|| Self(Self::SIGRTMIN.0 + more))
    }
}

#[cfg(test)]
mod tests {
    use super::{Errno, Signal, returned};

    #[test]
    fn an_address_is_shown_in_hex() {
        assert_eq!(
            [-1, 0, 65_536, 0x7f00_0000_1000].map(returned),
            ["-1", "0", "65536", "0x7f0000001000"]
        );
    }

    #[test]
    fn names_survive_json_known_or_not() {
        for errno in [Errno::EPIPE, Errno(7_777)] {
            let json = serde_json::to_string(&errno).unwrap();
            assert_eq!(
                serde_json::from_str::<Errno>(&json).unwrap(),
                errno,
                "{json}"
            );
        }
        assert_eq!(
            serde_json::to_string(&Signal::SIGPIPE).unwrap(),
            "\"SIGPIPE\""
        );
        assert_eq!(
            serde_json::from_str::<Signal>("\"SIG40\"").unwrap(),
            Signal(40)
        );
        assert_eq!(Signal(36).to_string(), "SIGRTMIN+2");
        assert_eq!(Signal::from_name("SIGRTMIN+2"), Some(Signal(36)));
        assert_eq!(Signal::from_name("SIGRTMIN+31"), None);
    }
}
