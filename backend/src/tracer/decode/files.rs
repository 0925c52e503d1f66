//! Paths, descriptors and what is done to them.

use super::{
    Context,
    flags::open_flags,
    numbers::{address, filled, low},
    text::quoted,
};

/// Bytes of a path that are shown.
const SHOWN_PATH: usize = 255;

/// A name in the file system.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn path(context: &Context<'_>, at: usize) -> Option<String> {
    let place = context.args[at];
    Some(match context.memory.text(place, SHOWN_PATH) {
        None => address(place),
        Some((path, true)) => quoted(&path),
        Some((path, false)) => format!("{}...", quoted(&path)),
    })
}

/// Flags of open.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn open(context: &Context<'_>, at: usize) -> Option<String> {
    Some(open_flags(context.int(at)))
}

/// The permissions of a file that may be created; the flags come before.
pub(super) fn create_mode(context: &Context<'_>, at: usize) -> Option<String> {
    let creates =
        context.int(at - 1) & (libc::O_CREAT | (libc::O_TMPFILE & !libc::O_DIRECTORY)) != 0;
    creates.then(|| octal(low(context.args[at])))
}

/// Type and permissions of mknod.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn node_mode(context: &Context<'_>, at: usize) -> Option<String> {
    let mode = low(context.args[at]);
    let kind = match mode & libc::S_IFMT {
        libc::S_IFIFO => "S_IFIFO|",
        libc::S_IFREG => "S_IFREG|",
        libc::S_IFSOCK => "S_IFSOCK|",
        libc::S_IFCHR => "S_IFCHR|",
        libc::S_IFBLK => "S_IFBLK|",
        0 => "",
        _ => return Some(octal(mode)),
    };
    Some(format!("{kind}{}", octal(mode & !libc::S_IFMT)))
}

pub(super) fn octal(mode: u32) -> String {
    match mode {
        0 => "000".to_owned(),
        mode => format!("{mode:#05o}").replacen("0o", "0", 1),
    }
}

/// The two descriptors of a new pipe.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn pair(context: &Context<'_>, at: usize) -> Option<String> {
    Some(filled(context, at, |place| {
        pipe_ends(context, place).map(|[read, write]| format!("[{read}, {write}]"))
    }))
}

pub(super) fn pipe_ends(context: &Context<'_>, place: u64) -> Option<[i32; 2]> {
    let second = context.memory.int(place.checked_add(4)?)?;
    Some([context.memory.int(place)?, second])
}

/// An offset that is passed by its address.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn offset(context: &Context<'_>, at: usize) -> Option<String> {
    let place = context.args[at];
    Some(
        context
            .memory
            .long(place)
            .filter(|_| place != 0)
            .map_or_else(|| address(place), |offset| format!("[{offset}]")),
    )
}

/// An offset that is passed by its address and moved on: `[1] => [4]`.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn moved_offset(context: &Context<'_>, at: usize) -> Option<String> {
    let place = context.args[at];
    let now = context.memory.long(place).filter(|_| place != 0);
    Some(match (now, context.ret) {
        (None, _) => address(place),
        (Some(now), Some(moved)) if moved > 0 => {
            format!("[{}] => [{now}]", now.saturating_sub(moved))
        }
        (Some(now), _) => format!("[{now}]"),
    })
}

/// From where lseek counts.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn whence(context: &Context<'_>, at: usize) -> Option<String> {
    Some(whence_name(context.int(at)))
}

/// `SEEK_SET`.
pub(super) fn whence_name(whence: i32) -> String {
    match whence {
        libc::SEEK_SET => "SEEK_SET".to_owned(),
        libc::SEEK_CUR => "SEEK_CUR".to_owned(),
        libc::SEEK_END => "SEEK_END".to_owned(),
        libc::SEEK_DATA => "SEEK_DATA".to_owned(),
        libc::SEEK_HOLE => "SEEK_HOLE".to_owned(),
        other => format!("{other:#x}"),
    }
}

/// Permissions.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn mode(context: &Context<'_>, at: usize) -> Option<String> {
    Some(octal(low(context.args[at])))
}

/// An argument that is not shown.
pub(super) fn nothing(_context: &Context<'_>, _at: usize) -> Option<String> {
    None
}

/// The request of ioctl.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]
pub(super) fn ioctl(context: &Context<'_>, at: usize) -> Option<String> {
    let request = low(context.args[at]);
    Some(match u64::from(request) {
        libc::FIONREAD => "FIONREAD".to_owned(),
        libc::FIONBIO => "FIONBIO".to_owned(),
        libc::FIOCLEX => "FIOCLEX".to_owned(),
        libc::FIONCLEX => "FIONCLEX".to_owned(),
        libc::TCGETS => "TCGETS".to_owned(),
        libc::TIOCGWINSZ => "TIOCGWINSZ".to_owned(),
        libc::TIOCGPGRP => "TIOCGPGRP".to_owned(),
        _ => format!("{request:#x}"),
    })
}

/// The argument of ioctl, which depends on its request.
pub(super) fn ioctl_argument(context: &Context<'_>, at: usize) -> Option<String> {
    let place = context.args[at];
    let number = |place| {
        context
            .memory
            .int(place)
            .map(|number| format!("[{number}]"))
    };
    match u64::from(low(context.args[at - 1])) {
        libc::FIONREAD => Some(filled(context, at, number)),
        libc::FIONBIO => Some(number(place).unwrap_or_else(|| address(place))),
        libc::FIOCLEX | libc::FIONCLEX => None,
        _ => Some(address(place)),
    }
}
