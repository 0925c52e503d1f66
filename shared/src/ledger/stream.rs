//! A byte stream in the kernel: which sends may be in it, in which order, and how much of each was taken.
//!
//! What is observed does not always fix the kernel's order: two sends that were under way at once can have gone in either
//! way round, or mixed, and a read can be seen to return before the write that fed it. So a stream keeps *worlds*: every
//! way in which all that was seen can have happened. As long as the worlds agree, a byte is tied with certainty.

use super::{
    blur::Blur,
    explain::{Explained, Piece, Search, Take, agreed},
    source::{Source, Stamp},
    world::World,
};
use crate::{event::Tie, ids::WorkerId};
use std::collections::{BTreeMap, BTreeSet};

/// Worlds kept; more are given up for a blur.
const MAX_WORLDS: usize = 64;
/// Sends that can be in a stream at once: enough for a pipe of 65,536 bytes filled byte by byte, twice.
const MAX_SOURCES: usize = 131_072;
/// Bytes of content kept for comparing, a stream; twice the largest pipe, and what writers hold in their hands.
const MAX_CONTENT: usize = 4 * 1024 * 1024;

/// What a receive got: pieces in order, with the send each is from, where all worlds agree.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) pieces: Vec<Piece>,
    /// Where they do not: every piece of every send that fits.
    pub(super) candidates: Vec<Take>,
    /// The rest of a packet that was longer than the buffer: the kernel throws it away.
    pub(super) discarded: Option<Take>,
    pub(super) tie: Tie,
}

/// The books of one object.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) sources: BTreeMap<Stamp, Source>,
    pub(super) worlds: BTreeSet<World>,
    pub(super) blur: Option<Blur>,
    /// Too many sends to follow: nothing is tied until the stream is empty.
    deaf: bool,
    content: usize,
    /// Sends that have been entered and not returned.
    under_way: usize,
    /// All that have ever sent.
    senders: BTreeSet<WorkerId>,
    /// Packet mode, `O_DIRECT`.
    pub(super) packets: bool,
    pub(super) written: u64,
    pub(super) read: u64,
}

impl Default for Stream {
    fn default() -> Self {
        Self {
            sources: BTreeMap::new(),
            worlds: BTreeSet::from([World::default()]),
            blur: None,
            deaf: false,
            content: 0,
            under_way: 0,
            senders: BTreeSet::new(),
            packets: false,
            written: 0,
            read: 0,
        }
    }
}

impl Stream {
    /// A send was entered.
    pub(super) fn enter(&mut self, id: Stamp, mut source: Source) {
        self.under_way += 1;
        if self.sources.len() >= MAX_SOURCES {
            let Self {
                under_way,
                written,
                read,
                packets,
                ..
            } = *self;
            *self = Self {
                deaf: true,
                under_way,
                written,
                read,
                packets,
                ..Self::default()
            };
        }
        if self.deaf {
            return;
        }
        if self.content + source.content.len() > MAX_CONTENT {
            source.content = Vec::new();
        }
        self.content += source.content.len();
        if !self.senders.contains(&source.worker) {
            self.senders.insert(source.worker.clone());
        }
        if let Some(blur) = &mut self.blur
            && blur
                .open
                .iter()
                .any(|member| self.sources.get(member).is_some_and(|s| s.over.is_none()))
        {
            blur.members.insert(id);
            blur.open.insert(id);
        }
        self.sources.insert(id, source);
    }

    /// A send that has moved nothing yet begins anew, so that whatever returned meanwhile came before it. Its new name.
    pub(super) fn reenter(&mut self, id: Stamp, now: Stamp) -> Stamp {
        let untouched = self.worlds.iter().all(|world| world.taken(id) == 0);
        if self.blur.is_some() || !untouched {
            return id;
        }
        match self.sources.remove(&id) {
            Some(source) => {
                self.sources.insert(now, source);
                now
            }
            None => id,
        }
    }

    /// A send returned, or its process died in it (`moved` unknown).
    pub(super) fn leave(&mut self, id: Stamp, now: Stamp, moved: Option<u64>) {
        self.under_way = self.under_way.saturating_sub(1);
        self.written = self.written.saturating_add(moved.unwrap_or(0));
        let Some(source) = self.sources.get_mut(&id) else {
            self.hear_again();
            return;
        };
        source.over = Some(now);
        source.moved = moved;
        if moved.is_some_and(|n| n < source.offered) {
            source.atomic = false;
        }
        let most = source.most();
        if let Some(blur) = &mut self.blur
            && moved.is_some()
            && blur.open.remove(&id)
        {
            blur.settled = blur.settled.saturating_add(most);
        }
        if self.blur.is_none() {
            self.worlds.retain(|world| world.taken(id) <= most);
            if self.worlds.is_empty() {
                self.give_up_order(Tie::Unknown);
            }
        }
    }

