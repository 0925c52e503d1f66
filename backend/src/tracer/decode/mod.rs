//! Decodes system calls: numbers and registers in, names and arguments out, as strace prints them.
//!
//! Pure: the caller's memory comes in as a [`Memory`], so that recorded input decodes without a process. Whatever a program
//! passes, decoding ends, allocates a bounded amount and never panics.
//!
//! `table` lists the calls, a file a family; `outcome` says what a return brought, `quiet` which calls are the C library's
//! own business. The others show arguments.

mod buffers;
mod files;
mod flags;
mod futex;
mod locks;
mod mapping;
mod memory;
mod message;
mod mqueue;
mod numbers;
mod options;
mod outcome;
mod poll;
mod process;
mod quiet;
mod signals;
mod sockets;
mod special;
mod sysv;
mod table;
mod text;
mod time;

#[cfg(test)]
mod tests;

pub use memory::Memory;
pub(super) use quiet::{Quiet, is_shared, quiet};

use super::seen::{Entered, Flow, MAX_DATA, Returned};
use buffers::Vector;
use message::Header;
use shared::{ledger::Handle, os::Errno};
use table::{Key, Kind, Named, Payload, Row};

/// Longest text of one argument, bytes; a path can have 4,096 and an event must stay small.
const MAX_ARGUMENT: usize = 512;

/// A call as the kernel sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw {
    /// Its number on this machine.
    pub nr: i64,
    /// Its registers.
    pub args: [u64; 6],
}

impl Raw {
    /// The content of `/proc/PID/syscall`: `0 0x3 0x7ffc… …`, number and arguments. `None` for one that runs.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let nr = words.next()?.parse().ok()?;
        let mut args = [0; 6];
        for arg in &mut args {
            *arg = u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()?;
        }
        Some(Self { nr, args })
    }

    /// Its name, as far as the decoders know it.
    pub fn name(self) -> Option<&'static str> {
        table::find(self.nr).map(|row| row.name)
    }

    /// The descriptor it works on.
    pub fn fd(self) -> Option<i32> {
        table::find(self.nr)?
            .fd
            .map(|at| numbers::low(self.args[at]).cast_signed())
    }
}

/// What a shower of an argument may look at.
struct Context<'a> {
    args: [u64; 6],
    memory: &'a dyn Memory,
    /// What the call returned; `None` at its entry.
    ret: Option<i64>,
}

impl Context<'_> {
    /// It returned, and well: what the kernel was to fill in is there.
    fn filled(&self) -> bool {
        self.ret.is_some_and(|ret| ret >= 0)
    }

    /// The lower half of a register, as the kernel takes an `int`.
    fn int(&self, at: usize) -> i32 {
        numbers::low(self.args[at]).cast_signed()
    }
}

