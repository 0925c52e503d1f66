//! The reader: takes bytes out, as they come; where one message ends and the next begins, a pipe does not keep.

use super::{Ends, Setting};
use crate::{
    sys::calls::{Fd, open, read, set_flags, set_pipe_size, wait_readable},
    worker::{Worker, wire::Command},
};
use nix::{errno::Errno, fcntl::OFlag};
use shared::{
    event::End,
    mechanism::pipe::{Forgotten, Kind, Order, Params, Reader},
};
use std::path::Path;

pub(super) fn reader(mut me: Worker, ends: Ends, setting: &Setting<'_>) -> i32 {
    let Setting { kind, params, path } = *setting;
    // A late one opens the FIFO when it is first told something; until then, who opens it to write sleeps in open().
    let mut next = None;
    if params.reader == Reader::Late && kind == Kind::Fifo {
        next = me.command();
        if next.is_none() {
            return 0;
        }
    }
    let ends = match prepare(&mut me, ends, kind, params, path) {
        Ok(ends) => ends,
        Err(errno) => {
            me.failed("open", errno);
            return 1;
        }
    };
    let fd = ends.read.unwrap_or(-1);
    if params.reader == Reader::Loop && read_all(&mut me, ends, fd, params) {
        return 0;
    }
    // On demand, or after an error: one command after the other.
    while let Some(command) = next.take().or_else(|| me.command()) {
        if obey(&mut me, ends, &command) {
            return 0;
        }
    }
    0
}

/// Until end-of-file: read() returns 0 when the pipe is empty and nobody has its write end open any more. False after an error.
fn read_all(me: &mut Worker, ends: Ends, fd: Fd, params: &Params) -> bool {
    let mut buffer = vec![0; usize::try_from(params.chunk).unwrap_or(1)];
    loop {
        if params.nonblock
            && let Err(errno) = wait_readable(fd)
        {
            me.failed("poll", errno);
            return false;
        }
        match take(me, fd, &mut buffer) {
            Ok(0) => return true,
            // EAGAIN: the bytes that poll() saw are gone already.
            Ok(_) | Err(Errno::EAGAIN) => {}
            Err(_) => return false,
        }
        // A command that has come meanwhile is carried out between two reads.
        if let Some(command) = me.command_if_any()
            && obey(me, ends, &command)
        {
            return true;
        }
    }
}

/// Keeps the read end only; a write end that is kept as well would hide from us that nobody writes any more.
fn prepare(
    me: &mut Worker,
    mut ends: Ends,
    kind: Kind,
    params: &Params,
    path: &Path,
) -> Result<Ends, Errno> {
    let forgets = params.forgotten == Forgotten::ReaderWrite;
    match kind {
        Kind::Anonymous | Kind::Python if forgets => {}
        Kind::Anonymous | Kind::Python => ends.close(End::Write)?,
        Kind::Fifo => {
            // Sleeps until somebody opens the FIFO for writing.
            let fd = open(path, OFlag::O_RDONLY)?;
            ends.read = Some(fd);
            if params.nonblock {
                set_flags(fd, OFlag::O_RDONLY | OFlag::O_NONBLOCK)?;
            }
            if forgets {
                ends.write = Some(open(path, OFlag::O_WRONLY)?);
            }
            if params.capacity > 0
                && let Err(errno) = set_pipe_size(fd, params.capacity)
            {
                // It keeps the size it had.
                me.failed("fcntl", errno);
            }
        }
    }
    Ok(ends)
}

/// Carries a command out; true at end-of-file.
fn obey(me: &mut Worker, ends: Ends, command: &Command) -> bool {
    match command.order() {
        Some(Order::Read { len, times }) => {
            let mut buffer = vec![0; usize::try_from(len).unwrap_or(1)];
            for _ in 0..times {
                match take(me, ends.read.unwrap_or(-1), &mut buffer) {
                    Ok(0) => return true,
                    Ok(_) => {}
                    Err(_) => break,
                }
            }
        }
        Some(Order::Close { end }) => {
            if let Err(errno) = ends.close(end) {
                me.failed("close", errno);
            }
        }
        Some(Order::Exec { program }) => ends.only(End::Read).exec(me, program),
        _ => {}
    }
    false
}

/// One read(); 0 is end-of-file.
fn take(me: &mut Worker, fd: Fd, buffer: &mut [u8]) -> Result<usize, Errno> {
    let taken = read(fd, buffer);
    match taken {
        Ok(n) => me.received(fd, buffer.get(..n).unwrap_or_default()),
        Err(errno) => me.failed("read", errno),
    }
    taken
}
