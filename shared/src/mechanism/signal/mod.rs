//! Signal and event: nothing moves but a number, and somebody wakes. signal(7), signalfd(2), eventfd(2), sem_overview(7).

mod acts;
mod names;
mod params;

pub use names::{CHOSEN, SIGRTMIN, name, number};
pub use params::{Handler, Params, Takes, Waits};

use super::{Member, Seat};
use crate::{
    catalog::{Capabilities, Category, Entry, Variant},
    command::Values,
    failure::Failure,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The card.
pub const ENTRY: Entry = Entry {
    id: "signal",
    title: "Signal",
    glyph: "⚑",
    category: Category::Mechanism,
    question: "Why does the handler run once for five signals?",
    built: true,
    variants: &[
        Variant {
            id: "signals",
            title: "Signals",
            summary: "kill() and sigqueue() interrupt another process, which may block, ignore or handle them. Real-time ones queue.",
            can: Capabilities {
                // Only the real-time ones of one number; a lower number is always delivered first.
                ordered: false,
                // Standard ones merge while one is pending.
                boundaries: false,
                bidirectional: false,
                many_to_many: false,
                crosses_machines: false,
                survives: false,
                passes_descriptors: false,
                // The value of sigqueue(); kill() has nothing to copy.
                copies: 2,
            },
        },
        Variant {
            id: "signalfd",
            title: "signalfd",
            summary: "Blocked signals are read from a descriptor, one structure each, with read() or in a poll loop.",
            can: Capabilities {
                ordered: false,
                boundaries: false,
                bidirectional: false,
                many_to_many: false,
                crosses_machines: false,
                survives: false,
                passes_descriptors: false,
                copies: 2,
            },
        },
        Variant {
            id: "eventfd",
            title: "eventfd",
            summary: "A counter in the kernel behind a descriptor: write() adds to it, read() takes all of it and sleeps at 0.",
            can: Capabilities {
                ordered: false,
                // Numbers add up; who wrote what is gone.
                boundaries: false,
                bidirectional: true,
                many_to_many: true,
                crosses_machines: false,
                survives: false,
                passes_descriptors: false,
                copies: 2,
            },
        },
        Variant {
            id: "semaphore",
            title: "Named semaphore",
            summary: "A number under a name: sem_post() adds one, sem_wait() takes one and sleeps at 0. Nobody owns it.",
            can: Capabilities {
                ordered: false,
                // Each post lets exactly one wait through.
                boundaries: true,
                bidirectional: true,
                many_to_many: true,
                crosses_machines: false,
                survives: true,
                passes_descriptors: false,
                copies: 0,
            },
        },
    ],
    params: params::PARAMS,
    acts: acts::ACTS,
    send: acts::SEND,
};

/// The four ways to wake somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// kill(2), sigqueue(3), sigaction(2).
    Signals,
    /// signalfd(2).
    Signalfd,
    /// eventfd(2).
    Eventfd,
    /// sem_open(3).
    Semaphore,
}

impl Kind {
    /// The variant of that id.
    pub fn of(variant: &str) -> Option<Self> {
        Some(match variant {
            "signals" => Self::Signals,
            "signalfd" => Self::Signalfd,
            "eventfd" => Self::Eventfd,
            "semaphore" => Self::Semaphore,
            _ => return None,
        })
    }

    /// It sends signals: to one process, by its pid.
    pub fn signals(self) -> bool {
        matches!(self, Self::Signals | Self::Signalfd)
    }
}

/// Who takes part: the parent, senders on the left, receivers on the right. A signal goes to one process, so that there
/// is one receiver of signals.
pub(super) fn cast(variant: &str, given: &Values) -> Vec<Member> {
    let several = !Kind::of(variant).is_none_or(Kind::signals);
    let (senders, receivers) =
        Params::new(given).map_or((1, 1), |params| (params.senders, params.receivers));
    let receivers = if several { receivers } else { 1 };
    let mut cast = vec![Member::parent()];
    cast.extend((1..=senders).map(|number| Member::numbered("sender", number, Seat::Left, true)));
    cast.extend(
        (1..=receivers).map(|number| Member::numbered("receiver", number, Seat::Right, false)),
    );
    cast
}

/// What a learner can have a worker do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Order {
    /// sigprocmask(2) with SIG_BLOCK.
    Block {
        /// Which signal, or `all`.
        signal: String,
    },
    /// sigprocmask(2) with SIG_UNBLOCK.
    Unblock {
        /// Which signal, or `all`.
        signal: String,
    },
    /// sigaction(2).
    Handle {
        /// Which signal.
        signal: String,
        /// What it does from now on.
        how: Handler,
    },
    /// sigpending(2).
    Pending,
    /// read(2) of the receiver's own empty pipe: it sleeps.
    Read,
    /// A byte into that pipe, by its parent.
    Wake,
    /// One sigwaitinfo(2), read(2) or sem_wait(3).
    Take {
        /// How many.
        times: u64,
    },
    /// sem_post(3) by a receiver.
    Post,
    /// sem_getvalue(3).
    Value,
    /// sem_unlink(3).
    Unlink,
}

impl Order {
    /// Checks a verb and its arguments for a worker of that role.
    ///
    /// # Errors
    /// `bad_param` for `do`, `worker` or the argument that does not fit.
    pub fn new(variant: &str, verb: &str, args: &Values, role: &str) -> Result<Self, Failure> {
        let order = ENTRY.order(variant, verb, args, role)?;
        serde_json::from_value(Value::Object(order.into_iter().collect()))
            .map_err(|error| Failure::bad_param("args", error.to_string(), "see the catalog"))
    }
}

#[cfg(test)]
mod tests;
