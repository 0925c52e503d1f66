//! Addressed bytes: files and shared memory, where a write replaces what was there and a read takes nothing away.
//!
//! Each byte has *layers*: every write that can be what the byte is now. One write that began when all others had ended
//! leaves one layer; of two that were under way at once nobody knows which came last, so both stay. A read that was under
//! way while something was written can have got the old or the new, and its bytes tell which, where they differ.
//!
//! ```text
//! write_begins ─▶ write_ends{at, n}   truncate_begins ─▶ truncate_ends   stored (both at once)
//! read_begins  ─▶ read_ends{at, bytes} → Found                           loaded (both at once)
//! ```

mod found;
mod layers;
mod under_way;

#[cfg(test)]
mod tests;

use super::source::Stamp;
use crate::{
    event::{Part, Tie},
    ids::{MsgId, WorkerId},
};
use layers::{Content, Layers};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// Writes that can be told apart in an object; with more, nothing is known of what is in it but what comes after.
const MAX_WRITES: usize = 16_384;
/// Bytes of content kept for comparing, an object.
const MAX_CONTENT: usize = 4 * 1024 * 1024;
/// Appends under way at once whose order is followed; there are at most as many as processes in a box write to one file.
const MAX_APPENDS: usize = 6;
/// Writes from which on it is worth while to look for those of which nothing is left.
const SWEEP: usize = 64;

/// Where a write puts its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// There: pwrite(2), a store, or write(2) through an open file that stands there.
    At(u64),
    /// Behind the last byte, wherever that is by then: `O_APPEND`.
    End,
}

/// Something that is about to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing<'a> {
    /// By whom.
    pub worker: &'a WorkerId,
    /// Where to.
    pub place: Place,
    /// How many bytes.
    pub len: u64,
    /// The first of them.
    pub bytes: &'a [u8],
    /// As part of which message, from which of its bytes on.
    pub msg: Option<(MsgId, u64)>,
}

/// What bytes that were read are of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// All that was read, in order; bytes that cannot be tied, and bytes that nobody wrote, have no message.
    pub parts: Vec<Part>,
    /// Where several fit: every range of every message that does.
    pub candidates: Vec<Part>,
    /// How sure that is.
    pub tie: Tie,
}

/// A write, a truncation, or what was there before.
#[derive(Clone, Debug)]
struct Write {
    begun: Stamp,
    /// Absent while it is under way.
    ended: Option<Stamp>,
    worker: Option<WorkerId>,
    msg: Option<(MsgId, u64)>,
    place: Place,
    /// Where it begins, once that is known.
    at: u64,
    len: u64,
    content: Content,
    /// What reads got of it before it returned.
    got: Vec<Range<u64>>,
}

/// What is known of one object's bytes.
#[derive(Debug)]
pub struct Extents {
    clock: Stamp,
    writes: BTreeMap<Stamp, Write>,
    layers: Layers,
    /// Writes and truncations under way.
    pending: BTreeSet<Stamp>,
    /// Reads under way.
    reads: BTreeSet<Stamp>,
    /// One past the last byte, as far as it was seen.
    end: u64,
    content: usize,
    /// With so many writes, those of which nothing is left are looked for.
    sweep_at: usize,
}

impl Extents {
    /// An object that was seen to be made: there is nothing in it, and what is skipped reads as zeros.
    pub fn empty() -> Self {
        Self::new(Content::Zeros, 0)
    }

    /// An object that was there before anybody looked, of so many bytes: what is in it, nobody saw.
    pub fn unseen(end: u64) -> Self {
        Self::new(Content::Unseen, end)
    }

    fn new(content: Content, end: u64) -> Self {
        let ground = Write {
            begun: 0,
            ended: Some(0),
            worker: None,
            msg: None,
            place: Place::At(0),
            at: 0,
            len: u64::MAX,
            content,
            got: Vec::new(),
        };
        Self {
            clock: 0,
            writes: BTreeMap::from([(0, ground)]),
            layers: Layers::new(0),
            pending: BTreeSet::new(),
            reads: BTreeSet::new(),
            end,
            content: 0,
            sweep_at: SWEEP,
        }
    }

