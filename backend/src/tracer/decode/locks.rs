//! fcntl(2) and flock(2): flags of descriptors, and who has which bytes of a file locked.
#![expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]

use super::{
    Context,
    files::whence_name,
    flags::{DESCRIPTOR, Names, joined, open_flags},
    numbers::{address, filled},
};

/// Bytes of a `struct flock` up to the end of `l_pid`.
const LOCK: usize = 28;

/// Commands of fcntl by name. The last six are of `linux/fcntl.h`.
const COMMANDS: Names = &[
    (libc::F_DUPFD, "F_DUPFD"),
    (libc::F_DUPFD_CLOEXEC, "F_DUPFD_CLOEXEC"),
    (libc::F_GETFD, "F_GETFD"),
    (libc::F_SETFD, "F_SETFD"),
    (libc::F_GETFL, "F_GETFL"),
    (libc::F_SETFL, "F_SETFL"),
    (libc::F_GETLK, "F_GETLK"),
    (libc::F_SETLK, "F_SETLK"),
    (libc::F_SETLKW, "F_SETLKW"),
    (libc::F_SETOWN, "F_SETOWN"),
    (libc::F_GETOWN, "F_GETOWN"),
    (libc::F_GETPIPE_SZ, "F_GETPIPE_SZ"),
    (libc::F_SETPIPE_SZ, "F_SETPIPE_SZ"),
    (libc::F_OFD_GETLK, "F_OFD_GETLK"),
    (libc::F_OFD_SETLK, "F_OFD_SETLK"),
    (libc::F_OFD_SETLKW, "F_OFD_SETLKW"),
    (libc::F_ADD_SEALS, "F_ADD_SEALS"),
    (libc::F_GET_SEALS, "F_GET_SEALS"),
];

const SEALS: Names = &[
    (libc::F_SEAL_SEAL, "F_SEAL_SEAL"),
    (libc::F_SEAL_SHRINK, "F_SEAL_SHRINK"),
    (libc::F_SEAL_GROW, "F_SEAL_GROW"),
    (libc::F_SEAL_WRITE, "F_SEAL_WRITE"),
    (0x10, "F_SEAL_FUTURE_WRITE"),
];

/// Operations of flock; LOCK_NB may be added to each.
const FLOCK: Names = &[
    (libc::LOCK_SH, "LOCK_SH"),
    (libc::LOCK_EX, "LOCK_EX"),
    (libc::LOCK_NB, "LOCK_NB"),
    (libc::LOCK_UN, "LOCK_UN"),
];

/// What flock is to do.
pub(super) fn flock(context: &Context<'_>, at: usize) -> Option<String> {
    Some(joined(context.int(at), FLOCK))
}

/// The command of fcntl.
pub(super) fn fcntl(context: &Context<'_>, at: usize) -> Option<String> {
    let command = context.int(at);
    let known = COMMANDS.iter().find(|(number, _)| *number == command);
    Some(known.map_or_else(|| format!("{command:#x}"), |(_, name)| (*name).to_owned()))
}

/// The argument of fcntl, which depends on its command.
pub(super) fn fcntl_argument(context: &Context<'_>, at: usize) -> Option<String> {
    let given = context.int(at);
    let place = context.args[at];
    match context.int(at - 1) {
        libc::F_GETFD | libc::F_GETFL | libc::F_GETPIPE_SZ | libc::F_GETOWN | libc::F_GET_SEALS => {
            None
        }
        libc::F_SETFD => Some(joined(given, DESCRIPTOR)),
        libc::F_SETFL => Some(open_flags(given)),
        libc::F_ADD_SEALS => Some(joined(given, SEALS)),
        libc::F_DUPFD | libc::F_DUPFD_CLOEXEC | libc::F_SETPIPE_SZ | libc::F_SETOWN => {
            Some(given.to_string())
        }
        libc::F_SETLK | libc::F_SETLKW | libc::F_OFD_SETLK | libc::F_OFD_SETLKW => {
            let lock = lock(context, place, false).filter(|_| place != 0);
            Some(lock.unwrap_or_else(|| address(place)))
        }
        libc::F_GETLK | libc::F_OFD_GETLK => {
            Some(filled(context, at, |place| lock(context, place, true)))
        }
        _ => Some(format!("{place:#x}")),
    }
}

/// A `struct flock`: type, whence, 4 bytes of nothing, start, length, and whose lock is in the way.
fn lock(context: &Context<'_>, place: u64, whose: bool) -> Option<String> {
    let bytes = context.memory.exact::<LOCK>(place)?;
    let short = |at: usize| Some(i16::from_ne_bytes(*bytes.get(at..)?.first_chunk()?));
    let long = |at: usize| Some(i64::from_ne_bytes(*bytes.get(at..)?.first_chunk()?));
    let kind = match libc::c_int::from(short(0)?) {
        libc::F_RDLCK => "F_RDLCK".to_owned(),
        libc::F_WRLCK => "F_WRLCK".to_owned(),
        libc::F_UNLCK => "F_UNLCK".to_owned(),
        other => format!("{other:#x}"),
    };
    let (start, len) = (long(8)?, long(16)?);
    let whence = whence_name(short(2)?.into());
    let whose = if whose {
        let pid = i32::from_ne_bytes(*bytes.get(24..)?.first_chunk()?);
        format!(", l_pid={pid}")
    } else {
        String::new()
    };
    Some(format!(
        "{{l_type={kind}, l_whence={whence}, l_start={start}, l_len={len}{whose}}}"
    ))
}
