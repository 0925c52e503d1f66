//! What can be chosen before the start.

use super::{ENTRY, Pattern};
use crate::{
    catalog::{Param, ParamKind},
    command::Values,
    failure::Failure,
    mechanism::{Checked, number},
};
use serde::{Deserialize, Serialize};

const PUB: &[&str] = &["pub-sub"];
const PUSH: &[&str] = &["push-pull"];
const ASK: &[&str] = &["req-rep", "dealer-router"];
const ONE_WAY: &[&str] = &["pub-sub", "push-pull"];

pub(super) const PARAMS: &[Param] = &[
    Param {
        id: "subscribers",
        label: "Subscribers",
        help: "Processes that each get a copy of every message they asked for.",
        kind: number(1, 4, 2, "processes"),
        variants: PUB,
    },
    Param {
        id: "pullers",
        label: "Pullers",
        help: "Processes that share the messages out: each message goes to one of them.",
        kind: number(1, 4, 2, "processes"),
        variants: PUSH,
    },
    Param {
        id: "clients",
        label: "Clients",
        help: "Processes that ask the server.",
        kind: number(1, 4, 1, "processes"),
        variants: ASK,
    },
    Param {
        id: "transport",
        label: "Transport",
        help: "What is below: a Unix socket with a name in the file system, or TCP. Your code is the same.",
        kind: ParamKind::Choice {
            options: &[
                ("ipc", "ipc:// (Unix socket)"),
                ("tcp", "tcp:// (127.0.0.1)"),
            ],
        },
        variants: &[],
    },
    Param {
        id: "order",
        label: "Who is there first",
        help: "ZeroMQ lets either side begin; whoever connects tries again until the other is there.",
        kind: ParamKind::Choice {
            options: &[
                ("together", "all bind and connect at once"),
                ("late", "the binding side binds with its first send"),
                ("told", "the others connect when told"),
            ],
        },
        variants: &[],
    },
    Param {
        id: "handshake",
        label: "Wait for subscribers",
        help: "The publisher's socket is XPUB, which sees subscriptions come in: it sends nothing before every subscriber has subscribed.",
        kind: ParamKind::Flag { default: true },
        variants: PUB,
    },
    Param {
        id: "topics",
        label: "Subscribe to",
        help: "A subscription is a prefix: a message comes if its first frame begins with it.",
        kind: ParamKind::Choice {
            options: &[
                ("all", "everything (the empty prefix)"),
                ("own", "subscriber 1 to A, subscriber 2 to B, …"),
            ],
        },
        variants: PUB,
    },
    Param {
        id: "hwm",
        label: "High-water mark",
        help: "ZMQ_SNDHWM and ZMQ_RCVHWM: messages that may stand on the shelf of each connection. Beyond it PUB throws away, all others sleep.",
        kind: number(1, 10_000, 1_000, "messages"),
        variants: &[],
    },
    Param {
        id: "buffer",
        label: "Kernel buffers",
        help: "ZMQ_SNDBUF and ZMQ_RCVBUF of a TCP connection; 0 leaves them to the kernel, which lets them grow to megabytes.",
        kind: number(0, 1_048_576, 0, "bytes"),
        variants: &[],
    },
    Param {
        id: "linger",
        label: "Linger",
        help: "ZMQ_LINGER: how long a socket that is closed still tries to send what is on its shelf.",
        kind: number(0, 600_000, 1_000, "milliseconds"),
        variants: &[],
    },
    Param {
        id: "receiver",
        label: "Who receives",
        help: "Receives again and again, or only when you say so. On demand, an answer has to be asked for as well.",
        kind: ParamKind::Choice {
            options: &[
                ("loop", "receives in a loop"),
                ("demand", "receives when told"),
            ],
        },
        variants: &[],
    },
    Param {
        id: "pace",
        label: "Pace",
        help: "Time between the messages of a burst.",
        kind: number(0, 1_000_000, 0, "microseconds"),
        variants: ONE_WAY,
    },
    Param {
        id: "rest",
        label: "Rest",
        help: "Time a receiver takes over each message.",
        kind: number(0, 1_000_000, 0, "microseconds"),
        variants: &[],
    },
];

/// What messages travel over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// A Unix stream socket, unix(7).
    Ipc,
    /// A TCP connection, tcp(7).
    Tcp,
}

/// Who is there first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// All bind and connect at once.
    Together,
    /// Who binds does it with its first send, or when told.
    Late,
    /// Who connects does it when told.
    Told,
}

/// The parameters as types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Processes that connect.
    pub peers: u64,
    /// What is below.
    pub transport: Transport,
    /// Who is there first.
    pub order: Start,
    /// The publisher waits for subscribers.
    pub handshake: bool,
    /// Each subscriber has a topic of its own; else they get all.
    pub own_topic: bool,
    /// Messages on a shelf.
    pub hwm: i32,
    /// Bytes of the kernel's buffers; 0 as the kernel likes.
    pub buffer: i32,
    /// Milliseconds.
    pub linger: i32,
    /// Receivers receive again and again, not only on command.
    pub loops: bool,
    /// Microseconds between the messages of a burst.
    pub pace: u64,
    /// Microseconds a receiver rests after each message.
    pub rest: u64,
}

impl Params {
    /// The parameters given, checked, with defaults for the others.
    ///
    /// # Errors
    /// `bad_param` for the first that does not fit.
    pub fn new(pattern: Pattern, given: &Values) -> Result<Self, Failure> {
        let checked = Checked::new(&ENTRY, given)?;
        let small = |id: &str| i32::try_from(checked.number(id)).unwrap_or(i32::MAX);
        Ok(Self {
            peers: checked.number(match pattern {
                Pattern::PubSub => "subscribers",
                Pattern::PushPull => "pullers",
                Pattern::ReqRep | Pattern::DealerRouter => "clients",
            }),
            transport: if checked.word("transport") == "tcp" {
                Transport::Tcp
            } else {
                Transport::Ipc
            },
            order: match checked.word("order") {
                "late" => Start::Late,
                "told" => Start::Told,
                _ => Start::Together,
            },
            handshake: pattern == Pattern::PubSub && checked.flag("handshake"),
            own_topic: checked.word("topics") == "own",
            hwm: small("hwm"),
            buffer: small("buffer"),
            linger: small("linger"),
            loops: checked.word("receiver") != "demand",
            pace: checked.number("pace"),
            rest: checked.number("rest"),
        })
    }
}
