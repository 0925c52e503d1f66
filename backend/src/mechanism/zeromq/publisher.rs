//! The publisher: what it sends goes to everybody who has subscribed by then. It waits for nobody, unless it is told to.

use super::station::{NO_DESCRIPTOR, Station, Woken, done, key, numbered};
use crate::{
    sys::{calls::sleep, here::mark},
    worker::{Worker, wire::Command},
};
use serde_json::{Value, json};
use shared::{
    ids::MsgId,
    mechanism::zeromq::{Order, Params, Start},
    os::Errno,
};
use std::time::Duration;
use zmq::{Error, SNDMORE, Socket, SocketType};

pub(super) fn publisher(mut me: Worker, params: &Params, endpoint: &str) -> i32 {
    // XPUB is a PUB that is told of subscriptions: it receives them.
    let kind = if params.handshake {
        SocketType::XPUB
    } else {
        SocketType::PUB
    };
    let Some(station) = Station::open(&mut me, kind, params) else {
        return 1;
    };
    if params.handshake {
        let verbose = station.socket.set_xpub_verbose(true);
        done(&mut me, "zmq_setsockopt", verbose);
    }
    let mut bound = false;
    let mut bind = |me: &mut Worker| {
        if !std::mem::replace(&mut bound, true) {
            station.bind(me, endpoint);
        }
    };
    if params.order != Start::Late {
        bind(&mut me);
    }
    let mut subscribed = 0;
    loop {
        let command = match station.wait(&mut me, params.handshake) {
            Woken::Over => return 0,
            Woken::Message => {
                subscribed += hear(&mut me, &station);
                continue;
            }
            Woken::Command(command) => command,
        };
        if let Command::Send { .. } = command {
            bind(&mut me);
            while params.handshake && subscribed < params.peers {
                me.said(
                    "waits",
                    json!({"subscribed": subscribed, "of": params.peers}),
                );
                station.wait_for_message(&mut me);
                subscribed += hear(&mut me, &station);
            }
            publish_all(&mut me, &station.socket, params, &command);
        }
        match command.order() {
            Some(Order::Bind) => bind(&mut me),
            Some(Order::Close) => return station.close(&mut me),
            _ => {}
        }
    }
}

/// A subscription is a message of the subscriber: 1 and the prefix; 0 and the prefix takes it back.
fn hear(me: &mut Worker, station: &Station) -> u64 {
    mark();
    let Some(wish) = done(me, "zmq_msg_recv", station.socket.recv_bytes(0)) else {
        return 0;
    };
    let [first, prefix @ ..] = wish.as_slice() else {
        return 0;
    };
    let what = if *first == 1 { "heard" } else { "unheard" };
    me.said(what, json!({"topic": String::from_utf8_lossy(prefix)}));
    u64::from(*first)
}

fn publish_all(me: &mut Worker, socket: &Socket, params: &Params, command: &Command) {
    let Command::Send {
        msg,
        data,
        times,
        args,
    } = command
    else {
        return;
    };
    let Ok(payload) = data.bytes() else { return };
    let topic = args.get("topic").and_then(|topic| topic.as_str());
    let topic = topic.filter(|topic| *topic != "none").map(str::as_bytes);
    let number = args.get("numbered").and_then(Value::as_bool) == Some(true);
    for n in 0..u64::from(*times) {
        if n > 0
            && params.pace > 0
            && let Err(errno) = sleep(Duration::from_micros(params.pace))
        {
            me.failed("clock_nanosleep", errno);
        }
        publish(me, socket, msg + n, topic, &numbered(&payload, number, n));
    }
}

/// zmq_msg_send(3): puts a copy on the shelf of every subscriber that has room for it, and returns. For all others it is
/// gone; nothing says so.
fn publish(me: &mut Worker, socket: &Socket, msg: MsgId, topic: Option<&[u8]>, text: &[u8]) {
    mark();
    me.sending_as(msg, NO_DESCRIPTOR, text, topic.and_then(key));
    match send(socket, topic, text) {
        Ok(()) => me.sent(msg, text.len(), None),
        Err(error) => me.refused(msg, Errno(error.to_raw())),
    }
}

/// One message of one or two frames.
pub(super) fn send(socket: &Socket, topic: Option<&[u8]>, text: &[u8]) -> Result<(), Error> {
    if let Some(topic) = topic {
        socket.send(topic, SNDMORE)?;
    }
    socket.send(text, 0)
}
