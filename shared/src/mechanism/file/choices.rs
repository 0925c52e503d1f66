//! Parameters and acts of a file as types.

use super::ENTRY;
use crate::{command::Values, event::LockMode, failure::Failure, mechanism::Checked};
use serde::{Deserialize, Serialize};

/// When the reader reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// On command.
    Demand,
    /// Again and again.
    Loop,
}

/// How the reader of a watched file learns of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wake {
    /// inotify(7).
    Inotify,
    /// By looking.
    Poll,
}

/// What a writer locks with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locking {
    /// Nothing.
    None,
    /// flock(2).
    Flock,
    /// fcntl(2) `F_OFD_SETLKW`.
    Ofd,
    /// fcntl(2) `F_SETLKW`.
    Posix,
}

/// What is said to the kernel after a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Msync {
    /// Nothing.
    None,
    /// msync(2) `MS_ASYNC`.
    Async,
    /// msync(2) `MS_SYNC`.
    Sync,
}

/// The parameters as types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Processes that write.
    pub writers: u64,
    /// When the reader reads.
    pub reader: Reader,
    /// How the reader of a watched file learns of a change.
    pub wake: Wake,
    /// Milliseconds between two looks of a reader.
    pub poll: u64,
    /// Most bytes a read() takes.
    pub chunk: u64,
    /// `O_APPEND`.
    pub append: bool,
    /// What a writer locks with.
    pub lock: Locking,
    /// One more writes and never locks.
    pub stranger: bool,
    /// fsync(2) after each write.
    pub fsync: bool,
    /// msync(2) after each store.
    pub msync: Msync,
    /// Microseconds between open() and write().
    pub gap: u64,
    /// Microseconds between the messages of a burst, and between looks that are asked for at once.
    pub pace: u64,
}

impl Params {
    /// The parameters given, checked, with defaults for the others.
    ///
    /// # Errors
    /// `bad_param` for the first that does not fit.
    pub fn new(given: &Values) -> Result<Self, Failure> {
        let checked = Checked::new(&ENTRY, given)?;
        Ok(Self {
            writers: checked.number("writers"),
            reader: match checked.word("reader") {
                "loop" => Reader::Loop,
                _ => Reader::Demand,
            },
            wake: match checked.word("wake") {
                "poll" => Wake::Poll,
                _ => Wake::Inotify,
            },
            poll: checked.number("poll"),
            chunk: checked.number("chunk"),
            append: checked.flag("append"),
            lock: match checked.word("lock") {
                "flock" => Locking::Flock,
                "ofd" => Locking::Ofd,
                "posix" => Locking::Posix,
                _ => Locking::None,
            },
            stranger: checked.flag("stranger"),
            fsync: checked.flag("fsync"),
            msync: match checked.word("msync") {
                "async" => Msync::Async,
                "sync" => Msync::Sync,
                _ => Msync::None,
            },
            gap: checked.number("gap"),
            pace: checked.number("pace"),
        })
    }
}

/// What a worker of a file can be told, beside sending; checked by [`crate::catalog::Entry::order`] before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Order {
    /// Read to the end.
    Read {
        /// How often.
        times: u64,
    },
    /// Load bytes from the mapped page.
    Load {
        /// From where.
        at: u64,
        /// How many.
        len: u64,
    },
    /// open(2), and keep it.
    Open,
    /// close(2) of that.
    Close,
    /// Take the lock, and keep it.
    Lock {
        /// First byte.
        from: u64,
        /// How many; 0 is to the end.
        len: u64,
        /// Shared or exclusive.
        mode: LockMode,
    },
    /// Give it back.
    Unlock,
    /// ftruncate(2).
    Truncate {
        /// Bytes that stay.
        len: u64,
    },
}
