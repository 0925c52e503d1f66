//! Memory that is mapped: mmap(2).
#![expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]

use super::{
    Context,
    flags::{Names, joined},
};

const PROTECTION: Names = &[
    (libc::PROT_READ, "PROT_READ"),
    (libc::PROT_WRITE, "PROT_WRITE"),
    (libc::PROT_EXEC, "PROT_EXEC"),
];

/// MAP_SHARED_VALIDATE has the bits of MAP_SHARED and of MAP_PRIVATE.
const FLAGS: Names = &[
    (libc::MAP_SHARED_VALIDATE, "MAP_SHARED_VALIDATE"),
    (libc::MAP_SHARED, "MAP_SHARED"),
    (libc::MAP_PRIVATE, "MAP_PRIVATE"),
    (libc::MAP_FIXED, "MAP_FIXED"),
    (libc::MAP_ANONYMOUS, "MAP_ANONYMOUS"),
    (libc::MAP_LOCKED, "MAP_LOCKED"),
    (libc::MAP_NORESERVE, "MAP_NORESERVE"),
    (libc::MAP_POPULATE, "MAP_POPULATE"),
    (libc::MAP_NONBLOCK, "MAP_NONBLOCK"),
    (libc::MAP_STACK, "MAP_STACK"),
    (libc::MAP_HUGETLB, "MAP_HUGETLB"),
    (libc::MAP_SYNC, "MAP_SYNC"),
];

/// What may be done to the memory.
pub(super) fn protection(context: &Context<'_>, at: usize) -> Option<String> {
    Some(match context.int(at) {
        libc::PROT_NONE => "PROT_NONE".to_owned(),
        bits => joined(bits, PROTECTION),
    })
}

/// Whom it is shared with, and more.
pub(super) fn flags(context: &Context<'_>, at: usize) -> Option<String> {
    Some(joined(context.int(at), FLAGS))
}

/// Where in the file it begins: in hex, as it is a multiple of the size of a page.
pub(super) fn offset(context: &Context<'_>, at: usize) -> Option<String> {
    Some(match context.args[at] {
        0 => "0".to_owned(),
        offset => format!("{offset:#x}"),
    })
}
