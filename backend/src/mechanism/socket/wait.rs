//! Sleeping for whatever comes first: a command, a connection, bytes.

use crate::{
    sandbox::COMMAND_FD,
    sys::{calls::Fd, net::wait_for_any},
    worker::{Worker, wire::Command},
};
use nix::errno::Errno;
use shared::mechanism::socket::Takes;

/// What somebody was woken by.
#[derive(Debug)]
pub(super) enum Woken {
    /// A command.
    Command(Command),
    /// There is something to take from these, or nothing and the time is over.
    Ready(Vec<Fd>),
    /// There will be no more commands.
    Over,
}

/// Who takes nothing by itself sleeps for a command only. Others call poll(2) for their sockets and for the descriptor on
/// which commands come.
#[track_caller]
pub(super) fn wait(me: &mut Worker, takes: Takes, fds: &[Fd]) -> Woken {
    match takes {
        Takes::Loop => wait_within(me, fds, -1),
        Takes::Demand => me.command().map_or(Woken::Over, Woken::Command),
    }
}

/// The same, for at most so many milliseconds; -1 is for ever.
#[track_caller]
pub(super) fn wait_within(me: &mut Worker, fds: &[Fd], millis: i32) -> Woken {
    loop {
        if let Some(command) = me.command_if_any() {
            return Woken::Command(command);
        }
        if me.over() {
            return Woken::Over;
        }
        me.waits();
        let mut all = fds.to_vec();
        all.push(COMMAND_FD);
        match wait_for_any(&all, millis) {
            Ok(ready) if ready.contains(&COMMAND_FD) => {}
            Ok(ready) => return Woken::Ready(ready),
            Err(Errno::EINTR) => {}
            Err(errno) => {
                me.failed("poll", errno);
                return Woken::Over;
            }
        }
    }
}
