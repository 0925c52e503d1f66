//! A client: connects to the address of the server, sends, and receives what the server answers.

use crate::{
    mechanism::socket::{
        connection::Connection,
        passing::{read_what_came, with},
        place::Place,
        wait::{Woken, wait},
    },
    sys::{
        calls::sleep,
        net::{Setting, connect, set},
    },
    worker::{Worker, wire::Command},
};
use nix::errno::Errno;
use serde_json::json;
use shared::mechanism::socket::{How, Order, Starts};
use std::time::Duration;

pub(in crate::mechanism::socket) fn client(mut me: Worker, place: &Place<'_>) -> i32 {
    let mut connection = Connection::default();
    if place.params.connect == Starts::Start {
        connection = reach(&mut me, place);
    }
    loop {
        let open: Vec<_> = connection.open().into_iter().collect();
        match wait(&mut me, place.params.takes, &open) {
            Woken::Ready(_) => {
                connection.receive(&mut me, place, 0);
            }
            Woken::Command(command) => obey(&mut me, &mut connection, place, &command),
            Woken::Over => return 0,
        }
    }
}

/// A new socket, connected to the server. Refused, it stays a socket that is connected to nobody.
fn reach(me: &mut Worker, place: &Place<'_>) -> Connection {
    let fd = match place.socket() {
        Ok(fd) => fd,
        Err(errno) => {
            me.failed("socket", errno);
            return Connection::default();
        }
    };
    if place.params.nodelay
        && place.kind.inet()
        && let Err(errno) = set(fd, Setting::NoDelay)
    {
        me.failed("setsockopt", errno);
    }
    let mut connection = Connection::new(fd);
    // The kernel of the other side answers, not its program: this is done before anybody accepts.
    match connect(fd, place.target()) {
        Ok(()) => me.said(
            "connected",
            json!({"fd": fd, "to": place.target().to_string()}),
        ),
        Err(errno) => {
            me.failed("connect", errno);
            connection.give_up();
        }
    }
    connection
}

fn obey(me: &mut Worker, connection: &mut Connection, place: &Place<'_>, command: &Command) {
    let params = place.params;
    if let Command::Send {
        msg,
        data,
        times,
        args,
    } = command
        && let Ok(payload) = data.bytes()
    {
        for n in 0..u64::from(*times) {
            if n > 0
                && params.pace > 0
                && let Err(errno) = sleep(Duration::from_micros(params.pace))
            {
                me.failed("clock_nanosleep", errno);
            }
            let errno = connection.send(me, place, *msg + n, &payload, with(args));
            // Nothing that comes after would get through either.
            if errno.is_some_and(|errno| errno != Errno::EAGAIN) {
                break;
            }
        }
    }
    match command.order() {
        Some(Order::Connect) => {
            if connection.fd >= 0 {
                connection.close(me, How::Close);
            }
            *connection = reach(me, place);
        }
        Some(Order::Receive { len, times, .. }) => {
            for _ in 0..times {
                if !connection.receive(me, place, len) {
                    break;
                }
            }
        }
        Some(Order::Shutdown { end, .. }) => connection.shutdown(me, end),
        Some(Order::Close { how, .. }) => connection.close(me, how),
        Some(Order::Credentials { .. }) => connection.credentials(me),
        Some(Order::Use) => read_what_came(me, &connection.came),
        Some(Order::Accept { .. } | Order::StopListening) | None => {}
    }
}
