//! What can be done to its processes, and what a send says beside its payload.

use crate::{
    catalog::{Act, Param, ParamKind},
    mechanism::number,
};

pub(super) const SEND: &[Param] = &[
    Param {
        id: "priority",
        label: "Priority",
        help: "A message of a higher one is received first, however late it was sent.",
        kind: number(0, 31, 0, ""),
        variants: &["posix"],
    },
    Param {
        id: "type",
        label: "Type",
        help: "A tag of your own choosing; a reader may ask for one type only.",
        kind: number(1, 9, 1, ""),
        variants: &["sysv"],
    },
    Param {
        id: "mutate",
        label: "Change it after put()",
        help: "Puts a list with the text in it, and appends to the list as soon as put() is back. For producers in Python.",
        kind: ParamKind::Flag { default: false },
        variants: &["python", "shared"],
    },
];

pub(super) const ACTS: &[Act] = &[
    Act {
        id: "receive",
        label: "Receive",
        help: "One mq_receive(), msgrcv() or get(): a whole message, or none.",
        variants: &[],
        roles: &["consumer"],
        args: &[
            Param {
                id: "type",
                label: "Type",
                help: "msgtyp: only messages of that type, or 0 for any.",
                kind: number(0, 9, 0, ""),
                variants: &["sysv"],
            },
            Param {
                id: "lowest",
                label: "Lowest first",
                help: "msgtyp negative: the lowest type there is, up to the type given.",
                kind: ParamKind::Flag { default: false },
                variants: &["sysv"],
            },
            Param {
                id: "len",
                label: "Buffer",
                help: "Bytes there is room for; 0 is as set for the run.",
                kind: number(0, 8192, 0, "bytes"),
                variants: &["posix", "sysv"],
            },
            Param {
                id: "times",
                label: "Times",
                help: "How many receives.",
                kind: number(1, 10_000, 1, ""),
                variants: &[],
            },
        ],
    },
    Act {
        id: "empty",
        label: "Ask if it is empty",
        help: "empty() and qsize(): the one looks whether anything lies there, the other at a semaphore. Both can be out of date when they are back.",
        variants: &["python", "shared"],
        roles: &["producer", "consumer"],
        args: &[],
    },
    Act {
        id: "join",
        label: "Join its feeder and end",
        help: "close() and join_thread(): waits until all that was put has left its row, then ends. Every Python program does so at its end.",
        variants: &["python", "shared"],
        roles: &["producer"],
        args: &[],
    },
    Act {
        id: "hold",
        label: "Hold its feeder",
        help: "The feeder takes nothing more out of the row until it is released: what is put stays in the producer.",
        variants: &["shared"],
        roles: &["producer"],
        args: &[],
    },
    Act {
        id: "release",
        label: "Release its feeder",
        help: "It goes on with the oldest message of the row.",
        variants: &["shared"],
        roles: &["producer"],
        args: &[],
    },
    Act {
        id: "close",
        label: "Close the queue",
        help: "mq_close() of its descriptor. The queue stays, with all that is in it.",
        variants: &["posix"],
        roles: &["producer", "consumer", "parent"],
        args: &[],
    },
    Act {
        id: "unlink",
        label: "Remove the queue",
        help: "mq_unlink() and shm_unlink() take only the name away; msgctl(IPC_RMID) ends the queue at once, and wakes who sleeps in it with EIDRM.",
        variants: &["posix", "sysv", "shared"],
        roles: &["parent"],
        args: &[],
    },
    Act {
        id: "more",
        label: "Make more queues",
        help: "mq_open() of further queues, until the kernel refuses one.",
        variants: &["posix"],
        roles: &["parent"],
        args: &[
            Param {
                id: "times",
                label: "Queues",
                help: "How many at most.",
                kind: number(1, 100, 20, "queues"),
                variants: &[],
            },
            Param {
                id: "maxmsg",
                label: "Most messages",
                help: "mq_maxmsg of each. Above 65,536 even root is refused.",
                kind: number(1, 100_000, 10, "messages"),
                variants: &[],
            },
        ],
    },
];
