//! What every process of ZeroMQ has: a context with its threads, a socket, and a monitor that tells what becomes of the
//! connections. zmq_ctx_new(3), zmq_socket_monitor(3), zmq_poll(3).

use crate::{
    sandbox::COMMAND_FD,
    sys::{calls::sleep, here::mark},
    worker::{Worker, wire::Command},
};
use serde_json::{Value, json};
use shared::{
    mechanism::zeromq::{Params, TOPICS},
    os::Errno,
};
use std::time::Duration;
use zmq::{Context, Error, POLLIN, PollItem, Socket, SocketType};

/// Where the events of a socket come out: a name within the process.
const MONITOR: &str = "inproc://monitor";
/// Milliseconds to which the pause between two tries to connect may grow; it begins with 100 and doubles.
const MOST_PATIENCE: i32 = 1_000;
/// What is told of connections, and how it is called: zmq_socket_monitor(3). Of a try that failed, only that there will be
/// another.
const EVENTS: [(u16, &str); 10] = [
    (0x0001, "connected"),
    (0x0004, "connect_retried"),
    (0x0008, "listening"),
    (0x0010, "bind_failed"),
    (0x0020, "accepted"),
    (0x0200, "disconnected"),
    (0x0800, "handshake_failed"),
    (0x1000, "handshake_succeeded"),
    (0x2000, "handshake_failed"),
    (0x4000, "handshake_failed"),
];

/// A socket of ZeroMQ, and what belongs to it. The context ends with the last of its sockets.
pub(super) struct Station {
    pub(super) socket: Socket,
    monitor: Socket,
}

/// Why a wait is over.
pub(super) enum Woken {
    /// There is a message.
    Message,
    /// There is a command.
    Command(Command),
    /// There will be no more commands.
    Over,
}

impl Station {
    /// A context makes two threads: one that sends and receives, and one that tidies up after sockets that are closed.
    #[track_caller]
    pub(super) fn open(me: &mut Worker, kind: SocketType, params: &Params) -> Option<Self> {
        mark();
        let context = Context::new();
        let opened = (|| {
            let socket = context.socket(kind)?;
            socket.set_sndhwm(params.hwm)?;
            socket.set_rcvhwm(params.hwm)?;
            socket.set_linger(params.linger)?;
            socket.set_reconnect_ivl_max(MOST_PATIENCE)?;
            if params.buffer > 0 {
                socket.set_sndbuf(params.buffer)?;
                socket.set_rcvbuf(params.buffer)?;
            }
            let told = EVENTS.iter().fold(0, |all, (event, _)| all | event);
            socket.monitor(MONITOR, told.into())?;
            let monitor = context.socket(SocketType::PAIR)?;
            monitor.connect(MONITOR)?;
            Ok(Self { socket, monitor })
        })();
        done(me, "zmq_socket", opened)
    }

    /// zmq_bind(3): from now on others can connect.
    #[track_caller]
    pub(super) fn bind(&self, me: &mut Worker, endpoint: &str) -> Option<()> {
        mark();
        done(me, "zmq_bind", self.socket.bind(endpoint))
    }

    /// zmq_connect(3): returns at once, whether or not anybody is there.
    #[track_caller]
    pub(super) fn connect(&self, me: &mut Worker, endpoint: &str) -> Option<()> {
        mark();
        done(me, "zmq_connect", self.socket.connect(endpoint))
    }

    /// Sleeps until there is a command, or a message where these are wanted. What becomes of connections meanwhile is told.
    #[track_caller]
    pub(super) fn wait(&self, me: &mut Worker, messages: bool) -> Woken {
        mark();
        loop {
            if let Some(command) = me.command_if_any() {
                return Woken::Command(command);
            }
            if me.over() {
                return Woken::Over;
            }
            me.waits();
            if self.poll(me, messages, true) {
                return Woken::Message;
            }
        }
    }

    /// Sleeps until there is a message, and lets commands wait.
    #[track_caller]
    pub(super) fn wait_for_message(&self, me: &mut Worker) {
        mark();
        while !self.poll(me, true, false) {}
    }

