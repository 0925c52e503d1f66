//! What both ends of IPC Playground must agree on: the protocol, the events of a run, the state they fold to, and the
//! ledger that ties system calls to messages.
//!
//! Nothing in here does IO, so everything is tested natively and compiles to WebAssembly.
//!
//! ```text
//! command ──▶ (server, supervisor, workers) ──▶ event ──▶ state::apply ──▶ RunState ──▶ views, diagnosis
//!                                   ledger: which bytes of which message did a call move?
//! ```

#[cfg(test)]
mod arbitrary;
pub mod catalog;
pub mod codec;
pub mod command;
pub mod diagnosis;
pub mod event;
pub mod failure;
pub mod ids;
pub mod lean;
pub mod ledger;
pub mod mechanism;
pub mod os;
pub mod recording;
pub mod scenario;
pub mod state;

/// Version of the protocol between page and server; a client that says another one is closed with 4406.
pub const PROTOCOL: u32 = 1;
