//! Between two pipes: takes bytes from one and puts them into the next, in one of three ways.

use super::{Ends, ends::close_all};
use crate::{
    sys::{
        calls::{Fd, read, write},
        pipeline::{splice, tee},
    },
    worker::Worker,
};
use nix::errno::Errno;
use serde_json::json;
use shared::mechanism::pipe::{Order, Params, Reader, Via};

/// What a relay works on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Relay {
    /// The read end of the pipe before it, the write end of the one behind it.
    pub(super) ends: Ends,
    /// With tee, the write end of one more pipe.
    pub(super) second: Option<Fd>,
    pub(super) via: Via,
}

pub(super) fn relay(mut me: Worker, relay: Relay, params: &Params, others: &[Fd]) -> i32 {
    close_all(&mut me, others);
    let len = usize::try_from(params.chunk).unwrap_or(1);
    if params.reader == Reader::Loop {
        loop {
            match relay.pass(&mut me, len) {
                Ok(0) => return 0,
                Ok(_) => {}
                Err(_) => break,
            }
            if let Some(command) = me.command_if_any()
                && let Some(order) = command.order()
                && relay.obey(&mut me, order)
            {
                return 0;
            }
        }
    }
    while let Some(command) = me.command() {
        if let Some(order) = command.order()
            && relay.obey(&mut me, order)
        {
            return 0;
        }
    }
    0
}

impl Relay {
    /// Carries a command out; true at end-of-file.
    fn obey(self, me: &mut Worker, order: Order) -> bool {
        match order {
            Order::Pass { len, times } => {
                for _ in 0..times {
                    match self.pass(me, usize::try_from(len).unwrap_or(1)) {
                        Ok(0) => return true,
                        Ok(_) => {}
                        Err(_) => break,
                    }
                }
            }
            Order::Close { end } => {
                if let Err(errno) = self.ends.close(end) {
                    me.failed("close", errno);
                }
            }
            Order::Exec { program } => self.ends.exec(me, program),
            Order::Read { .. } | Order::Recv { .. } | Order::HangUp { .. } => {}
        }
        false
    }

    /// Bytes from one pipe into the next, at most `len`; how many. 0 is end-of-file.
    fn pass(self, me: &mut Worker, len: usize) -> Result<usize, Errno> {
        let (from, to) = (self.ends.read.unwrap_or(-1), self.ends.write.unwrap_or(-1));
        match self.via {
            Via::None | Via::Copy => copy(me, from, to, len),
            // The kernel hands pages from pipe to pipe. This process never sees a byte.
            Via::Splice => said(me, "splice", splice(from, to, len)),
            // Both pipes have the bytes now; then they leave the first one for a third.
            Via::Tee => match said(me, "tee", tee(from, to, len)) {
                Ok(0) => Ok(0),
                Ok(n) => said(me, "splice", splice(from, self.second.unwrap_or(-1), n)),
                Err(errno) => Err(errno),
            },
        }
    }
}

/// Into this process's memory, and out of it again: two copies, and what goes on is a message of its own.
fn copy(me: &mut Worker, from: Fd, to: Fd, len: usize) -> Result<usize, Errno> {
    let mut buffer = vec![0; len];
    let got = match read(from, &mut buffer) {
        Ok(got) => got,
        Err(errno) => {
            me.failed("read", errno);
            return Err(errno);
        }
    };
    let bytes = buffer.get(..got).unwrap_or_default();
    me.received(from, bytes);
    let mut left = bytes;
    while !left.is_empty() {
        match write(to, left) {
            Ok(n) => left = left.get(n..).unwrap_or_default(),
            Err(errno) => {
                me.failed("write", errno);
                return Err(errno);
            }
        }
    }
    Ok(got)
}

/// No report of bytes: who moves them this way has not seen them.
fn said(me: &mut Worker, call: &str, done: Result<usize, Errno>) -> Result<usize, Errno> {
    match done {
        Ok(n) => me.said("moved", json!({"call": call, "bytes": n})),
        Err(errno) => me.failed(call, errno),
    }
    done
}
