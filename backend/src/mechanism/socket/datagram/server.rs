//! The server: binds an address, and takes what anybody sends there. It answers those it has heard from.

use super::{send_message, take};
use crate::{
    mechanism::socket::{
        passing::{read_what_came, with},
        place::Place,
        wait::{Woken, wait},
    },
    sys::{
        calls::{Fd, close, sleep},
        net::{Address, bind},
        segment::unlink,
    },
    worker::{Worker, wire::Command},
};
use nix::errno::Errno;
use serde_json::{Value, json};
use shared::mechanism::socket::Order;
use std::time::Duration;

pub(in crate::mechanism::socket) fn server(mut me: Worker, place: &Place<'_>) -> i32 {
    let bound = start(&mut me, place);
    // Clients are born now, and find it there, or nobody.
    me.open_gate();
    let Some(fd) = bound else { return 1 };
    let mut server = Server {
        fd,
        known: Vec::new(),
        came: Vec::new(),
        place,
    };
    loop {
        let open: Vec<_> = Some(server.fd).filter(|fd| *fd >= 0).into_iter().collect();
        match wait(&mut me, place.params.takes, &open) {
            Woken::Ready(_) => {
                server.receive(&mut me, 0);
            }
            Woken::Command(command) => server.obey(&mut me, &command),
            Woken::Over => return 0,
        }
    }
}

/// A socket with an address. Nobody connects: the kernel puts every datagram for it into one queue.
fn start(me: &mut Worker, place: &Place<'_>) -> Option<Fd> {
    let fd = match place.socket() {
        Ok(fd) => fd,
        Err(errno) => {
            me.failed("socket", errno);
            return None;
        }
    };
    // The file of an earlier server is in the way.
    if let Address::Unix(path) = &place.server
        && place.params.reuse
        && let Err(errno) = unlink(path)
        && errno != Errno::ENOENT
    {
        me.failed("unlink", errno);
    }
    if let Err(errno) = bind(fd, &place.server) {
        me.failed("bind", errno);
        return None;
    }
    me.said("bound", json!({"fd": fd, "at": place.server.to_string()}));
    Some(fd)
}

struct Server<'a> {
    fd: Fd,
    /// Who has sent something, in the order of their first.
    known: Vec<Address>,
    /// Descriptors that came along.
    came: Vec<Fd>,
    place: &'a Place<'a>,
}

impl Server<'_> {
    /// One datagram; a sender that is new gets a number.
    fn receive(&mut self, me: &mut Worker, len: u64) -> bool {
        let len = if len == 0 {
            self.place.params.chunk
        } else {
            len
        };
        let Ok((from, came)) = take(me, self.fd, len) else {
            return false;
        };
        self.came.extend(came);
        if from != Address::Nowhere && !self.known.contains(&from) {
            let about = json!({"number": self.known.len() + 1, "from": from.to_string()});
            me.said("known", about);
            self.known.push(from);
        }
        true
    }

    /// Sends to who has that number; 0 is the newest. To nobody, the kernel says EDESTADDRREQ.
    fn obey(&mut self, me: &mut Worker, command: &Command) {
        if let Command::Send {
            msg,
            data,
            times,
            args,
        } = command
            && let Ok(payload) = data.bytes()
        {
            let params = self.place.params;
            let number = args.get("to").and_then(Value::as_u64).unwrap_or(0);
            let at = usize::try_from(number).unwrap_or(0).checked_sub(1);
            let to = at.map_or_else(|| self.known.last(), |at| self.known.get(at));
            for n in 0..u64::from(*times) {
                if n > 0
                    && params.pace > 0
                    && let Err(errno) = sleep(Duration::from_micros(params.pace))
                {
                    me.failed("clock_nanosleep", errno);
                }
                let message = (*msg + n, payload.as_slice());
                send_message(me, self.fd, self.place, message, to, with(args));
            }
        }
        match command.order() {
            Some(Order::Receive { len, times, .. }) => {
                for _ in 0..times {
                    if !self.receive(me, len) {
                        break;
                    }
                }
            }
            Some(Order::Close { .. }) => {
                if let Err(errno) = close(self.fd) {
                    me.failed("close", errno);
                }
                self.fd = -1;
            }
            Some(Order::Use) => read_what_came(me, &self.came),
            _ => {}
        }
    }
}
