//! What the supervisor and a worker say to each other: one JSON value a line, commands on 127, reports on 126.
//!
//! Nothing in it needs Rust: a program in another language can take a role with two file objects and a JSON library.

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error as _},
};
use serde_json::Value;
use shared::{
    command::{Data, Values},
    event::Preview,
    ids::MsgId,
    os::{Errno, Signal},
};
use std::net::SocketAddrV4;

/// Longest line either way, bytes; a payload of 32 KiB in base64 fits.
pub const MAX_LINE: usize = 64 * 1024;

/// Have a worker do something, between two of its calls.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
        /// What else the entry wants to know of a send, checked: `priority`, `at`.
        #[serde(default, skip_serializing_if = "Values::is_empty")]
        args: Values,
    },
    /// wait4(2) for a child that has ended; for a worker that forks.
    Wait {
        /// The child.
        pid: i32,
    },
    /// fork(2) a role once more that has ended; for a worker that forks.
    Fork {
        /// Which of the cast.
        number: usize,
        /// Which channels it gets: the ones it had are gone with it.
        channel: usize,
    },
    /// An act of the entry: the verb under `do`, and its arguments, as [`shared::catalog::Entry::order`] has checked them.
    #[serde(untagged)]
    Act(Values),
}

/// The commands that all mechanisms have.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
enum Common {
    Send {
        msg: MsgId,
        data: Data,
        times: u32,
        #[serde(default)]
        args: Values,
    },
    Wait {
        pid: i32,
    },
    Fork {
        number: usize,
        channel: usize,
    },
}

impl<'de> Deserialize<'de> for Command {
    /// By hand, so that a `send` with something wrong in it is not taken for an act of that name.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Values::deserialize(deserializer)?;
        match fields.get("do").and_then(Value::as_str) {
            None => Err(D::Error::missing_field("do")),
            Some("send" | "wait" | "fork") => {
                let object = Value::Object(fields.into_iter().collect());
                Ok(
                    match serde_json::from_value(object).map_err(D::Error::custom)? {
                        Common::Send {
                            msg,
                            data,
                            times,
                            args,
                        } => Self::Send {
                            msg,
                            data,
                            times,
                            args,
                        },
                        Common::Wait { pid } => Self::Wait { pid },
                        Common::Fork { number, channel } => Self::Fork { number, channel },
                    },
                )
            }
            Some(_) => Ok(Self::Act(fields)),
        }
    }
}

impl Command {
    /// The verb, as a learner gives it.
    pub fn verb(&self) -> &str {
        match self {
            Self::Send { .. } => "send",
            Self::Wait { .. } => "wait",
            Self::Fork { .. } => "fork",
            Self::Act(args) => args.get("do").and_then(Value::as_str).unwrap_or_default(),
        }
    }

    /// An act as the mechanism's own type, `#[serde(tag = "do")]`; `None` for another command. The server has checked it.
    pub fn order<Order: DeserializeOwned>(&self) -> Option<Order> {
        let Self::Act(args) = self else { return None };
        let object = args.clone().into_iter().collect();
        serde_json::from_value(Value::Object(object)).ok()
    }
}

/// A report with its time, as it stands in a line.
#[derive(Debug, Serialize)]
pub(super) struct Timed<'a> {
    /// CLOCK_MONOTONIC when it was made, nanoseconds: without X-ray, what different workers say is put in order by it.
    /// Under a name that no report has: `at` is a place in memory.
    #[serde(rename = "ns")]
    pub(super) at: u64,
    /// What is said.
    #[serde(flatten)]
    pub(super) report: &'a Report,
}

/// The time in a line; 0 where a program says none.
///
/// # Errors
/// What is wrong with the line.
pub(crate) fn time_of(line: &[u8]) -> serde_json::Result<u64> {
    #[derive(Deserialize)]
    struct At {
        #[serde(default)]
        ns: u64,
    }
    serde_json::from_slice::<At>(line).map(|line| line.ns)
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
        /// What it is written in, where that is not Rust: `python`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<String>,
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
        /// Priority, type or place, where the entry has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<i64>,
        /// Device and inode of the file behind the descriptor, or 0 and the number of the Unix stream socket, where no tracer
        /// has seen it opened: it may be closed by now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inode: Option<(u64, u64)>,
        /// The address it goes to, `127.0.0.1:5000` or a path, where the descriptor alone does not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<String>,
        /// Own and other address of the TCP connection behind the descriptor, likewise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ends: Option<(SocketAddrV4, SocketAddrV4)>,
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
        /// Priority or type, where the entry has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<i64>,
        /// Device and inode of the file behind the descriptor, or 0 and the number of the Unix stream socket, where no tracer
        /// has seen it opened: it may be closed by now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inode: Option<(u64, u64)>,
        /// Own and other address of the TCP connection behind it, likewise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ends: Option<(SocketAddrV4, SocketAddrV4)>,
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
    /// Anything else about itself that nobody else could know.
    Said {
        /// What, a word of the entry: `handled`, `locked`, `torn`.
        what: String,
        /// About it.
        #[serde(default, skip_serializing_if = "Values::is_empty")]
        about: Values,
    },
    /// Stored bytes in memory that others see, or in a mapped file.
    Stored(Touched),
    /// About to load: what others store from now on may be in it.
    Loading,
    /// Loaded bytes from there.
    Loaded(Touched),
    /// Where the word is that holds the line of source a Python role is in, hexadecimal: it is read at each call.
    Here {
        /// Its address.
        address: String,
    },
    /// So many reports found no room.
    Skipped {
        /// How many.
        count: u64,
    },
}

/// Bytes of shared memory that a worker stored or loaded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Touched {
    /// As part of which message, of a store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg: Option<MsgId>,
    /// Where, bytes from the start of the object; of no use where `address` is given.
    #[serde(default)]
    pub at: u64,
    /// Where in the worker's own memory, hexadecimal: `0x7f12a4c00010`. The mapping there says which object it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Which object, by the last part of its name, for a worker that does not know the address. Needed only where it has
    /// mapped several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many bytes.
    pub len: u64,
    /// The first of them, as the worker saw them.
    pub preview: Preview,
}
