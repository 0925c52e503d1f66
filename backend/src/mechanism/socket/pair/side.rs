//! What both sides do: send, receive, and pass open descriptors to each other.

use crate::{
    mechanism::socket::{
        connection::Connection,
        passing::{read_what_came, with},
        place::Place,
    },
    sys::calls::sleep,
    worker::{Worker, wire::Command},
};
use nix::errno::Errno;
use shared::mechanism::socket::Order;
use std::time::Duration;

/// Carries a command out.
#[track_caller]
pub(super) fn obey(
    me: &mut Worker,
    connection: &mut Connection,
    place: &Place<'_>,
    command: &Command,
) {
    if let Command::Send {
        msg,
        data,
        times,
        args,
    } = command
        && let Ok(payload) = data.bytes()
    {
        let pace = place.params.pace;
        for n in 0..u64::from(*times) {
            if n > 0
                && pace > 0
                && let Err(errno) = sleep(Duration::from_micros(pace))
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
        Some(Order::Accept { .. } | Order::Connect | Order::StopListening) | None => {}
    }
}
