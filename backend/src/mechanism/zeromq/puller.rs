//! A puller: takes its share, one message after the other.

use super::station::{Station, Woken};
use crate::worker::Worker;
use shared::mechanism::zeromq::{Order, Params, Start};
use zmq::SocketType;

pub(super) fn puller(mut me: Worker, params: &Params, endpoint: &str) -> i32 {
    let Some(station) = Station::open(&mut me, SocketType::PULL, params) else {
        return 1;
    };
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
