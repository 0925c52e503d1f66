//! The playground's server, terminal, spawner and supervisor.
//!
//! ```text
//! page, program ──ws──▶ session ─▶ lab ─▶ run ──link──▶ spawner, supervisor ──▶ workers ⇄ kernel object
//! page, program ◀─ws── session ◀─ broadcast ◀─ journal ◀──────── facts ◀───────── calls, reports, gauges
//! ```
//! The server half (`cli`, `config`, `http`, `lab`, `ws`) creates no process; the other half is forked before it starts.

pub mod bench;
pub mod cli;
pub mod config;
pub mod counters;
pub mod gauge;
pub mod http;
pub mod lab;
pub mod limits;
pub mod link;
pub mod mechanism;
pub mod sandbox;
pub mod spawner;
pub mod supervisor;
pub mod sys;
pub mod tracer;
pub mod worker;
pub mod ws;

/// Name and version, as told to every client.
pub const NAME: &str = concat!("ipc-playground ", env!("CARGO_PKG_VERSION"));
