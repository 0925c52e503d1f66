//! The public contract as a stranger meets it: bad input, slow readers, broken connections, foreign pages, and a client
//! that is not ours.

#![allow(
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test says what is wrong by failing, and looks at the few kinds of messages it is about"
)]

mod bad_input;
mod deploy;
mod fuzz;
mod handshake;
mod http;
mod load;
mod logs;
mod python;
mod resume;
mod streams;
mod watching;
