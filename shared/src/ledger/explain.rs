//! Every way in which the bytes of a receive can have come from sends.
//!
//! A send's bytes come in order. A send that was seen to return before another was entered comes wholly before it. A
//! send of at most `PIPE_BUF` bytes stands together. What was received must agree with what was sent. Nothing else is
//! assumed.

use super::{
    source::{Source, Stamp},
    world::World,
};
use crate::os::PAGE_SIZE;
use std::collections::{BTreeMap, BTreeSet};

/// Steps of the search for one receive; identical bytes in several large sends under way can be split in very many ways.
const MAX_STEPS: usize = 500;

/// Bytes `[from, to)` of a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Take {
    pub(super) source: Stamp,
    pub(super) from: u64,
    pub(super) to: u64,
}

/// Bytes of a receive: `[from, to)` of that send, or, where the explanations differ, of the receive itself.
pub(super) type Piece = (Option<Stamp>, u64, u64);

/// One way it can have been, and what has been taken then.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Explained {
    pub(super) world: World,
    takes: Vec<Take>,
    /// Packet mode: the rest of the packet, which the buffer had no room for.
    pub(super) discarded: Option<Take>,
}

/// A search for explanations of one receive.
pub(super) struct Search<'a> {
    sources: &'a BTreeMap<Stamp, Source>,
    senders: usize,
    packets: bool,
    len: u64,
    received: &'a [u8],
    steps: usize,
    found: BTreeSet<Explained>,
}

impl<'a> Search<'a> {
    /// A receive of `len` bytes, the first of which were `received`, from what `senders` processes have sent.
    pub(super) fn new(
        sources: &'a BTreeMap<Stamp, Source>,
        senders: usize,
        packets: bool,
        len: u64,
        received: &'a [u8],
    ) -> Self {
        Self {
            sources,
            senders,
            packets,
            len,
            received,
            steps: 0,
            found: BTreeSet::new(),
        }
    }

    /// All explanations, or nothing where there are too many to look at.
    pub(super) fn explain(mut self, worlds: &BTreeSet<World>) -> Option<Vec<Explained>> {
        for world in worlds {
            if self.packets {
                self.packet(world);
            } else {
                self.from(0, 0, world.clone(), Vec::new())?;
            }
        }
        Some(self.found.into_iter().collect())
    }

    /// One receive is one packet, or the first bytes of it: the rest is thrown away. Larger sends are cut at pages.
    fn packet(&mut self, world: &World) {
        for id in available(self.sources, self.senders, world, 0) {
            let taken = world.taken(id);
            let packet = self.left(id, world).min(PAGE_SIZE - taken % PAGE_SIZE);
            if packet < self.len || self.fitting(id, world, 0) < self.len {
                continue;
            }
            let (mut world, mut takes) = (world.clone(), Vec::new());
            self.take(id, 0, self.len, &mut world, &mut takes);
            let rest = packet - self.len;
            let from = taken + self.len;
            let discarded = (rest > 0).then_some(Take {
                source: id,
                from,
                to: from + rest,
            });
            world.0.entry(id).or_default().taken += rest;
            self.found.insert(Explained {
                world,
                takes,
                discarded,
            });
        }
    }

    /// `start`: everything before it is used up.
    fn from(
        &mut self,
        mut at: u64,
        mut start: Stamp,
        mut world: World,
        mut takes: Vec<Take>,
    ) -> Option<()> {
        loop {
            if at == self.len {
                self.found.insert(Explained {
                    world,
                    takes,
                    discarded: None,
                });
                return Some(());
            }
            let first = self
                .sources
                .range(start..)
                .find(|(id, source)| !world.done(**id, source));
            let Some((first, _)) = first else {
                return Some(());
            };
            start = *first;
            let available = available(self.sources, self.senders, &world, start);
            // The usual case, one send that can be next, does not branch and is not counted.
            if let [only] = available.as_slice() {
                let n = self.fitting(*only, &world, at);
                let wanted = self.left(*only, &world).min(self.len - at);
                if n < wanted || n == 0 {
                    return Some(());
                }
                self.take(*only, start, n, &mut world, &mut takes);
                at += n;
                continue;
            }
            return self.branch(at, start, &available, &world, &takes);
        }
    }

    fn branch(
        &mut self,
        at: u64,
        start: Stamp,
        available: &[Stamp],
        world: &World,
        takes: &[Take],
    ) -> Option<()> {
        for &id in available {
            // Going on with the send before would be a longer piece of it, which is tried anyway.
            let Some(source) = self.sources.get(&id) else {
                continue;
            };
            if takes.last().is_some_and(|take| take.source == id) {
                continue;
            }
            let left = self.left(id, world);
            let wanted = left.min(self.len - at);
            let fitting = self.fitting(id, world, at);
            let shortest = if source.atomic { wanted } else { 1 };
            for n in (shortest..=fitting).rev() {
                let ends_here = n == left || at + n == self.len;
                if !ends_here && !self.another_fits(id, available, world, at + n) {
                    continue;
                }
                self.steps += 1;
                if self.steps > MAX_STEPS {
                    return None;
                }
                let (mut world, mut takes) = (world.clone(), takes.to_vec());
                self.take(id, start, n, &mut world, &mut takes);
                self.from(at + n, start, world, takes)?;
            }
        }
        Some(())
    }

