//! A consumer: takes one object after the other out of the pipe. The lock of the readers is its own while it does.

use super::parts::{Parts, done};
use crate::{
    mechanism::pipe::{Trouble, shown},
    sys::calls::sleep,
    worker::{Worker, wire::Command},
};
use serde_json::json;
use shared::{
    mechanism::queue::{
        SENTINEL,
        python::{Order, Params},
    },
    pickle::Object,
};
use std::time::Duration;

pub(super) fn consumer(mut me: Worker, params: &Params, parts: Parts) -> i32 {
    if params.crew.loops && take_all(&mut me, params, parts) {
        return 0;
    }
    // On demand, or after an error: one command after the other.
    while let Some(command) = me.command() {
        if obey(&mut me, params, parts, &command) {
            return 0;
        }
    }
    0
}

/// One object after the other, until the one that means "no more": true. False after an error.
fn take_all(me: &mut Worker, params: &Params, parts: Parts) -> bool {
    while let Some(last) = take(me, params, parts) {
        if last {
            return true;
        }
        // A command that has come meanwhile is carried out between two objects.
        if let Some(command) = me.command_if_any()
            && obey(me, params, parts, &command)
        {
            return true;
        }
    }
    false
}

/// Carries a command out; true when it received the sentinel.
fn obey(me: &mut Worker, params: &Params, parts: Parts, command: &Command) -> bool {
    match command.order() {
        Some(Order::Receive { times }) => {
            for _ in 0..times {
                match take(me, params, parts) {
                    Some(false) => {}
                    Some(true) => return true,
                    None => break,
                }
            }
        }
        Some(Order::Empty) => {
            if let Some(qsize) = done(me, "sem_getvalue", parts.qsize()) {
                me.said("empty", json!({"qsize": qsize}));
            }
        }
        Some(Order::Join) | None => {}
    }
    false
}

/// `queue.get()`: whether that was the sentinel, and the run heeds it; `None` after an error.
fn take(me: &mut Worker, params: &Params, parts: Parts) -> Option<bool> {
    let thing = match get(parts) {
        Ok((wire, thing)) => {
            me.received(parts.reader().fd(), &wire);
            me.said("object", json!({"repr": shown(&thing)}));
            thing
        }
        Err(Trouble::Call(call, errno)) => {
            me.failed(call, errno);
            return None;
        }
        Err(trouble) => {
            me.said(
                "refused",
                json!({"what": "get", "why": trouble.to_string()}),
            );
            return None;
        }
    };
    if params.crew.rest > 0 {
        done(
            me,
            "clock_nanosleep",
            sleep(Duration::from_micros(params.crew.rest)),
        );
    }
    Some(params.crew.sentinel && thing == Object::Text(SENTINEL.to_owned()))
}

/// The object that has been in the pipe for the longest time, as it was in it and as what it is.
#[track_caller]
pub(crate) fn get(parts: Parts) -> Result<(Vec<u8>, Object), Trouble> {
    let call = |name| move |errno| Trouble::Call(name, errno);
    // Asleep in the read below, it has the lock: all other consumers sleep here.
    parts.readers.wait().map_err(call("sem_wait"))?;
    let got = parts.reader().recv();
    parts.readers.post().map_err(call("sem_post"))?;
    let got = got?;
    parts.places.post().map_err(call("sem_post"))?;
    Ok(got)
}
