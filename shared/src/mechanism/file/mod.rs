//! File: bytes with an address and names, kept by the file system; nobody is told when they change. open(2), write(2),
//! rename(2), flock(2), inotify(7), mmap(2).

mod choices;
#[cfg(test)]
mod tests;

pub use choices::{Locking, Msync, Order, Params, Reader, Wake};

use super::{Member, Seat};
use crate::{
    catalog::{Act, Capabilities, Category, Entry, Param, ParamKind, Variant},
    command::Values,
    failure::Failure,
};
use serde::{Deserialize, Serialize};

/// Bytes of a file that is mapped: one page.
pub const MAPPED: u64 = 4096;

/// The card.
pub const ENTRY: Entry = Entry {
    id: "file",
    title: "File",
    glyph: "▤",
    category: Category::Mechanism,
    question: "What does a reader see while you are writing?",
    built: true,
    variants: &[
        variant(
            "write",
            "Write, then read",
            "open() with O_TRUNC empties the file, write() fills it again; whoever reads in between gets nothing.",
            false,
            false,
            2,
        ),
        variant(
            "append",
            "Append",
            "Several add lines to one file. O_APPEND puts each behind the last byte; locks are for those who ask for them.",
            true,
            false,
            2,
        ),
        variant(
            "rename",
            "Replace by rename",
            "Write a new file beside the old one, then rename() it over: a reader gets all of one or all of the other.",
            false,
            true,
            2,
        ),
        variant(
            "watched",
            "Watched",
            "The reader sleeps until inotify says that a writer has closed the file; or it looks again and again.",
            false,
            false,
            2,
        ),
        variant(
            "mapped",
            "Memory-mapped",
            "mmap() puts the file's pages into the memory of both: a store is no call, and the file has it all the same.",
            false,
            false,
            0,
        ),
    ],
    params: PARAMS,
    acts: ACTS,
    send: &[Param {
        id: "at",
        label: "At",
        help: "Where the first byte goes, counted from the start of the file.",
        kind: ParamKind::Number {
            min: 0,
            max: MAPPED - 1,
            default: 0,
            unit: "bytes",
        },
        variants: &["mapped"],
    }],
};

/// `ordered`: only an append keeps what was there; the others have a place that the next message takes.
const fn variant(
    id: &'static str,
    title: &'static str,
    summary: &'static str,
    ordered: bool,
    boundaries: bool,
    copies: u8,
) -> Variant {
    Variant {
        id,
        title,
        summary,
        can: Capabilities {
            ordered,
            boundaries,
            bidirectional: true,
            many_to_many: true,
            crosses_machines: false,
            survives: true,
            passes_descriptors: false,
            copies,
        },
    }
}

const PARAMS: &[Param] = &[
    Param {
        id: "writers",
        label: "Writers",
        help: "Processes that write to the same name.",
        kind: ParamKind::Number {
            min: 1,
            max: 3,
            default: 1,
            unit: "processes",
        },
        variants: &[],
    },
    Param {
        id: "reader",
        label: "Reader",
        help: "Reads when you say so, or again and again: a file wakes nobody.",
        kind: ParamKind::Choice {
            options: &[("demand", "reads when told"), ("loop", "reads in a loop")],
        },
        variants: &["write", "append", "rename", "mapped"],
    },
    Param {
        id: "wake",
        label: "Reader",
        help: "Sleeps until the kernel says that the file was written, or looks again and again.",
        kind: ParamKind::Choice {
            options: &[
                ("inotify", "is woken by inotify"),
                ("poll", "looks again and again"),
            ],
        },
        variants: &["watched"],
    },
    Param {
        id: "poll",
        label: "Pause of the reader",
        help: "How long it sleeps between two looks.",
        kind: ParamKind::Number {
            min: 0,
            max: 10_000,
            default: 200,
            unit: "milliseconds",
        },
        variants: &[],
    },
    Param {
        id: "chunk",
        label: "Read size",
        help: "Most bytes the reader takes with one read().",
        kind: ParamKind::Number {
            min: 1,
            max: 65_536,
            default: 4096,
            unit: "bytes",
        },
        variants: &[],
    },
    Param {
        id: "append",
        label: "O_APPEND",
        help: "Each write() goes to the end of the file, wherever that is by then; else to where its own open file stands.",
        kind: ParamKind::Flag { default: true },
        variants: &["append"],
    },
    Param {
        id: "lock",
        label: "Lock",
        help: "What a writer takes before it writes and gives back after; it keeps out only others who ask for one too.",
        kind: ParamKind::Choice {
            options: &[
                ("none", "none"),
                ("flock", "flock: of the open file"),
                ("ofd", "F_OFD_SETLKW: of the open file, by range"),
                ("posix", "F_SETLKW: of the process, by range"),
            ],
        },
        variants: &["append"],
    },
    Param {
        id: "stranger",
        label: "A stranger",
        help: "One more process that writes and never asks for the lock.",
        kind: ParamKind::Flag { default: false },
        variants: &["append"],
    },
    Param {
        id: "fsync",
        label: "fsync",
        help: "The writer waits until the bytes are on the disk, and not only in the kernel's memory.",
        kind: ParamKind::Flag { default: false },
        variants: &["write", "append", "rename", "watched"],
    },
    Param {
        id: "msync",
        label: "msync",
        help: "What a writer says to the kernel after a store; other processes see the store either way.",
        kind: ParamKind::Choice {
            options: &[
                ("none", "nothing"),
                ("async", "MS_ASYNC: write it back some time"),
                ("sync", "MS_SYNC: write it back now, and wait"),
            ],
        },
        variants: &["mapped"],
    },
    Param {
        id: "gap",
        label: "Pause after opening",
        help: "How long the writer takes between open() and write().",
        kind: ParamKind::Number {
            min: 0,
            max: 1_000_000,
            default: 0,
            unit: "microseconds",
        },
        variants: &["write", "rename", "watched"],
    },
    Param {
        id: "pace",
        label: "Pace",
        help: "Pause between the messages of a burst.",
        kind: ParamKind::Number {
            min: 0,
            max: 1_000_000,
            default: 0,
            unit: "microseconds",
        },
        variants: &[],
    },
];

