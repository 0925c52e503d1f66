//! One way in which all that was seen of a stream can have happened.

use super::source::{Source, Stamp};
use std::collections::BTreeMap;

/// How much of each send was taken, in one world; sends of which nothing was taken are not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct World(pub(super) BTreeMap<Stamp, Progress>);

/// How much of a send was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Progress {
    pub(super) taken: u64,
    /// There is no more of it: its process died in the call, and a later send was taken already.
    pub(super) closed: bool,
}

impl World {
    pub(super) fn taken(&self, id: Stamp) -> u64 {
        self.0.get(&id).map_or(0, |progress| progress.taken)
    }

    /// Nothing of that send is left to take.
    pub(super) fn done(&self, id: Stamp, source: &Source) -> bool {
        self.0.get(&id).is_some_and(|progress| progress.closed) || self.taken(id) >= source.most()
    }
}