    /// A receive got `len` bytes, of which the first were `received`. `alone`: no other receive was under way.
    pub(super) fn take(&mut self, len: u64, received: &[u8], alone: bool) -> Taken {
        self.read = self.read.saturating_add(len);
        let unseen = || vec![(None, 0, len)];
        if self.deaf {
            self.hear_again();
            return Taken {
                pieces: unseen(),
                tie: Tie::Unknown,
                ..Taken::default()
            };
        }
        if !alone {
            self.give_up_order(Tie::Ambiguous);
        }
        let mut taken = Taken::default();
        let blurred = self.take_blurred(len, &mut taken);
        if blurred == len {
            return taken;
        }
        let rest = len - blurred;
        let skipped = usize::try_from(blurred).unwrap_or(usize::MAX);
        let received = received.get(skipped..).unwrap_or_default();
        let explained = self.explanations(rest, received);
        let Some(explained) = explained.filter(|found| found.len() <= MAX_WORLDS) else {
            return self.give_up(taken, blurred, rest, Tie::Ambiguous);
        };
        if explained.is_empty() {
            return self.give_up(taken, blurred, rest, Tie::Unknown);
        }
        let (pieces, candidates) = agreed(&explained, rest);
        if !candidates.is_empty() {
            taken.tie = Tie::Ambiguous;
        }
        taken
            .pieces
            .extend(pieces.into_iter().map(|(source, from, to)| match source {
                Some(_) => (source, from, to),
                None => (None, from + blurred, to + blurred),
            }));
        taken.candidates.extend(candidates);
        if let [only] = explained.as_slice() {
            taken.discarded = only.discarded;
            self.read = self
                .read
                .saturating_add(only.discarded.map_or(0, |take| take.to - take.from));
        }
        self.worlds = explained
            .into_iter()
            .map(|explained| explained.world)
            .collect();
        taken
    }

    /// The pieces that the next `len` bytes are, without taking them; none where that is not certain.
    pub(super) fn peek(&self, len: u64) -> Vec<Piece> {
        match self.explanations(len, &[]) {
            Some(explained) if self.blur.is_none() && !self.deaf && !explained.is_empty() => {
                agreed(&explained, len).0
            }
            _ => vec![(None, 0, len)],
        }
    }

    fn explanations(&self, len: u64, received: &[u8]) -> Option<Vec<Explained>> {
        let search = Search::new(
            &self.sources,
            self.senders.len(),
            self.packets,
            len,
            received,
        );
        let Some(blur) = &self.blur else {
            return search.explain(&self.worlds);
        };
        // What is in the blur is not looked at.
        let close = |mut world: World| {
            blur.members
                .iter()
                .for_each(|id| world.0.entry(*id).or_default().closed = true);
            world
        };
        search.explain(&self.worlds.iter().cloned().map(close).collect())
    }

    /// Sends of which nothing can be left, in any world; the stream forgets them. `left`: the one that has just returned.
    pub(super) fn used_up(&mut self, left: Option<Stamp>) -> Vec<(Stamp, Source)> {
        let gone: Vec<Stamp> = match &self.blur {
            Some(blur) => {
                if !blur.open.is_empty() || blur.taken < blur.settled {
                    return Vec::new();
                }
                blur.members.iter().copied().collect()
            }
            None => {
                let done = |(id, source): &(&Stamp, &Source)| {
                    source.over.is_some()
                        && self.worlds.iter().all(|world| world.done(**id, source))
                };
                // Only sends that have been touched, or have moved nothing, can be used up.
                let touched = self
                    .worlds
                    .first()
                    .into_iter()
                    .flat_map(|world| world.0.keys());
                let left = left.iter().filter(|id| {
                    self.worlds
                        .first()
                        .is_none_or(|world| world.taken(**id) == 0)
                });
                let some = touched
                    .chain(left)
                    .filter_map(|id| self.sources.get_key_value(id));
                some.filter(done).map(|(id, _)| *id).collect()
            }
        };
        if self.blur.is_some() {
            self.blur = None;
        }
        let worlds = std::mem::take(&mut self.worlds);
        self.worlds = worlds
            .into_iter()
            .map(|mut world| {
                world.0.retain(|id, _| !gone.contains(id));
                world
            })
            .collect();
        let mut found = Vec::new();
        for id in gone {
            if let Some(source) = self.sources.remove(&id) {
                self.content = self.content.saturating_sub(source.content.len());
                found.push((id, source));
            }
        }
        found
    }

    /// Bytes of a send that were taken for certain, and those that may have been.
    pub(super) fn taken_of(&self, id: Stamp) -> (u64, u64) {
        match &self.blur {
            Some(blur) if blur.members.contains(&id) => (0, blur.taken),
            _ => {
                let taken = || self.worlds.iter().map(|world| world.taken(id));
                (taken().min().unwrap_or(0), taken().max().unwrap_or(0))
            }
        }
    }

    /// Deafness ends when the stream is empty.
    fn hear_again(&mut self) {
        if self.deaf && self.under_way == 0 && self.read >= self.written {
            self.deaf = false;
        }
    }
}