/// Shows one argument; `None` leaves it out, as the mode of an open that does not create.
type Show = fn(&Context<'_>, usize) -> Option<String>;

/// Whether the decoders know the call.
pub fn knows(nr: i64) -> bool {
    table::find(nr).is_some()
}

/// A call at its entry.
pub fn entered(raw: Raw, memory: &dyn Memory, at_ns: u64) -> Entered {
    let context = Context {
        args: raw.args,
        memory,
        ret: None,
    };
    let Some(row) = table::find(raw.nr) else {
        return Entered {
            nr: raw.nr,
            name: "unknown",
            args: vec![raw.nr.to_string()],
            at_ns,
            ..Entered::default()
        };
    };
    Entered {
        nr: raw.nr,
        name: row.name,
        args: arguments(row, &context),
        fd: row.fd.map(|at| context.int(at)),
        fd_out: row.fd_out.map(|at| context.int(at)),
        handle: handle(row, &context),
        len: length(row, &context),
        offset: offset(row, &context),
        key: key(row, &context),
        wants: row.wants.map(|at| context.args[at].cast_signed()),
        flow: flow(row, &context),
        data: if row.flow == Flow::Send {
            payload(row, &context, MAX_DATA)
        } else {
            Vec::new()
        },
        address: sockets::given_to(row.name, &context),
        registers: raw.args,
        at_ns,
    }
}

/// The same call at its exit. `ret` is what the register holds: from -4095 to -1 it is an error.
pub fn returned(raw: Raw, call: &Entered, ret: i64, memory: &dyn Memory, at_ns: u64) -> Returned {
    let context = Context {
        args: raw.args,
        memory,
        ret: Some(ret),
    };
    let failed = (-4095..0).contains(&ret);
    let row = table::find(raw.nr);
    let moved = match (call.flow, u64::try_from(ret)) {
        (Flow::None, _) | (_, Err(_)) => 0,
        _ if failed => 0,
        (_, Ok(_)) if row.is_some_and(|row| row.whole) => call.len.unwrap_or(0),
        // With MSG_TRUNC, a datagram is told to be as long as it was.
        (Flow::Receive, Ok(moved)) => call.len.map_or(moved, |len| moved.min(len)),
        (_, Ok(moved)) => moved,
    };
    let most = usize::try_from(moved).unwrap_or(usize::MAX).min(MAX_DATA);
    let data = match call.flow {
        Flow::Send => call.data[..most.min(call.data.len())].to_vec(),
        Flow::Receive => row.map_or_else(Vec::new, |row| payload(row, &context, most)),
        Flow::None | Flow::Move | Flow::Copy => Vec::new(),
    };
    Returned {
        nr: raw.nr,
        name: call.name,
        args: match row {
            Some(row) if row.filled => arguments(row, &context),
            _ => call.args.clone(),
        },
        fd: call.fd,
        fd_out: call.fd_out,
        handle: row.and_then(|row| handle(row, &context)),
        len: call.len,
        offset: call.offset,
        key: row.and_then(|row| key(row, &context)).or(call.key),
        flow: call.flow,
        ret: (!failed).then_some(ret),
        errno: failed.then(|| Errno(i32::try_from(-ret).unwrap_or(0))),
        moved,
        address: sockets::came_from(call.name, &context).or_else(|| call.address.clone()),
        data,
        created: outcome::created(&context, row),
        passed: outcome::passed(&context, row),
        child: outcome::child(&context, row),
        waited: outcome::waited(&context, row),
        registers: raw.args,
        interrupted: 0,
        entered_ns: call.at_ns,
        at_ns,
    }
}

/// What the call names its kernel object by.
fn handle(row: &Row, context: &Context<'_>) -> Option<Handle> {
    let Some((kind, named)) = row.handle else {
        return row.fd.map(|at| Handle::Fd(context.int(at)));
    };
    let id = match named {
        Named::First => context.int(0),
        Named::Result => i32::try_from(context.ret?).ok().filter(|id| *id >= 0)?,
    };
    Some(match kind {
        Kind::Queue => Handle::Queue(id),
        Kind::Memory => Handle::Memory(id),
        Kind::Semaphore => Handle::Semaphore(id),
    })
}

/// Which way bytes go; nowhere if they are only looked at.
fn flow(row: &Row, context: &Context<'_>) -> Flow {
    match row.only_looks {
        Some((flags, bits)) if context.int(flags) & bits != 0 => Flow::None,
        _ => row.flow,
    }
}

/// Where in the file; -1 means where the descriptor stands.
fn offset(row: &Row, context: &Context<'_>) -> Option<u64> {
    row.offset
        .map(|at| context.args[at])
        .filter(|offset| i64::try_from(*offset).is_ok())
}

/// Priority, type, signal.
fn key(row: &Row, context: &Context<'_>) -> Option<i64> {
    let memory = context.memory;
    match row.key {
        Key::None => None,
        Key::Argument(at) => Some(context.int(at).into()),
        Key::Filled(at) if context.filled() && context.args[at] != 0 => {
            let priority = memory.int(context.args[at])?;
            Some(priority.cast_unsigned().into())
        }
        Key::Sent(at) => memory.long(context.args[at]),
        Key::Received(at) if context.filled() => memory.long(context.args[at]),
        Key::Result => context.ret.filter(|ret| *ret > 0),
        Key::Filled(_) | Key::Received(_) => None,
    }
}

/// All descriptors a poll waits for are among these: how a worker waits for its next command is no part of the lesson.
pub fn polls_only(raw: Raw, memory: &dyn Memory, fds: std::ops::RangeInclusive<i32>) -> bool {
    poll::fds(raw, memory)
        .is_some_and(|polled| !polled.is_empty() && polled.iter().all(|fd| fds.contains(fd)))
}

/// Among the descriptors that a poll waits for is this one.
pub fn polls(raw: Raw, memory: &dyn Memory, fd: i32) -> bool {
    poll::fds(raw, memory).is_some_and(|polled| polled.contains(&fd))
}

/// The call is a poll of these descriptors, or works on one of them.
pub fn concerns_only(raw: Raw, memory: &dyn Memory, fds: std::ops::RangeInclusive<i32>) -> bool {
    raw.fd().is_some_and(|fd| fds.contains(&fd)) || polls_only(raw, memory, fds)
}

fn arguments(row: &Row, context: &Context<'_>) -> Vec<String> {
    let shown = row
        .args
        .iter()
        .enumerate()
        .filter_map(|(at, show)| show(context, at));
    shown
        .map(|argument| text::cut(argument, MAX_ARGUMENT))
        .collect()
}

/// Bytes the call is asked to move.
fn length(row: &Row, context: &Context<'_>) -> Option<u64> {
    match row.payload {
        Payload::None => None,
        Payload::Length(at) | Payload::Buffer(_, at) | Payload::Letter(_, at) => {
            Some(context.args[at])
        }
        Payload::Vector(..) | Payload::Header(_) => {
            Some(vector(row, context).map_or(0, |vector| vector.len(context)))
        }
    }
}

/// The buffers of a call that takes several.
fn vector(row: &Row, context: &Context<'_>) -> Option<Vector> {
    match row.payload {
        Payload::Vector(at, count) => Some(Vector {
            base: context.args[at],
            count: numbers::low(context.args[count]).into(),
        }),
        Payload::Header(at) => Header::read(context, context.args[at]).map(|header| header.vector),
        Payload::None | Payload::Length(_) | Payload::Buffer(..) | Payload::Letter(..) => None,
    }
}

/// The first `most` bytes of the buffers.
fn payload(row: &Row, context: &Context<'_>, most: usize) -> Vec<u8> {
    let read = |place: u64, len: usize| {
        let most = most.min(numbers::size(context.args[len]));
        context.memory.read(place, most)
    };
    match row.payload {
        Payload::None | Payload::Length(_) => Vec::new(),
        Payload::Buffer(at, len) => read(context.args[at], len),
        Payload::Letter(at, len) => read(context.args[at].saturating_add(sysv::TYPE), len),
        Payload::Vector(..) | Payload::Header(_) => {
            vector(row, context).map_or_else(Vec::new, |vector| vector.gather(context, most))
        }
    }
}
