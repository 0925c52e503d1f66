//! The picture of a queue, without drawing it.
