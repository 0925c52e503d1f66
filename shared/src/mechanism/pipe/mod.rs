//! Pipe: a byte stream of a bounded size in the kernel, with or without a name. pipe(7), pipe2(2), fifo(7).

mod acts;
mod params;

pub use acts::{Order, Program, Which};
pub use params::{Forgotten, Params, Reader, SigPipe, Unused, Via};

use super::{Member, Seat};
use crate::{
    catalog::{Capabilities, Category, Entry, Variant},
    command::Values,
};
use serde::{Deserialize, Serialize};

/// The card.
pub const ENTRY: Entry = Entry {
    id: "pipe",
    title: "Pipe",
    glyph: "═",
    category: Category::Mechanism,
    question: "Who sleeps when it is full?",
    built: true,
    variants: &[
        Variant {
            id: "anonymous",
            title: "Anonymous",
            summary: "A parent makes it with pipe2() and the processes inherit its two ends, as in a shell pipeline.",
            can: STREAM,
        },
        Variant {
            id: "fifo",
            title: "FIFO",
            summary: "It has a name in the file system; whoever may open the name can join. open() waits for the other side.",
            can: STREAM,
        },
        Variant {
            id: "python",
            title: "Python's Pipe()",
            summary: "multiprocessing.Pipe(): in truth a pair of sockets, both ways, and each object behind its length. duplex=False is a pipe.",
            can: Capabilities {
                boundaries: true,
                bidirectional: true,
                many_to_many: false,
                ..STREAM
            },
        },
    ],
    params: params::PARAMS,
    acts: acts::ACTS,
    send: &[],
};

const STREAM: Capabilities = Capabilities {
    ordered: true,
    boundaries: false,
    bidirectional: false,
    many_to_many: true,
    crosses_machines: false,
    survives: false,
    passes_descriptors: false,
    copies: 2,
};

/// The ways to have a pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// pipe2(2).
    Anonymous,
    /// mkfifo(3).
    Fifo,
    /// socketpair(2), or pipe2(2) with `duplex=False`, and a protocol above it.
    Python,
}

/// Who takes part: the parent; the writers on the left, the reader on the right, and who moves bytes between two pipes
/// below. Of Python's pipe the two sides, which can both send.
pub(super) fn cast(variant: &str, given: &Values) -> Vec<Member> {
    let mut cast = vec![Member::parent()];
    if variant == "python" {
        cast.push(Member::new("sender", "sender", Seat::Left, true));
        cast.push(Member::new("receiver", "receiver", Seat::Right, true));
        return cast;
    }
    let params = Params::new(given).ok();
    let writers = params.as_ref().map_or(1, |params| params.writers);
    let via = params
        .filter(|_| variant == "anonymous")
        .map_or(Via::None, |params| params.via);
    cast.extend((1..=writers).map(|number| Member::numbered("writer", number, Seat::Left, true)));
    if via != Via::None {
        cast.push(Member::new("relay", "relay", Seat::Below, false));
    }
    let readers = if via == Via::Tee { 2 } else { 1 };
    cast.extend((1..=readers).map(|number| Member::numbered("reader", number, Seat::Right, false)));
    cast
}

#[cfg(test)]
mod tests;
