//! Which sends a receive can have got its message from.

use super::{Got, Put, Shelf};
use crate::{
    ids::WorkerId,
    ledger::{mail::ANYBODY, source::Stamp},
};
use std::{cmp::Reverse, collections::BinaryHeap};

/// Messages that are named where any of more could be meant.
const MAX_FITTING: usize = 256;

/// How long a message is that was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    /// As long as the one that was sent.
    Same,
    /// The one that was sent is longer: it was cut.
    Cut,
}

impl Shelf {
    /// All that fit. By order where that helps; where nothing fits in order, somebody whom nobody sees takes messages too,
    /// and only key and content count.
    pub(super) fn fitting(&self, got: Got<'_>, rivals: usize) -> Vec<Stamp> {
        for length in [Length::Same, Length::Cut] {
            let in_order = self.search(got, rivals, length, true);
            if !in_order.is_empty() {
                return in_order;
            }
            let any = self.search(got, rivals, length, false);
            if !any.is_empty() {
                return any;
            }
        }
        Vec::new()
    }

    fn search(&self, got: Got<'_>, rivals: usize, length: Length, in_order: bool) -> Vec<Stamp> {
        // Of those that were put in before, so many may be gone without our knowing which, or at all.
        let of_key = |id: Option<&Stamp>| {
            let put = id.and_then(|id| self.puts.get(id));
            put.is_none_or(|put| got.is_of(put.key))
        };
        let pools = self
            .pools
            .iter()
            .filter(|pool| of_key(pool.members.first()));
        let unseen: usize = pools.map(|pool| pool.taken).sum();
        let spare = rivals
            .saturating_add(self.ghosts + self.dropped)
            .saturating_add(unseen);
        let ordered = in_order && spare < self.puts.len();
        let mut found = Vec::new();
        let mut ahead = Ahead::default();
        let all = self.puts.iter();
        for (id, put) in all.filter(|(_, put)| got.is_of(put.key) && !put.gone) {
            if found.len() >= MAX_FITTING {
                break;
            }
            if ordered {
                let before = ahead.of(*id, put);
                ahead.pass(put);
                if before > spare {
                    // Whoever is entered later has as many ahead of it, unless nothing is known of its order.
                    if put.reported {
                        continue;
                    }
                    break;
                }
            }
            if put.agrees(got, length) {
                found.push(*id);
            }
        }
        found
    }
}

/// How many come before a put in the queue for certain, and were not seen to be taken: counted once, while all are looked
/// at in the order in which they were entered, as [`Put::before`] would say of each pair.
#[derive(Debug, Default)]
struct Ahead<'a> {
    all: Passed,
    /// The same, of those of one worker.
    by_worker: Vec<(&'a WorkerId, Passed)>,
}

/// Puts that were passed.
#[derive(Debug, Default)]
struct Passed {
    /// When those were over that may not have been over yet, when a later one was entered.
    pending: BinaryHeap<Reverse<Stamp>>,
    before: usize,
}

impl Passed {
    /// Those that were over when that one was entered.
    fn before(&mut self, entered: Stamp) -> usize {
        while self
            .pending
            .peek()
            .is_some_and(|Reverse(over)| *over < entered)
        {
            self.pending.pop();
            self.before += 1;
        }
        self.before
    }
}

impl<'a> Ahead<'a> {
    fn of(&mut self, entered: Stamp, put: &'a Put) -> usize {
        if put.reported {
            self.theirs(put).before(entered)
        } else {
            self.all.before(entered)
        }
    }

    fn pass(&mut self, put: &'a Put) {
        if let Some(over) = put.over.filter(|_| !put.maybe) {
            self.all.pending.push(Reverse(over));
            if put.reported {
                self.theirs(put).pending.push(Reverse(over));
            }
        }
    }

    fn theirs(&mut self, put: &'a Put) -> &mut Passed {
        let mut all = self.by_worker.iter();
        let at = all.position(|(worker, _)| **worker == put.worker);
        let at = at.unwrap_or_else(|| {
            self.by_worker.push((&put.worker, Passed::default()));
            self.by_worker.len() - 1
        });
        &mut self.by_worker[at].1
    }
}

impl Got<'_> {
    /// A message of that key can be it.
    fn is_of(&self, key: i64) -> bool {
        self.key == ANYBODY || self.key == key
    }
}

impl Put {
    /// It went in before the send `other`, entered at `entered`.
    pub(super) fn before(&self, entered: Stamp, other: &Self) -> bool {
        let apart = self.over.is_some_and(|over| over < entered) && !self.maybe;
        // What was only reported says when its worker did it, not when others did theirs.
        apart && (!other.reported || self.worker == other.worker)
    }

    /// Length and bytes are those that were received. What was not seen agrees.
    fn agrees(&self, got: Got<'_>, length: Length) -> bool {
        let long = match length {
            Length::Same => self.len == got.len,
            Length::Cut => self.len > got.len,
        };
        let len = usize::try_from(got.len).unwrap_or(usize::MAX);
        let received = got.bytes.get(..len).unwrap_or(got.bytes);
        long && self.content.iter().zip(received).all(|(a, b)| a == b)
    }
}
