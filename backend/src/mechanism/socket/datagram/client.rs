//! A client: sends datagrams to the address of the server, whether or not anybody is there.

use super::{send_message, take};
use crate::{
    mechanism::socket::{
        passing::{read_what_came, with},
        place::Place,
        wait::{Woken, wait},
    },
    sys::{
        calls::{Fd, close, sleep},
        net::{Address, bind, connect},
        segment::unlink,
    },
    worker::{Worker, wire::Command},
};
use nix::errno::Errno;
use serde_json::json;
use shared::mechanism::socket::Order;
use std::time::Duration;

pub(in crate::mechanism::socket) fn client(mut me: Worker, place: &Place<'_>, number: u64) -> i32 {
    let Some(mut fd) = start(&mut me, place, number) else {
        return 1;
    };
    // Descriptors that came along.
    let mut came = Vec::new();
    loop {
        let open: Vec<_> = Some(fd).filter(|fd| *fd >= 0).into_iter().collect();
        match wait(&mut me, place.params.takes, &open) {
            Woken::Ready(_) => {
                // An error has come back, where it was connected: it is told, and the next datagram may get through.
                if let Ok((_, fds)) = take(&mut me, fd, place.params.chunk) {
                    came.extend(fds);
                }
            }
            Woken::Command(command) => obey(&mut me, &mut fd, &mut came, place, &command),
            Woken::Over => return 0,
        }
    }
}

/// A socket that the server can answer: the kernel gives it a port with the first datagram; a Unix socket needs a file.
fn start(me: &mut Worker, place: &Place<'_>, number: u64) -> Option<Fd> {
    let fd = match place.socket() {
        Ok(fd) => fd,
        Err(errno) => {
            me.failed("socket", errno);
            return None;
        }
    };
    if let Some(own) = place.own(number) {
        // It may be back after an end of which nobody has cleaned up.
        if let Address::Unix(path) = &own
            && let Err(errno) = unlink(path)
            && errno != Errno::ENOENT
        {
            me.failed("unlink", errno);
        }
        if let Err(errno) = bind(fd, &own) {
            me.failed("bind", errno);
            return None;
        }
    }
    if place.params.connected {
        match connect(fd, place.target()) {
            Ok(()) => me.said(
                "connected",
                json!({"fd": fd, "to": place.target().to_string()}),
            ),
            Err(errno) => me.failed("connect", errno),
        }
    }
    Some(fd)
}

fn obey(me: &mut Worker, fd: &mut Fd, came: &mut Vec<Fd>, place: &Place<'_>, command: &Command) {
    let params = place.params;
    if let Command::Send {
        msg,
        data,
        times,
        args,
    } = command
        && let Ok(payload) = data.bytes()
    {
        let to = (!params.connected).then(|| place.target());
        for n in 0..u64::from(*times) {
            if n > 0
                && params.pace > 0
                && let Err(errno) = sleep(Duration::from_micros(params.pace))
            {
                me.failed("clock_nanosleep", errno);
            }
            // To be sent is all that is known of it then: no answer comes back, not even of its loss.
            let message = (*msg + n, payload.as_slice());
            let errno = send_message(me, *fd, place, message, to, with(args));
            // What is too long once, is too long always.
            if matches!(errno, Some(Errno::EMSGSIZE | Errno::EBADF)) {
                break;
            }
        }
    }
    match command.order() {
        Some(Order::Receive { len, times, .. }) => {
            let len = if len == 0 { params.chunk } else { len };
            for _ in 0..times {
                match take(me, *fd, len) {
                    Ok((_, fds)) => came.extend(fds),
                    Err(_) => break,
                }
            }
        }
        Some(Order::Close { .. }) => {
            if let Err(errno) = close(*fd) {
                me.failed("close", errno);
            }
            *fd = -1;
        }
        Some(Order::Use) => read_what_came(me, came),
        _ => {}
    }
}
