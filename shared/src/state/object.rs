//! A kernel object as it was last seen.

use crate::{
    event::{Endpoint, Holder, Item, Lock, Mapping, Offset, Origin, Reading, Wrote},
    ids::{MsgId, ObjectId},
};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// A kernel object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// What the kernel calls it.
    pub id: ObjectId,
    /// `pipe`, `fifo`, `file`, …: see `object.created`.
    pub object_type: String,
    /// Name in the file system.
    pub name: Option<String>,
    /// What it holds, oldest first: the ledger's order.
    pub ribbon: VecDeque<Segment>,
    /// Bytes that were seen to come out before the call that put them in was seen to return.
    #[serde(default)]
    pub owed: VecDeque<Segment>,
    /// Bytes that went in.
    pub written: u64,
    /// Bytes that came out, those that were lost among them.
    pub read: u64,
    /// The newest reading of each figure.
    pub readings: Vec<Reading>,
    /// Who holds which end.
    pub holders: Vec<Holder>,
    /// It is gone.
    pub removed: bool,
    /// Names that lead to it.
    #[serde(default)]
    pub names: Vec<String>,
    /// Where it is mapped.
    #[serde(default)]
    pub mappings: Vec<Mapping>,
    /// Locks on it.
    #[serde(default)]
    pub locks: Vec<Lock>,
    /// Where open files stand.
    #[serde(default)]
    pub offsets: Vec<Offset>,
    /// The object at the other end.
    #[serde(default)]
    pub peer: Option<ObjectId>,
    /// Addresses and state, of a socket.
    #[serde(default)]
    pub socket: Option<Endpoint>,
    /// What it holds, where it keeps messages apart: the next to be received first.
    #[serde(default)]
    pub items: Vec<Item>,
    /// Items that are not listed.
    #[serde(default)]
    pub more: u64,
    /// How the items are known.
    #[serde(default)]
    pub items_origin: Option<Origin>,
    /// What is in it, of files and memory.
    #[serde(default)]
    pub content: Option<Content>,
}

/// What was last read of a file or of shared memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Where `hex` begins.
    pub at: u64,
    /// The bytes, two hexadecimal digits each.
    pub hex: String,
    /// Bytes of the whole object.
    pub total: u64,
    /// Who stored what last.
    pub writers: Vec<Wrote>,
}

/// Bytes in a kernel object that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// The message; absent where it is not known.
    pub msg: Option<MsgId>,
    /// First byte of the message.
    pub from: u64,
    /// One past the last.
    pub to: u64,
}

impl Object {
    /// Whether one of its names ends so: `/dev/shm/sem.places` in a box, with the run's id and a `-` before it elsewhere.
    pub fn is_called(&self, name: &str) -> bool {
        let mut names = self.name.iter().chain(&self.names);
        names.any(|path| path.rsplit(['.', '-', '/']).next() == Some(name))
    }

    /// The newest reading of a figure.
    pub fn reading(&self, figure: &str) -> Option<&Reading> {
        self.readings
            .iter()
            .find(|reading| reading.figure == figure)
    }

    /// Bytes in the object as the ledger counts them: in minus out.
    pub fn bytes(&self) -> u64 {
        self.written.saturating_sub(self.read)
    }

    /// Bytes go in at one side and come out at the other, in order, once: pipes and stream sockets.
    pub fn streams(&self) -> bool {
        matches!(self.object_type.as_str(), "pipe" | "fifo" | "socket")
    }

    /// Whether a figure was read from the kernel.
    pub fn is_live(&self, figure: &str) -> bool {
        self.reading(figure)
            .is_some_and(|reading| reading.origin == Origin::Live)
    }
}
