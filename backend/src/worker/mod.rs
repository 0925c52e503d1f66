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
pub mod python;
mod says;
mod voice;
pub mod wire;

use serde::{Deserialize, Serialize};

pub(crate) use harness::name_process;
pub use harness::{Born, Worker};
pub use names::{KEYS, Names, PORT, QUEUES, RELAY_PORT};
pub use voice::Voice;

/// What a role is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// This program.
    #[default]
    Rust,
    /// `/usr/bin/python3`, which takes the place of this program.
    Python,
}

impl Language {
    /// The language of that name.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "rust" => Some(Self::Rust),
            "python" => Some(Self::Python),
            _ => None,
        }
    }

    /// Its name, where it is not Rust.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Rust => None,
            Self::Python => Some("python"),
        }
    }
}
