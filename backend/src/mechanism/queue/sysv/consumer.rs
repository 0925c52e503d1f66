//! A consumer: takes one whole message after the other, of the type it asks for.

use super::producer::NO_DESCRIPTOR;
use crate::{
    sys::{
        calls::sleep,
        queue::{Envelope, msgget, msgrcv},
    },
    worker::{Worker, wire::Command},
};
use nix::errno::Errno;
use shared::mechanism::queue::{
    SENTINEL,
    sysv::{MSGMAX, Order, Params},
};
use std::time::Duration;

/// How long to leave an empty queue alone before asking again, where no call may wait: there is no poll() for it.
const ASK_AGAIN: Duration = Duration::from_millis(500);

pub(super) fn consumer(mut me: Worker, params: &Params, key: i32, msgtyp: i64) -> i32 {
    let queue = match msgget(key, 0) {
        Ok(queue) => queue,
        Err(errno) => {
            me.failed("msgget", errno);
            return 1;
        }
    };
    let room = if params.buffer > 0 {
        params.buffer
    } else {
        MSGMAX
    };
    let mut room = Envelope::with_room(usize::try_from(room).unwrap_or(1));

    if params.crew.loops && receive_all(&mut me, queue, &mut room, msgtyp, params) {
        return 0;
    }
    // On demand, or after an error: one command after the other.
    while let Some(command) = me.command() {
        if obey(&mut me, queue, &mut room, params, &command) {
            return 0;
        }
    }
    0
}

/// One message after the other, until the one that means "no more": true. There is no end-of-file: a queue does not know
/// who could still send. False after an error.
fn receive_all(
    me: &mut Worker,
    queue: i32,
    room: &mut Envelope,
    msgtyp: i64,
    params: &Params,
) -> bool {
    loop {
        match take(me, queue, room, msgtyp, params) {
            Ok(true) => return true,
            Ok(false) => {}
            Err(Errno::ENOMSG) => {
                if let Err(errno) = sleep(ASK_AGAIN) {
                    me.failed("clock_nanosleep", errno);
                }
            }
            Err(_) => return false,
        }
        // A command that has come meanwhile is carried out between two receives.
        if let Some(command) = me.command_if_any()
            && obey(me, queue, room, params, &command)
        {
            return true;
        }
    }
}

/// Carries a command out; true when it received the sentinel.
fn obey(
    me: &mut Worker,
    queue: i32,
    room: &mut Envelope,
    params: &Params,
    command: &Command,
) -> bool {
    let Some(Order::Receive {
        r#type,
        lowest,
        len,
        times,
    }) = command.order()
    else {
        return false;
    };
    let msgtyp = i64::try_from(r#type).unwrap_or(0);
    let msgtyp = if lowest { -msgtyp } else { msgtyp };
    let mut own = Envelope::with_room(usize::try_from(len).unwrap_or(0));
    let room = if len > 0 { &mut own } else { room };
    for _ in 0..times {
        match take(me, queue, room, msgtyp, params) {
            Ok(true) => return true,
            Ok(false) => {}
            Err(_) => break,
        }
    }
    false
}

/// One msgrcv(): a whole message, unless MSG_NOERROR cuts it. True if it is the sentinel, and the run heeds it.
fn take(
    me: &mut Worker,
    queue: i32,
    room: &mut Envelope,
    msgtyp: i64,
    params: &Params,
) -> Result<bool, Errno> {
    let mut flags = if params.nonblock { libc::IPC_NOWAIT } else { 0 };
    if params.noerror {
        flags |= libc::MSG_NOERROR;
    }
    let len = match msgrcv(queue, room, msgtyp, flags) {
        Ok(len) => len,
        Err(errno) => {
            me.failed("msgrcv", errno);
            return Err(errno);
        }
    };
    let message = room.bytes(len);
    me.received_as(NO_DESCRIPTOR, message, Some(room.r#type()));
    if params.crew.rest > 0
        && let Err(errno) = sleep(Duration::from_micros(params.crew.rest))
    {
        me.failed("clock_nanosleep", errno);
    }
    Ok(params.crew.sentinel && message == SENTINEL.as_bytes())
}
