//! The oracle tests.
