//! The browser tests.
