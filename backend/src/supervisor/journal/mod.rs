//! The journal's writing end: numbers the events, keeps what waits within bounds, and sends them in frames. It takes every
//! event of a run, however many there are a second; what a slow browser gets of them is its session's matter.

use crate::{
    link::{FromBox, MAX_FRAME},
    sys::socket,
};
use nix::time::{ClockId, clock_gettime};
use shared::{
    event::{Counts, Event, Kind, Part, Source},
    ids::{ObjectId, RequestId, Seq, WorkerId},
};
use std::{
    collections::{BTreeMap, VecDeque},
    os::fd::OwnedFd,
};

/// Bytes that wait for the server at most; what may be skipped is, beyond half of it.
const MAX_QUEUE: usize = 4 * 1024 * 1024;
/// Shortest pause between two sayings of what was left out, nanoseconds: it must not fill the queue itself.
const SAY_SKIPPED: u64 = 100_000_000;
/// Room in a frame for what stands around the events.
const AROUND: usize = 64;

/// An event before it has its number.
#[derive(Debug)]
pub(super) struct Fact {
    pub(super) source: Source,
    pub(super) worker: Option<WorkerId>,
    /// What getpid() is in it, and what the host calls it, where that is known.
    pub(super) pid: Option<(i32, Option<i32>)>,
    /// The thread, where it is not the main one.
    pub(super) task: Option<i32>,
    pub(super) object: Option<ObjectId>,
    pub(super) parts: Vec<Part>,
    pub(super) re: Option<RequestId>,
    /// CLOCK_MONOTONIC, where another time than now is known.
    pub(super) at: Option<u64>,
    pub(super) kind: Kind,
}

impl Fact {
    pub(super) fn new(source: Source, kind: Kind) -> Self {
        Self {
            source,
            worker: None,
            pid: None,
            task: None,
            object: None,
            parts: Vec::new(),
            re: None,
            at: None,
            kind,
        }
    }

    pub(super) fn object(mut self, object: Option<ObjectId>) -> Self {
        self.object = object;
        self
    }

    pub(super) fn task(mut self, task: Option<i32>) -> Self {
        self.task = task;
        self
    }

    pub(super) fn parts(mut self, parts: Vec<Part>) -> Self {
        self.parts = parts;
        self
    }

    pub(super) fn re(mut self, re: Option<RequestId>) -> Self {
        self.re = re;
        self
    }

    pub(super) fn at(mut self, at: u64) -> Self {
        self.at = Some(at);
        self
    }
}

/// Numbers, counts and sends.
#[derive(Debug)]
pub(super) struct Journal {
    server: OwnedFd,
    seq: Seq,
    /// CLOCK_MONOTONIC when the run began.
    pub(super) began: u64,
    pub(super) counts: Counts,
    /// What was left out since it was last said.
    skipped: BTreeMap<&'static str, u64>,
    /// When that was.
    said: u64,
    /// Events of the frame that is being filled, separated by commas.
    batch: String,
    queue: VecDeque<Vec<u8>>,
    queued: usize,
    /// The server is gone.
    pub(super) deaf: bool,
}

/// CLOCK_MONOTONIC in nanoseconds.
pub(super) fn now() -> u64 {
    clock_gettime(ClockId::CLOCK_MONOTONIC).map_or(0, |time| {
        let part = |n: i64| u64::try_from(n).unwrap_or(0);
        part(time.tv_sec()) * 1_000_000_000 + part(time.tv_nsec())
    })
}

impl Journal {
    pub(super) fn new(server: OwnedFd) -> Self {
        Self {
            server,
            seq: 0,
            began: now(),
            counts: Counts::default(),
            skipped: BTreeMap::new(),
            said: 0,
            batch: String::new(),
            queue: VecDeque::new(),
            queued: 0,
            deaf: false,
        }
    }

    pub(super) fn server(&self) -> &OwnedFd {
        &self.server
    }

    /// Tells a fact that must not be left out.
    pub(super) fn tell(&mut self, fact: Fact) -> Seq {
        self.say_skipped();
        self.put(fact)
    }

