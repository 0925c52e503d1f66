//! Peers that nobody here wrote: each talks to our roles, or sees what they made, and back.
//!
//! A peer that is not installed is named on the screen; `cargo xtask test` installs those it can.

#![allow(
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    reason = "a test says what is wrong by failing, looks at the few kinds of events it is about, and runs programs of others"
)]

mod file;
mod manager;
mod memory;
mod python_queue;
mod queue;
mod rpc;
mod signal;
mod socket;
mod tool;
mod zeromq;
