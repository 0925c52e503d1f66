//! A connected socket, as each side of it has one: send, receive, end one direction, close.

use super::{passing::pass, place::Place};
use crate::{
    sys::{
        calls::{Fd, close},
        net::{Setting, peer_credentials, recv, recv_message, send, set, shutdown},
    },
    worker::Worker,
};
use nix::errno::Errno;
use serde_json::json;
use shared::{
    event::End,
    ids::MsgId,
    mechanism::socket::{Framing, How, Kind, With},
};

/// Bytes of the length before a message.
const HEADER: usize = 4;
/// Longest message that is put together: somebody else may stand at the other end, and a length is only a claim.
const LONGEST: usize = 16 * 1024 * 1024;

/// One connection. Closed, it has no descriptor any more; a call on it is answered EBADF.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    pub(super) fd: Fd,
    /// Nothing more will come.
    ended: bool,
    /// What has come of messages that are not complete yet, where their length goes before them.
    partial: Vec<u8>,
    /// Descriptors that came along.
    pub(super) came: Vec<Fd>,
}

impl Default for Connection {
    /// None yet.
    fn default() -> Self {
        Self::new(-1)
    }
}

impl Connection {
    pub(super) fn new(fd: Fd) -> Self {
        Self {
            fd,
            ended: fd < 0,
            partial: Vec::new(),
            came: Vec::new(),
        }
    }

    /// What to wait for: something can still come.
    pub(super) fn open(&self) -> Option<Fd> {
        (!self.ended).then_some(self.fd)
    }

    /// Nothing more is expected from it.
    pub(super) fn give_up(&mut self) {
        self.ended = true;
    }

    /// Sends a message, behind its length if that is agreed, and an open descriptor along with it; why not all of it went,
    /// if so.
    #[track_caller]
    pub(super) fn send(
        &self,
        me: &mut Worker,
        place: &Place<'_>,
        msg: MsgId,
        payload: &[u8],
        with: With,
    ) -> Option<Errno> {
        let nonblock = place.params.nonblock;
        let wire = framed(payload, place);
        me.sending(msg, self.fd, &wire);
        let (sent, errno) = if with == With::None {
            put(self.fd, &wire, nonblock)
        } else {
            match pass(me, self.fd, place, with, &wire, None) {
                // The descriptor is across; only bytes are left.
                Ok(n) if n < wire.len() && !nonblock => {
                    let (more, errno) = put(self.fd, wire.get(n..).unwrap_or_default(), false);
                    (n + more, errno)
                }
                Ok(n) => (n, None),
                Err(errno) => (0, Some(errno)),
            }
        };
        me.sent(msg, sent, errno);
        errno
    }

    /// One receive of at most `len` bytes, 0 for as many as the run says; false when there will be no more, or after an
    /// error.
    #[track_caller]
    pub(super) fn receive(&mut self, me: &mut Worker, place: &Place<'_>, len: u64) -> bool {
        let len = if len == 0 { place.params.chunk } else { len };
        let mut buffer = vec![0; usize::try_from(len).unwrap_or(1)];
        let taken = if place.kind == Kind::Tcp {
            // It has no messages that could be cut, and nothing can come along.
            recv(self.fd, &mut buffer)
        } else {
            recv_message(self.fd, &mut buffer).map(|message| {
                if message.cut {
                    me.said("truncated", json!({"len": message.len}));
                }
                for fd in &message.fds {
                    me.said("came", json!({"fd": fd}));
                }
                self.came.extend(message.fds);
                message.len
            })
        };
        match taken {
            Ok(n) => {
                let bytes = buffer.get(..n).unwrap_or_default();
                me.received(self.fd, bytes);
                if n == 0 {
                    self.ended = true;
                    me.said("end", json!({"fd": self.fd}));
                } else if has_lengths(place) {
                    self.partial.extend_from_slice(bytes);
                    self.tell_messages(me);
                }
                n > 0
            }
            Err(errno) => {
                me.failed("recv", errno);
                self.ended = true;
                false
            }
        }
    }

