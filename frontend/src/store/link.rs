//! How things stand with the server.

use shared::failure::Failure;
use std::collections::BTreeMap;

/// The connection, as the header shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Connection {
    /// This page needs no server.
    #[default]
    Idle,
    /// First try.
    Connecting,
    /// Greeted: what is said now arrives.
    Ready,
    /// It was lost, or never was; the next try is at that time.
    Reconnecting {
        /// Tries since it was up.
        attempt: u32,
        /// On the clock of `Store::now_ms`.
        at_ms: f64,
    },
    /// It is down for good, and why.
    Closed(Failure),
}

/// What the server said of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Owns this page's runs. Never put into a URL.
    pub token: String,
    /// Name and version.
    pub server: String,
    /// How well runs are isolated.
    pub protection: String,
    /// Limits in force.
    pub limits: BTreeMap<String, u64>,
    /// How long a run outlives a lost connection, milliseconds.
    pub grace_ms: u64,
    /// The python3 that roles in Python run with; absent where there is none.
    pub python: Option<String>,
}

impl Connection {
    /// What is said now arrives.
    pub fn is_ready(&self) -> bool {
        *self == Self::Ready
    }
}
