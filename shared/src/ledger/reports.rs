//! Runs without a tracer: what workers say of themselves takes the place of calls.

use super::{Ledger, Tied};
use crate::ids::{MsgId, WorkerId};

impl Ledger {
    /// Without a tracer: a worker reports that it is about to send (`bytes`: the first of them), …
    pub fn reported_sending(
        &mut self,
        worker: &WorkerId,
        msg: MsgId,
        fd: i32,
        len: u64,
        bytes: &[u8],
    ) {
        self.books.announce(worker, msg, fd, len);
        let Some(object) = self.table.target(worker, fd) else {
            return;
        };
        let id = self.tick();
        self.add_source(&object, id, worker, msg, len, bytes, true);
        self.reported.insert((worker.clone(), msg), (object, id));
    }

    /// … that it has sent `n` bytes of it, …
    pub fn reported_sent(&mut self, worker: &WorkerId, msg: MsgId, n: u64) -> Tied {
        let Some((object, id)) = self.reported.remove(&(worker.clone(), msg)) else {
            return Tied::default();
        };
        let tied = self.leave_send(object, id, Some(msg), false, n);
        self.books.finish(worker, msg);
        tied
    }

    /// … that it has received. Before this, the supervisor must have taken in all reports that other workers had made:
    /// then whatever fed the receive is known to be under way.
    pub fn reported_received(
        &mut self,
        worker: &WorkerId,
        fd: i32,
        len: u64,
        bytes: &[u8],
    ) -> Tied {
        let Some((object, _)) = self.table.get(worker, fd) else {
            return Tied::default();
        };
        let receivers = self.receivers.entry(object.clone()).or_default();
        if !receivers.contains(worker) {
            receivers.push(worker.clone());
        }
        // Of two that receive, nobody knows who was first.
        let alone = receivers.len() == 1;
        self.receive(object, len, bytes, alone)
    }
}
