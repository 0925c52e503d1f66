//! Message queues: POSIX, where a queue is a descriptor, and System V, where it is an id.

use super::{Brings, Key, Kind, Named, Payload, Row, row};
use crate::tracer::{
    Flow,
    decode::{
        buffers,
        files::{self, path},
        flags, mqueue,
        numbers::{int, long, low_unsigned, unsigned},
        sysv, time,
    },
};

pub(super) const ROWS: &[Row] = &[
    row(
        libc::SYS_mq_open,
        "mq_open",
        &[path, files::open, files::create_mode, mqueue::attributes],
    )
    .brings(Brings::Open(1)),
    row(libc::SYS_mq_unlink, "mq_unlink", &[path]),
    row(
        libc::SYS_mq_timedsend,
        "mq_timedsend",
        &[int, buffers::send, unsigned, low_unsigned, time::timespec],
    )
    .on(0)
    .moves(Flow::Send, Payload::Buffer(1, 2))
    .key(Key::Argument(3))
    .whole(),
    row(
        libc::SYS_mq_timedreceive,
        "mq_timedreceive",
        &[
            int,
            buffers::receive,
            unsigned,
            mqueue::priority,
            time::timespec,
        ],
    )
    .on(0)
    .moves(Flow::Receive, Payload::Buffer(1, 2))
    .key(Key::Filled(3))
    .filled(),
    row(libc::SYS_mq_notify, "mq_notify", &[int, mqueue::notice]).on(0),
    row(
        libc::SYS_mq_getsetattr,
        "mq_getsetattr",
        &[int, mqueue::wanted, mqueue::present],
    )
    .on(0)
    .filled(),
    row(libc::SYS_msgget, "msgget", &[sysv::key, sysv::make]).of(Kind::Queue, Named::Result),
    row(
        libc::SYS_msgsnd,
        "msgsnd",
        &[int, sysv::send, unsigned, flags::message],
    )
    .of(Kind::Queue, Named::First)
    .moves(Flow::Send, Payload::Letter(1, 2))
    .key(Key::Sent(1))
    .whole(),
    row(
        libc::SYS_msgrcv,
        "msgrcv",
        &[int, sysv::receive, unsigned, long, flags::message],
    )
    .of(Kind::Queue, Named::First)
    .moves(Flow::Receive, Payload::Letter(1, 2))
    .unless(4, MSG_COPY)
    .key(Key::Received(1))
    .wants(3)
    .filled(),
    row(
        libc::SYS_msgctl,
        "msgctl",
        &[int, sysv::control, sysv::control_queue],
    )
    .of(Kind::Queue, Named::First)
    .filled(),
];

/// Copies a message and leaves it in the queue. Of `linux/msg.h`.
const MSG_COPY: i32 = 0o40000;
