//! Where the order of sends cannot be told: only their sum is counted, until they are used up.

use super::{
    explain::Take,
    source::{Source, Stamp},
    stream::{Stream, Taken},
    world::World,
};
use crate::event::Tie;
use std::collections::BTreeSet;

/// Sends that are named where any of more could be meant.
const MAX_CANDIDATES: usize = 256;

/// Sends whose order cannot be told any more: only their sum is counted.
#[derive(Debug)]
pub(super) struct Blur {
    pub(super) members: BTreeSet<Stamp>,
    /// Those of them that may still move bytes.
    pub(super) open: BTreeSet<Stamp>,
    /// Bytes of all others: a flood has thousands of them, and each receive needs the sum.
    pub(super) settled: u64,
    pub(super) taken: u64,
    pub(super) tie: Tie,
}

impl Stream {
    /// Nothing fits, or too much does: from here on only sums are counted, until these sends are used up.
    pub(super) fn give_up(&mut self, mut taken: Taken, from: u64, len: u64, tie: Tie) -> Taken {
        taken.tie = if taken.tie == Tie::Unknown {
            Tie::Unknown
        } else {
            tie
        };
        if self.sources.is_empty() {
            // Nobody was seen to send this.
            taken.pieces.push((None, from, from + len));
            return taken;
        }
        self.give_up_order(tie);
        let blurred = self.take_blurred(len, &mut taken);
        // Pieces of the blur count from 0.
        if let Some(last) = taken.pieces.last_mut().filter(|_| blurred > 0) {
            *last = (None, from, from + blurred);
        }
        if blurred < len {
            taken.pieces.push((None, from + blurred, from + len));
            taken.tie = Tie::Unknown;
        }
        taken
    }

    /// The order of all sends that are there is not followed any more.
    pub(super) fn give_up_order(&mut self, tie: Tie) {
        if self.sources.is_empty() {
            return;
        }
        // What every world has taken is a sum that all agree on, since all have explained the same reads.
        let taken = self.worlds.first().map_or(0, |world| {
            world.0.values().map(|progress| progress.taken).sum()
        });
        let blur = self.blur.get_or_insert(Blur {
            members: BTreeSet::new(),
            open: BTreeSet::new(),
            settled: 0,
            taken,
            tie,
        });
        for (id, source) in &self.sources {
            if !blur.members.insert(*id) {
                continue;
            }
            if source.moved.is_some() {
                blur.settled = blur.settled.saturating_add(source.most());
            } else {
                blur.open.insert(*id);
            }
        }
        if tie == Tie::Unknown {
            blur.tie = tie;
        }
        self.worlds = BTreeSet::from([World::default()]);
    }

    /// Takes bytes from the blur; how many were in it.
    pub(super) fn take_blurred(&mut self, len: u64, taken: &mut Taken) -> u64 {
        let Some(blur) = &mut self.blur else { return 0 };
        let open = blur.open.iter().filter_map(|id| self.sources.get(id));
        let most = open
            .map(Source::most)
            .fold(blur.settled, u64::saturating_add);
        let n = len.min(most.saturating_sub(blur.taken));
        if n > 0 {
            taken.pieces.push((None, 0, n));
            let members = blur
                .members
                .iter()
                .filter_map(|id| Some((*id, self.sources.get(id)?)));
            let candidates = members.map(|(id, source)| Take {
                source: id,
                from: 0,
                to: source.most(),
            });
            taken.candidates.extend(candidates.take(MAX_CANDIDATES));
            taken.tie = blur.tie;
        }
        blur.taken += n;
        n
    }
}