    /// Tells a fact if there is room for it; else it is counted under `what`.
    pub(super) fn tell_if_room(&mut self, what: &'static str, fact: Fact) -> Option<Seq> {
        if self.room() {
            return Some(self.tell(fact));
        }
        self.skip(what, 1);
        None
    }

    /// Whether the queue has room for one that may be skipped.
    pub(super) fn room(&self) -> bool {
        self.queued < MAX_QUEUE / 2
    }

    /// Counts what is left out.
    pub(super) fn skip(&mut self, what: &'static str, count: u64) {
        *self.skipped.entry(what).or_default() += count;
        self.counts.skipped += count;
    }

    /// Something was left out and is not told yet.
    pub(super) fn has_skipped(&self) -> bool {
        !self.skipped.is_empty()
    }

    /// Says what was left out, now and then.
    pub(super) fn say_skipped(&mut self) {
        if self.skipped.is_empty() {
            return;
        }
        let now = now();
        if now.saturating_sub(self.said) < SAY_SKIPPED {
            return;
        }
        self.said = now;
        for (what, count) in std::mem::take(&mut self.skipped) {
            self.put(Fact::new(
                Source::Run,
                Kind::Skipped {
                    what: what.to_owned(),
                    count,
                },
            ));
        }
    }

    fn put(&mut self, fact: Fact) -> Seq {
        self.seq += 1;
        self.counts.events += 1;
        let event = Event {
            seq: self.seq,
            at_ns: fact.at.unwrap_or_else(now).saturating_sub(self.began),
            source: fact.source,
            worker: fact.worker,
            pid: fact.pid.map(|pid| pid.0),
            host_pid: fact.pid.and_then(|pid| pid.1),
            task: fact.task,
            object: fact.object,
            parts: fact.parts,
            re: fact.re,
            kind: fact.kind,
        };
        if !self.deaf
            && let Ok(text) = serde_json::to_string(&event)
        {
            if self.batch.len() + text.len() + AROUND > MAX_FRAME {
                self.close_batch();
            }
            if !self.batch.is_empty() {
                self.batch.push(',');
            }
            self.batch.push_str(&text);
        }
        self.seq
    }

    /// The number the next fact will have.
    pub(super) fn next_seq(&self) -> Seq {
        self.seq + 1
    }

    fn close_batch(&mut self) {
        if !self.batch.is_empty() {
            // As `FromBox::Events`, whose events are formatted one by one.
            let frame = format!(r#"{{"says":"events","events":[{}]}}"#, self.batch);
            self.batch.clear();
            self.queued += frame.len();
            self.queue.push_back(frame.into_bytes());
        }
    }

    /// The last word: says what was left out, whenever that was last said.
    pub(super) fn say_all(&mut self) {
        self.said = 0;
        self.say_skipped();
    }

    /// Says something that is no event, after all events before it.
    pub(super) fn reply(&mut self, frame: &FromBox) {
        self.close_batch();
        if let Ok(frame) = serde_json::to_vec(frame)
            && !self.deaf
            && self.queued < 2 * MAX_QUEUE
        {
            self.queued += frame.len();
            self.queue.push_back(frame);
        }
    }

    /// So much waits for the server that nothing new may happen before it has taken some.
    pub(super) fn is_full(&self) -> bool {
        self.queued >= MAX_QUEUE
    }

    /// Bytes that the server has not taken yet.
    pub(super) fn waiting(&self) -> usize {
        self.queued
    }

    /// Sends what waits, as far as the socket takes it. True when all of it is out.
    pub(super) fn flush(&mut self) -> bool {
        self.close_batch();
        while let Some(frame) = self.queue.front() {
            match socket::send(&self.server, frame) {
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(rustix::io::Errno::AGAIN) => return false,
                Err(_) => {
                    self.deaf = true;
                    self.queue.clear();
                    self.queued = 0;
                    return true;
                }
            }
            self.queued -= frame.len();
            self.queue.pop_front();
        }
        true
    }
}

#[cfg(test)]
mod tests;
