//! A client: asks, and gets an answer. With REQ in lock-step, with DEALER as it likes.

use super::station::{NO_DESCRIPTOR, Station, Woken, done, numbered};
use crate::{
    sys::here::mark,
    worker::{Worker, wire::Command},
};
use serde_json::Value;
use shared::{
    ids::MsgId,
    mechanism::zeromq::{Order, Params, Pattern, Start},
    os::Errno,
};
use zmq::{Socket, SocketType};

pub(super) fn client(
    mut me: Worker,
    pattern: Pattern,
    params: &Params,
    endpoint: &str,
    number: usize,
) -> i32 {
    let lock_step = pattern == Pattern::ReqRep;
    let kind = if lock_step {
        SocketType::REQ
    } else {
        SocketType::DEALER
    };
    let Some(station) = Station::open(&mut me, kind, params) else {
        return 1;
    };
    // What the router will know it by; else the router makes one up.
    let name = if number == 1 {
        me.role().to_owned()
    } else {
        format!("{}-{number}", me.role())
    };
    let named = station.socket.set_identity(name.as_bytes());
    done(&mut me, "zmq_setsockopt", named);
    if params.order != Start::Told {
        station.connect(&mut me, endpoint);
    }
    loop {
        let command = match station.wait(&mut me, params.loops) {
            Woken::Over => return 0,
            Woken::Message => {
                station.receive(&mut me, params);
                continue;
            }
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
            let number = args.get("numbered").and_then(Value::as_bool) == Some(true);
            for n in 0..u64::from(*times) {
                let asked = ask(
                    &mut me,
                    &station.socket,
                    msg + n,
                    &numbered(&payload, number, n),
                );
                if lock_step && params.loops && asked {
                    station.wait_for_message(&mut me);
                    station.receive(&mut me, params);
                }
            }
        }
        match command.order() {
            Some(Order::Connect) => {
                station.connect(&mut me, endpoint);
            }
            Some(Order::Receive { times }) => {
                for _ in 0..times {
                    station.receive(&mut me, params);
                }
            }
            Some(Order::Close) => return station.close(&mut me),
            Some(Order::Bind) | None => {}
        }
    }
}

/// zmq_msg_send(3): of REQ, EFSM before the last question is answered. Whether it went.
fn ask(me: &mut Worker, socket: &Socket, msg: MsgId, text: &[u8]) -> bool {
    mark();
    me.sending(msg, NO_DESCRIPTOR, text);
    match socket.send(text, 0) {
        Ok(()) => me.sent(msg, text.len(), None),
        Err(error) => {
            me.refused(msg, Errno(error.to_raw()));
            return false;
        }
    }
    true
}
