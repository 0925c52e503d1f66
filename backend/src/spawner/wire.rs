//! What the server and the spawner say to each other: one small JSON value a frame.

use super::Protection;
use serde::{Deserialize, Serialize};
use shared::ids::RunId;

/// Largest frame either way, bytes.
pub(super) const MAX_FRAME: usize = 1024;

/// To the spawner.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub(super) enum Request {
    /// Make a box; its end of the socket comes with the frame.
    Start {
        /// Number of the box.
        id: u64,
        /// The run, part of every temporary name.
        run: RunId,
    },
    /// Kill a box that does not behave, or that nobody wants any more.
    Kill {
        /// Number of the box.
        id: u64,
    },
}

/// From the spawner.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "said")]
pub(super) enum Reply {
    /// First of all, and once: how runs will be kept apart.
    Ready {
        /// What was tried and found.
        protection: Protection,
    },
    /// The supervisor was made.
    Started {
        /// Number of the box.
        id: u64,
        /// Its supervisor.
        pid: i32,
    },
    /// It could not be made.
    Refused {
        /// Number of the box.
        id: u64,
        /// Why.
        message: String,
    },
    /// It was reaped with everything below it.
    Gone {
        /// Number of the box.
        id: u64,
        /// Exit code of the supervisor, or the negated signal that ended it.
        status: i32,
    },
}
