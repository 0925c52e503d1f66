//! The receiver of a semaphore: waits. Who dies with one that it took, takes it along: the kernel does not know whose it was.

use super::open;
use crate::{
    sys::semaphore::Semaphore,
    worker::{Worker, wire::Command},
};
use nix::errno::Errno;
use serde_json::json;
use shared::mechanism::signal::{Order, Params, Takes};
use std::ffi::CStr;

pub(in super::super) fn receiver(mut me: Worker, params: &Params, name: &CStr) -> i32 {
    let Some(semaphore) = open(&mut me, name) else {
        return 1;
    };
    while params.takes == Takes::Loop && take(&mut me, semaphore).is_ok() {
        // A command that has come meanwhile is carried out between two of them.
        if let Some(command) = me.command_if_any() {
            obey(&mut me, semaphore, &command);
        }
    }
    while let Some(command) = me.command() {
        obey(&mut me, semaphore, &command);
    }
    0
}

fn obey(me: &mut Worker, semaphore: Semaphore, command: &Command) {
    let Some(order) = command.order() else {
        return;
    };
    let done = match order {
        Order::Take { times } => (0..times).try_for_each(|_| take(me, semaphore)),
        Order::Post => semaphore.post().map(|()| me.said("posted", json!({}))),
        Order::Value => semaphore
            .value()
            .map(|value| me.said("value", json!({"value": value}))),
        Order::Block { .. }
        | Order::Unblock { .. }
        | Order::Handle { .. }
        | Order::Pending
        | Order::Read
        | Order::Wake
        | Order::Unlink => Ok(()),
    };
    if let Err(errno) = done {
        me.failed(command.verb(), errno);
    }
}

/// One sem_wait(): a load and a store, and a call only to sleep.
fn take(me: &mut Worker, semaphore: Semaphore) -> Result<(), Errno> {
    semaphore
        .wait()
        .inspect_err(|errno| me.failed("sem_wait", *errno))?;
    me.received(-1, b"");
    Ok(())
}
