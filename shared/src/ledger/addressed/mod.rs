//! The books of one object whose bytes have addresses: its extents, the calls on it, who has read what of which message.

#[cfg(test)]
mod tests;

use super::{
    Tied,
    extents::{Extents, Found, Place, Writing},
};
use crate::{
    event::{Part, Tie, Wrote},
    ids::{CallId, MsgId, ObjectId, WorkerId},
};
use std::collections::{BTreeMap, VecDeque};

/// Messages whose progress is kept, for each reader; older ones are forgotten first.
const MAX_MESSAGES: usize = 4096;
/// Moments that are remembered by the host's clock.
const MAX_MOMENTS: usize = 64;

/// A call that has not returned.
#[derive(Debug)]
enum Open {
    Write(WorkerId, u64, Option<MsgId>),
    Read(WorkerId, u64, u64),
    Truncate(WorkerId, u64),
}

impl Open {
    fn worker(&self) -> &WorkerId {
        match self {
            Self::Write(worker, ..) | Self::Read(worker, ..) | Self::Truncate(worker, _) => worker,
        }
    }
}

/// What a read was like, for who counts; only of a read from the first byte to the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// It was such a read.
    pub whole: bool,
    /// There was nothing.
    pub empty: bool,
    /// It brought nothing that this reader had not had before.
    pub vain: bool,
    /// It brought a part of a message, and the rest of that was not there.
    pub torn: bool,
}

/// The books of one file, or of one piece of shared memory.
#[derive(Debug)]
pub struct Addressed {
    object: ObjectId,
    extents: Extents,
    open: BTreeMap<CallId, Open>,
    /// Bytes of each message, as announced.
    lens: BTreeMap<MsgId, u64>,
    /// Bytes of it that were written so far.
    sent: BTreeMap<MsgId, u64>,
    /// Bytes of it that each reader has.
    got: BTreeMap<(MsgId, WorkerId), Vec<(u64, u64)>>,
    /// Moments of the extents, by the host's clock.
    moments: VecDeque<(u64, u64)>,
}

impl Addressed {
    /// The books of an object that has `size` bytes when it is first seen; of those, nobody knows who wrote them.
    pub fn new(object: ObjectId, size: u64) -> Self {
        Self {
            object,
            extents: if size == 0 {
                Extents::empty()
            } else {
                Extents::unseen(size)
            },
            open: BTreeMap::new(),
            lens: BTreeMap::new(),
            sent: BTreeMap::new(),
            got: BTreeMap::new(),
            moments: VecDeque::new(),
        }
    }

    /// The books of an object that is zeros all over, as memory is that was just made.
    pub fn zeros(object: ObjectId) -> Self {
        Self::new(object, 0)
    }

    /// Somebody will write a message of so many bytes.
    pub fn announced(&mut self, msg: MsgId, len: u64) {
        if self.lens.len() >= MAX_MESSAGES {
            self.lens.pop_first();
        }
        self.lens.insert(msg, len);
    }

    /// A call that writes was entered.
    pub fn write_entered(
        &mut self,
        call: CallId,
        worker: &WorkerId,
        msg: Option<MsgId>,
        place: Place,
        len: u64,
        bytes: &[u8],
    ) {
        let base = msg.map_or(0, |msg| self.sent.get(&msg).copied().unwrap_or(0));
        let write = self.extents.write_begins(&Writing {
            worker,
            place,
            len,
            bytes,
            msg: msg.map(|msg| (msg, base)),
        });
        self.open
            .insert(call, Open::Write(worker.clone(), write, msg));
    }

    /// It returned: `n` bytes, from `at` on, where that was seen. `lost` of it are bytes that nobody had read.
    pub fn write_returned(&mut self, call: CallId, at: Option<u64>, n: u64) -> Tied {
        let Some(Open::Write(_, write, msg)) = self.open.remove(&call) else {
            return Tied::default();
        };
        let lost = self.extents.write_ends(write, at, n);
        let mut tied = Tied {
            object: Some(self.object.clone()),
            msg,
            lost,
            ..Tied::default()
        };
        if let Some(msg) = msg.filter(|_| n > 0) {
            if self.sent.len() >= MAX_MESSAGES {
                self.sent.pop_first();
            }
            let sent = self.sent.entry(msg).or_default();
            tied.parts = vec![Part {
                msg: Some(msg),
                from: *sent,
                to: *sent + n,
            }];
            *sent += n;
        }
        tied
    }

    /// A call that truncates was entered.
    pub fn truncate_entered(&mut self, call: CallId, worker: &WorkerId, len: u64) {
        let truncate = self.extents.truncate_begins(len);
        self.open
            .insert(call, Open::Truncate(worker.clone(), truncate));
    }

    /// It returned. Bytes that are gone and that nobody had read.
    pub fn truncate_returned(&mut self, call: CallId, done: bool) -> Vec<Part> {
        match self.open.remove(&call) {
            Some(Open::Truncate(_, truncate)) => self.extents.truncate_ends(truncate, done),
            Some(Open::Write(..) | Open::Read(..)) | None => Vec::new(),
        }
    }

    /// Something was seen to end at that time of the host's clock, for [`Self::opened_empty`].
    pub fn moment(&mut self, at_ns: u64) {
        if self.moments.len() >= MAX_MOMENTS {
            self.moments.pop_front();
        }
        self.moments.push_back((at_ns, self.extents.now()));
    }

    /// It was opened with `O_TRUNC` by a call that was entered at that time: which object it is, was not known then.
    pub fn opened_empty(&mut self, entered_ns: u64) -> Vec<Part> {
        let before = self.moments.iter().rev().find(|(ns, _)| *ns <= entered_ns);
        let oldest = self.moments.front().map_or(self.extents.now(), |(_, now)| {
            if self.moments.len() < MAX_MOMENTS {
                0
            } else {
                *now
            }
        });
        let since = before.map_or(oldest, |(_, now)| *now);
        self.extents.truncated(0, since)
    }

