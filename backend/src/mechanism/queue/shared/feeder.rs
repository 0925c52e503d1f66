//! The row of a producer, and the thread that stores what is in it: put() is back before anything was stored.

use super::bounded::Bounded;
use crate::{
    sys::{guard::Got, memory::Mapping},
    worker::Voice,
};
use shared::ids::MsgId;
use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

/// A row and its thread.
#[derive(Debug)]
pub(super) struct Feeder {
    row: Arc<Row>,
    thread: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Row {
    now: Mutex<Waiting>,
    changed: Condvar,
}

/// What is in the row. As many as the queue has places: put() has taken one for each.
#[derive(Debug, Default)]
struct Waiting {
    messages: VecDeque<(MsgId, Vec<u8>)>,
    /// The feeder takes nothing for now.
    held: bool,
    /// Nothing more comes.
    over: bool,
}

impl Feeder {
    pub(super) fn start(memory: &Arc<Mapping>, voice: Voice) -> Self {
        let row = Arc::new(Row::default());
        let (feed, memory) = (Arc::clone(&row), Arc::clone(memory));
        Self {
            row,
            thread: thread::spawn(move || feed_all(&feed, &memory, voice)),
        }
    }

    /// Leaves a message in the row.
    pub(super) fn put(&self, msg: MsgId, message: Vec<u8>) {
        self.row.lock().messages.push_back((msg, message));
        self.row.changed.notify_one();
    }

    /// Lets the feeder wait, or go on.
    pub(super) fn hold(&self, held: bool) {
        self.row.lock().held = held;
        self.row.changed.notify_one();
    }

    /// `join_thread()`: returns when all that was put is in the ring.
    pub(super) fn join(self) {
        {
            let mut now = self.row.lock();
            (now.over, now.held) = (true, false);
        }
        self.row.changed.notify_one();
        let _ended = self.thread.join();
    }
}

impl Row {
    /// Whoever had it did nothing that could fail.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The oldest message; sleeps until there is one. None when there will be no more.
    fn next(&self) -> Option<(MsgId, Vec<u8>)> {
        let mut now = self.lock();
        loop {
            if !now.held {
                if let Some(next) = now.messages.pop_front() {
                    return Some(next);
                }
                if now.over {
                    return None;
                }
            }
            let woken = self.changed.wait(now);
            now = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The life of the feeder: one message after the other.
fn feed_all(row: &Row, memory: &Mapping, mut voice: Voice) {
    let Ok(queue) = Bounded::open(memory) else {
        return;
    };
    while let Some((msg, message)) = row.next() {
        let stored = queue.store(&message, |at| voice.stored(Some(msg), at, &message));
        match stored {
            Ok(Got::Clean) => {}
            Ok(Got::OwnerDied) => voice.said("owner_died"),
            Err(_) => return voice.said("gave_up"),
        }
    }
}
