//! Draws a file.

use super::{picture::Picture, plain};

/// How it is drawn.
pub(super) const PICTURE: Picture = Picture {
    seats: ["Writers", "Readers"],
    ..plain::PICTURE
};
