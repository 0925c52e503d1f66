//! Draws a queue.

use super::{picture::Picture, plain};

/// How it is drawn.
pub(super) const PICTURE: Picture = Picture {
    seats: ["Producers", "Consumers"],
    ..plain::PICTURE
};
