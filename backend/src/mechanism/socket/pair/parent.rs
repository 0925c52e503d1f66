//! The parent: makes the pair, forks both sides, and closes what it does not need.

use super::{receiver::receiver, sender::sender};
use crate::{
    mechanism::socket::place::Place,
    sys::{
        calls::{Fd, close, wait_for},
        pipeline::socketpair,
        process::ignore,
    },
    worker::{Born, Worker, wire::Command},
};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

pub(in crate::mechanism::socket) fn parent(mut me: Worker, place: &Place<'_>) -> i32 {
    let made = socketpair().and_then(|pair| {
        place.sized(pair[0])?;
        place.sized(pair[1])?;
        Ok(pair)
    });
    let [left, right] = match made {
        Ok(pair) => pair,
        Err(errno) => {
            me.failed("socketpair", errno);
            return 1;
        }
    };
    for (number, role, own, other) in [(1, "sender", left, right), (2, "receiver", right, left)] {
        match me.fork(number, role) {
            Ok(Born::Child) => {
                // As every Python program does: who sends to nobody is told EPIPE, and lives.
                if let Err(errno) = ignore(Signal::SIGPIPE) {
                    me.failed("sigaction", errno);
                }
                return if number == 1 {
                    sender(me, place, own, other)
                } else {
                    receiver(me, place, own, other)
                };
            }
            Ok(Born::Python) => {
                let source = if number == 1 {
                    include_str!("sender.py")
                } else {
                    include_str!("receiver.py")
                };
                return me.become_python(source, &told(place, own, other));
            }
            Ok(Born::Parent(_)) => {}
            Err(errno) => me.failed("fork", errno),
        }
    }
    // As long as the parent has them open, neither side sees the end of the other.
    for fd in [left, right] {
        if let Err(errno) = close(fd) {
            me.failed("close", errno);
        }
    }
    while let Some(command) = me.command() {
        if let Command::Wait { pid } = command {
            match wait_for(pid) {
                Ok(status) => me.reaped(status),
                Err(errno) => me.failed("wait4", errno),
            }
        }
    }
    0
}

/// What a side in Python is told.
fn told(place: &Place<'_>, own: Fd, other: Fd) -> Value {
    let mut told = place.told(1);
    told["own"] = json!(own);
    told["other"] = json!(other);
    told
}
