//! What the supervisor and a worker say to each other: one JSON value a line, commands on 127, reports on 126.
//!
//! Nothing in it needs Rust: a program in another language can take a role with two file objects and a JSON library.

use serde::{Deserialize, Serialize};
use shared::{
    command::Data,
    event::{End, Preview},
    ids::MsgId,
    os::{Errno, Signal},
};

/// Longest line either way, bytes; a payload of 32 KiB in base64 fits.
pub const MAX_LINE: usize = 64 * 1024;

/// Have a worker do something, between two of its calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Command {
    /// Send messages `msg`, `msg + 1`, … of that payload.
    Send {
        /// Id of the first.
        msg: MsgId,
        /// The payload.
        data: Data,
        /// How many.
        times: u32,
    },
    /// read(2) of at most `len` bytes.
    Read {
        /// Size of the buffer.
        len: u64,
        /// How many reads.
        times: u64,
    },
    /// close(2) of every descriptor for that end.
    Close {
        /// Which end.
        end: End,
    },
    /// wait4(2) for a child that has ended; for a worker that forks.
    Wait {
        /// The child.
        pid: i32,
    },
}

impl Command {
    /// The verb, as a learner gives it.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Send { .. } => "send",
            Self::Read { .. } => "read",
            Self::Close { .. } => "close",
            Self::Wait { .. } => "wait",
        }
    }
}

/// What a worker says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "report")]
pub enum Report {
    /// First words of a process.
    Started {
        /// Its role.
        role: String,
        /// getpid().
        pid: i32,
        /// getppid().
        parent: i32,
    },
    /// Between calls: the next command is taken at once.
    Ready,
    /// The oldest command that was given is being carried out now.
    Taken,
    /// About to send a message.
    Sending {
        /// The message.
        msg: MsgId,
        /// Through which descriptor.
        fd: i32,
        /// Bytes of the payload.
        len: u64,
        /// Its first bytes.
        preview: Preview,
    },
    /// Done with a message, as far as it went.
    Sent {
        /// The message.
        msg: MsgId,
        /// Bytes that went in.
        n: u64,
        /// Why not all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        errno: Option<Errno>,
    },
    /// Got bytes; 0 is end-of-file.
    Received {
        /// From which descriptor.
        fd: i32,
        /// How many.
        len: u64,
        /// The first of them.
        preview: Preview,
    },
    /// A call other than a send failed, or gave nothing.
    Failed {
        /// Which.
        call: String,
        /// Why.
        errno: Errno,
    },
    /// wait4() let a child go.
    Reaped {
        /// The child.
        pid: i32,
        /// exit(2) status.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<i32>,
        /// The signal that ended it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signal: Option<Signal>,
    },
    /// So many reports found no room.
    Skipped {
        /// How many.
        count: u64,
    },
}
