//! What a server allows. Every refusal names the limit as it is named here and as its setting is named.

use crate::limits::BoxLimits;
use clap::Args;
use serde::Serialize;
use shared::command::{MAX_CLIENT_MESSAGE, MAX_FILL, MAX_PAYLOAD, MAX_TIMES};
use std::{collections::BTreeMap, time::Duration};

/// Limits in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Args)]
#[serde(rename_all = "kebab-case")]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// Runs going on at once on the server. Where nobody says how many, fewer on a host with less than 4 MiB of memory free
    /// for each, five without boxes, and some 128 in boxes that are all one user.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_RUNS", default_value_t = Self::default().runs)]
    pub runs: u64,
    /// Runs going on at once for one network address; 0 is no limit, for a class behind one address.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_RUNS_PER_ADDRESS", default_value_t = Self::default().runs_per_address)]
    pub runs_per_address: u64,
    /// Runs that one network address may start a second, five seconds' worth at once; 0 is no limit.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_STARTS_PER_SECOND", default_value_t = Self::default().starts_per_second)]
    pub starts_per_second: u64,
    /// Events kept of a run.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_JOURNAL_EVENTS", default_value_t = Self::default().journal_events)]
    pub journal_events: u64,
    /// Bytes of events kept of a run.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_JOURNAL_BYTES", default_value_t = Self::default().journal_bytes)]
    pub journal_bytes: u64,
    /// Bytes of events kept of all runs.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_SERVER_JOURNAL_BYTES", default_value_t = Self::default().server_journal_bytes)]
    pub server_journal_bytes: u64,
    /// Bytes of events that may wait for one socket.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_QUEUE_BYTES", default_value_t = Self::default().queue_bytes)]
    pub queue_bytes: u64,
    /// Events a second to one socket; 0 is no limit.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_EVENTS_PER_SECOND", default_value_t = Self::default().events_per_second)]
    pub events_per_second: u64,
    /// Commands a second from one socket, twice as many at once; 0 is no limit.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_COMMANDS_PER_SECOND", default_value_t = Self::default().commands_per_second)]
    pub commands_per_second: u64,
    /// A run nobody does anything in ends after so many milliseconds.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_IDLE_MS", default_value_t = Self::default().idle_ms)]
    pub idle_ms: u64,
    /// A run outlives a lost connection so many milliseconds.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_GRACE_MS", default_value_t = Self::default().grace_ms)]
    pub grace_ms: u64,
    /// The journal of an ended run is kept so many milliseconds.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_KEEP_MS", default_value_t = Self::default().keep_ms)]
    pub keep_ms: u64,
    /// Sockets open at once on the server.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_SOCKETS", default_value_t = Self::default().sockets)]
    pub sockets: u64,
    /// Sockets open at once for one network address, beside 128 connections that load pages; 0 is no limit.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_SOCKETS_PER_ADDRESS", default_value_t = Self::default().sockets_per_address)]
    pub sockets_per_address: u64,
    /// What the processes of one run may use.
    #[command(flatten)]
    #[serde(flatten)]
    pub of_box: BoxLimits,
    /// Connections that may watch one run of somebody else; 0 lets nobody watch.
    #[arg(long, value_name = "N", env = "IPC_PLAYGROUND_WATCHERS", default_value_t = Self::default().watchers)]
    pub watchers: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            runs: 200,
            runs_per_address: 4,
            starts_per_second: 1,
            journal_events: 65_536,
            journal_bytes: 16 << 20,
            server_journal_bytes: 512 << 20,
            queue_bytes: 1 << 20,
            events_per_second: 2_000,
            commands_per_second: 30,
            idle_ms: 600_000,
            grace_ms: 60_000,
            keep_ms: 600_000,
            sockets: 1_000,
            sockets_per_address: 64,
            watchers: 500,
            of_box: BoxLimits::default(),
        }
    }
}

impl Limits {
    /// For one run of a terminal: nobody else is there to be protected, and nobody comes back for it.
    pub fn terminal() -> Self {
        Self {
            events_per_second: 0,
            starts_per_second: 0,
            grace_ms: 0,
            keep_ms: 0,
            ..Self::default()
        }
    }

    /// All limits that a client can hit, by the name of their setting.
    pub fn by_name(&self) -> BTreeMap<String, u64> {
        let fixed = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        [
            ("runs", self.runs),
            ("runs_per_address", self.runs_per_address),
            ("starts_per_second", self.starts_per_second),
            ("journal_events", self.journal_events),
            ("journal_bytes", self.journal_bytes),
            ("server_journal_bytes", self.server_journal_bytes),
            ("queue_bytes", self.queue_bytes),
            ("events_per_second", self.events_per_second),
            ("commands_per_second", self.commands_per_second),
            ("idle_ms", self.idle_ms),
            ("grace_ms", self.grace_ms),
            ("keep_ms", self.keep_ms),
            ("sockets", self.sockets),
            ("sockets_per_address", self.sockets_per_address),
            ("watchers", self.watchers),
            ("message_bytes", fixed(MAX_CLIENT_MESSAGE)),
            ("payload_bytes", fixed(MAX_PAYLOAD)),
            ("fill_bytes", MAX_FILL),
            ("times", MAX_TIMES.into()),
        ]
        .into_iter()
        .chain(self.of_box.by_name())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }

    /// [`Limits::idle_ms`] as a time.
    pub fn idle(&self) -> Duration {
        Duration::from_millis(self.idle_ms)
    }

    /// [`Limits::grace_ms`] as a time.
    pub fn grace(&self) -> Duration {
        Duration::from_millis(self.grace_ms)
    }

    /// [`Limits::keep_ms`] as a time.
    pub fn keep(&self) -> Duration {
        Duration::from_millis(self.keep_ms)
    }
}
