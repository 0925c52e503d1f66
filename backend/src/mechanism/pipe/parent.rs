//! The parent: makes the pipe, forks everybody, closes the ends it does not need. As a shell does for `writer | reader`.

use super::{Ends, Setting, ends::close_all, parts::parts};
use crate::{
    sys::calls::{mkfifo, open, pipe2, set_pipe_size, wait_for},
    worker::{Born, Worker, wire::Command},
};
use nix::{errno::Errno, fcntl::OFlag};
use shared::{
    event::End,
    mechanism::pipe::{Forgotten, Kind, Order, Params},
};

/// The pipes of a run, in the order in which bytes go through them; of a FIFO, only its name.
type Pipes = Vec<Ends>;

pub(super) fn parent(mut me: Worker, setting: &Setting<'_>) -> i32 {
    let Setting { kind, params, path } = *setting;
    // An anonymous pipe is two descriptors, which the children inherit.
    // A FIFO is a name, which each of them opens for itself.
    let pipes: Result<Pipes, Errno> = match kind {
        Kind::Fifo => mkfifo(path).map(|()| vec![Ends::default()]),
        Kind::Anonymous | Kind::Python => (0..setting.pipes())
            .map(|_| make_pipe(&mut me, params))
            .collect(),
    };
    let pipes = match pipes {
        Ok(pipes) => pipes,
        Err(errno) => {
            me.failed("pipe", errno);
            return 1;
        }
    };

    let parts = parts(&pipes, params, setting.via());
    for (number, part) in (1..).zip(&parts) {
        match me.fork(number, part.role) {
            Ok(Born::Child) => return part.play(me, &pipes, setting),
            Ok(Born::Python) => {
                return me.become_python(part.python(), &part.told(&pipes, setting));
            }
            Ok(Born::Parent(_)) => {}
            Err(errno) => me.failed("fork", errno),
        }
    }

    // While the parent has a write end, the reader never sees end-of-file, whatever the writers do.
    let mut ends = pipes.first().copied().unwrap_or_default();
    if let Err(errno) = close_mine(&mut ends, setting) {
        me.failed("close", errno);
    }
    for other in pipes.iter().skip(1) {
        close_all(&mut me, &other.all());
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
            Command::Send { .. } | Command::Fork { .. } => {}
        }
    }
    0
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

fn close_mine(ends: &mut Ends, setting: &Setting<'_>) -> Result<(), Errno> {
    let forgets = setting.params.forgotten == Forgotten::ParentWrite;
    match setting.kind {
        Kind::Fifo if forgets => ends.write = Some(open(setting.path, OFlag::O_WRONLY)?),
        Kind::Fifo => {}
        Kind::Anonymous | Kind::Python => {
            ends.close(End::Read)?;
            if !forgets {
                ends.close(End::Write)?;
            }
        }
    }
    Ok(())
}
