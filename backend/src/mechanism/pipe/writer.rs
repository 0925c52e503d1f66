//! A writer: puts each message into the pipe, whole if the pipe lets it.

use super::{Ends, Setting};
use crate::{
    sys::{
        calls::{Fd, open, set_flags, sleep, write},
        process::ignore,
    },
    worker::{Worker, wire::Command},
};
use nix::{errno::Errno, fcntl::OFlag, sys::signal::Signal};
use shared::{
    event::End,
    ids::MsgId,
    mechanism::pipe::{Forgotten, Kind, Order, Params, SigPipe},
};
use std::{path::Path, time::Duration};

pub(super) fn writer(mut me: Worker, ends: Ends, setting: &Setting<'_>) -> i32 {
    let Setting { kind, params, path } = *setting;
    // When nobody can read any more, write() raises SIGPIPE, which kills. Who ignores it is told EPIPE instead.
    if params.sigpipe == SigPipe::Ignore
        && let Err(errno) = ignore(Signal::SIGPIPE)
    {
        me.failed("sigaction", errno);
    }
    let ends = match prepare(ends, kind, params, path) {
        Ok(ends) => ends,
        Err(errno) => {
            me.failed("open", errno);
            return 1;
        }
    };

    while let Some(command) = me.command() {
        match &command {
            Command::Send {
                msg, data, times, ..
            } => {
                let Ok(payload) = data.bytes() else { continue };
                for n in 0..u64::from(*times) {
                    if n > 0
                        && params.pace > 0
                        && let Err(errno) = sleep(Duration::from_micros(params.pace))
                    {
                        me.failed("clock_nanosleep", errno);
                    }
                    let errno = send(
                        &mut me,
                        ends.write.unwrap_or(-1),
                        *msg + n,
                        &payload,
                        params.nonblock,
                    );
                    // Nothing that comes after would get in either.
                    if matches!(errno, Some(Errno::EPIPE | Errno::EBADF)) {
                        break;
                    }
                }
            }
            Command::Act(_) => match command.order() {
                Some(Order::Close { end }) => {
                    if let Err(errno) = ends.close(end) {
                        me.failed("close", errno);
                    }
                }
                Some(Order::Exec { program }) => ends.only(End::Write).exec(&mut me, program),
                _ => {}
            },
            Command::Wait { .. } | Command::Fork { .. } => {}
        }
    }
    0
}

/// Keeps the write end only; a read end that is kept as well would hide from us that nobody reads any more.
fn prepare(mut ends: Ends, kind: Kind, params: &Params, path: &Path) -> Result<Ends, Errno> {
    let forgets = params.forgotten == Forgotten::WriterRead;
    match kind {
        Kind::Anonymous | Kind::Python if forgets => {}
        Kind::Anonymous | Kind::Python => ends.close(End::Read)?,
        Kind::Fifo => {
            // Sleeps until somebody opens the FIFO for reading.
            let fd = open(path, OFlag::O_WRONLY)?;
            ends.write = Some(fd);
            let mut flags = OFlag::O_WRONLY;
            flags.set(OFlag::O_NONBLOCK, params.nonblock);
            flags.set(OFlag::O_DIRECT, params.packets);
            if flags != OFlag::O_WRONLY {
                set_flags(fd, flags)?;
            }
            if forgets {
                ends.read = Some(open(path, OFlag::O_RDONLY | OFlag::O_NONBLOCK)?);
            }
        }
    }
    Ok(ends)
}

fn send(me: &mut Worker, fd: Fd, msg: MsgId, payload: &[u8], nonblock: bool) -> Option<Errno> {
    me.sending(msg, fd, payload);
    let (written, errno) = put(fd, payload, nonblock);
    me.sent(msg, written, errno);
    errno
}

/// write() until all of it is in; if it must not wait, one try. How much went in, and why not all.
pub(crate) fn put(fd: Fd, payload: &[u8], nonblock: bool) -> (usize, Option<Errno>) {
    let mut written = 0;
    loop {
        match write(fd, payload.get(written..).unwrap_or_default()) {
            Ok(n) => written += n,
            Err(errno) => return (written, Some(errno)),
        }
        if written == payload.len() || nonblock {
            return (written, None);
        }
    }
}