    /// The messages that are complete now.
    fn tell_messages(&mut self, me: &mut Worker) {
        while let Some(message) = whole(&mut self.partial) {
            let (text, len) = (String::from_utf8_lossy(&message), message.len());
            let shown: String = text.chars().take(80).collect();
            me.said("message", json!({"len": len, "text": shown}));
        }
    }

    /// shutdown().
    #[track_caller]
    pub(super) fn shutdown(&mut self, me: &mut Worker, end: End) {
        if let Err(errno) = shutdown(self.fd, end) {
            me.failed("shutdown", errno);
        }
    }

    /// close(), in order or at once.
    #[track_caller]
    pub(super) fn close(&mut self, me: &mut Worker, how: How) {
        if how == How::Reset
            && let Err(errno) = set(self.fd, Setting::Abort)
        {
            me.failed("setsockopt", errno);
        }
        if let Err(errno) = close(self.fd) {
            me.failed("close", errno);
        }
        *self = Self::new(-1);
    }

    /// Who is at the other end, by the kernel's word.
    #[track_caller]
    pub(super) fn credentials(&self, me: &mut Worker) {
        match peer_credentials(self.fd) {
            Ok(who) => me.said(
                "peer",
                json!({"pid": who.pid, "uid": who.uid, "gid": who.gid}),
            ),
            Err(errno) => me.failed("getsockopt", errno),
        }
    }
}

/// send() until all of it is in; if it must not wait, one try. How much went in, and why not all.
#[track_caller]
pub(crate) fn put(fd: Fd, bytes: &[u8], nonblock: bool) -> (usize, Option<Errno>) {
    let mut sent = 0;
    loop {
        match send(fd, bytes.get(sent..).unwrap_or_default(), nonblock) {
            Ok(n) => sent += n,
            Err(errno) => return (sent, Some(errno)),
        }
        if sent >= bytes.len() || nonblock {
            return (sent, None);
        }
    }
}

/// Each message goes behind its length. Where the kernel keeps them apart, that is not needed.
fn has_lengths(place: &Place<'_>) -> bool {
    place.params.framing == Framing::Length && !place.kind.keeps_messages()
}

/// A message as it travels.
fn framed(payload: &[u8], place: &Place<'_>) -> Vec<u8> {
    if has_lengths(place) {
        behind_length(payload)
    } else {
        payload.to_vec()
    }
}

fn behind_length(payload: &[u8]) -> Vec<u8> {
    let len = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    [len.to_be_bytes().as_slice(), payload].concat()
}

/// Takes the first message out of what has come, if it is complete.
fn whole(partial: &mut Vec<u8>) -> Option<Vec<u8>> {
    let header = partial.first_chunk::<HEADER>()?;
    let len = usize::try_from(u32::from_be_bytes(*header)).ok()?;
    if len > LONGEST {
        // Not a length: the two sides do not agree any more on where a message begins.
        partial.clear();
        return None;
    }
    let end = HEADER + len;
    if partial.len() < end {
        return None;
    }
    let message = partial.drain(..end).skip(HEADER).collect();
    Some(message)
}

#[cfg(test)]
mod tests {
    use super::{behind_length, whole};

    #[test]
    fn messages_come_out_whole_however_they_were_cut() {
        let mut wire = behind_length(b"Hello");
        wire.extend(behind_length(b"World!"));
        let mut partial = Vec::new();
        let mut out = Vec::new();
        for byte in wire {
            partial.push(byte);
            out.extend(whole(&mut partial));
        }
        assert_eq!(out, [b"Hello".to_vec(), b"World!".to_vec()]);
        assert!(partial.is_empty());
    }

    #[test]
    fn two_that_came_together_come_out_apart() {
        let mut partial = [behind_length(b""), behind_length(b"x")].concat();
        assert_eq!(whole(&mut partial), Some(Vec::new()));
        assert_eq!(whole(&mut partial), Some(b"x".to_vec()));
        assert_eq!(whole(&mut partial), None);
    }

    #[test]
    fn what_is_no_length_is_not_waited_for() {
        let mut partial = b"GET / HTTP/1.1".to_vec();
        assert_eq!(whole(&mut partial), None);
        assert!(partial.is_empty());
    }
}
