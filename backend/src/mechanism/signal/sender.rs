//! A sender of signals: needs nothing of the receiver but its pid, and no descriptor at all.

use crate::{
    sys::{
        calls::sleep,
        signals::{kill, sigqueue},
    },
    worker::{Worker, wire::Command},
};
use nix::errno::Errno;
use serde_json::{Value, json};
use shared::{
    command::Values,
    ids::MsgId,
    mechanism::signal::{Params, number},
};
use std::time::Duration;

pub(super) fn sender(mut me: Worker, params: &Params, receiver: i32) -> i32 {
    while let Some(command) = me.command() {
        let Command::Send {
            msg,
            data,
            times,
            args,
        } = command
        else {
            continue;
        };
        let signal = number(word(&args, "signal", "SIGUSR1")).unwrap_or(libc::SIGUSR1);
        let text = String::from_utf8(data.bytes().unwrap_or_default()).unwrap_or_default();
        // kill() has no place for a message. sigqueue() has one for a single int.
        let value = match word(&args, "via", "kill") {
            "sigqueue" => {
                let Ok(value) = text.trim().parse::<i32>() else {
                    me.said("no_number", json!({"text": text, "call": "sigqueue"}));
                    continue;
                };
                Some(value)
            }
            _ => None,
        };
        for n in 0..u64::from(times) {
            if n > 0
                && params.pace > 0
                && let Err(errno) = sleep(Duration::from_micros(params.pace))
            {
                me.failed("clock_nanosleep", errno);
            }
            send(&mut me, msg + n, receiver, signal, value);
        }
    }
    0
}

fn word<'a>(args: &'a Values, name: &str, default: &'a str) -> &'a str {
    args.get(name).and_then(Value::as_str).unwrap_or(default)
}

fn send(me: &mut Worker, msg: MsgId, receiver: i32, signal: i32, value: Option<i32>) {
    let payload = value.map_or_else(String::new, |value| value.to_string());
    me.sending_as(msg, -1, payload.as_bytes(), Some(i64::from(signal)));
    let errno = raise(receiver, signal, value).err();
    let went = if errno.is_none() { payload.len() } else { 0 };
    me.sent(msg, went, errno);
}

/// The call itself: with a value, or without.
pub(crate) fn raise(receiver: i32, signal: i32, value: Option<i32>) -> Result<(), Errno> {
    match value {
        Some(value) => sigqueue(receiver, signal, value),
        None => kill(receiver, signal),
    }
}
