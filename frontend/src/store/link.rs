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
    /// Entries whose roles cannot be in Python here all the same: it lacks a module that they import.
    pub no_python: Vec<String>,
}

impl Session {
    /// What roles of that entry can be written in beside Rust.
    ///
    /// # Errors
    /// Why they cannot, in words.
    pub fn python_for(&self, entry: &str) -> Result<&str, &'static str> {
        let python = self.python.as_deref().ok_or(
            "This server found no python3 under /usr, so every role runs in Rust. Install it there to choose.",
        )?;
        if self.no_python.iter().any(|lacking| lacking == entry) {
            return Err(
                "The python3 of this server lacks a module that these roles import, so every role runs in Rust. Install it to choose.",
            );
        }
        Ok(python)
    }
}

impl Connection {
    /// What is said now arrives.
    pub fn is_ready(&self) -> bool {
        *self == Self::Ready
    }
}

#[cfg(test)]
mod tests {
    use super::Session;
    use std::collections::BTreeMap;

    fn session(python: Option<&str>, no_python: &[&str]) -> Session {
        Session {
            token: String::new(),
            server: String::new(),
            protection: String::new(),
            limits: BTreeMap::new(),
            grace_ms: 0,
            python: python.map(str::to_owned),
            no_python: no_python.iter().map(|entry| (*entry).to_owned()).collect(),
        }
    }

    #[test]
    fn python_is_offered_where_it_has_what_the_roles_import() {
        let without_zmq = session(Some("Python 3.11"), &["zeromq"]);
        assert_eq!(without_zmq.python_for("pipe"), Ok("Python 3.11"));
        let why = without_zmq.python_for("zeromq").unwrap_err();
        assert!(why.contains("lacks a module"), "{why}");
        let why = session(None, &[]).python_for("pipe").unwrap_err();
        assert!(why.contains("no python3"), "{why}");
    }
}