    /// zmq_poll(3): one sleep for all there may be; whether there is a message.
    fn poll(&self, me: &mut Worker, messages: bool, commands: bool) -> bool {
        let mut items: Vec<PollItem<'_>> = vec![self.monitor.as_poll_item(POLLIN)];
        if messages {
            items.push(self.socket.as_poll_item(POLLIN));
        }
        if commands {
            items.push(PollItem::from_fd(COMMAND_FD, POLLIN));
        }
        match zmq::poll(&mut items, -1) {
            Ok(_) | Err(Error::EINTR) => {}
            Err(error) => failed(me, "zmq_poll", error),
        }
        let told = items.first().is_some_and(PollItem::is_readable);
        let message = messages && items.get(1).is_some_and(PollItem::is_readable);
        if told {
            self.tell(me);
        }
        message
    }

    /// What the monitor says: six bytes with the event and its value, and the address.
    fn tell(&self, me: &mut Worker) {
        while let Ok(frames) = self.monitor.recv_multipart(zmq::DONTWAIT) {
            let [event, address] = frames.as_slice() else {
                continue;
            };
            let [a, b, value @ ..] = event.as_slice() else {
                continue;
            };
            let number = u16::from_ne_bytes([*a, *b]);
            let Some((_, name)) = EVENTS.iter().find(|(event, _)| *event == number) else {
                continue;
            };
            let value = value.try_into().map(u32::from_ne_bytes).unwrap_or(0);
            let address = String::from_utf8_lossy(address);
            me.said(name, json!({"address": address, "value": value}));
        }
    }

    /// zmq_msg_recv(3) of one message with all its frames; the last one is what somebody had to say.
    #[track_caller]
    pub(super) fn receive(&self, me: &mut Worker, params: &Params) -> Option<Vec<Vec<u8>>> {
        mark();
        let frames = done(me, "zmq_msg_recv", self.socket.recv_multipart(0))?;
        let topic = frames.first().filter(|_| frames.len() > 1);
        me.received_as(
            NO_DESCRIPTOR,
            frames.last().map_or(&[], Vec::as_slice),
            topic.and_then(|topic| key(topic)),
        );
        if params.rest > 0
            && let Err(errno) = sleep(Duration::from_micros(params.rest))
        {
            me.failed("clock_nanosleep", errno);
        }
        Some(frames)
    }

    /// zmq_close(3), zmq_ctx_term(3): the latter waits for what is still on the shelf, as long as ZMQ_LINGER says.
    #[track_caller]
    pub(super) fn close(self, me: &mut Worker) -> i32 {
        mark();
        me.said("closing", Value::Null);
        drop(self);
        me.said("closed", Value::Null);
        0
    }
}

/// A socket of ZeroMQ is many of the kernel's, and none of them is its own.
pub(super) const NO_DESCRIPTOR: i32 = -1;

/// A topic as a number, from 1.
pub(super) fn key(topic: &[u8]) -> Option<i64> {
    let at = TOPICS.iter().position(|name| name.as_bytes() == topic)?;
    i64::try_from(at + 1).ok()
}

/// What a call has brought; where it failed, that is said.
pub(super) fn done<T>(me: &mut Worker, call: &str, result: Result<T, Error>) -> Option<T> {
    result.map_err(|error| failed(me, call, error)).ok()
}

fn failed(me: &mut Worker, call: &str, error: Error) {
    let (errno, why) = (Errno(error.to_raw()), error.message());
    me.said("failed", json!({"call": call, "errno": errno, "why": why}));
}

/// Bytes of a message of which all are shown.
const SHOWN: usize = 200;

/// The payload of a burst's `n`th message.
pub(super) fn numbered(payload: &[u8], number: bool, n: u64) -> Vec<u8> {
    let digits = if number {
        format!("#{n}")
    } else {
        String::new()
    };
    // Where the end of it would not be shown, the number stands in front.
    if payload.len() > SHOWN {
        [digits.as_bytes(), payload].concat()
    } else {
        [payload, digits.as_bytes()].concat()
    }
}
