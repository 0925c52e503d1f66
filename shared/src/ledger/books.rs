//! What was sent and received of every message, over all objects.

use super::source::Stamp;
use crate::{
    ids::{MsgId, ObjectId, WorkerId},
    pickle::{self, HEADER},
};
use std::collections::{BTreeMap, VecDeque};

/// First id of messages made up for programs that do not report; far above what a run can be asked to send.
pub(super) const FIRST_INFERRED: MsgId = 1_000_000;
/// Messages kept that have no send in any object: a worker that announces and never sends must not fill the memory.
const MAX_BOOKS: usize = 65_536;

/// Messages that the threads of one worker send at once.
const MAX_AT_ONCE: usize = 64;

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
    /// Each of its threads can be at another.
    current: BTreeMap<WorkerId, Vec<(MsgId, i32)>>,
    /// What another thread of the worker will send, one after the other, each behind its length.
    later: BTreeMap<WorkerId, VecDeque<(MsgId, i32)>>,
    inferred: MsgId,
}

impl Books {
    /// A worker will send this next.
    pub(super) fn announce(&mut self, worker: &WorkerId, msg: MsgId, fd: i32, len: u64) {
        self.make_room();
        self.books.entry(msg).or_default().len = Some(len);
        let current = self.current.entry(worker.clone()).or_default();
        current.retain(|(other, _)| *other != msg);
        if current.len() >= MAX_AT_ONCE {
            current.remove(0);
        }
        current.push((msg, fd));
    }

    /// A worker has put this into the hands of a thread of its own, which sends it some time, after all that it has got before.
    pub(super) fn put(&mut self, worker: &WorkerId, msg: MsgId, fd: i32, len: u64) {
        self.make_room();
        self.books.entry(msg).or_default().len = Some(len);
        let queue = self.later.entry(worker.clone()).or_default();
        queue.push_back((msg, fd));
    }

    /// The first bytes of what was put are sent now. Their header says how long it is; it may have changed since it was put.
    pub(super) fn begins(&mut self, worker: &WorkerId, msg: MsgId, bytes: &[u8]) {
        let next = self.later.get(worker).and_then(VecDeque::front);
        let short = bytes.get(..HEADER).and_then(|short| short.try_into().ok());
        if next.is_some_and(|(next, _)| *next == msg)
            && let Some(book) = self.books.get_mut(&msg).filter(|book| book.sent == 0)
            && let Some(len) = short.and_then(pickle::length)
        {
            book.len = Some((HEADER + len) as u64);
        }
    }

    /// If that was the last of what was put, the next is next.
    pub(super) fn went(&mut self, worker: &WorkerId, msg: MsgId) {
        let Some(queue) = self.later.get_mut(worker) else {
            return;
        };
        // A message that was received in whole meanwhile may be forgotten already.
        let book = self.books.get_mut(&msg);
        let whole = book
            .as_ref()
            .is_none_or(|book| book.len.is_some_and(|len| book.sent >= len));
        if whole && queue.front().is_some_and(|(next, _)| *next == msg) {
            queue.pop_front();
            book.into_iter().for_each(|book| book.over = true);
        }
    }

    /// A worker is done with it.
    pub(super) fn finish(&mut self, worker: &WorkerId, msg: MsgId) {
        if let Some(current) = self.current.get_mut(worker) {
            current.retain(|(current, _)| *current != msg);
        }
        if let Some(book) = self.books.get_mut(&msg) {
            book.over = true;
        }
        self.tidy(msg);
    }

    /// A worker is gone.
    pub(super) fn exit(&mut self, worker: &WorkerId) {
        for (msg, _) in self.current.remove(worker).into_iter().flatten() {
            self.finish(worker, msg);
        }
        // What it still had in its hands is gone with it.
        for (msg, _) in self.later.remove(worker).into_iter().flatten() {
            self.finish(worker, msg);
        }
    }

    /// The message that a worker's send through a descriptor is about.
    pub(super) fn current(&self, worker: &WorkerId, fd: i32) -> Option<MsgId> {
        let announced = self.current.get(worker).into_iter().flatten();
        let later = self.later.get(worker).and_then(VecDeque::front);
        // What was announced last.
        let mut all = later.into_iter().chain(announced).rev();
        all.find(|(_, through)| *through == fd).map(|(msg, _)| *msg)
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
