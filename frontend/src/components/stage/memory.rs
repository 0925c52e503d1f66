//! Draws shared memory.

use super::{picture::Picture, plain};

/// How it is drawn.
pub(super) const PICTURE: Picture = Picture {
    seats: ["Writers", "Readers"],
    ..plain::PICTURE
};
