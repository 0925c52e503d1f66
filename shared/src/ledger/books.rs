//! What was sent and received of every message, over all objects.

use super::source::Stamp;
use crate::ids::{MsgId, ObjectId, WorkerId};
use std::collections::BTreeMap;

/// First id of messages made up for programs that do not report; far above what a run can be asked to send.
pub(super) const FIRST_INFERRED: MsgId = 1_000_000;
/// Messages kept that have no send in any object: a worker that announces and never sends must not fill the memory.
const MAX_BOOKS: usize = 65_536;

/// One message.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Bytes of its payload; of an inferred message not known before its send returned.
    pub(super) len: Option<u64>,
    /// Bytes that were sent of it.
    pub(super) sent: u64,
    /// No more of it will be sent.
    pub(super) over: bool,
    /// Its sends that are not used up.
    pub(super) live: Vec<(ObjectId, Stamp)>,
    /// Bytes of sends that are used up.
    pub(super) used_up: u64,
    /// Bytes that the kernel threw away.
    pub(super) thrown: u64,
    /// Bytes that splice moved on into another object.
    pub(super) passed: u64,
    /// Bytes of those that were received there.
    pub(super) elsewhere: u64,
    /// It was said to be complete.
    pub(super) complete: bool,
}

/// All messages, and which one each worker is at.
#[derive(Debug, Default)]
pub(super) struct Books {
    books: BTreeMap<MsgId, Book>,
    current: BTreeMap<WorkerId, (MsgId, i32)>,
    inferred: MsgId,
}

impl Books {
    /// A worker will send this next.
    pub(super) fn announce(&mut self, worker: &WorkerId, msg: MsgId, fd: i32, len: u64) {
        self.make_room();
        self.books.entry(msg).or_default().len = Some(len);
        self.current.insert(worker.clone(), (msg, fd));
    }

    /// A worker is done with it.
    pub(super) fn finish(&mut self, worker: &WorkerId, msg: MsgId) {
        if self
            .current
            .get(worker)
            .is_some_and(|(current, _)| *current == msg)
        {
            self.current.remove(worker);
        }
        if let Some(book) = self.books.get_mut(&msg) {
            book.over = true;
        }
        self.tidy(msg);
    }

    /// A worker is gone.
    pub(super) fn exit(&mut self, worker: &WorkerId) {
        if let Some((msg, _)) = self.current.get(worker).copied() {
            self.finish(worker, msg);
        }
    }

    /// The message that a worker's send through a descriptor is about.
    pub(super) fn current(&self, worker: &WorkerId, fd: i32) -> Option<MsgId> {
        self.current
            .get(worker)
            .filter(|(_, through)| *through == fd)
            .map(|(msg, _)| *msg)
    }

    /// A message that nobody announced.
    pub(super) fn infer(&mut self) -> MsgId {
        self.make_room();
        let msg = FIRST_INFERRED + self.inferred;
        self.inferred += 1;
        self.books.insert(
            msg,
            Book {
                over: true,
                ..Book::default()
            },
        );
        msg
    }

    pub(super) fn get(&mut self, msg: MsgId) -> Option<&mut Book> {
        self.books.get_mut(&msg)
    }

    /// Forgets a message of which nothing can come any more.
    pub(super) fn tidy(&mut self, msg: MsgId) {
        let idle = |book: &Book| book.live.is_empty() && book.elsewhere >= book.passed;
        if self
            .books
            .get(&msg)
            .is_some_and(|book| idle(book) && (book.over || book.complete))
        {
            self.books.remove(&msg);
        }
    }

    pub(super) fn forget(&mut self, msg: MsgId) {
        self.books.remove(&msg);
    }

    fn make_room(&mut self) {
        if self.books.len() >= MAX_BOOKS {
            let idle = self
                .books
                .iter()
                .find(|(_, book)| book.live.is_empty())
                .map(|(msg, _)| *msg);
            idle.map(|msg| self.books.remove(&msg));
        }
    }
}
