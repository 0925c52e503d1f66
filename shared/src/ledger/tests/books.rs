//! Books of two pipes, for tests.

use crate::{
    event::{End, Part},
    ids::{CallId, MsgId, ObjectId, WorkerId},
    ledger::{Inode, Ledger, Motion, Tied},
};

/// Pipes 1 and 2; `a` and `b` have write ends 4 (and 6), `r` has read ends 3 (and 5).
pub(super) struct Books {
    pub(super) ledger: Ledger,
    pub(super) pipe: ObjectId,
    pub(super) other: ObjectId,
}

pub(super) fn id(name: &str) -> WorkerId {
    WorkerId::from(name)
}

pub(super) fn part(msg: MsgId, from: u64, to: u64) -> Part {
    Part {
        msg: Some(msg),
        from,
        to,
    }
}

pub(super) fn books() -> Books {
    let mut ledger = Ledger::new();
    let inode = |ino| Inode { dev: 1, ino };
    let pipe = ledger
        .opened(&id("r"), 3, inode(1), "pipe", End::Read)
        .object;
    let other = ledger
        .opened(&id("r"), 5, inode(2), "pipe", End::Read)
        .object;
    for worker in ["a", "b", "mover"] {
        ledger.opened(&id(worker), 4, inode(1), "pipe", End::Write);
        ledger.opened(&id(worker), 6, inode(2), "pipe", End::Write);
    }
    ledger.opened(&id("mover"), 3, inode(1), "pipe", End::Read);
    Books {
        ledger,
        pipe,
        other,
    }
}

impl Books {
    pub(super) fn enter(&mut self, worker: &str, call: CallId, bytes: &[u8]) {
        let motion = Motion::Send {
            fd: 4,
            len: bytes.len() as u64,
            bytes,
        };
        self.ledger.entered(&id(worker), call, motion);
    }

    /// A whole message in one write.
    pub(super) fn send(&mut self, worker: &str, msg: MsgId, bytes: &[u8]) -> Tied {
        let call = 1000 + msg;
        self.ledger.sending(&id(worker), msg, 4, bytes.len() as u64);
        self.enter(worker, call, bytes);
        let tied = self
            .ledger
            .returned(&id(worker), call, bytes.len() as u64, &[]);
        self.ledger.sent(&id(worker), msg);
        tied
    }

    pub(super) fn read(&mut self, bytes: &[u8]) -> Tied {
        self.read_from(3, bytes)
    }

    pub(super) fn read_from(&mut self, fd: i32, bytes: &[u8]) -> Tied {
        self.ledger
            .entered(&id("r"), 1, Motion::Receive { fd, len: 4096 });
        self.ledger.returned(&id("r"), 1, bytes.len() as u64, bytes)
    }
}
