//! What can be done to its processes.

use crate::{
    catalog::{Act, Param, ParamKind},
    event::End,
    mechanism::number,
};
use serde::{Deserialize, Serialize};

/// Variants that are pipes and nothing else.
const PLAIN: &[&str] = &["anonymous", "fifo"];

pub(super) const ACTS: &[Act] = &[
    Act {
        id: "read",
        label: "Read",
        help: "One read() of at most that many bytes.",
        variants: PLAIN,
        roles: &["reader"],
        args: &[
            Param {
                id: "len",
                label: "Bytes",
                help: "Size of the buffer given to read().",
                kind: number(1, 1_048_576, 4096, "bytes"),
                variants: &[],
            },
            TIMES,
        ],
    },
    Act {
        id: "pass",
        label: "Pass on",
        help: "Takes at most that many bytes from one pipe and puts them into the next.",
        variants: &["anonymous"],
        roles: &["relay"],
        args: &[
            Param {
                id: "len",
                label: "Bytes",
                help: "Most bytes of one splice(), tee() or read().",
                kind: number(1, 1_048_576, 4096, "bytes"),
                variants: &[],
            },
            TIMES,
        ],
    },
    Act {
        id: "close",
        label: "Close",
        help: "close() of every descriptor it holds for that end.",
        variants: PLAIN,
        roles: &["writer", "reader", "relay", "parent"],
        args: &[Param {
            id: "end",
            label: "End",
            help: "Which end.",
            kind: ParamKind::Choice {
                options: &[("write", "write end"), ("read", "read end")],
            },
            variants: &[],
        }],
    },
    Act {
        id: "exec",
        label: "Become a program",
        help: "dup2() of its ends to 0 and 1, as a shell does in a pipeline, then execve(): another program in the same process.",
        variants: PLAIN,
        roles: &["writer", "relay", "reader"],
        args: &[Param {
            id: "program",
            label: "Program",
            help: "What it becomes. It knows nothing of us, and reports nothing.",
            kind: ParamKind::Choice {
                options: &[
                    ("cat", "cat"),
                    ("head", "head -n 1"),
                    ("seq", "seq 1 5"),
                    ("tr", "tr a-z A-Z"),
                    ("wc", "wc -c"),
                    ("yes", "yes"),
                ],
            },
            variants: &[],
        }],
    },
    Act {
        id: "recv",
        label: "Receive",
        help: "One conn.recv(): a whole object, however many read() that takes.",
        variants: &["python"],
        roles: &["receiver", "sender"],
        args: &[TIMES],
    },
    Act {
        id: "hang-up",
        label: "Close a connection",
        help: "conn.close() of its own connection, or of its copy of the other side's.",
        variants: &["python"],
        roles: &["sender", "receiver", "parent"],
        args: &[Param {
            id: "which",
            label: "Connection",
            help: "Which of the two that it has from the fork.",
            kind: ParamKind::Choice {
                options: &[
                    ("own", "its own"),
                    ("other", "its copy of the other side's"),
                    ("both", "both"),
                ],
            },
            variants: &[],
        }],
    },
];

const TIMES: Param = Param {
    id: "times",
    label: "Times",
    help: "How often.",
    kind: number(1, 10_000, 1, ""),
    variants: &[],
};

/// What a learner can have a worker do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum Order {
    /// read(2) of at most `len` bytes, `times` times.
    Read {
        /// Size of the buffer.
        len: u64,
        /// How many reads.
        times: u64,
    },
    /// Bytes from one pipe into the next.
    Pass {
        /// Most bytes at once.
        len: u64,
        /// How often.
        times: u64,
    },
    /// close(2) of every descriptor for that end.
    Close {
        /// Which end.
        end: End,
    },
    /// execve(2) of another program, after dup2(2) of the ends to its standard input and output.
    Exec {
        /// Which.
        program: Program,
    },
    /// `conn.recv()`.
    Recv {
        /// How many objects.
        times: u64,
    },
    /// `conn.close()`.
    HangUp {
        /// Which connection.
        which: Which,
    },
}

/// A connection of Python's pipe, as one side sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    /// Its own.
    Own,
    /// The copy it has of the other side's.
    Other,
    /// Both.
    Both,
}

/// Programs that a role can become; all of them are in every GNU/Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Program {
    /// Copies its input to its output.
    Cat,
    /// Takes one line, and ends.
    Head,
    /// Writes 1 to 5.
    Seq,
    /// Makes letters large.
    Tr,
    /// Counts bytes.
    Wc,
    /// Writes without end.
    Yes,
}

impl Program {
    /// Its file and its arguments.
    pub fn command(self) -> &'static [&'static str] {
        match self {
            Self::Cat => &["/usr/bin/cat"],
            Self::Head => &["/usr/bin/head", "-n", "1"],
            Self::Seq => &["/usr/bin/seq", "1", "5"],
            Self::Tr => &["/usr/bin/tr", "a-z", "A-Z"],
            Self::Wc => &["/usr/bin/wc", "-c"],
            Self::Yes => &["/usr/bin/yes"],
        }
    }
}
