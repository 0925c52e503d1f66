//! The picture of shared memory, without drawing it.