    /// One past the last byte, as far as writes and truncations were seen.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// A write is about to happen; from now on a read can get its bytes. Its name, for [`Self::write_ends`].
    pub fn write_begins(&mut self, writing: &Writing<'_>) -> Stamp {
        self.make_room();
        let begun = self.tick();
        let room = MAX_CONTENT.saturating_sub(self.content);
        let kept = writing.bytes.get(..room).unwrap_or(writing.bytes);
        self.content += kept.len();
        self.writes.insert(
            begun,
            Write {
                begun,
                ended: None,
                worker: Some(writing.worker.clone()),
                msg: writing.msg,
                place: writing.place,
                at: match writing.place {
                    Place::At(at) => at,
                    Place::End => self.end,
                },
                len: writing.len,
                content: Content::Bytes(kept.to_vec()),
                got: Vec::new(),
            },
        );
        self.pending.insert(begun);
        begun
    }

    /// It has happened: `n` bytes from `at` on. Bytes of messages that are gone by it and were never read.
    ///
    /// Where nobody could see the place (`at` is absent), it is what `write_begins` said; of an append, the end.
    pub fn write_ends(&mut self, write: Stamp, at: Option<u64>, n: u64) -> Vec<Part> {
        let end = self.end;
        let Some(known) = self.begun(write) else {
            return Vec::new();
        };
        let fallback = if known.place == Place::End {
            end
        } else {
            known.at
        };
        known.at = at.unwrap_or(fallback);
        known.len = n;
        let to = known.at.saturating_add(n);
        if n > 0 {
            self.end = self.end.max(to);
        }
        self.settle(write, true)
    }

    /// Who did it is gone, and nobody knows how far it went: what was there may be there still.
    pub fn write_abandoned(&mut self, write: Stamp) {
        if self.begun(write).is_some() {
            let _nothing_is_gone_for_certain = self.settle(write, false);
        }
    }

    /// Bytes from `len` on are about to go: `O_TRUNC`, ftruncate(2); a longer object gets zeros.
    pub fn truncate_begins(&mut self, len: u64) -> Stamp {
        self.make_room();
        let begun = self.tick();
        self.writes.insert(
            begun,
            Write {
                begun,
                ended: None,
                worker: None,
                msg: None,
                place: Place::At(len),
                at: len,
                len: u64::MAX - len,
                content: Content::Zeros,
                got: Vec::new(),
            },
        );
        self.pending.insert(begun);
        begun
    }

    /// They are gone, if `done`. Bytes of messages that are gone by it and were never read.
    pub fn truncate_ends(&mut self, truncate: Stamp, done: bool) -> Vec<Part> {
        let Some(known) = self.begun(truncate) else {
            return Vec::new();
        };
        if !done {
            self.pending.remove(&truncate);
            self.writes.remove(&truncate);
            return Vec::new();
        }
        self.end = known.at;
        self.settle(truncate, true)
    }

    /// Bytes from `len` on are gone, and nobody saw when it began but that it was after `since` ([`Self::now`]).
    pub fn truncated(&mut self, len: u64, since: Stamp) -> Vec<Part> {
        let truncate = self.truncate_begins(len);
        if let Some(write) = self.writes.get_mut(&truncate) {
            // What ended after that may have come after the truncation.
            write.begun = since.saturating_add(1);
        }
        self.truncate_ends(truncate, true)
    }

    /// A moment in its own time.
    pub fn now(&self) -> Stamp {
        self.clock
    }

    /// A read is about to happen. Its name, for [`Self::read_ends`].
    pub fn read_begins(&mut self) -> Stamp {
        let begun = self.tick();
        self.reads.insert(begun);
        begun
    }

    /// It got `n` bytes from `at` on, of which the first were `bytes`: what they are of.
    pub fn read_ends(&mut self, read: Stamp, at: u64, n: u64, bytes: &[u8]) -> Found {
        if !self.reads.remove(&read) {
            let (msg, from, to) = (None, 0, n);
            return Found {
                parts: vec![Part { msg, from, to }],
                tie: Tie::Unknown,
                ..Found::default()
            };
        }
        let found = self.find(read, at, n, bytes);
        self.got_under_way(at, &found.parts);
        self.layers.read(at, at.saturating_add(n));
        self.layers.forget_gone(self.reads.first().copied());
        self.sweep();
        found
    }

