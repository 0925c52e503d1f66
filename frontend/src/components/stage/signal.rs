//! Draws signals and events.

use super::{picture::Picture, plain};

/// How it is drawn.
pub(super) const PICTURE: Picture = Picture {
    seats: ["Senders", "Receivers"],
    ..plain::PICTURE
};