const ACTS: &[Act] = &[
    Act {
        id: "read",
        label: "Read",
        help: "Reads the file to its end; by its name, or what it has open.",
        variants: &[],
        roles: &["reader"],
        args: &[],
    },
    Act {
        id: "load",
        label: "Load",
        help: "Loads bytes from the mapped page: no system call.",
        variants: &["mapped"],
        roles: &["reader"],
        args: &[
            Param {
                id: "at",
                label: "At",
                help: "Where the first byte is, counted from the start of the file.",
                kind: ParamKind::Number {
                    min: 0,
                    max: MAPPED - 1,
                    default: 0,
                    unit: "bytes",
                },
                variants: &[],
            },
            Param {
                id: "len",
                label: "Bytes",
                help: "How many.",
                kind: ParamKind::Number {
                    min: 1,
                    max: MAPPED,
                    default: 64,
                    unit: "bytes",
                },
                variants: &[],
            },
        ],
    },
    Act {
        id: "open",
        label: "Open",
        help: "open() and no more: a writer's empties the file; a reader keeps what it has opened.",
        variants: &["write", "rename", "watched"],
        roles: &["writer", "reader"],
        args: &[],
    },
    Act {
        id: "close",
        label: "Close",
        help: "close() of what it has open; a writer that replaces the file renames now.",
        variants: &["write", "rename", "watched"],
        roles: &["writer", "reader"],
        args: &[],
    },
    Act {
        id: "lock",
        label: "Lock",
        help: "Takes the lock and keeps it; sleeps while another has it.",
        variants: &["append"],
        roles: &["writer"],
        args: &[
            Param {
                id: "from",
                label: "From",
                help: "First byte; flock() knows the whole file only.",
                kind: ParamKind::Number {
                    min: 0,
                    max: 1_048_576,
                    default: 0,
                    unit: "bytes",
                },
                variants: &[],
            },
            Param {
                id: "len",
                label: "Bytes",
                help: "How many; 0 is to the end, wherever that will be.",
                kind: ParamKind::Number {
                    min: 0,
                    max: 1_048_576,
                    default: 0,
                    unit: "bytes",
                },
                variants: &[],
            },
            Param {
                id: "mode",
                label: "Mode",
                help: "One alone, or several who only read.",
                kind: ParamKind::Choice {
                    options: &[("exclusive", "exclusive"), ("shared", "shared")],
                },
                variants: &[],
            },
        ],
    },
    Act {
        id: "unlock",
        label: "Unlock",
        help: "Gives the lock back; who waits for it gets it.",
        variants: &["append"],
        roles: &["writer"],
        args: &[],
    },
    Act {
        id: "truncate",
        label: "Truncate",
        help: "ftruncate(): the file ends there; pages behind are gone, mapped or not.",
        variants: &["mapped"],
        roles: &["writer"],
        args: &[Param {
            id: "len",
            label: "Bytes",
            help: "Bytes that stay.",
            kind: ParamKind::Number {
                min: 0,
                max: MAPPED,
                default: 0,
                unit: "bytes",
            },
            variants: &[],
        }],
    },
];

/// The five ways to hand something over in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// open(2) with `O_TRUNC`, write(2), close(2).
    Write,
    /// `O_APPEND`, and locks.
    Append,
    /// rename(2) over the old one.
    Rename,
    /// inotify(7).
    Watched,
    /// mmap(2).
    Mapped,
}

impl Kind {
    /// The kind of a variant.
    ///
    /// # Errors
    /// `bad_param` for `variant`.
    pub fn new(variant: &str) -> Result<Self, Failure> {
        Ok(match variant {
            "write" => Self::Write,
            "append" => Self::Append,
            "rename" => Self::Rename,
            "watched" => Self::Watched,
            "mapped" => Self::Mapped,
            _ => {
                return Err(Failure::bad_param(
                    "variant",
                    format!("File has no variant \"{variant}\""),
                    "write, append, rename, watched or mapped",
                ));
            }
        })
    }
}

/// Who takes part: the parent, the writers on the left and with them a stranger, the reader on the right.
pub(super) fn cast(variant: &str, given: &Values) -> Vec<Member> {
    let (writers, stranger) = Params::new(given).map_or((1, false), |params| {
        (params.writers, params.stranger && variant == "append")
    });
    let mut cast = vec![Member::parent()];
    cast.extend((1..=writers).map(|number| Member::numbered("writer", number, Seat::Left, true)));
    if stranger {
        cast.push(Member::new("stranger", "stranger", Seat::Left, true));
    }
    cast.push(Member::new("reader", "reader", Seat::Right, false));
    cast
}
