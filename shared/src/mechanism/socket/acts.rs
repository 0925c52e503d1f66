//! What can be done to its processes, and what a send says beside its payload.

use super::params::{INET, LISTEN, TCP};
use crate::{
    catalog::{Act, Param, ParamKind},
    event::End,
    mechanism::number,
};
use serde::{Deserialize, Serialize};

/// Of these, messages can carry descriptors.
const UNIX: &[&str] = &[
    "unix-stream",
    "unix-datagram",
    "unix-seqpacket",
    "socketpair",
];
/// Of these the kernel knows who is at the other end.
const KNOWN: &[&str] = &["unix-stream", "unix-seqpacket", "socketpair"];
/// Everybody with a socket.
const ALL: &[&str] = &["client", "server", "sender", "receiver"];
/// Most connections that a server is asked about by number.
const CONNECTIONS: u64 = 8;

pub(super) const SEND: &[Param] = &[
    Param {
        id: "to",
        label: "Server sends to",
        help: "Its first, second, … connection or known client; 0 is the newest. Clients have one only.",
        kind: number(0, CONNECTIONS, 0, ""),
        variants: &[
            "tcp",
            "unix-stream",
            "udp",
            "unix-datagram",
            "unix-seqpacket",
        ],
    },
    Param {
        id: "with",
        label: "Along with it",
        help: "SCM_RIGHTS: an open descriptor travels with the bytes, and the receiver has one of its own for the same thing.",
        kind: ParamKind::Choice {
            options: &[
                ("none", "nothing"),
                ("file", "an open file"),
                ("pipe", "the read end of a pipe"),
            ],
        },
        variants: UNIX,
    },
];

pub(super) const ACTS: &[Act] = &[
    Act {
        id: "accept",
        label: "Accept",
        help: "accept(): takes the connection that has waited longest, and sleeps if there is none.",
        variants: LISTEN,
        roles: &["server"],
        args: &[TIMES],
    },
    Act {
        id: "receive",
        label: "Receive",
        help: "One recv() of at most that many bytes. It sleeps until there is something.",
        variants: &[],
        roles: ALL,
        args: &[
            OF,
            Param {
                id: "len",
                label: "Bytes",
                help: "Size of the buffer given to recv(); 0 is the receive size of the run.",
                kind: number(0, 1_048_576, 0, "bytes"),
                variants: &[],
            },
            TIMES,
        ],
    },
    Act {
        id: "connect",
        label: "Connect",
        help: "A new socket, and connect(): refused where nobody listens, asleep where the queue is full.",
        variants: LISTEN,
        roles: &["client"],
        args: &[],
    },
    Act {
        id: "shutdown",
        label: "Half-close",
        help: "shutdown(): the other side sees the end of what it receives, and can still send.",
        variants: &["tcp", "unix-stream", "unix-seqpacket", "socketpair"],
        roles: ALL,
        args: &[
            Param {
                id: "end",
                label: "Direction",
                help: "SHUT_WR, SHUT_RD or SHUT_RDWR.",
                kind: ParamKind::Choice {
                    options: &[
                        ("write", "it will send no more"),
                        ("read", "it will receive no more"),
                        ("both", "neither"),
                    ],
                },
                variants: &[],
            },
            OF,
        ],
    },
    Act {
        id: "close",
        label: "Close",
        help: "close() of a socket. What it has not read makes the kernel reset the connection instead of ending it.",
        variants: &[],
        roles: ALL,
        args: &[
            Param {
                id: "how",
                label: "How",
                help: "A reset (SO_LINGER of 0 seconds) throws away what was not sent yet: the other side gets ECONNRESET.",
                kind: ParamKind::Choice {
                    options: &[("close", "in order: FIN"), ("reset", "at once: RST")],
                },
                variants: TCP,
            },
            OF,
        ],
    },
    Act {
        id: "stop-listening",
        label: "Close the listening socket",
        help: "close(): who connects from now on is refused. Connections that were accepted go on.",
        variants: LISTEN,
        roles: &["server"],
        args: &[],
    },
    Act {
        id: "credentials",
        label: "Ask who is there",
        help: "getsockopt(SO_PEERCRED): process, user and group at the other end, by the kernel's word.",
        variants: KNOWN,
        roles: ALL,
        args: &[OF],
    },
    Act {
        id: "use",
        label: "Read what came",
        help: "read() from the descriptor that came with a message: a file or pipe that this process never opened.",
        variants: UNIX,
        roles: ALL,
        args: &[],
    },
    Act {
        id: "pull-cable",
        label: "Pull the cable",
        help: "The interface of the server's machine goes down. Nobody is told: what is sent is sent again, and again.",
        variants: INET,
        roles: &["server"],
        args: &[],
    },
    Act {
        id: "plug-cable",
        label: "Plug the cable in",
        help: "The interface comes up again, and with it whatever was not given up meanwhile.",
        variants: INET,
        roles: &["server"],
        args: &[],
    },
    Act {
        id: "restart",
        label: "Start again",
        help: "The parent forks it once more: a new process, which begins from the start.",
        variants: &[
            "tcp",
            "unix-stream",
            "udp",
            "unix-datagram",
            "unix-seqpacket",
        ],
        roles: &["server", "client"],
        args: &[],
    },
];

const OF: Param = Param {
    id: "of",
    label: "Connection",
    help: "Of a server: its first, second, … connection; 0 is the newest.",
    kind: number(0, CONNECTIONS, 0, ""),
    variants: LISTEN,
};

const TIMES: Param = Param {
    id: "times",
    label: "Times",
    help: "How often.",
    kind: number(1, 10_000, 1, ""),
    variants: &[],
};

/// What a learner can have a worker do. Where there is one connection only, `of` is absent and means that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum Order {
    /// accept(2).
    Accept {
        /// How many.
        times: u64,
    },
    /// recv(2).
    Receive {
        /// From which connection; 0 the newest.
        #[serde(default)]
        of: u64,
        /// Size of the buffer; 0 as set for the run.
        len: u64,
        /// How many.
        times: u64,
    },
    /// socket(2) and connect(2).
    Connect,
    /// shutdown(2).
    Shutdown {
        /// Which direction.
        end: End,
        /// Of which connection.
        #[serde(default)]
        of: u64,
    },
    /// close(2).
    Close {
        /// In which way.
        #[serde(default)]
        how: How,
        /// Of which connection.
        #[serde(default)]
        of: u64,
    },
    /// close(2) of the listening socket.
    StopListening,
    /// SO_PEERCRED.
    Credentials {
        /// Of which connection.
        #[serde(default)]
        of: u64,
    },
    /// read(2) from a descriptor that was received.
    Use,
}

/// How a connection is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// close(2): all that was sent still arrives.
    #[default]
    Close,
    /// The same with SO_LINGER of 0 seconds: RST.
    Reset,
}

/// What travels along with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum With {
    /// Nothing.
    None,
    /// A descriptor of an open file.
    File,
    /// The read end of a pipe.
    Pipe,
}
