//! The pusher: gives each message to one of those that are connected, to each in turn. With no room anywhere, it sleeps.

use super::station::{NO_DESCRIPTOR, Station, Woken, numbered};
use crate::{
    sys::{calls::sleep, here::mark},
    worker::{Worker, wire::Command},
};
use serde_json::Value;
use shared::{
    ids::MsgId,
    mechanism::zeromq::{Order, Params, Start},
    os::Errno,
};
use std::time::Duration;
use zmq::{Socket, SocketType};

pub(super) fn pusher(mut me: Worker, params: &Params, endpoint: &str) -> i32 {
    let Some(station) = Station::open(&mut me, SocketType::PUSH, params) else {
        return 1;
    };
    let mut bound = false;
    let mut bind = |me: &mut Worker| {
        if !std::mem::replace(&mut bound, true) {
            station.bind(me, endpoint);
        }
    };
    if params.order != Start::Late {
        bind(&mut me);
    }
    loop {
        let command = match station.wait(&mut me, false) {
            Woken::Over => return 0,
            Woken::Message => continue,
            Woken::Command(command) => command,
        };
        if let Command::Send {
            msg,
            data,
            times,
            args,
        } = &command
            && let Ok(payload) = data.bytes()
        {
            bind(&mut me);
            let number = args.get("numbered").and_then(Value::as_bool) == Some(true);
            for n in 0..u64::from(*times) {
                if n > 0
                    && params.pace > 0
                    && let Err(errno) = sleep(Duration::from_micros(params.pace))
                {
                    me.failed("clock_nanosleep", errno);
                }
                push(
                    &mut me,
                    &station.socket,
                    msg + n,
                    &numbered(&payload, number, n),
                );
            }
        }
        match command.order() {
            Some(Order::Bind) => bind(&mut me),
            Some(Order::Close) => return station.close(&mut me),
            _ => {}
        }
    }
}

/// zmq_msg_send(3): puts it on the shelf of the next puller that has room, and returns. If none has, or nobody is
/// connected, it sleeps until one has.
fn push(me: &mut Worker, socket: &Socket, msg: MsgId, text: &[u8]) {
    mark();
    me.sending(msg, NO_DESCRIPTOR, text);
    match socket.send(text, 0) {
        Ok(()) => me.sent(msg, text.len(), None),
        Err(error) => me.refused(msg, Errno(error.to_raw())),
    }
}
