//! What both sides of Python's pipe do: send and receive when told, and close what they are told to close.

use super::connection::{Connection, Trouble};
use crate::{
    sys::{calls::sleep, process::ignore},
    worker::{Worker, wire::Command},
};
use nix::sys::signal::Signal;
use serde_json::json;
use shared::{
    ids::MsgId,
    mechanism::pipe::{Order, Which},
    pickle::Object,
};
use std::time::Duration;

/// The two connections that a process has after the fork.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    /// Its own.
    pub(super) own: Connection,
    /// The copy it has of the other side's.
    pub(super) other: Connection,
    /// Microseconds between the messages of a burst.
    pub(super) pace: u64,
}

impl Side {
    /// Carries a command out; true at end-of-file.
    #[track_caller]
    pub(super) fn obey(&mut self, me: &mut Worker, command: &Command) -> bool {
        if let Command::Send {
            msg, data, times, ..
        } = command
        {
            let Ok(payload) = data.bytes() else {
                return false;
            };
            let object = object(payload);
            for n in 0..u64::from(*times) {
                if n > 0
                    && self.pace > 0
                    && let Err(errno) = sleep(Duration::from_micros(self.pace))
                {
                    me.failed("clock_nanosleep", errno);
                }
                if !self.send(me, msg + n, &object) {
                    break;
                }
            }
        }
        match command.order() {
            Some(Order::Recv { times }) => {
                for _ in 0..times {
                    match self.recv(me) {
                        Ok(()) => {}
                        Err(Trouble::EndOfFile) => return true,
                        Err(_) => break,
                    }
                }
            }
            Some(Order::HangUp { which }) => self.hang_up(me, which),
            _ => {}
        }
        false
    }

    /// `conn.send(object)`; whether it went.
    #[track_caller]
    fn send(&self, me: &mut Worker, msg: MsgId, object: &Object) -> bool {
        let wire = Connection::wire(object);
        me.sending(msg, self.own.fd(), &wire);
        let (sent, trouble) = self.own.send(&wire);
        let errno = match &trouble {
            Some(Trouble::Call(_, errno)) => Some(*errno),
            _ => None,
        };
        me.sent(msg, sent, errno);
        if let Some(why @ Trouble::Refused(_)) = &trouble {
            refused(me, "send", why);
        }
        trouble.is_none()
    }

    /// `conn.recv()`.
    #[track_caller]
    pub(super) fn recv(&self, me: &mut Worker) -> Result<(), Trouble> {
        let got = self.own.recv();
        match &got {
            Ok((wire, object)) => {
                me.received(self.own.fd(), wire);
                me.said("object", json!({"repr": shown(object)}));
            }
            Err(Trouble::EndOfFile) => {
                me.received(self.own.fd(), &[]);
                refused(me, "recv", &Trouble::EndOfFile);
            }
            Err(Trouble::Call(call, errno)) => me.failed(call, *errno),
            Err(trouble) => refused(me, "recv", trouble),
        }
        got.map(drop)
    }

    /// `conn.close()`.
    #[track_caller]
    pub(super) fn hang_up(&mut self, me: &mut Worker, which: Which) {
        let (own, other) = (which != Which::Other, which != Which::Own);
        for (connection, wanted) in [(&mut self.own, own), (&mut self.other, other)] {
            if wanted && let Err(errno) = connection.close() {
                me.failed("close", errno);
            }
        }
    }

    /// Without SIGPIPE, as every Python program: a write to nobody is an exception there, and an error here.
    #[track_caller]
    pub(super) fn ignore_sigpipe(me: &mut Worker) {
        if let Err(errno) = ignore(Signal::SIGPIPE) {
            me.failed("sigaction", errno);
        }
    }
}

/// The exception that a Python program would see.
fn refused(me: &mut Worker, what: &str, why: &Trouble) {
    me.said("refused", json!({"what": what, "why": why.to_string()}));
}

/// Text is a `str` in Python, anything else is `bytes`.
pub(crate) fn object(payload: Vec<u8>) -> Object {
    String::from_utf8(payload).map_or_else(|error| Object::Bytes(error.into_bytes()), Object::Text)
}

/// The first characters of an object as Python prints it; a report is a line, not a file.
pub(crate) fn shown(object: &Object) -> String {
    const MOST: usize = 80;
    let all = object.to_string();
    match all.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", all.get(..end).unwrap_or_default()),
        None => all,
    }
}
