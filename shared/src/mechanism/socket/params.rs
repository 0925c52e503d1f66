//! What can be chosen before the start.

use super::ENTRY;
use crate::{
    catalog::{Param, ParamKind},
    command::Values,
    failure::Failure,
    mechanism::{Checked, number},
};
use serde::{Deserialize, Serialize};

/// Variants with a server that listens.
pub(super) const LISTEN: &[&str] = &["tcp", "unix-stream", "unix-seqpacket"];
/// Variants in which bytes of several sends run together.
const STREAMS: &[&str] = &["tcp", "unix-stream", "socketpair"];
/// Variants with clients and a server.
const SERVED: &[&str] = &[
    "tcp",
    "unix-stream",
    "udp",
    "unix-datagram",
    "unix-seqpacket",
];
const DATAGRAMS: &[&str] = &["udp", "unix-datagram"];
pub(super) const TCP: &[&str] = &["tcp"];
pub(super) const INET: &[&str] = &["tcp", "udp"];

pub(super) const PARAMS: &[Param] = &[
    Param {
        id: "clients",
        label: "Clients",
        help: "Processes that talk to the server.",
        kind: number(1, 8, 1, "processes"),
        variants: SERVED,
    },
    Param {
        id: "takes",
        label: "Accepting and receiving",
        help: "Everybody sleeps in poll() and takes what comes, or accepts and receives only when you say so.",
        kind: ParamKind::Choice {
            options: &[
                ("loop", "as soon as something comes"),
                ("demand", "when told"),
            ],
        },
        variants: &[],
    },
    Param {
        id: "connect",
        label: "Clients connect",
        help: "As soon as they are born, or when you say so.",
        kind: ParamKind::Choice {
            options: &[("start", "at their start"), ("demand", "when told")],
        },
        variants: LISTEN,
    },
    Param {
        id: "backlog",
        label: "Backlog",
        help: "listen(backlog): connections that may wait to be accepted. The kernel lets in one more than that.",
        kind: number(0, 128, 5, "connections"),
        variants: LISTEN,
    },
    Param {
        id: "framing",
        label: "Framing",
        help: "Four bytes before each message say how long it is, so that the other side can tell where it ends.",
        kind: ParamKind::Choice {
            options: &[
                ("none", "none: bytes as they are"),
                ("length", "length before each message"),
            ],
        },
        variants: STREAMS,
    },
    Param {
        id: "chunk",
        label: "Receive size",
        help: "Most bytes one recv() takes. What is left of a stream comes with the next; what is left of a datagram is gone.",
        kind: number(1, 1_048_576, 1024, "bytes"),
        variants: &[],
    },
    Param {
        id: "sndbuf",
        label: "Send buffer",
        help: "SO_SNDBUF; 0 keeps what the kernel gave. It doubles the number, for its own needs.",
        kind: number(0, 1_048_576, 0, "bytes"),
        variants: &[],
    },
    Param {
        id: "rcvbuf",
        label: "Receive buffer",
        help: "SO_RCVBUF; 0 keeps what the kernel gave. Unix sockets have none of their own: what waits counts for the sender.",
        kind: number(0, 1_048_576, 0, "bytes"),
        variants: INET,
    },
    Param {
        id: "nonblock",
        label: "Never wait to send",
        help: "MSG_DONTWAIT: a send takes what there is room for, which may be less than all, or fails with EAGAIN.",
        kind: ParamKind::Flag { default: false },
        variants: &[],
    },
    Param {
        id: "nodelay",
        label: "TCP_NODELAY",
        help: "Small pieces leave at once. Without it, one waits while an earlier one is not acknowledged (Nagle).",
        kind: ParamKind::Flag { default: false },
        variants: TCP,
    },
    Param {
        id: "reuse",
        label: "Take over the address",
        help: "SO_REUSEADDR, or unlink() of the file that an earlier server left. Without it, a server that comes back gets EADDRINUSE.",
        kind: ParamKind::Flag { default: false },
        variants: &["tcp", "unix-stream", "unix-datagram", "unix-seqpacket"],
    },
    Param {
        id: "bind",
        label: "Server binds",
        help: "This machine has many addresses: the run has two of 127.0.0.0/8. Clients always go to the first.",
        kind: ParamKind::Choice {
            options: &[
                ("first", "the first address"),
                ("second", "the second address"),
                ("any", "0.0.0.0: all there are"),
            ],
        },
        variants: INET,
    },
    Param {
        id: "machines",
        label: "Machines",
        help: "Two are two network namespaces with a cable between them: clients and server see each other only through it.",
        kind: ParamKind::Choice {
            options: &[
                ("one", "one: all through loopback"),
                ("two", "two, joined by a cable"),
            ],
        },
        variants: INET,
    },
    Param {
        id: "connected",
        label: "connect() a datagram socket",
        help: "No packet is sent by that. It sets where send() goes, and lets errors come back: ECONNREFUSED.",
        kind: ParamKind::Flag { default: false },
        variants: DATAGRAMS,
    },
    Param {
        id: "relay",
        label: "Between them",
        help: "A process in the middle that passes on what it receives: a bad network, made of a program.",
        kind: ParamKind::Choice {
            options: &[
                ("none", "nobody"),
                ("delay", "a relay that waits"),
                ("drop", "a relay that throws away"),
                ("reorder", "a relay that swaps"),
            ],
        },
        variants: INET,
    },
    Param {
        id: "delay",
        label: "The relay waits",
        help: "How long it keeps a piece; one that waits to be swapped goes on after that in any case.",
        kind: number(0, 10_000, 200, "milliseconds"),
        variants: INET,
    },
    Param {
        id: "percent",
        label: "The relay's share",
        help: "How many of a hundred pieces it delays, throws away or swaps: evenly, not by chance. 50 is every second.",
        kind: number(0, 100, 50, "%"),
        variants: INET,
    },
    Param {
        id: "pace",
        label: "Pace",
        help: "Pause between the messages of a burst.",
        kind: number(0, 1_000_000, 0, "microseconds"),
        variants: &[],
    },
];

