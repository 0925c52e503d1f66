//! What can be chosen before the start.

use super::ENTRY;
use crate::{
    catalog::{Param, ParamKind},
    command::Values,
    failure::Failure,
    mechanism::{Checked, number},
};
use serde::{Deserialize, Serialize};

/// Variants that are pipes and nothing else.
const PLAIN: &[&str] = &["anonymous", "fifo"];

pub(super) const PARAMS: &[Param] = &[
    Param {
        id: "writers",
        label: "Writers",
        help: "Processes that write into the same pipe.",
        kind: number(1, 4, 1, "processes"),
        variants: PLAIN,
    },
    Param {
        id: "duplex",
        label: "duplex",
        help: "As in Pipe(duplex=True): both sides can send and receive. Without it, it is a pipe.",
        kind: ParamKind::Flag { default: true },
        variants: &["python"],
    },
    Param {
        id: "unused",
        label: "Unused ends",
        help: "After a fork everybody has both connections. What becomes of those that are not theirs?",
        kind: ParamKind::Choice {
            options: &[
                ("kept", "kept, as the tutorial's program does"),
                ("closed", "closed by everybody"),
            ],
        },
        variants: &["python"],
    },
    Param {
        id: "reader",
        label: "Reader",
        help: "Reads again and again, or only when you say so; a late one does not even open a FIFO before.",
        kind: ParamKind::Choice {
            options: &[
                ("loop", "reads in a loop"),
                ("demand", "reads when told"),
                ("late", "opens and reads when told"),
            ],
        },
        variants: &[],
    },
    Param {
        id: "chunk",
        label: "Read size",
        help: "Most bytes the reader takes with one read().",
        kind: number(1, 1_048_576, 4096, "bytes"),
        variants: PLAIN,
    },
    Param {
        id: "capacity",
        label: "Capacity",
        help: "F_SETPIPE_SZ; 0 keeps what the kernel gave, 65,536 as a rule. Rounded up to a power of two of pages.",
        kind: number(0, 1_048_576, 0, "bytes"),
        variants: PLAIN,
    },
    Param {
        id: "via",
        label: "Between two pipes",
        help: "A process in the middle takes bytes from one pipe and puts them into the next.",
        kind: ParamKind::Choice {
            options: &[
                ("none", "nobody: one pipe"),
                ("copy", "read() and write()"),
                ("splice", "splice(): the kernel moves them"),
                ("tee", "tee(): the kernel doubles them"),
            ],
        },
        variants: &["anonymous"],
    },
    Param {
        id: "nonblock",
        label: "O_NONBLOCK",
        help: "Calls that would have to wait fail with EAGAIN instead.",
        kind: ParamKind::Flag { default: false },
        variants: PLAIN,
    },
    Param {
        id: "packets",
        label: "O_DIRECT",
        help: "Packet mode: each write of up to 4,096 bytes takes a slot of its own and is read by itself.",
        kind: ParamKind::Flag { default: false },
        variants: PLAIN,
    },
    Param {
        id: "sigpipe",
        label: "SIGPIPE in the writer",
        help: "What happens to it when nobody can read any more: killed, or told EPIPE.",
        kind: ParamKind::Choice {
            options: &[("default", "kills it"), ("ignore", "is ignored")],
        },
        variants: PLAIN,
    },
    Param {
        id: "pace",
        label: "Pace",
        help: "Pause between the messages of a burst.",
        kind: number(0, 1_000_000, 0, "microseconds"),
        variants: &[],
    },
    Param {
        id: "forgotten",
        label: "Forgotten end",
        help: "Which process does not close an end it does not need.",
        kind: ParamKind::Choice {
            options: &[
                ("none", "none: everybody closes theirs"),
                ("reader-write", "the reader keeps a write end"),
                ("parent-write", "the parent keeps a write end"),
                ("writer-read", "the writer keeps a read end"),
            ],
        },
        variants: PLAIN,
    },
];

/// How the reader reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reader {
    /// Again and again, until end-of-file.
    Loop,
    /// Only on command.
    Demand,
    /// Only on command, and a FIFO is not opened before the first.
    Late,
}

/// Who forgets to close which end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Forgotten {
    /// Nobody.
    None,
    /// The reader keeps a write end: it never sees end-of-file.
    ReaderWrite,
    /// The parent keeps a write end.
    ParentWrite,
    /// The writers keep a read end: they never get SIGPIPE.
    WriterRead,
}

/// What SIGPIPE does to a writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SigPipe {
    /// SIG_DFL: it dies.
    Default,
    /// SIG_IGN: write() fails with EPIPE.
    Ignore,
}

/// Who is between two pipes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// There is one pipe only.
    None,
    /// A process that reads and writes.
    Copy,
    /// One that has the kernel move the bytes, splice(2).
    Splice,
    /// One that has the kernel double them, tee(2), and moves them on to a third pipe.
    Tee,
}

/// What becomes of the connections that a side has from the fork and does not need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unused {
    /// Everybody keeps them: nobody ever sees end-of-file.
    Kept,
    /// Everybody closes them.
    Closed,
}

/// The parameters as types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Processes that write.
    pub writers: u64,
    /// Python's pipe goes both ways.
    pub duplex: bool,
    /// Connections of Python's pipe that a side does not need.
    pub unused: Unused,
    /// How the reader reads.
    pub reader: Reader,
    /// Most bytes a read() takes.
    pub chunk: u64,
    /// F_SETPIPE_SZ, 0 to leave it.
    pub capacity: u64,
    /// Who is between two pipes.
    pub via: Via,
    /// O_NONBLOCK on both ends.
    pub nonblock: bool,
    /// O_DIRECT.
    pub packets: bool,
    /// What SIGPIPE does to writers.
    pub sigpipe: SigPipe,
    /// Microseconds between the messages of a burst.
    pub pace: u64,
    /// Who forgets to close what.
    pub forgotten: Forgotten,
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
            duplex: checked.flag("duplex"),
            unused: match checked.word("unused") {
                "closed" => Unused::Closed,
                _ => Unused::Kept,
            },
            reader: match checked.word("reader") {
                "demand" => Reader::Demand,
                "late" => Reader::Late,
                _ => Reader::Loop,
            },
            chunk: checked.number("chunk"),
            capacity: checked.number("capacity"),
            via: match checked.word("via") {
                "copy" => Via::Copy,
                "splice" => Via::Splice,
                "tee" => Via::Tee,
                _ => Via::None,
            },
            nonblock: checked.flag("nonblock"),
            packets: checked.flag("packets"),
            sigpipe: if checked.word("sigpipe") == "ignore" {
                SigPipe::Ignore
            } else {
                SigPipe::Default
            },
            pace: checked.number("pace"),
            forgotten: match checked.word("forgotten") {
                "reader-write" => Forgotten::ReaderWrite,
                "parent-write" => Forgotten::ParentWrite,
                "writer-read" => Forgotten::WriterRead,
                _ => Forgotten::None,
            },
        })
    }
}
