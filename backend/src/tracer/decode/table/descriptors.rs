//! Calls on any descriptor: bytes in and out, copies of descriptors, pipes.

use super::{Brings, Payload, Row, row};
use crate::tracer::{
    Flow,
    decode::{
        buffers, files, flags, locks,
        numbers::{int, unsigned},
        special,
    },
};

pub(super) const ROWS: &[Row] = &[
    row(libc::SYS_read, "read", &[int, special::receive, unsigned])
        .on(0)
        .moves(Flow::Receive, Payload::Buffer(1, 2))
        .filled(),
    row(libc::SYS_write, "write", &[int, special::send, unsigned])
        .on(0)
        .moves(Flow::Send, Payload::Buffer(1, 2)),
    row(
        libc::SYS_readv,
        "readv",
        &[int, buffers::receive_vector, int],
    )
    .on(0)
    .moves(Flow::Receive, Payload::Vector(1, 2))
    .filled(),
    row(
        libc::SYS_writev,
        "writev",
        &[int, buffers::send_vector, int],
    )
    .on(0)
    .moves(Flow::Send, Payload::Vector(1, 2)),
    row(libc::SYS_close, "close", &[int]).on(0),
    row(libc::SYS_dup, "dup", &[int])
        .on(0)
        .brings(Brings::Duplicate),
    row(libc::SYS_dup3, "dup3", &[int, int, flags::pipe])
        .on(0)
        .onto(1)
        .brings(Brings::Duplicate),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_dup2, "dup2", &[int, int])
        .on(0)
        .onto(1)
        .brings(Brings::Duplicate),
    row(
        libc::SYS_fcntl,
        "fcntl",
        &[int, locks::fcntl, locks::fcntl_argument],
    )
    .on(0)
    .brings(Brings::Fcntl)
    .filled(),
    row(
        libc::SYS_ioctl,
        "ioctl",
        &[int, files::ioctl, files::ioctl_argument],
    )
    .on(0)
    .filled(),
    row(libc::SYS_pipe2, "pipe2", &[files::pair, flags::pipe])
        .brings(Brings::Pipe)
        .filled(),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_pipe, "pipe", &[files::pair])
        .brings(Brings::Pipe)
        .filled(),
    row(
        libc::SYS_splice,
        "splice",
        &[
            int,
            files::offset,
            int,
            files::offset,
            unsigned,
            flags::splice,
        ],
    )
    .on(0)
    .onto(2)
    .moves(Flow::Move, Payload::Length(4)),
    row(libc::SYS_tee, "tee", &[int, int, unsigned, flags::splice])
        .on(0)
        .onto(1)
        .moves(Flow::Copy, Payload::Length(2)),
    row(
        libc::SYS_vmsplice,
        "vmsplice",
        &[int, buffers::send_vector, unsigned, flags::splice],
    )
    .on(0)
    .moves(Flow::Send, Payload::Vector(1, 2)),
    // The bytes stay in the file they come from.
    row(
        libc::SYS_sendfile,
        "sendfile",
        &[int, int, files::moved_offset, unsigned],
    )
    .on(1)
    .onto(0)
    .moves(Flow::Copy, Payload::Length(3))
    .filled(),
    row(
        libc::SYS_copy_file_range,
        "copy_file_range",
        &[int, files::offset, int, files::offset, unsigned, int],
    )
    .on(0)
    .onto(2)
    .moves(Flow::Copy, Payload::Length(4)),
];
