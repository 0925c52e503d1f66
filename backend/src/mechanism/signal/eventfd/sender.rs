//! The sender of an eventfd: adds to the counter. Who added what, and how often, the kernel does not keep.

use super::SIZE;
use crate::{
    sys::{
        calls::{Fd, sleep},
        event::add,
    },
    worker::{Worker, wire::Command},
};
use serde_json::json;
use shared::{ids::MsgId, mechanism::signal::Params};
use std::time::Duration;

pub(in super::super) fn sender(mut me: Worker, params: &Params, fd: Fd) -> i32 {
    while let Some(command) = me.command() {
        let Command::Send {
            msg, data, times, ..
        } = command
        else {
            continue;
        };
        let text = String::from_utf8(data.bytes().unwrap_or_default()).unwrap_or_default();
        let Ok(value) = text.trim().parse::<u64>() else {
            me.said("no_number", json!({"text": text, "call": "write"}));
            continue;
        };
        for n in 0..u64::from(times) {
            if n > 0
                && params.pace > 0
                && let Err(errno) = sleep(Duration::from_micros(params.pace))
            {
                me.failed("clock_nanosleep", errno);
            }
            send(&mut me, fd, msg + n, value);
        }
    }
    0
}

fn send(me: &mut Worker, fd: Fd, msg: MsgId, value: u64) {
    me.sending_number(msg, fd, &value.to_string(), SIZE, i64::try_from(value).ok());
    let errno = add(fd, value).err();
    let went = if errno.is_none() { 8 } else { 0 };
    me.sent(msg, went, errno);
}
