//! Calls that make memory common to several processes.

use super::{Brings, Kind, Named, Row, row};
use crate::tracer::decode::{
    files::path,
    flags, mapping,
    numbers::{int, pointer, unsigned},
    sysv,
};

pub(super) const ROWS: &[Row] = &[
    row(
        libc::SYS_mmap,
        "mmap",
        &[
            pointer,
            unsigned,
            mapping::protection,
            mapping::flags,
            int,
            mapping::offset,
        ],
    )
    .on(4)
    .at(5),
    row(libc::SYS_munmap, "munmap", &[pointer, unsigned]),
    row(libc::SYS_msync, "msync", &[pointer, unsigned, flags::sync]),
    row(
        libc::SYS_memfd_create,
        "memfd_create",
        &[path, flags::memfd],
    )
    .brings(Brings::Both),
    row(
        libc::SYS_shmget,
        "shmget",
        &[sysv::key, unsigned, sysv::make],
    )
    .of(Kind::Memory, Named::Result),
    row(libc::SYS_shmat, "shmat", &[int, pointer, flags::attach]).of(Kind::Memory, Named::First),
    row(libc::SYS_shmdt, "shmdt", &[pointer]),
    row(
        libc::SYS_shmctl,
        "shmctl",
        &[int, sysv::control, sysv::control_memory],
    )
    .of(Kind::Memory, Named::First)
    .filled(),
    row(libc::SYS_semget, "semget", &[sysv::key, int, sysv::make])
        .of(Kind::Semaphore, Named::Result),
    row(libc::SYS_semop, "semop", &[int, sysv::operations, unsigned])
        .of(Kind::Semaphore, Named::First),
    row(
        libc::SYS_semtimedop,
        "semtimedop",
        &[
            int,
            sysv::operations,
            unsigned,
            crate::tracer::decode::time::timespec,
        ],
    )
    .of(Kind::Semaphore, Named::First),
    row(
        libc::SYS_semctl,
        "semctl",
        &[int, int, sysv::control_semaphore, pointer],
    )
    .of(Kind::Semaphore, Named::First),
];
