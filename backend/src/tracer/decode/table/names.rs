//! Calls on names in the file system: made, moved, taken away. rename(2) is the whole of an atomic replacement.

use super::{Row, row};
use crate::tracer::decode::{
    files::{self, path},
    flags,
    numbers::directory,
};

pub(super) const ROWS: &[Row] = &[
    row(
        libc::SYS_mknodat,
        "mknodat",
        &[directory, path, files::node_mode],
    ),
    row(
        libc::SYS_unlinkat,
        "unlinkat",
        &[directory, path, flags::unlink],
    ),
    row(
        libc::SYS_renameat2,
        "renameat2",
        &[directory, path, directory, path, flags::rename],
    ),
    row(
        libc::SYS_renameat,
        "renameat",
        &[directory, path, directory, path],
    ),
    row(
        libc::SYS_linkat,
        "linkat",
        &[directory, path, directory, path, flags::link],
    ),
    row(libc::SYS_symlinkat, "symlinkat", &[path, directory, path]),
    row(
        libc::SYS_mkdirat,
        "mkdirat",
        &[directory, path, files::mode],
    ),
    row(
        libc::SYS_fchmod,
        "fchmod",
        &[crate::tracer::decode::numbers::int, files::mode],
    )
    .on(0),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_mknod, "mknod", &[path, files::node_mode]),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_unlink, "unlink", &[path]),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_rename, "rename", &[path, path]),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_link, "link", &[path, path]),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_symlink, "symlink", &[path, path]),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_mkdir, "mkdir", &[path, files::mode]),
    #[cfg(target_arch = "x86_64")]
    row(libc::SYS_rmdir, "rmdir", &[path]),
];
