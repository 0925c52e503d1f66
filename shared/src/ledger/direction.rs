//! What system calls do with bytes, by their names.

/// Into which direction a call moves bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Into what its descriptor leads to.
    Send,
    /// Out of it.
    Receive,
    /// Out of one descriptor, into another.
    Move,
    /// The same, but the bytes stay.
    Copy,
}

impl Direction {
    /// What the call of that name does; nothing for those that move no bytes.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "write" | "writev" | "pwrite64" | "pwritev" | "pwritev2" | "vmsplice" | "send"
            | "sendto" | "sendmsg" | "sendmmsg" | "mq_timedsend" | "msgsnd" => Some(Self::Send),
            "read" | "readv" | "pread64" | "preadv" | "preadv2" | "recv" | "recvfrom"
            | "recvmsg" | "recvmmsg" | "mq_timedreceive" | "msgrcv" => Some(Self::Receive),
            "splice" | "sendfile" | "copy_file_range" => Some(Self::Move),
            "tee" => Some(Self::Copy),
            _ => None,
        }
    }
}
