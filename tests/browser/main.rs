//! What a learner can do in a browser; one file an ability.

#![allow(
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test says what is wrong by failing, and looks at the few kinds of events it is about"
)]

mod accessible;
mod connection;
mod embed;
mod endings;
mod file;
mod first_message;
mod flood;
mod keyboard;
mod learn;
mod lesson;
mod links;
mod memory;
mod narrow;
mod queue;
mod recording;
mod refused;
mod rpc;
mod signal;
mod socket;
mod support;
mod watching;
mod zeromq;