/// When everybody accepts and receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Takes {
    /// As soon as poll(2) says that there is something.
    Loop,
    /// Only on command.
    Demand,
}

/// When clients connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Starts {
    /// At their start.
    Start,
    /// Only on command.
    Demand,
}

/// What tells where a message in a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Framing {
    /// Nothing.
    None,
    /// Its length before it, four bytes, the highest first.
    Length,
}

/// What the server binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bind {
    /// The address to which clients go.
    First,
    /// Another address of the same machine.
    Second,
    /// INADDR_ANY.
    Any,
}

/// On how many machines clients and server live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Machines {
    /// Clients and server on one.
    One,
    /// The server on one, the clients on another.
    Two,
}

/// Who stands between clients and server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relay {
    /// Nobody.
    None,
    /// Keeps some pieces for a while.
    Delay,
    /// Throws some pieces away.
    Drop,
    /// Lets some pieces go after the next one.
    Reorder,
}

/// The parameters as types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Processes that talk to the server.
    pub clients: u64,
    /// When everybody accepts and receives.
    pub takes: Takes,
    /// When clients connect.
    pub connect: Starts,
    /// Of listen(2).
    pub backlog: u64,
    /// What tells where a message in a stream ends.
    pub framing: Framing,
    /// Most bytes of one recv(2).
    pub chunk: u64,
    /// SO_SNDBUF, 0 to leave it.
    pub sndbuf: u64,
    /// SO_RCVBUF, 0 to leave it.
    pub rcvbuf: u64,
    /// MSG_DONTWAIT.
    pub nonblock: bool,
    /// TCP_NODELAY.
    pub nodelay: bool,
    /// SO_REUSEADDR, or unlink(2) of an old file.
    pub reuse: bool,
    /// What the server binds.
    pub bind: Bind,
    /// On how many machines they live.
    pub machines: Machines,
    /// Datagram sockets of clients are connected.
    pub connected: bool,
    /// Who stands between.
    pub relay: Relay,
    /// Milliseconds that one keeps a piece.
    pub delay: u64,
    /// How many of a hundred pieces it treats so.
    pub percent: u64,
    /// Microseconds between the messages of a burst.
    pub pace: u64,
}

impl Params {
    /// The parameters given, checked, with defaults for the others.
    ///
    /// # Errors
    /// `bad_param` for the first that does not fit.
    pub fn new(given: &Values) -> Result<Self, Failure> {
        let checked = Checked::new(&ENTRY, given)?;
        Ok(Self {
            clients: checked.number("clients"),
            takes: match checked.word("takes") {
                "demand" => Takes::Demand,
                _ => Takes::Loop,
            },
            connect: match checked.word("connect") {
                "demand" => Starts::Demand,
                _ => Starts::Start,
            },
            backlog: checked.number("backlog"),
            framing: match checked.word("framing") {
                "length" => Framing::Length,
                _ => Framing::None,
            },
            chunk: checked.number("chunk"),
            sndbuf: checked.number("sndbuf"),
            rcvbuf: checked.number("rcvbuf"),
            nonblock: checked.flag("nonblock"),
            nodelay: checked.flag("nodelay"),
            reuse: checked.flag("reuse"),
            bind: match checked.word("bind") {
                "second" => Bind::Second,
                "any" => Bind::Any,
                _ => Bind::First,
            },
            machines: match checked.word("machines") {
                "two" => Machines::Two,
                _ => Machines::One,
            },
            connected: checked.flag("connected"),
            relay: match checked.word("relay") {
                "delay" => Relay::Delay,
                "drop" => Relay::Drop,
                "reorder" => Relay::Reorder,
                _ => Relay::None,
            },
            delay: checked.number("delay"),
            percent: checked.number("percent"),
            pace: checked.number("pace"),
        })
    }
}
