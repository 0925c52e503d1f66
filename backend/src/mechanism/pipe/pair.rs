//! The parent of Python's pipe: `Pipe()`, and then `Process(…).start()` twice. That is a pair of sockets, and two forks.

use super::{connection::Connection, receiver::receiver, sender::sender, side::Side};
use crate::{
    sys::{
        calls::{Fd, pipe2, wait_for},
        pipeline::socketpair,
    },
    worker::{Born, Worker, wire::Command},
};
use nix::{errno::Errno, fcntl::OFlag};
use serde_json::{Value, json};
use shared::mechanism::pipe::{Params, Unused, Which};

/// The first of the cast is the parent.
const SENDER: usize = 1;
const RECEIVER: usize = 2;

/// What `Pipe()` has made: the descriptor of each side.
#[derive(Clone, Copy, Debug)]
struct Pair {
    sender: Fd,
    receiver: Fd,
    duplex: bool,
}

impl Pair {
    /// As `multiprocessing.connection.Pipe` does it.
    fn new(duplex: bool) -> Result<Self, Errno> {
        let [receiver, sender] = if duplex {
            let [one, other] = socketpair()?;
            [other, one]
        } else {
            pipe2(OFlag::empty())?
        };
        Ok(Self {
            sender,
            receiver,
            duplex,
        })
    }

    fn side(self, sends: bool, params: &Params) -> Side {
        let sender = Connection::new(self.sender, self.duplex, true);
        let receiver = Connection::new(self.receiver, true, self.duplex);
        let (own, other) = if sends {
            (sender, receiver)
        } else {
            (receiver, sender)
        };
        Side {
            own,
            other,
            pace: params.pace,
        }
    }

    /// What a side in Python is told.
    fn told(self, sends: bool, params: &Params) -> Value {
        let (own, other) = if sends {
            (self.sender, self.receiver)
        } else {
            (self.receiver, self.sender)
        };
        json!({
            "own": own,
            "other": other,
            "duplex": self.duplex,
            "params": params,
            "modules": {"objects": include_str!("objects.py"), "sides": include_str!("sides.py")},
        })
    }
}

pub(super) fn parent(mut me: Worker, params: &Params) -> i32 {
    let pair = match Pair::new(params.duplex) {
        Ok(pair) => pair,
        Err(errno) => {
            me.failed("socketpair", errno);
            return 1;
        }
    };
    match me.fork(SENDER, "sender") {
        Ok(Born::Child) => return sender(me, pair.side(true, params), params),
        Ok(Born::Python) => {
            return me.become_python(include_str!("sender.py"), &pair.told(true, params));
        }
        Ok(Born::Parent(_)) => {}
        Err(errno) => me.failed("fork", errno),
    }
    match me.fork(RECEIVER, "receiver") {
        Ok(Born::Child) => return receiver(me, pair.side(false, params), params),
        Ok(Born::Python) => {
            return me.become_python(include_str!("receiver.py"), &pair.told(false, params));
        }
        Ok(Born::Parent(_)) => {}
        Err(errno) => me.failed("fork", errno),
    }

    let mut side = pair.side(true, params);
    if params.unused == Unused::Closed {
        side.hang_up(&mut me, Which::Both);
    }
    while let Some(command) = me.command() {
        if let Command::Wait { pid } = command {
            match wait_for(pid) {
                Ok(status) => me.reaped(status),
                Err(errno) => me.failed("wait4", errno),
            }
        } else if side.obey(&mut me, &command) {
            return 0;
        }
    }
    0
}
