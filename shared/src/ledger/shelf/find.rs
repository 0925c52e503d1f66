//! Which sends a receive can have got its message from.

use super::{Got, Put, Shelf};
use crate::ledger::{mail::ANYBODY, source::Stamp};

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
        let mut found = Vec::new();
        let same_key = || {
            let all = self.puts.iter();
            all.filter(|(_, put)| got.is_of(put.key) && !put.gone)
        };
        for (id, put) in same_key() {
            if found.len() >= MAX_FITTING {
                break;
            }
            if in_order && spare < self.puts.len() {
                // Who comes before `put` in the queue for certain, and was not seen to be taken.
                let ahead = same_key()
                    .take_while(|(other, _)| *other < id)
                    .filter(|(_, other)| other.before(*id, put))
                    .take(spare.saturating_add(1))
                    .count();
                if ahead > spare {
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
