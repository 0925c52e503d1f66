//! What can be chosen before the start.

use crate::{
    catalog::{Param, ParamKind},
    mechanism::number,
};

const POSIX: &[&str] = &["posix"];
const SYSV: &[&str] = &["sysv"];
const PYTHON: &[&str] = &["python"];
const SHARED: &[&str] = &["shared"];
const KERNEL: &[&str] = &["posix", "sysv"];

pub(super) const PARAMS: &[Param] = &[
    Param {
        id: "producers",
        label: "Producers",
        help: "Processes that send into the same queue.",
        kind: number(1, 3, 1, "processes"),
        variants: &[],
    },
    Param {
        id: "consumers",
        label: "Consumers",
        help: "Processes that receive from it. Each message goes to one of them.",
        kind: number(1, 3, 1, "processes"),
        variants: &[],
    },
    Param {
        id: "consumer",
        label: "A consumer",
        help: "Receives again and again, or only when you say so.",
        kind: ParamKind::Choice {
            options: &[
                ("loop", "receives in a loop"),
                ("demand", "receives when told"),
            ],
        },
        variants: &[],
    },
    Param {
        id: "maxmsg",
        label: "Most messages",
        help: "mq_maxmsg: when that many wait, a sender sleeps. Above fs.mqueue.msg_max, 10 as a rule, the kernel says EINVAL to an ordinary user.",
        kind: number(1, 64, 10, "messages"),
        variants: POSIX,
    },
    Param {
        id: "msgsize",
        label: "Longest message",
        help: "mq_msgsize: a longer one is refused with EMSGSIZE, and so is a receive into a smaller buffer.",
        kind: number(1, 8192, 256, "bytes"),
        variants: POSIX,
    },
    Param {
        id: "qbytes",
        label: "Room",
        help: "msg_qbytes: bytes of all messages together; 0 keeps what the kernel gave, 16,384 as a rule.",
        kind: number(0, 1_048_576, 0, "bytes"),
        variants: SYSV,
    },
    Param {
        id: "want",
        label: "Consumers ask for",
        help: "The type given to msgrcv(): 0 is any, a positive number that type only, a negative one the lowest first.",
        kind: ParamKind::Choice {
            options: &[
                ("any", "any type: the oldest message"),
                ("own", "their own number: consumer 2 asks for type 2"),
                ("lowest", "the lowest type there is, up to 9"),
            ],
        },
        variants: SYSV,
    },
    Param {
        id: "maxsize",
        label: "Most objects",
        help: "Queue(maxsize): put() sleeps while that many are in it; 0 sets no bound, and the memory of the producer grows instead.",
        kind: number(0, 10, 0, "objects"),
        variants: PYTHON,
    },
    Param {
        id: "slots",
        label: "Slots",
        help: "Places in the ring. Who puts takes one, a semaphore counts those that are free; when none is, put() sleeps.",
        kind: number(1, 64, 8, "messages"),
        variants: SHARED,
    },
    Param {
        id: "slot",
        label: "Slot",
        help: "Bytes of each slot. All are of one size, so that where the next one begins is known; what is longer is refused.",
        kind: number(1, 4096, 64, "bytes"),
        variants: SHARED,
    },
    Param {
        id: "feeder",
        label: "Feeder",
        help: "Whether put() leaves its message in a row of the producer, for a thread of its own to store, as Python's Queue does; or stores it itself.",
        kind: ParamKind::Choice {
            options: &[
                ("on", "a thread stores what was put"),
                ("off", "put() stores it itself"),
            ],
        },
        variants: SHARED,
    },
    Param {
        id: "guard",
        label: "Locks",
        help: "What becomes of a lock whose owner is killed: nobody sets a plain mutex free; a robust one tells the next who wants it.",
        kind: ParamKind::Choice {
            options: &[
                ("plain", "plain: whoever dies with it keeps it"),
                ("robust", "robust: the next owner is told"),
            ],
        },
        variants: SHARED,
    },
    Param {
        id: "buffer",
        label: "Buffer",
        help: "Bytes a consumer has room for; 0 is enough for every message.",
        kind: number(0, 8192, 0, "bytes"),
        variants: KERNEL,
    },
    Param {
        id: "noerror",
        label: "MSG_NOERROR",
        help: "A message that is longer than the buffer is cut instead of refused with E2BIG; the rest is gone.",
        kind: ParamKind::Flag { default: false },
        variants: SYSV,
    },
    Param {
        id: "nonblock",
        label: "Never wait",
        help: "O_NONBLOCK or IPC_NOWAIT: a call that would have to wait fails instead, with EAGAIN or ENOMSG.",
        kind: ParamKind::Flag { default: false },
        variants: KERNEL,
    },
    Param {
        id: "notify",
        label: "mq_notify",
        help: "A consumer in a loop waits for a signal instead of sleeping in mq_receive(). The kernel sends one for each registration.",
        kind: ParamKind::Choice {
            options: &[
                ("off", "not used"),
                ("again", "registers again after each signal"),
                ("once", "registers once, and forgets to do it again"),
            ],
        },
        variants: POSIX,
    },
    Param {
        id: "sentinel",
        label: "STOP ends a consumer",
        help: "A consumer that receives the text STOP exits. Only the programs know that; to the queue it is a message.",
        kind: ParamKind::Flag { default: false },
        variants: &[],
    },
    Param {
        id: "pace",
        label: "Producers' pace",
        help: "Pause between the messages of a burst.",
        kind: number(0, 1_000_000, 0, "microseconds"),
        variants: &[],
    },
    Param {
        id: "rest",
        label: "Consumers' pace",
        help: "Pause of a consumer after each message.",
        kind: number(0, 1_000_000, 0, "microseconds"),
        variants: &[],
    },
];
