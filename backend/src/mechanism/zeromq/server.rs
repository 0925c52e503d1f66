//! The server: answers each question. REP knows by itself whom to answer; ROUTER is told in the first frame.

use super::station::{NO_DESCRIPTOR, Station, Woken};
use crate::{sys::here::mark, worker::Worker};
use nix::unistd::getpid;
use serde_json::json;
use shared::{
    mechanism::zeromq::{ANSWER, Order, Params, Pattern, Start, own_message},
    os::Errno,
};
use zmq::SocketType;

pub(super) fn server(mut me: Worker, pattern: Pattern, params: &Params, endpoint: &str) -> i32 {
    let routes = pattern == Pattern::DealerRouter;
    let kind = if routes {
        SocketType::ROUTER
    } else {
        SocketType::REP
    };
    let Some(station) = Station::open(&mut me, kind, params) else {
        return 1;
    };
    if params.order != Start::Late {
        station.bind(&mut me, endpoint);
    }
    let mut answered = 0;
    loop {
        let command = match station.wait(&mut me, params.loops) {
            Woken::Over => return 0,
            Woken::Message => {
                answer(&mut me, &station, params, routes, &mut answered);
                continue;
            }
            Woken::Command(command) => command,
        };
        match command.order() {
            Some(Order::Bind) => {
                station.bind(&mut me, endpoint);
            }
            Some(Order::Receive { times }) => {
                for _ in 0..times {
                    answer(&mut me, &station, params, routes, &mut answered);
                }
            }
            Some(Order::Close) => return station.close(&mut me),
            Some(Order::Connect) | None => {}
        }
    }
}

/// A question, and its answer: all frames but the last one go back as they came, for they say who asked.
fn answer(me: &mut Worker, station: &Station, params: &Params, routes: bool, answered: &mut u64) {
    let Some(mut frames) = station.receive(me, params) else {
        return;
    };
    if routes {
        let shown: Vec<_> = frames
            .iter()
            .map(|frame| String::from_utf8_lossy(frame.get(..32).unwrap_or(frame)))
            .collect();
        me.said("frames", json!({"frames": shown}));
    }
    let Some(last) = frames.last_mut() else {
        return;
    };
    last.splice(0..0, ANSWER.bytes());
    let text = last.clone();
    let msg = own_message(getpid().as_raw(), *answered);
    *answered += 1;
    me.sending(msg, NO_DESCRIPTOR, &text);
    mark();
    match station.socket.send_multipart(frames, 0) {
        Ok(()) => me.sent(msg, text.len(), None),
        Err(error) => me.refused(msg, Errno(error.to_raw())),
    }
}
