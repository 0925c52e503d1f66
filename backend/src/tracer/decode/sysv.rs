//! System V: keys, ids, and what is done to queues, segments and semaphores. sysvipc(7).
#![expect(clippy::unnecessary_wraps, reason = "one signature for all arguments")]

use super::{
    Context,
    buffers::content,
    files::octal,
    flags::{Names, joined},
    numbers::{PENDING, address, filled, low},
    text::push,
};

/// Bytes of the type in front of a message.
pub(super) const TYPE: u64 = 8;
/// Operations on semaphores that are looked at; the kernel takes 500.
const MAX_OPERATIONS: u32 = 32;
/// Bytes of a `struct sembuf`.
const SEMBUF: usize = 6;

const MAKE: Names = &[(libc::IPC_CREAT, "IPC_CREAT"), (libc::IPC_EXCL, "IPC_EXCL")];

const OPERATION: Names = &[
    (libc::SEM_UNDO, "SEM_UNDO"),
    (libc::IPC_NOWAIT, "IPC_NOWAIT"),
];

/// A number that all who know it find the same object by.
pub(super) fn key(context: &Context<'_>, at: usize) -> Option<String> {
    Some(match low(context.args[at]) {
        0 => "IPC_PRIVATE".to_owned(),
        key => format!("{key:#010x}"),
    })
}

/// Whether to make one, and its permissions.
pub(super) fn make(context: &Context<'_>, at: usize) -> Option<String> {
    let bits = context.int(at);
    let mode = octal((bits & 0o777).cast_unsigned());
    Some(match bits & !0o777 {
        0 => mode,
        flags => format!("{}|{mode}", joined(flags, MAKE)),
    })
}

/// A message that is sent: a type and bytes; the length is the next argument.
pub(super) fn send(context: &Context<'_>, at: usize) -> Option<String> {
    Some(letter(context, context.args[at], context.args[at + 1]))
}

/// A message that was received.
pub(super) fn receive(context: &Context<'_>, at: usize) -> Option<String> {
    let place = context.args[at];
    Some(match context.ret.map(u64::try_from) {
        None => PENDING.to_owned(),
        Some(Ok(got)) => letter(context, place, got),
        Some(Err(_)) => address(place),
    })
}

fn letter(context: &Context<'_>, place: u64, len: u64) -> String {
    let Some(kind) = context.memory.long(place).filter(|_| place != 0) else {
        return address(place);
    };
    let text = content(context, place.saturating_add(TYPE), len);
    format!("{{mtype={kind}, mtext={text}}}")
}

/// What msgctl and shmctl do.
pub(super) fn control(context: &Context<'_>, at: usize) -> Option<String> {
    Some(command(context.int(at)).map_or_else(|| format!("{:#x}", context.int(at)), str::to_owned))
}

fn command(command: i32) -> Option<&'static str> {
    Some(match command {
        libc::IPC_RMID => "IPC_RMID",
        libc::IPC_SET => "IPC_SET",
        libc::IPC_STAT => "IPC_STAT",
        libc::IPC_INFO => "IPC_INFO",
        _ => return None,
    })
}

/// What semctl does.
pub(super) fn control_semaphore(context: &Context<'_>, at: usize) -> Option<String> {
    // Of `linux/sem.h`.
    Some(match context.int(at) {
        11 => "GETPID".to_owned(),
        12 => "GETVAL".to_owned(),
        13 => "GETALL".to_owned(),
        14 => "GETNCNT".to_owned(),
        15 => "GETZCNT".to_owned(),
        16 => "SETVAL".to_owned(),
        17 => "SETALL".to_owned(),
        other => command(other).map_or_else(|| format!("{other:#x}"), str::to_owned),
    })
}

/// What msgctl fills in.
pub(super) fn control_queue(context: &Context<'_>, at: usize) -> Option<String> {
    if context.int(at - 1) != libc::IPC_STAT {
        return Some(address(context.args[at]));
    }
    Some(filled(context, at, |place| {
        let permissions = permissions(context, place, "msg")?;
        let long = |offset| context.memory.long(place.checked_add(offset)?);
        let [sent, received, changed] = [long(48)?, long(56)?, long(64)?];
        let [messages, most] = [long(80)?, long(88)?];
        let last = |offset| context.memory.int(place.checked_add(offset)?);
        Some(format!(
            "{{{permissions}, msg_stime={sent}, msg_rtime={received}, msg_ctime={changed}, msg_qnum={messages}, \
             msg_qbytes={most}, msg_lspid={}, msg_lrpid={}}}",
            last(96)?,
            last(100)?
        ))
    }))
}

/// What shmctl fills in.
pub(super) fn control_memory(context: &Context<'_>, at: usize) -> Option<String> {
    if context.int(at - 1) != libc::IPC_STAT {
        return Some(address(context.args[at]));
    }
    Some(filled(context, at, |place| {
        let permissions = permissions(context, place, "shm")?;
        let long = |offset| context.memory.long(place.checked_add(offset)?);
        let [size, attached, detached, changed] = [long(48)?, long(56)?, long(64)?, long(72)?];
        let pid = |offset| context.memory.int(place.checked_add(offset)?);
        Some(format!(
            "{{{permissions}, shm_segsz={size}, shm_cpid={}, shm_lpid={}, shm_nattch={}, shm_atime={attached}, \
             shm_dtime={detached}, shm_ctime={changed}}}",
            pid(80)?,
            pid(84)?,
            long(88)?
        ))
    }))
}

/// A `struct ipc_perm` of 48 bytes, as of `asm-generic/ipcbuf.h`, with 32-bit mode.
fn permissions(context: &Context<'_>, place: u64, what: &str) -> Option<String> {
    let int = |at: u64| context.memory.int(place.checked_add(at * 4)?);
    let [key, uid, gid, cuid, cgid, mode] = [int(0)?, int(1)?, int(2)?, int(3)?, int(4)?, int(5)?];
    let key = match key.cast_unsigned() {
        0 => "0".to_owned(),
        key => format!("{key:#010x}"),
    };
    let mode = octal(mode.cast_unsigned());
    Some(format!(
        "{what}_perm={{uid={uid}, gid={gid}, mode={mode}, key={key}, cuid={cuid}, cgid={cgid}}}"
    ))
}

/// What semop does to which semaphores of a set; their number is the next argument.
pub(super) fn operations(context: &Context<'_>, at: usize) -> Option<String> {
    let place = context.args[at];
    let count = low(context.args[at + 1]);
    let most = usize::try_from(count.min(MAX_OPERATIONS)).unwrap_or(0);
    let bytes = context.memory.read(place, most * SEMBUF);
    if place == 0 || (bytes.is_empty() && count > 0) {
        return Some(address(place));
    }
    let mut text = String::from("[");
    for (i, [a, b, c, d, e, f]) in bytes.as_chunks::<SEMBUF>().0.iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        let number = u16::from_ne_bytes([*a, *b]);
        let change = i16::from_ne_bytes([*c, *d]);
        let flags = joined(i16::from_ne_bytes([*e, *f]).into(), OPERATION);
        push(
            &mut text,
            format_args!("{comma}{{sem_num={number}, sem_op={change}, sem_flg={flags}}}"),
        );
    }
    if count > MAX_OPERATIONS {
        text.push_str(", ...");
    }
    text.push(']');
    Some(text)
}
