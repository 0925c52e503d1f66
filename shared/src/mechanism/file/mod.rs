//! File: bytes with an address and names, kept by the file system; nobody is told when they change. open(2), write(2),
//! rename(2), flock(2), inotify(7), mmap(2).

mod choices;
mod offers;
#[cfg(test)]
mod tests;

pub use choices::{Locking, Msync, Order, Params, Reader, Wake};

use super::{Member, Seat};
use crate::{
    catalog::{Capabilities, Category, Entry, Param, ParamKind, Variant},
    command::Values,
    failure::Failure,
};
use offers::{ACTS, PARAMS};
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
