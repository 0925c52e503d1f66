//! A writer that adds lines, and asks for the lock before.

use super::{
    super::{Open, Place, each},
    add,
    lock::{lock, unlock},
    open_to_add,
};
use crate::{sys::files::Range, worker::Worker};
use serde_json::json;
use shared::{
    event::LockMode,
    ids::MsgId,
    mechanism::file::{Locking, Order, Params},
};

pub(in super::super) fn writer(mut me: Worker, params: &Params, place: &Place) -> i32 {
    let mut file = match open_to_add(&place.path, params) {
        Ok(file) => file,
        Err(errno) => {
            me.failed("open", errno);
            return 1;
        }
    };
    // A lock that it was told to take, and keeps over several messages.
    let mut held: Option<Range> = None;
    while let Some(command) = me.command() {
        match command.order() {
            Some(Order::Lock { from, len, mode }) => {
                // Without a choice, what is asked for is the simplest: flock().
                let range = Range { from, len };
                match lock(file.fd, kind(params), mode, range) {
                    Ok(()) => {
                        me.said("locked", json!({"from": from, "len": len}));
                        held = Some(range);
                    }
                    Err(errno) => me.failed("lock", errno),
                }
            }
            Some(Order::Unlock) => {
                if let Some(range) = held.take() {
                    match unlock(file.fd, kind(params), range) {
                        Ok(()) => me.said("unlocked", json!({})),
                        Err(errno) => me.failed("unlock", errno),
                    }
                }
            }
            Some(_) => {}
            None => each(&mut me, &command, params, |me, msg, payload| {
                send(me, &mut file, msg, payload, held.is_some(), params);
            }),
        }
    }
    0
}

fn kind(params: &Params) -> Locking {
    match params.lock {
        Locking::None => Locking::Flock,
        chosen @ (Locking::Flock | Locking::Ofd | Locking::Posix) => chosen,
    }
}

/// One line. Who has the lock already need not ask for it.
fn send(
    me: &mut Worker,
    file: &mut Open,
    msg: MsgId,
    payload: &[u8],
    locked: bool,
    params: &Params,
) {
    let all = Range::default();
    if !locked && let Err(errno) = lock(file.fd, params.lock, LockMode::Exclusive, all) {
        return me.failed("lock", errno);
    }
    add(me, file, msg, payload, params);
    if !locked && let Err(errno) = unlock(file.fd, params.lock, all) {
        me.failed("unlock", errno);
    }
}
