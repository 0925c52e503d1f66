//! Without a connection: each datagram says where it goes, and brings along where it came from. udp(7), unix(7).

mod client;
mod server;

pub(super) use client::client;
pub(super) use server::server;

use crate::{
    mechanism::socket::{passing::pass, place::Place},
    sys::{
        calls::Fd,
        net::{Address, recv_message, send, send_to},
    },
    worker::Worker,
};
use nix::errno::Errno;
use serde_json::json;
use shared::{ids::MsgId, mechanism::socket::With};

/// sendto(), or send() where the socket is connected: a datagram goes whole, or not at all.
#[track_caller]
pub(crate) fn post(fd: Fd, payload: &[u8], to: Option<&Address>, nonblock: bool) -> Option<Errno> {
    let sent = match to {
        Some(to) => send_to(fd, payload, to, nonblock),
        None => send(fd, payload, nonblock),
    };
    sent.err()
}

/// One datagram, cut to what the buffer holds; who sent it, and what came along.
#[track_caller]
fn take(me: &mut Worker, fd: Fd, len: u64) -> Result<(Address, Vec<Fd>), Errno> {
    let mut buffer = vec![0; usize::try_from(len).unwrap_or(1)];
    match recv_message(fd, &mut buffer) {
        Ok(message) => {
            me.received(fd, buffer.get(..message.len).unwrap_or_default());
            if message.cut {
                me.said("truncated", json!({"len": message.len}));
            }
            for fd in &message.fds {
                me.said("came", json!({"fd": fd}));
            }
            Ok((message.from, message.fds))
        }
        Err(errno) => {
            me.failed("recvmsg", errno);
            Err(errno)
        }
    }
}

/// A message to somebody, or to who the socket is connected to; why it did not go, if so.
#[track_caller]
fn send_message(
    me: &mut Worker,
    fd: Fd,
    place: &Place<'_>,
    (msg, payload): (MsgId, &[u8]),
    to: Option<&Address>,
    with: With,
) -> Option<Errno> {
    match to {
        // Without X-ray, nobody else can know where it goes.
        Some(to) => me.sending_to(msg, fd, payload, &to.to_string()),
        None => me.sending(msg, fd, payload),
    }
    let errno = if with == With::None {
        post(fd, payload, to, place.params.nonblock)
    } else {
        pass(me, fd, place, with, payload, to).err()
    };
    let sent = if errno.is_none() { payload.len() } else { 0 };
    me.sent(msg, sent, errno);
    errno
}
