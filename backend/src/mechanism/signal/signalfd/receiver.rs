//! The receiver with a signalfd: signals become bytes that are read, and no handler ever runs.

use super::super::{
    OURS,
    signals::{about, mask},
};
use crate::{
    sys::{
        calls::{Fd, read},
        signals::{SIGNALFD_SIGINFO, signalfd, signalfd_siginfo},
    },
    worker::{Worker, wire::Command},
};
use nix::errno::Errno;
use shared::mechanism::signal::{Order, Params, Takes};

pub(in super::super) fn receiver(mut me: Worker, params: &Params) -> i32 {
    // Blocked they are from birth: one that is not takes its usual way, and is never seen at the descriptor.
    let fd = match signalfd(&OURS) {
        Ok(fd) => fd,
        Err(errno) => {
            me.failed("signalfd", errno);
            return 1;
        }
    };
    while params.takes == Takes::Loop && take(&mut me, fd).is_ok() {
        // A command that has come meanwhile is carried out between two reads.
        if let Some(command) = me.command_if_any() {
            obey(&mut me, fd, &command);
        }
    }
    while let Some(command) = me.command() {
        obey(&mut me, fd, &command);
    }
    0
}

fn obey(me: &mut Worker, fd: Fd, command: &Command) {
    let Some(order) = command.order() else {
        return;
    };
    let done = match order {
        Order::Take { times } => (0..times).try_for_each(|_| take(me, fd)),
        other @ (Order::Block { .. }
        | Order::Unblock { .. }
        | Order::Handle { .. }
        | Order::Pending
        | Order::Read
        | Order::Wake
        | Order::Post
        | Order::Value
        | Order::Unlink) => mask(me, &other),
    };
    if let Err(errno) = done {
        me.failed(command.verb(), errno);
    }
}

/// One read(): one structure of 128 bytes, with the number, the sender's pid and the value.
fn take(me: &mut Worker, fd: Fd) -> Result<(), Errno> {
    let mut bytes = [0; SIGNALFD_SIGINFO];
    let n = read(fd, &mut bytes).inspect_err(|errno| me.failed("read", *errno))?;
    if let Some(info) = signalfd_siginfo(bytes.get(..n).unwrap_or_default()) {
        me.said("read", about(&info));
    }
    Ok(())
}