    fn left(&self, id: Stamp, world: &World) -> u64 {
        self.sources
            .get(&id)
            .map_or(0, |source| source.most().saturating_sub(world.taken(id)))
    }

    /// How many bytes from `at` on can be the next bytes of that send.
    fn fitting(&self, id: Stamp, world: &World, at: u64) -> u64 {
        let Some(source) = self.sources.get(&id) else {
            return 0;
        };
        let wanted = self.left(id, world).min(self.len - at);
        let received = usize::try_from(at)
            .ok()
            .and_then(|at| self.received.get(at..))
            .unwrap_or_default();
        source.agreeing(world.taken(id), received, wanted)
    }

    fn another_fits(&self, id: Stamp, available: &[Stamp], world: &World, at: u64) -> bool {
        available
            .iter()
            .any(|&other| other != id && self.fitting(other, world, at) > 0)
    }

    fn take(&self, id: Stamp, start: Stamp, n: u64, world: &mut World, takes: &mut Vec<Take>) {
        // Sends whose process died in them, and that ended before this one began, have no more bytes.
        let ended = |(other, source): (&Stamp, &Source)| {
            (*other != id && source.moved.is_none() && source.over.is_some_and(|over| over < id))
                .then_some(*other)
        };
        let ended: Vec<_> = self
            .sources
            .range(start.min(id)..id)
            .filter_map(ended)
            .collect();
        for other in ended {
            world.0.entry(other).or_default().closed = true;
        }
        let progress = world.0.entry(id).or_default();
        let (from, to) = (progress.taken, progress.taken + n);
        progress.taken = to;
        match takes.last_mut() {
            Some(last) if last.source == id && last.to == from => last.to = to,
            _ => takes.push(Take {
                source: id,
                from,
                to,
            }),
        }
    }
}

/// Sends whose bytes can be next; everything before `start` is used up.
fn available(
    sources: &BTreeMap<Stamp, Source>,
    senders: usize,
    world: &World,
    start: Stamp,
) -> Vec<Stamp> {
    let mut found = Vec::new();
    // Sends that are not used up and were over before what comes later, at most one a sender that reports.
    let mut before: Vec<(Stamp, &Source)> = Vec::new();
    for (id, source) in sources.range(start..) {
        let precedes = |(over, earlier): &(Stamp, &Source)| {
            over < id && (!(source.reported || earlier.reported) || earlier.worker == source.worker)
        };
        if before.iter().any(precedes) {
            // Stamps only grow: nothing later can come before it either, where the order is known at all.
            if !source.reported || before.len() >= senders {
                break;
            }
            continue;
        }
        if world.done(*id, source) {
            continue;
        }
        let taken = world.taken(*id);
        if source.atomic && taken > 0 {
            return vec![*id];
        }
        found.push(*id);
        if let Some(over) = source.over.filter(|_| !source.may_be_over(taken)) {
            before.push((over, source));
        }
    }
    found
}

/// Pieces of `[0, len)` with the send on which all explanations agree, and all candidates where they do not.
pub(super) fn agreed(explained: &[Explained], len: u64) -> (Vec<Piece>, Vec<Take>) {
    if let [only] = explained {
        return (
            only.takes
                .iter()
                .map(|take| (Some(take.source), take.from, take.to))
                .collect(),
            Vec::new(),
        );
    }
    let mut edges = BTreeSet::from([0, len]);
    for explained in explained {
        let mut at = 0;
        for take in &explained.takes {
            at += take.to - take.from;
            edges.insert(at);
        }
    }
    let edges: Vec<_> = edges.into_iter().collect();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut candidates: Vec<Take> = Vec::new();
    for pair in edges.windows(2) {
        let &[from, to] = pair else { continue };
        let fits: BTreeSet<Take> = explained
            .iter()
            .filter_map(|explained| piece(&explained.takes, from, to))
            .collect();
        let piece = match fits.first() {
            Some(take) if fits.len() == 1 => (Some(take.source), take.from, take.to),
            _ => {
                candidates.extend(fits);
                (None, from, to)
            }
        };
        match pieces.last_mut() {
            Some(last) if last.0 == piece.0 && last.2 == piece.1 => last.2 = piece.2,
            _ => pieces.push(piece),
        }
    }
    candidates.sort();
    candidates.dedup();
    (pieces, candidates)
}

/// The bytes `[from, to)` of a receive, which lie within one take.
fn piece(takes: &[Take], from: u64, to: u64) -> Option<Take> {
    let mut at = 0;
    for take in takes {
        let end = at + (take.to - take.from);
        if from < end {
            let first = take.from + (from - at);
            return Some(Take {
                source: take.source,
                from: first,
                to: first + (to - from),
            });
        }
        at = end;
    }
    None
}
