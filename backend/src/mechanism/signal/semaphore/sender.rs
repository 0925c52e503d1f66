//! The sender of a semaphore: posts. Nobody owns a semaphore, so it may post what it never took.

use super::open;
use crate::{
    sys::{calls::sleep, semaphore::Semaphore},
    worker::{Worker, wire::Command},
};
use nix::errno::Errno;
use serde_json::json;
use shared::{
    ids::MsgId,
    mechanism::signal::{Order, Params},
};
use std::{ffi::CStr, time::Duration};

pub(in super::super) fn sender(mut me: Worker, params: &Params, name: &CStr) -> i32 {
    let Some(semaphore) = open(&mut me, name) else {
        return 1;
    };
    while let Some(command) = me.command() {
        if let Command::Send { msg, times, .. } = command {
            for n in 0..u64::from(times) {
                if n > 0
                    && params.pace > 0
                    && let Err(errno) = sleep(Duration::from_micros(params.pace))
                {
                    me.failed("clock_nanosleep", errno);
                }
                send(&mut me, semaphore, msg + n);
            }
        }
        if let Some(Order::Value) = command.order()
            && let Err(errno) = ask(&mut me, semaphore)
        {
            me.failed("sem_getvalue", errno);
        }
    }
    0
}

/// One sem_post(): a store to memory, and a call only if somebody sleeps.
fn send(me: &mut Worker, semaphore: Semaphore, msg: MsgId) {
    me.sending(msg, -1, b"");
    let errno = semaphore.post().err();
    me.sent(msg, 0, errno);
}

fn ask(me: &mut Worker, semaphore: Semaphore) -> Result<(), Errno> {
    let value = semaphore.value()?;
    me.said("value", json!({"value": value}));
    Ok(())
}
