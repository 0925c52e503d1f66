//! What every test against the real program needs: the program, a server of its own, a client that folds events as the
//! page does, and a look at what is left behind.
//!
//! ```text
//! World ── TestServer ── the program, in a process group and a temporary folder of its own
//!   │  └── Client ────── WebSocket ──▶ RunState, by the same `apply` as everywhere
//!   └───── Leftovers ─── processes, zombies, descriptors, names: before and after
//! ```
//! Nothing in here sleeps for time: it waits for facts, each with a name that the failure tells.

#![expect(
    clippy::panic,
    reason = "a harness tells what is wrong by failing the test"
)]

pub mod account;
pub mod cli;
pub mod client;
pub mod dice;
pub mod drill;
pub mod hall;
pub mod http;
pub mod leftovers;
pub mod procfs;
pub mod program;
pub mod raw;
pub mod server;
pub mod wait;
pub mod world;

pub use account::Account;
pub use cli::Cli;
pub use client::Client;
pub use leftovers::Leftovers;
pub use server::TestServer;
pub use world::World;
