//! The server: binds an address, listens, accepts who connects, and receives what they send. It can answer each of them.

use crate::{
    mechanism::socket::{
        connection::Connection,
        passing::{read_what_came, with},
        place::Place,
        wait::{Woken, wait},
    },
    sys::{
        calls::{Fd, close, sleep},
        net::{Address, Setting, accept, bind, listen, set},
        segment::unlink,
    },
    worker::{Worker, wire::Command},
};
use nix::errno::Errno;
use serde_json::{Value, json};
use shared::mechanism::socket::Order;
use std::time::Duration;

pub(in crate::mechanism::socket) fn server(mut me: Worker, place: &Place<'_>) -> i32 {
    let listening = start(&mut me, place);
    // Clients are born now, and find it listening, or nobody.
    me.open_gate();
    let Some(listening) = listening else { return 1 };
    let mut server = Server {
        listening,
        connections: Vec::new(),
        nobody: Connection::default(),
        place,
    };
    loop {
        match wait(&mut me, place.params.takes, &server.open()) {
            Woken::Ready(ready) => {
                for fd in ready {
                    server.serve(&mut me, fd);
                }
            }
            Woken::Command(command) => server.obey(&mut me, &command),
            Woken::Over => return 0,
        }
    }
}

/// A socket with an address, at which the kernel takes connections for us from now on.
fn start(me: &mut Worker, place: &Place<'_>) -> Option<Fd> {
    let fd = match place.socket() {
        Ok(fd) => fd,
        Err(errno) => {
            me.failed("socket", errno);
            return None;
        }
    };
    if place.params.reuse {
        // What an earlier server left must not be in the way: old connections at this address, or its file.
        let cleared = match &place.server {
            Address::Unix(path) => match unlink(path) {
                Err(Errno::ENOENT) => Ok(()),
                unlinked => unlinked,
            },
            Address::Inet(_) | Address::Nowhere => set(fd, Setting::Reuse),
        };
        if let Err(errno) = cleared {
            me.failed("setsockopt", errno);
        }
    }
    if let Err(errno) = bind(fd, &place.server) {
        me.failed("bind", errno);
        return None;
    }
    if let Err(errno) = listen(fd, place.params.backlog) {
        me.failed("listen", errno);
        return None;
    }
    let at = place.server.to_string();
    me.said(
        "listening",
        json!({"fd": fd, "at": at, "backlog": place.params.backlog}),
    );
    Some(fd)
}

struct Server<'a> {
    /// -1 when it listens no more.
    listening: Fd,
    /// In the order in which they were accepted; those that are closed stay, so that the others keep their numbers.
    connections: Vec<Connection>,
    /// What a number means under which there is none: the kernel says what it thinks of a call on that.
    nobody: Connection,
    place: &'a Place<'a>,
}

impl Server<'_> {
    /// What to wait for.
    fn open(&self) -> Vec<Fd> {
        let listening = (self.listening >= 0).then_some(self.listening);
        let open = self.connections.iter().filter_map(Connection::open);
        listening.into_iter().chain(open).collect()
    }

    /// Takes what has come, a connection or bytes.
    fn serve(&mut self, me: &mut Worker, fd: Fd) {
        if fd == self.listening {
            self.accept(me);
            return;
        }
        let mut connections = self.connections.iter_mut();
        if let Some(connection) = connections.find(|connection| connection.open() == Some(fd)) {
            connection.receive(me, self.place, 0);
        }
    }

    /// The connection that has waited longest gets a descriptor; the listening socket goes on listening.
    fn accept(&mut self, me: &mut Worker) -> bool {
        let (fd, from) = match accept(self.listening) {
            Ok(accepted) => accepted,
            Err(errno) => {
                me.failed("accept", errno);
                return false;
            }
        };
        self.connections.push(Connection::new(fd));
        let (number, from) = (self.connections.len(), from.to_string());
        me.said(
            "accepted",
            json!({"fd": fd, "number": number, "from": from}),
        );
        if self.place.params.nodelay
            && self.place.kind.inet()
            && let Err(errno) = set(fd, Setting::NoDelay)
        {
            me.failed("setsockopt", errno);
        }
        true
    }

    /// The connection of that number; 0 is the newest.
    fn connection(&mut self, number: u64) -> &mut Connection {
        let number = usize::try_from(number).unwrap_or(0);
        let found = match number.checked_sub(1) {
            Some(at) => self.connections.get_mut(at),
            None => self.connections.last_mut(),
        };
        found.unwrap_or(&mut self.nobody)
    }

    fn obey(&mut self, me: &mut Worker, command: &Command) {
        if let Command::Send {
            msg,
            data,
            times,
            args,
        } = command
            && let Ok(payload) = data.bytes()
        {
            let place = self.place;
            let pace = place.params.pace;
            let to = args.get("to").and_then(Value::as_u64).unwrap_or(0);
            let connection = self.connection(to);
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
            Some(Order::Accept { times }) => {
                for _ in 0..times {
                    if !self.accept(me) {
                        break;
                    }
                }
            }
            Some(Order::Receive { of, len, times }) => {
                let place = self.place;
                let connection = self.connection(of);
                for _ in 0..times {
                    if !connection.receive(me, place, len) {
                        break;
                    }
                }
            }
            Some(Order::Shutdown { end, of }) => self.connection(of).shutdown(me, end),
            Some(Order::Close { how, of }) => self.connection(of).close(me, how),
            Some(Order::StopListening) => {
                if let Err(errno) = close(self.listening) {
                    me.failed("close", errno);
                }
                self.listening = -1;
            }
            Some(Order::Credentials { of }) => self.connection(of).credentials(me),
            Some(Order::Use) => {
                let all = self.connections.iter();
                let came: Vec<_> = all.flat_map(|one| one.came.clone()).collect();
                read_what_came(me, &came);
            }
            Some(Order::Connect) | None => {}
        }
    }
}
