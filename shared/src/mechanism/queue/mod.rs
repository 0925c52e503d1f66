//! Queue: messages that stay whole until somebody takes them. mq_overview(7), sysvipc(7), Python's `multiprocessing.Queue`,
//! and one of our own in shared memory.

mod acts;
pub mod layout;
mod params;
pub mod posix;
pub mod python;
pub mod shared;
pub mod sysv;

use super::{Checked, Member, Seat};
use crate::{
    catalog::{Category, Entry, Variant},
    command::Values,
};
use serde::{Deserialize, Serialize};

/// The card.
pub const ENTRY: Entry = Entry {
    id: "queue",
    title: "Queue",
    glyph: "⋮",
    category: Category::Mechanism,
    question: "Who gets a message when several wait for it?",
    built: true,
    variants: VARIANTS,
    params: params::PARAMS,
    acts: acts::ACTS,
    send: acts::SEND,
};

const VARIANTS: &[Variant] = &[
    posix::VARIANT,
    sysv::VARIANT,
    python::VARIANT,
    shared::VARIANT,
];

/// The text that ends a consumer which heeds it. Nothing in a queue says "no more": programs agree on a message for that.
pub const SENTINEL: &str = "STOP";

/// What all variants let a learner choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crew {
    /// Processes that send.
    pub producers: u64,
    /// Processes that receive.
    pub consumers: u64,
    /// Consumers receive again and again, not only on command.
    pub loops: bool,
    /// Microseconds between the messages of a burst.
    pub pace: u64,
    /// Microseconds a consumer rests after each message.
    pub rest: u64,
    /// Consumers end when they receive [`SENTINEL`].
    pub sentinel: bool,
}

impl Crew {
    fn new(checked: &Checked) -> Self {
        Self {
            producers: checked.number("producers"),
            consumers: checked.number("consumers"),
            loops: checked.word("consumer") != "demand",
            pace: checked.number("pace"),
            rest: checked.number("rest"),
            sentinel: checked.flag("sentinel"),
        }
    }
}

/// Who takes part: the parent, the producers on the left, the consumers on the right.
pub(super) fn cast(_variant: &str, given: &Values) -> Vec<Member> {
    let (producers, consumers) = Checked::new(&ENTRY, given).map_or((1, 1), |checked| {
        (checked.number("producers"), checked.number("consumers"))
    });
    let mut cast = vec![Member::parent()];
    cast.extend((1..=producers).map(|n| Member::numbered("producer", n, Seat::Left, true)));
    cast.extend((1..=consumers).map(|n| Member::numbered("consumer", n, Seat::Right, false)));
    cast
}

#[cfg(test)]
mod tests;
