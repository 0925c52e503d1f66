//! The receiver of an eventfd: takes all that was added, or one at a time, and sleeps while the counter is 0.

use super::SIZE;
use crate::{
    sys::{
        calls::{Fd, wait_readable},
        event::take,
    },
    worker::{Worker, wire::Command},
};
use nix::errno::Errno;
use shared::mechanism::signal::{Order, Params, Takes};

pub(in super::super) fn receiver(mut me: Worker, params: &Params, fd: Fd) -> i32 {
    if params.takes == Takes::Loop {
        take_all(&mut me, params, fd);
    }
    while let Some(command) = me.command() {
        obey(&mut me, fd, &command);
    }
    0
}

/// Again and again, until that fails.
fn take_all(me: &mut Worker, params: &Params, fd: Fd) {
    loop {
        if params.nonblock
            && let Err(errno) = wait_readable(fd)
        {
            me.failed("poll", errno);
            return;
        }
        match take_one(me, fd) {
            // EAGAIN: another receiver was faster.
            Ok(()) | Err(Errno::EAGAIN) => {}
            Err(_) => return,
        }
        // A command that has come meanwhile is carried out between two reads.
        if let Some(command) = me.command_if_any() {
            obey(me, fd, &command);
        }
    }
}

fn obey(me: &mut Worker, fd: Fd, command: &Command) {
    if let Some(Order::Take { times }) = command.order() {
        let _reported = (0..times).try_for_each(|_| take_one(me, fd));
    }
}

/// One read(): all that was added since the last, or one with EFD_SEMAPHORE.
fn take_one(me: &mut Worker, fd: Fd) -> Result<(), Errno> {
    let value = take(fd).inspect_err(|errno| me.failed("read", *errno))?;
    me.received_number(fd, &value.to_string(), SIZE, i64::try_from(value).ok());
    Ok(())
}
