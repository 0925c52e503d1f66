//! What every worker has in common: its channels, its commands, its reports, its limits, its names.
//!
//! ```text
//! supervisor ──fork──▶ parent ──fork──▶ writer, reader, …        fd 3, 4, 5  the lesson's own
//!     ◀──────── reports, JSON lines ──────── fd 126              fd 0        /dev/null
//!     ────────▶ commands, JSON lines ──────▶ fd 127              fd 1, 2     captured as output
//! ```

pub(crate) mod birth;
pub(crate) mod channel;
mod harness;
pub(crate) mod limits;
mod names;
pub mod wire;

pub(crate) use harness::name_process;
pub use harness::{Born, Worker};
pub use names::Names;
