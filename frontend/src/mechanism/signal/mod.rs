//! The picture of signals and events, without drawing it.
