//! What can be done to its processes, and what a send says beside its payload.

use crate::{
    catalog::{Act, Param, ParamKind},
    mechanism::number,
};
use serde::{Deserialize, Serialize};

const ALL: &[&str] = &[
    "publisher",
    "subscriber",
    "pusher",
    "puller",
    "client",
    "server",
];
const PUB: &[&str] = &["pub-sub"];

pub(super) const SEND: &[Param] = &[
    Param {
        id: "topic",
        label: "Topic",
        help: "A first frame of its own, before the text. Who subscribed to another prefix does not get the message.",
        kind: ParamKind::Choice {
            options: &[
                ("none", "none"),
                ("A", "A"),
                ("B", "B"),
                ("C", "C"),
                ("D", "D"),
            ],
        },
        variants: PUB,
    },
    Param {
        id: "numbered",
        label: "Number them",
        help: "Adds #0, #1, … to the text of each message of a burst, so that it can be told which are missing.",
        kind: ParamKind::Flag { default: false },
        variants: &[],
    },
];

const TIMES: &[Param] = &[Param {
    id: "times",
    label: "Times",
    help: "How many receives.",
    kind: number(1, 10_000, 1, ""),
    variants: &[],
}];

pub(super) const ACTS: &[Act] = &[
    Act {
        id: "receive",
        label: "Receive",
        help: "zmq_msg_recv(): one whole message from the shelf, or sleep until there is one. A server answers it, too.",
        variants: &[],
        roles: &["subscriber", "puller", "server", "client"],
        args: TIMES,
    },
    Act {
        id: "connect",
        label: "Connect",
        help: "zmq_connect(): returns at once, whether or not anybody is there; the I/O thread goes on trying.",
        variants: &[],
        roles: &["subscriber", "puller", "client"],
        args: &[],
    },
    Act {
        id: "bind",
        label: "Bind",
        help: "zmq_bind(): from now on others can connect.",
        variants: &[],
        roles: &["publisher", "pusher", "server"],
        args: &[],
    },
    Act {
        id: "close",
        label: "Close and end",
        help: "zmq_close() and zmq_ctx_term(): what is on the shelf is sent for as long as ZMQ_LINGER says. Then the process ends.",
        variants: &[],
        roles: ALL,
        args: &[],
    },
    Act {
        id: "restart",
        label: "Start again",
        help: "Another process of that name, with a context and sockets of its own. The others connect again by themselves.",
        variants: &[],
        roles: ALL,
        args: &[],
    },
];

/// What a learner can have a worker do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Order {
    /// zmq_msg_recv(3), `times` times.
    Receive {
        /// How many.
        times: u64,
    },
    /// zmq_connect(3).
    Connect,
    /// zmq_bind(3).
    Bind,
    /// zmq_close(3), zmq_ctx_term(3), and the end of the process.
    Close,
}
