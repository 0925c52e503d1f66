//! What the kernel, or a worker's memory, says of an object.

use crate::ids::{MsgId, WorkerId};
use serde::{Deserialize, Serialize};

use super::{End, Preview};

/// A message that lies in an object that keeps messages apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The message; absent where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg: Option<MsgId>,
    /// Bytes of its payload.
    pub len: u64,
    /// Priority of mq_send(3), type of msgsnd(2), slot of a ring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<i64>,
    /// Its first bytes.
    pub preview: Preview,
}

/// Where an object lies in a process's memory: a line of `/proc/PID/maps`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mapping {
    /// Whose memory.
    pub worker: WorkerId,
    /// First address, hexadecimal: `0x7f12a4c00000`.
    pub address: String,
    /// Bytes.
    pub len: u64,
}

/// A lock on a file: a line of `/proc/locks`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Lock {
    /// Whose it is, or who waits for it; absent where the kernel does not say (OFD locks name no process).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<WorkerId>,
    /// Which call made it.
    pub kind: LockKind,
    /// Shared or exclusive.
    pub mode: LockMode,
    /// First byte locked.
    pub from: u64,
    /// One past the last; absent for the end of the file, wherever that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<u64>,
    /// Not got yet: it waits.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waiting: bool,
}

/// What made a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockKind {
    /// flock(2): belongs to the open file.
    Flock,
    /// fcntl(2) `F_SETLK`: belongs to the process.
    Posix,
    /// fcntl(2) `F_OFD_SETLK`: belongs to the open file.
    Ofd,
}

/// What a lock keeps others from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockMode {
    /// `LOCK_SH`, `F_RDLCK`.
    Shared,
    /// `LOCK_EX`, `F_WRLCK`.
    Exclusive,
}

/// Where an open file reads or writes next: `pos` of `/proc/PID/fdinfo/FD`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Offset {
    /// Whose descriptor.
    pub worker: WorkerId,
    /// The descriptor.
    pub fd: i32,
    /// Bytes from the start.
    pub pos: u64,
}

/// What the kernel says of a socket, sock_diag(7): what `ss` shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// `tcp`, `udp`, `unix-stream`, `unix-datagram`, `unix-seqpacket`.
    pub transport: String,
    /// `ESTABLISHED`, `LISTEN`, `SYN_SENT`, `FIN_WAIT1`, `FIN_WAIT2`, `CLOSE_WAIT`, `LAST_ACK`, `CLOSING`, `TIME_WAIT`,
    /// `CLOSE`: as tcp(7) has them. Of UDP and Unix sockets the first two and `CLOSE`, which is unconnected.
    pub state: String,
    /// Its own address: `127.3.9.4:5000`, or a path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<String>,
    /// The address that it is connected to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
    /// What shutdown(2) has ended, from this side or, of Unix sockets, from the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shut: Option<End>,
}

/// Who stored bytes `[from, to)` of an object last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrote {
    /// First byte, from the start of the object.
    pub from: u64,
    /// One past the last byte.
    pub to: u64,
    /// Who; absent where nobody was seen or said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<WorkerId>,
    /// As part of which message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg: Option<MsgId>,
    /// Which byte of that message `from` is.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub at: u64,
}

// serde's skip_serializing_if hands over a reference.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for this signature"
)]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// Signals of a process, one bit each, signal 1 the lowest: `/proc/PID/status`, 16 hexadecimal digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Masks {
    /// Sent, not delivered yet: `SigPnd` and `ShdPnd`.
    pub pending: String,
    /// Held back: `SigBlk`.
    pub blocked: String,
    /// Thrown away: `SigIgn`.
    pub ignored: String,
    /// A handler runs: `SigCgt`.
    pub caught: String,
}

impl Masks {
    /// The bit of a signal in a mask.
    pub fn has(mask: &str, signal: i32) -> bool {
        let bits = u64::from_str_radix(mask, 16).unwrap_or(0);
        u32::try_from(signal - 1).is_ok_and(|bit| bits.checked_shr(bit).unwrap_or(0) & 1 == 1)
    }
}
