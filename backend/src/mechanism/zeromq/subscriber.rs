//! A subscriber: connects, says which messages it wants, and takes them from its shelf one by one.

use super::station::{Station, Woken, done};
use crate::worker::Worker;
use serde_json::json;
use shared::mechanism::zeromq::{Order, Params, Start, TOPICS};
use zmq::SocketType;

pub(super) fn subscriber(mut me: Worker, params: &Params, endpoint: &str, number: usize) -> i32 {
    let Some(station) = Station::open(&mut me, SocketType::SUB, params) else {
        return 1;
    };
    // All that it sends is its wish, and who was to hear that may be gone: nobody waits for it.
    done(&mut me, "zmq_setsockopt", station.socket.set_linger(0));
    // Without a subscription nothing comes; the empty prefix is one that fits everything.
    let own = TOPICS.get(number - 1).filter(|_| params.own_topic);
    let topic = own.copied().unwrap_or_default();
    let wanted = station.socket.set_subscribe(topic.as_bytes());
    if done(&mut me, "zmq_setsockopt", wanted).is_some() {
        me.said("subscribed", json!({"topic": topic}));
    }
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
