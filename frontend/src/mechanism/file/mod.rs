//! The picture of a file, without drawing it.