    /// It was seen to have that many bytes only, whatever made it so.
    pub fn shrunk(&mut self, size: u64) -> Vec<Part> {
        if size >= self.extents.end() {
            return Vec::new();
        }
        let now = self.extents.now();
        self.extents.truncated(size, now)
    }

    /// A call that reads was entered, with room for `len` bytes.
    pub fn read_entered(&mut self, call: CallId, worker: &WorkerId, len: u64) {
        let read = self.extents.read_begins();
        self.open
            .insert(call, Open::Read(worker.clone(), read, len));
    }

    /// It returned: `n` bytes from `at` on, of which the first were `bytes`.
    pub fn read_returned(
        &mut self,
        call: CallId,
        at: Option<u64>,
        n: u64,
        bytes: &[u8],
    ) -> (Tied, Look) {
        let Some(Open::Read(worker, read, room)) = self.open.remove(&call) else {
            return (Tied::default(), Look::default());
        };
        let Some(at) = at else {
            self.extents.read_abandoned(read);
            return (self.unplaced(n), Look::default());
        };
        let found = self.extents.read_ends(read, at, n, bytes);
        let had = self.has_all(&worker, &found.parts);
        let look = Look {
            whole: at == 0 && n < room,
            empty: n == 0,
            vain: had,
            torn: self.torn(&found.parts),
        };
        let look = if look.whole { look } else { Look::default() };
        (self.taken(&worker, found), look)
    }

    /// A store that was reported, of `len` bytes. Bytes that are gone and that nobody had read.
    pub fn stored(
        &mut self,
        worker: &WorkerId,
        msg: Option<MsgId>,
        at: u64,
        len: u64,
        bytes: &[u8],
    ) -> Tied {
        self.write_entered(CallId::MAX, worker, msg, Place::At(at), len, bytes);
        self.write_returned(CallId::MAX, Some(at), len)
    }

    /// A load that was reported, of `n` bytes.
    pub fn loaded(&mut self, worker: &WorkerId, at: u64, n: u64, bytes: &[u8]) -> Tied {
        let found = self.extents.loaded(at, n, bytes);
        self.taken(worker, found)
    }

    /// A process is gone: its calls will not return.
    pub fn exit(&mut self, worker: &WorkerId) {
        let gone: Vec<CallId> = self
            .open
            .iter()
            .filter(|(_, open)| open.worker() == worker)
            .map(|(call, _)| *call)
            .collect();
        for call in gone {
            match self.open.remove(&call) {
                Some(Open::Write(_, write, _) | Open::Truncate(_, write)) => {
                    self.extents.write_abandoned(write);
                }
                Some(Open::Read(_, read, _)) => self.extents.read_abandoned(read),
                None => {}
            }
        }
    }

    /// Who wrote what of the bytes that are there now.
    pub fn writers(&self, at: u64, live: &[u8]) -> Vec<Wrote> {
        self.extents.writers(at, live)
    }

    /// Bytes that nobody has read, of an object that is gone.
    pub fn unread(&self) -> Vec<Part> {
        self.extents.unread()
    }

    /// One past the last byte that was seen to be written.
    pub fn end(&self) -> u64 {
        self.extents.end()
    }

    fn unplaced(&self, n: u64) -> Tied {
        let (msg, from, to) = (None, 0, n);
        Tied {
            object: Some(self.object.clone()),
            parts: vec![Part { msg, from, to }],
            tie: Tie::Unknown,
            ..Tied::default()
        }
    }

    fn taken(&mut self, worker: &WorkerId, found: Found) -> Tied {
        let mut complete = Vec::new();
        for part in &found.parts {
            let Some(msg) = part.msg else { continue };
            if self.got.len() >= MAX_MESSAGES {
                self.got.pop_first();
            }
            let got = self.got.entry((msg, worker.clone())).or_default();
            let before = got.clone();
            add(got, part.from, part.to);
            let len = self.lens.get(&msg).or(self.sent.get(&msg)).copied();
            let whole = len.map(|len| vec![(0, len)]);
            if Some(&*got) == whole.as_ref() && *got != before {
                complete.push(msg);
            }
        }
        Tied {
            object: Some(self.object.clone()),
            parts: found.parts,
            candidates: found.candidates,
            complete,
            tie: found.tie,
            ..Tied::default()
        }
    }

    fn has_all(&self, worker: &WorkerId, parts: &[Part]) -> bool {
        parts.iter().all(|part| {
            let Some(msg) = part.msg else { return false };
            let got = self.got.get(&(msg, worker.clone()));
            got.is_some_and(|got| {
                got.iter()
                    .any(|(from, to)| *from <= part.from && part.to <= *to)
            })
        })
    }

    fn torn(&self, parts: &[Part]) -> bool {
        parts.iter().filter_map(|part| part.msg).any(|msg| {
            let of_it = parts.iter().filter(|part| part.msg == Some(msg));
            let here: u64 = of_it.map(|part| part.to - part.from).sum();
            self.lens.get(&msg).is_some_and(|len| here < *len)
        })
    }
}

/// Adds a range to ranges that are in order and do not touch.
fn add(ranges: &mut Vec<(u64, u64)>, from: u64, to: u64) {
    if from >= to {
        return;
    }
    let (mut from, mut to) = (from, to);
    ranges.retain(|(f, t)| {
        let apart = *t < from || to < *f;
        if !apart {
            from = from.min(*f);
            to = to.max(*t);
        }
        apart
    });
    let place = ranges.partition_point(|(f, _)| *f < from);
    ranges.insert(place, (from, to));
}
