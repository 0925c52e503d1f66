//! ZeroMQ: whole messages over sockets, put on a shelf by your thread and sent by another. zmq_socket(3).

mod acts;
mod params;

pub use acts::Order;
pub use params::{Params, Start, Transport};

use super::{Member, Seat};
use crate::{
    catalog::{Capabilities, Category, Entry, Variant},
    command::Values,
    ids::MsgId,
};

/// The card.
pub const ENTRY: Entry = Entry {
    id: "zeromq",
    title: "ZeroMQ",
    glyph: "ø",
    category: Category::Mechanism,
    question: "Where did the first message go?",
    built: true,
    variants: VARIANTS,
    params: params::PARAMS,
    acts: acts::ACTS,
    send: acts::SEND,
};

/// What all four have in common: whole messages, in order on each connection, and nobody in the middle who keeps them.
/// `answers`: both sides send, and several ask.
const fn can(answers: bool) -> Capabilities {
    Capabilities {
        ordered: true,
        boundaries: true,
        bidirectional: answers,
        many_to_many: answers,
        crosses_machines: true,
        survives: false,
        passes_descriptors: false,
        copies: 2,
    }
}

const VARIANTS: &[Variant] = &[
    Variant {
        id: "pub-sub",
        title: "PUB/SUB",
        summary: "Every subscriber gets every message whose first bytes it asked for. Who is not connected yet, or has no room, does not.",
        can: can(false),
    },
    Variant {
        id: "push-pull",
        title: "PUSH/PULL",
        summary: "Each message goes to one of the pullers, to each in turn. Nothing is thrown away: with no room anywhere, the pusher sleeps.",
        can: can(false),
    },
    Variant {
        id: "req-rep",
        title: "REQ/REP",
        summary: "One question, one answer, and so on in lock-step: a second question before the answer is an error.",
        can: can(true),
    },
    Variant {
        id: "dealer-router",
        title: "DEALER/ROUTER",
        summary: "Questions and answers without lock-step: the router sees in the first frame of each message who it is from.",
        can: can(true),
    },
];

/// Who talks how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// PUB and SUB: to all.
    PubSub,
    /// PUSH and PULL: to each in turn.
    PushPull,
    /// REQ and REP: question and answer.
    ReqRep,
    /// DEALER and ROUTER: the same, in any order.
    DealerRouter,
}

impl Pattern {
    /// The pattern of a variant.
    pub fn of(variant: &str) -> Option<Self> {
        Some(match variant {
            "pub-sub" => Self::PubSub,
            "push-pull" => Self::PushPull,
            "req-rep" => Self::ReqRep,
            "dealer-router" => Self::DealerRouter,
            _ => return None,
        })
    }

    /// The role of the one that binds.
    pub fn binder(self) -> &'static str {
        match self {
            Self::PubSub => "publisher",
            Self::PushPull => "pusher",
            Self::ReqRep | Self::DealerRouter => "server",
        }
    }

    /// The role of those that connect.
    pub fn connector(self) -> &'static str {
        match self {
            Self::PubSub => "subscriber",
            Self::PushPull => "puller",
            Self::ReqRep | Self::DealerRouter => "client",
        }
    }

    /// Messages begin with the one that binds; else with those that connect.
    pub fn binder_sends(self) -> bool {
        matches!(self, Self::PubSub | Self::PushPull)
    }

    /// Who receives, answers.
    pub fn answers(self) -> bool {
        !self.binder_sends()
    }
}

/// The topic a message is about: its first frame, where it has one.
pub const TOPICS: [&str; 4] = ["A", "B", "C", "D"];

/// What stands before the text of a question in its answer.
pub const ANSWER: &str = "re: ";

/// The id of the `n`th message that a process sends of its own accord: nobody in the lab has numbered it. `pid` keeps those
/// of different processes apart, and those of one that was started again.
pub fn own_message(pid: i32, n: u64) -> MsgId {
    u64::from(pid.unsigned_abs()) * 10_000_000 + n
}

/// Which process's message that is, and which of its messages, from 1.
pub fn whose_message(msg: MsgId) -> Option<(i32, u64)> {
    let pid = i32::try_from(msg / 10_000_000)
        .ok()
        .filter(|pid| *pid > 0)?;
    Some((pid, msg % 10_000_000 + 1))
}

/// Who takes part: the parent; who sends first on the left, the others on the right.
pub(super) fn cast(variant: &str, given: &Values) -> Vec<Member> {
    let Some(pattern) = Pattern::of(variant) else {
        return Vec::new();
    };
    let peers = Params::new(pattern, given).map_or(1, |params| params.peers);
    let (binder, sends) = (pattern.binder(), pattern.binder_sends());
    let (left, right) = (Seat::Left, Seat::Right);
    let mut cast = vec![Member::parent()];
    let seat = if sends { left } else { right };
    let binder = Member::new(binder, binder, seat, sends);
    let seat = if sends { right } else { left };
    let connectors = (1..=peers).map(|n| Member::numbered(pattern.connector(), n, seat, !sends));
    if sends {
        cast.push(binder);
        cast.extend(connectors);
    } else {
        cast.extend(connectors);
        cast.push(binder);
    }
    cast
}

#[cfg(test)]
mod tests;
