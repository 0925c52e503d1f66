//! The parent: forks the server, waits until it listens, forks the clients. It has no socket itself.

use super::{datagram, place::Place, relay::relay, stream};
use crate::{
    sys::{calls::wait_for, process::ignore},
    worker::{Born, Worker, wire::Command},
};
use nix::{errno::Errno, sys::signal::Signal};
use shared::mechanism::socket::Kind;

/// Somebody to be forked.
#[derive(Clone, Copy, Debug)]
struct Child {
    role: &'static str,
    /// Which of its role, from 1.
    number: u64,
}

/// Everybody in the order of the cast, whose first is the parent.
fn children(place: &Place<'_>) -> Vec<Child> {
    let of = |role, number| Child { role, number };
    let mut children: Vec<_> = (1..=place.params.clients)
        .map(|number| of("client", number))
        .collect();
    if place.relayed() {
        children.push(of("relay", 1));
    }
    children.push(of("server", 1));
    children
}

pub(super) fn parent(mut me: Worker, place: &Place<'_>) -> i32 {
    let children = children(place);
    // From the last to the first: the server listens before anybody can connect to it, a relay as well.
    for (at, child) in children.iter().enumerate().rev() {
        let serves = child.role != "client";
        if !serves {
            me.wait_at_gate();
        }
        let born = if serves {
            me.fork_gated(at + 1, child.role)
        } else {
            me.fork(at + 1, child.role)
        };
        match live(me, &born, *child, place) {
            Ok(parent) => me = parent,
            Err(status) => return status,
        }
    }
    while let Some(command) = me.command() {
        match command {
            Command::Wait { pid } => match wait_for(pid) {
                Ok(status) => me.reaped(status),
                Err(errno) => me.failed("wait4", errno),
            },
            // Somebody has ended, and is to come back.
            Command::Fork { number, channel } => {
                let Some(child) = children.get(number.saturating_sub(1)) else {
                    continue;
                };
                let born = me.fork_again(number, channel, child.role);
                match live(me, &born, *child, place) {
                    Ok(parent) => me = parent,
                    Err(status) => return status,
                }
            }
            Command::Send { .. } | Command::Act(_) => {}
        }
    }
    0
}

/// What a fork has brought: in the child its whole life, and its exit status as an error of the parent's.
fn live(
    mut me: Worker,
    born: &Result<Born, Errno>,
    child: Child,
    place: &Place<'_>,
) -> Result<Worker, i32> {
    match born {
        Ok(Born::Child) => Err(play(me, child, place)),
        Ok(Born::Python) => {
            let streams = place.kind.listens();
            let source = match (child.role, streams) {
                ("relay", _) => include_str!("relay.py"),
                ("server", true) => include_str!("stream/server.py"),
                ("server", false) => include_str!("datagram/server.py"),
                (_, true) => include_str!("stream/client.py"),
                (_, false) => include_str!("datagram/client.py"),
            };
            Err(me.become_python(source, &place.told(child.number)))
        }
        Ok(Born::Parent(_)) => Ok(me),
        Err(errno) => {
            me.failed("fork", *errno);
            Ok(me)
        }
    }
}

fn play(mut me: Worker, child: Child, place: &Place<'_>) -> i32 {
    // As every Python program does: who sends to nobody is told EPIPE, and lives.
    if let Err(errno) = ignore(Signal::SIGPIPE) {
        me.failed("sigaction", errno);
    }
    match (child.role, place.kind) {
        ("relay", _) => relay(me, place),
        ("server", Kind::Udp | Kind::UnixDatagram) => datagram::server(me, place),
        ("server", _) => stream::server(me, place),
        (_, Kind::Udp | Kind::UnixDatagram) => datagram::client(me, place, child.number),
        _ => stream::client(me, place),
    }
}
