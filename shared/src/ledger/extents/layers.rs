//! Which writes can be what each byte is now: ranges of the object, each with its layers.

use super::super::source::Stamp;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// Layers of one range; with more writes at once on the same bytes, the newest are the ones followed.
const MAX_LAYERS: usize = 16;
/// Ranges kept of what was written over while a read was under way.
const MAX_GONE: usize = 4096;

/// The bytes of a write.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// The first of them; the others were not seen.
    Bytes(Vec<u8>),
    /// Nothing was written: the kernel gives zeros.
    Zeros,
    /// Nobody saw them.
    Unseen,
}

impl Content {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Zeros | Self::Unseen => 0,
        }
    }

    /// The byte at that place can be this one.
    pub(super) fn fits(&self, at: u64, byte: u8) -> bool {
        match self {
            Self::Bytes(bytes) => usize::try_from(at)
                .ok()
                .and_then(|at| bytes.get(at))
                .is_none_or(|mine| *mine == byte),
            Self::Zeros => byte == 0,
            Self::Unseen => true,
        }
    }
}

/// A range of bytes that have the same layers.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    to: u64,
    /// Oldest first, never empty.
    layers: Vec<Stamp>,
    /// Somebody has read it since it was written.
    pub(super) read: bool,
}

impl Segment {
    /// Its layer, if there is one only.
    pub(super) fn only(&self) -> Option<Stamp> {
        match self.layers.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    pub(super) fn layers(&self) -> &[Stamp] {
        &self.layers
    }
}

/// A layer that was written over while a read was under way, which may have got it still.
#[derive(Clone, Debug)]
struct Gone {
    from: u64,
    to: u64,
    layer: Stamp,
    since: Stamp,
}

/// All ranges of an object, from 0 to the largest number, without gaps.
#[derive(Debug)]
pub(super) struct Layers {
    segments: BTreeMap<u64, Segment>,
    gone: Vec<Gone>,
}

impl Layers {
    /// One layer under everything.
    pub(super) fn new(ground: Stamp) -> Self {
        let all = Segment {
            to: u64::MAX,
            layers: vec![ground],
            read: false,
        };
        Self {
            segments: BTreeMap::from([(0, all)]),
            gone: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.segments.len()
    }

    /// The ranges that touch `[from, to)`, cut to it.
    pub(super) fn segments(
        &self,
        from: u64,
        to: u64,
    ) -> impl Iterator<Item = (u64, u64, &Segment)> {
        let first = self
            .segments
            .range(..=from)
            .next_back()
            .map_or(from, |(at, _)| *at);
        self.segments
            .range(first..to.max(first))
            .map(move |(at, segment)| (from.max(*at), to.min(segment.to), segment))
            .filter(|(from, to, _)| from < to)
    }

    /// What was written over in `[from, to)` since a read began.
    pub(super) fn gone(
        &self,
        from: u64,
        to: u64,
        read: Stamp,
    ) -> impl Iterator<Item = (u64, u64, Stamp)> {
        self.gone
            .iter()
            .filter(move |gone| gone.since > read && gone.from < to && from < gone.to)
            .map(move |gone| (gone.from.max(from), gone.to.min(to), gone.layer))
    }

    /// Lays a write on `[from, to)`. `under` says of a layer whether it is gone by that; `lost` is told what of those
    /// that are was certain, and never read. `reading`: a read is under way.
    pub(super) fn cover(
        &mut self,
        Range {
            start: from,
            end: to,
        }: Range<u64>,
        write: Stamp,
        now: Stamp,
        reading: bool,
        under: impl Fn(Stamp) -> bool,
        mut lost: impl FnMut(Stamp, u64, u64),
    ) {
        if from >= to {
            return;
        }
        self.split(from);
        self.split(to);
        for (at, segment) in self.segments.range_mut(from..to) {
            let (gone, left): (Vec<_>, Vec<_>) = segment
                .layers
                .iter()
                .copied()
                .partition(|layer| under(*layer));
            if let ([certain], true, false) = (gone.as_slice(), left.is_empty(), segment.read) {
                lost(*certain, *at, segment.to);
            }
            if reading && self.gone.len() < MAX_GONE {
                let old = gone.into_iter().map(|layer| Gone {
                    from: *at,
                    to: segment.to,
                    layer,
                    since: now,
                });
                self.gone.extend(old);
            }
            segment.layers = left;
            segment.layers.push(write);
            let many = segment.layers.len().saturating_sub(MAX_LAYERS);
            segment.layers.drain(..many);
            segment.read = false;
        }
        self.join(from, to);
    }

    /// Somebody has read `[from, to)`.
    pub(super) fn read(&mut self, from: u64, to: u64) {
        if from >= to {
            return;
        }
        self.split(from);
        self.split(to);
        for (_, segment) in self.segments.range_mut(from..to) {
            segment.read = true;
        }
        self.join(from, to);
    }

    /// What was written over before the oldest read under way began, no read can get.
    pub(super) fn forget_gone(&mut self, oldest: Option<Stamp>) {
        match oldest {
            Some(oldest) => self.gone.retain(|gone| gone.since > oldest),
            None => self.gone.clear(),
        }
    }

    /// All writes that are still a layer somewhere.
    pub(super) fn used(&self) -> BTreeSet<Stamp> {
        let now = self
            .segments
            .values()
            .flat_map(|s| s.layers.iter().copied());
        now.chain(self.gone.iter().map(|gone| gone.layer)).collect()
    }

    fn split(&mut self, at: u64) {
        let Some((_, segment)) = self.segments.range_mut(..at).next_back() else {
            return;
        };
        if segment.to > at {
            let right = segment.clone();
            segment.to = at;
            self.segments.insert(at, right);
        }
    }

    /// Joins neighbors around `[from, to)` that are alike.
    fn join(&mut self, from: u64, to: u64) {
        let first = self
            .segments
            .range(..from)
            .next_back()
            .map_or(from, |(at, _)| *at);
        let ends: Vec<u64> = self.segments.range(first..=to).map(|(at, _)| *at).collect();
        let mut last: Option<u64> = None;
        for at in ends {
            let alike = last.and_then(|last| {
                let (left, right) = (self.segments.get(&last)?, self.segments.get(&at)?);
                (left.layers == right.layers && left.read == right.read).then_some((last, right.to))
            });
            match alike {
                Some((left, to)) => {
                    self.segments.remove(&at);
                    if let Some(left) = self.segments.get_mut(&left) {
                        left.to = to;
                    }
                }
                None => last = Some(at),
            }
        }
    }
}
