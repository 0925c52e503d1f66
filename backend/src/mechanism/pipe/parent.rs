//! The parent: makes the pipe, forks everybody, closes the ends it does not need. As a shell does for `writer | reader`.

use super::{Ends, reader::reader, writer::writer};
use crate::{
    sys::calls::{mkfifo, open, pipe2, set_pipe_size, wait_for},
    worker::{Born, Worker, wire::Command},
};
use nix::{errno::Errno, fcntl::OFlag};
use serde_json::{Value, json};
use shared::{
    event::End,
    mechanism::pipe::{Forgotten, Kind, Order, Params},
};
use std::path::Path;

pub(super) fn parent(mut me: Worker, kind: Kind, params: &Params, path: &Path) -> i32 {
    // An anonymous pipe is two descriptors, which the children inherit.
    // A FIFO is a name, which each of them opens for itself.
    let ends = match kind {
        Kind::Anonymous => make_pipe(&mut me, params),
        Kind::Fifo => mkfifo(path).map(|()| Ends::default()),
    };
    let ends = match ends {
        Ok(ends) => ends,
        Err(errno) => {
            me.failed("pipe", errno);
            return 1;
        }
    };

    for number in 1..=params.writers {
        let child = usize::try_from(number).unwrap_or(1);
        match me.fork(child, "writer") {
            Ok(Born::Child) => return writer(me, ends, kind, params, path),
            Ok(Born::Python) => {
                return me
                    .become_python(include_str!("writer.py"), &told(ends, kind, params, path));
            }
            Ok(Born::Parent(_)) => {}
            Err(errno) => me.failed("fork", errno),
        }
    }
    let child = usize::try_from(params.writers).unwrap_or(1) + 1;
    match me.fork(child, "reader") {
        Ok(Born::Child) => return reader(me, ends, kind, params, path),
        Ok(Born::Python) => {
            return me.become_python(include_str!("reader.py"), &told(ends, kind, params, path));
        }
        Ok(Born::Parent(_)) => {}
        Err(errno) => me.failed("fork", errno),
    }

    // While the parent has a write end, the reader never sees end-of-file, whatever the writers do.
    let mut ends = ends;
    if let Err(errno) = close_mine(&mut ends, kind, params, path) {
        me.failed("close", errno);
    }

    while let Some(command) = me.command() {
        match command {
            Command::Wait { pid } => match wait_for(pid) {
                Ok(status) => me.reaped(status),
                Err(errno) => me.failed("wait4", errno),
            },
            Command::Act(_) => {
                if let Some(Order::Close { end }) = command.order()
                    && let Err(errno) = ends.close(end)
                {
                    me.failed("close", errno);
                }
            }
            Command::Send { .. } => {}
        }
    }
    0
}

/// What a role in Python is told.
fn told(ends: Ends, kind: Kind, params: &Params, path: &Path) -> Value {
    let path = (kind == Kind::Fifo).then_some(path);
    json!({"ends": {"read": ends.read, "write": ends.write}, "path": path, "params": params})
}

fn make_pipe(me: &mut Worker, params: &Params) -> Result<Ends, Errno> {
    let mut flags = OFlag::empty();
    flags.set(OFlag::O_NONBLOCK, params.nonblock);
    flags.set(OFlag::O_DIRECT, params.packets);
    let [read, write] = pipe2(flags)?;
    if params.capacity > 0
        && let Err(errno) = set_pipe_size(write, params.capacity)
    {
        // It keeps the size it had.
        me.failed("fcntl", errno);
    }
    Ok(Ends {
        read: Some(read),
        write: Some(write),
    })
}

fn close_mine(ends: &mut Ends, kind: Kind, params: &Params, path: &Path) -> Result<(), Errno> {
    let forgets = params.forgotten == Forgotten::ParentWrite;
    match kind {
        Kind::Anonymous => {
            ends.close(End::Read)?;
            if !forgets {
                ends.close(End::Write)?;
            }
        }
        Kind::Fifo if forgets => ends.write = Some(open(path, OFlag::O_WRONLY)?),
        Kind::Fifo => {}
    }
    Ok(())
}
