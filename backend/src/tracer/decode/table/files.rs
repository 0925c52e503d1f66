//! Calls on open files: where bytes lie, how long the file is, what is on the disk, who has it locked, who watches it.

use super::{Brings, Payload, Row, row};
use crate::tracer::{
    Flow,
    decode::{
        buffers,
        files::{self, path},
        flags, locks,
        numbers::{directory, int, long, unsigned},
    },
};

pub(super) const ROWS: &[Row] = &[
    row(
        libc::SYS_openat,
        "openat",
        &[directory, path, files::open, files::create_mode],
    )
    .brings(Brings::Open(2)),
    #[cfg(target_arch = "x86_64")]
    row(
        libc::SYS_open,
        "open",
        &[path, files::open, files::create_mode],
    )
    .brings(Brings::Open(1)),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_creat, "creat", &[path, files::mode]).brings(Brings::Endless),
    row(libc::SYS_lseek, "lseek", &[int, long, files::whence]).on(0),
    row(
        libc::SYS_pread64,
        "pread64",
        &[int, buffers::receive, unsigned, long],
    )
    .on(0)
    .at(3)
    .moves(Flow::Receive, Payload::Buffer(1, 2))
    .filled(),
    row(
        libc::SYS_pwrite64,
        "pwrite64",
        &[int, buffers::send, unsigned, long],
    )
    .on(0)
    .at(3)
    .moves(Flow::Send, Payload::Buffer(1, 2)),
    row(
        libc::SYS_preadv,
        "preadv",
        &[int, buffers::receive_vector, int, long],
    )
    .on(0)
    .at(3)
    .moves(Flow::Receive, Payload::Vector(1, 2))
    .filled(),
    row(
        libc::SYS_pwritev,
        "pwritev",
        &[int, buffers::send_vector, int, long],
    )
    .on(0)
    .at(3)
    .moves(Flow::Send, Payload::Vector(1, 2)),
    // What Python's os.preadv and os.pwritev with flags call. The fifth argument is the upper half of the offset on
    // machines of 32 bits; the sixth the flags.
    row(
        libc::SYS_preadv2,
        "preadv2",
        &[
            int,
            buffers::receive_vector,
            int,
            long,
            files::nothing,
            flags::read_write,
        ],
    )
    .on(0)
    .at(3)
    .moves(Flow::Receive, Payload::Vector(1, 2))
    .filled(),
    row(
        libc::SYS_pwritev2,
        "pwritev2",
        &[
            int,
            buffers::send_vector,
            int,
            long,
            files::nothing,
            flags::read_write,
        ],
    )
    .on(0)
    .at(3)
    .moves(Flow::Send, Payload::Vector(1, 2)),
    row(libc::SYS_ftruncate, "ftruncate", &[int, long]).on(0),
    row(libc::SYS_truncate, "truncate", &[path, long]),
    row(
        libc::SYS_fallocate,
        "fallocate",
        &[int, flags::allocate, long, long],
    )
    .on(0),
    row(libc::SYS_fsync, "fsync", &[int]).on(0),
    row(libc::SYS_fdatasync, "fdatasync", &[int]).on(0),
    row(libc::SYS_flock, "flock", &[int, locks::flock]).on(0),
    row(
        libc::SYS_inotify_init1,
        "inotify_init1",
        &[flags::inotify_init],
    )
    .brings(Brings::Readable),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_inotify_init, "inotify_init", &[]).brings(Brings::Readable),
    row(
        libc::SYS_inotify_add_watch,
        "inotify_add_watch",
        &[int, path, flags::inotify],
    )
    .on(0),
    row(libc::SYS_inotify_rm_watch, "inotify_rm_watch", &[int, int]).on(0),
];