    /// Who read is gone.
    pub fn read_abandoned(&mut self, read: Stamp) {
        self.reads.remove(&read);
        self.layers.forget_gone(self.reads.first().copied());
        self.sweep();
    }

    /// Bytes were stored there by somebody who said so afterwards. Bytes of messages that are gone by it, as above.
    pub fn stored(&mut self, writing: &Writing<'_>) -> Vec<Part> {
        let write = self.write_begins(writing);
        self.write_ends(write, None, writing.len)
    }

    /// Bytes were loaded from there by somebody who said so afterwards: what they are of.
    pub fn loaded(&mut self, at: u64, n: u64, bytes: &[u8]) -> Found {
        let read = self.read_begins();
        self.read_ends(read, at, n, bytes)
    }

    /// Bytes of messages in it that nobody has read: lost, if the object is gone.
    pub fn unread(&self) -> Vec<Part> {
        let segments = self.layers.segments(0, u64::MAX);
        segments
            .filter_map(|(from, to, segment)| match segment.only() {
                Some(only) if !segment.read => self.writes.get(&only)?.part(from, to),
                _ => None,
            })
            .collect()
    }

    fn tick(&mut self) -> Stamp {
        self.clock += 1;
        self.clock
    }

    fn begun(&mut self, write: Stamp) -> Option<&mut Write> {
        self.pending
            .contains(&write)
            .then(|| self.writes.get_mut(&write))
            .flatten()
    }

    /// A write is over: it lies on what was there before it began. `sure`: what it covers is gone.
    fn settle(&mut self, id: Stamp, sure: bool) -> Vec<Part> {
        self.pending.remove(&id);
        let now = self.tick();
        let Some(write) = self.writes.get_mut(&id) else {
            return Vec::new();
        };
        write.ended = Some(now);
        let got = std::mem::take(&mut write.got);
        let (begun, from, to) = (write.begun, write.at, write.at.saturating_add(write.len));
        let reading = !self.reads.is_empty();
        let mut gone = Vec::new();
        let writes = &self.writes;
        self.layers.cover(
            from..to,
            id,
            now,
            reading,
            |layer| {
                let over = writes.get(&layer).and_then(|under| under.ended);
                sure && over.is_some_and(|over| over < begun)
            },
            |layer, from, to| {
                gone.extend(writes.get(&layer).and_then(|under| under.part(from, to)));
            },
        );
        for read in got {
            self.layers.read(read.start.max(from), read.end.min(to));
        }
        self.sweep();
        gone
    }

    /// Forgets writes of which no byte is left.
    fn sweep(&mut self) {
        if self.writes.len() < self.sweep_at {
            return;
        }
        let used = self.layers.used();
        let (pending, content) = (&self.pending, &mut self.content);
        self.writes.retain(|id, write| {
            let keep = used.contains(id) || pending.contains(id);
            if !keep {
                *content = content.saturating_sub(write.content.len());
            }
            keep
        });
        // Seldom: it looks at everything.
        self.sweep_at = self.writes.len() * 2 + SWEEP;
    }

    /// Too many writes to follow: what is there now, nobody remembers.
    fn make_room(&mut self) {
        if self.writes.len() < MAX_WRITES && self.layers.len() < MAX_WRITES {
            return;
        }
        let (clock, end) = (self.clock, self.end);
        *self = Self {
            clock,
            ..Self::unseen(end)
        };
    }
}

impl Write {
    /// Bytes `[from, to)` of the object, as bytes of its message.
    fn part(&self, from: u64, to: u64) -> Option<Part> {
        let (msg, base) = self.msg?;
        let place = |offset: u64| base + offset.saturating_sub(self.at);
        Some(Part {
            msg: Some(msg),
            from: place(from),
            to: place(to),
        })
    }
}
