//! What a session is told without asking again: its runs, a run that it watches, how many watch its own.

use super::writer::FEEDS;
use crate::lab::{Follower, Step, Tally, Viewer};
use shared::{
    command::ServerMessage,
    failure::{Code, Failure},
};
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

    /// Said when there is no room for it on this connection any more.
    pub(super) fn left_out(&self) -> ServerMessage {
        let message = match self {
            Self::Run(follower) => format!(
                "this connection follows run {} no longer",
                follower.run().id()
            ),
            Self::Watched(_) => "this connection watches nothing any more".to_owned(),
            Self::Tally(_) => "this connection is not told any more how many watch".to_owned(),
        };
        let most = u64::try_from(FEEDS).unwrap_or(u64::MAX);
        let hint = "resume it, or watch again, on another connection";
        ServerMessage::Rejected {
            re: None,
            failure: Failure::new(Code::LimitHit, message, hint)
                .limit("feeds_per_connection", most),
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
