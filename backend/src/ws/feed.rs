//! What a session is told without asking again: its runs, a run that it watches, how many watch its own.

use crate::lab::{Follower, Step, Tally, Viewer};
use tokio::time::Instant;

/// Something that has frames to send from time to time.
#[derive(Debug)]
pub(super) enum Feed {
    /// The events of a run of this session.
    Run(Follower),
    /// The events of a run that it watches, and where its presenter is.
    Watched(Viewer),
    /// How many watch a run of this session.
    Tally(Tally),
}

impl Feed {
    /// Returns when there may be more to send. May be dropped before it is ready.
    pub(super) async fn changed(&mut self) {
        match self {
            Self::Run(follower) => follower.changed().await,
            Self::Watched(viewer) => viewer.changed().await,
            Self::Tally(tally) => tally.changed().await,
        }
    }

    /// What to send at `now`.
    pub(super) fn step(&mut self, now: Instant) -> Step {
        match self {
            Self::Run(follower) => follower.step(now),
            Self::Watched(viewer) => viewer.step(),
            Self::Tally(tally) => tally.step(now),
        }
    }

    /// Takes the place of the other. One run is watched at a time.
    pub(super) fn replaces(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Run(one), Self::Run(other)) => one.run().id() == other.run().id(),
            (Self::Watched(_), Self::Watched(_)) | (Self::Tally(_), Self::Tally(_)) => true,
            _ => false,
        }
    }
}
