//! What can be chosen before the start.

use super::{ENTRY, MOST_CLIENTS};
use crate::{
    catalog::{Param, ParamKind},
    command::Values,
    failure::Failure,
    mechanism::{Checked, number},
};
use serde::{Deserialize, Serialize};

pub(super) const PARAMS: &[Param] = &[
    Param {
        id: "clients",
        label: "Clients",
        help: "Processes that call the server, each one call after the other.",
        kind: number(1, MOST_CLIENTS, 1, "processes"),
        variants: &[],
    },
    Param {
        id: "threads",
        label: "The server",
        help: "One thread serves one connection after the other, and who comes meanwhile waits in the accept queue; or each connection gets a thread.",
        kind: ParamKind::Choice {
            options: &[
                ("one", "has one thread for all"),
                ("many", "has a thread for each connection"),
            ],
        },
        variants: &["xml", "json"],
    },
    Param {
        id: "http",
        label: "Connection",
        help: "HTTP/1.0 closes it after each answer, HTTP/1.1 keeps it for the next call. Kept by one client, it keeps a server of one thread as well.",
        kind: ParamKind::Choice {
            options: &[
                ("1.0", "a new one for each call (HTTP/1.0)"),
                ("1.1", "kept (HTTP/1.1)"),
            ],
        },
        variants: &["xml"],
    },
    Param {
        id: "transport",
        label: "Socket",
        help: "TCP reaches other machines; a Unix socket is a name in the file system, for processes of this one.",
        kind: ParamKind::Choice {
            options: &[("tcp", "TCP"), ("unix", "Unix stream socket")],
        },
        variants: &["json", "manager"],
    },
    Param {
        id: "framing",
        label: "Where a call ends",
        help: "The stream does not keep calls apart. A line ends at its line break; a length tells beforehand, in four bytes.",
        kind: ParamKind::Choice {
            options: &[
                ("line", "at the end of its line"),
                ("length", "its length comes first"),
            ],
        },
        variants: &["json"],
    },
    Param {
        id: "timeout",
        label: "Client's patience",
        help: "SO_RCVTIMEO: a client that has waited so long for an answer gives up; 0 waits for ever. The server does not hear of it.",
        kind: number(0, 10_000, 0, "milliseconds"),
        variants: &["xml", "json"],
    },
    Param {
        id: "retry",
        label: "A call without answer",
        help: "Nobody can tell whether it was executed. Not sent again, it was executed at most once; sent again, at least once.",
        kind: ParamKind::Choice {
            options: &[
                ("never", "is not sent again: at most once"),
                ("again", "is sent again, twice at most: at least once"),
            ],
        },
        variants: &["xml", "json"],
    },
    Param {
        id: "authkey",
        label: "Clients' key",
        help: "Before the first call both sides prove that they have the same key. Whoever has another one is sent away.",
        kind: ParamKind::Choice {
            options: &[("same", "is the server's"), ("other", "is another one")],
        },
        variants: &["manager"],
    },
    Param {
        id: "dies",
        label: "The server dies",
        help: "kill -9 in the middle of its first call. Started again, it lives.",
        kind: ParamKind::Choice {
            options: &[
                ("never", "never"),
                ("before", "before it executes the first call"),
                (
                    "after",
                    "after it has executed the first call, before it answers",
                ),
            ],
        },
        variants: &[],
    },
];

/// The parameters as types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Processes that call.
    pub clients: u64,
    /// How many threads serve them.
    pub threads: Threads,
    /// Whether a connection outlives its call, of XML-RPC.
    pub http: Http,
    /// Milliseconds a client waits for an answer; 0 for ever.
    pub timeout: u64,
    /// What becomes of a call without answer.
    pub retry: Retry,
    /// When the server dies.
    pub dies: Dies,
    /// What carries the calls.
    pub transport: Transport,
    /// What separates them.
    pub framing: Framing,
    /// What the clients of a manager prove that they know.
    pub authkey: Authkey,
}

/// How many threads a server has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Threads {
    /// One, for all connections.
    #[default]
    One,
    /// One for each connection.
    Many,
}

/// The version of HTTP a server speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Http {
    /// Closes after each answer.
    #[default]
    #[serde(rename = "1.0")]
    Once,
    /// Keeps the connection.
    #[serde(rename = "1.1")]
    Kept,
}

/// What a client does about a call without answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Nothing.
    #[default]
    Never,
    /// Sends it again.
    Again,
}

/// When a server dies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dies {
    /// Not by itself.
    #[default]
    Never,
    /// With the call received and not executed.
    Before,
    /// With the call executed and not answered.
    After,
}

/// What carries the calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// TCP.
    #[default]
    Tcp,
    /// A Unix stream socket.
    Unix,
}

/// How a receiver knows where a call ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// At the end of the line.
    #[default]
    Line,
    /// Its length comes first, in four bytes.
    Length,
}

/// The key that a client has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authkey {
    /// That of the server.
    #[default]
    Same,
    /// Another one.
    Other,
}

impl Params {
    /// The parameters given, checked, with defaults for the others.
    ///
    /// # Errors
    /// `bad_param` for the first that does not fit.
    pub fn new(given: &Values) -> Result<Self, Failure> {
        let checked = Checked::new(&ENTRY, given)?;
        let is = |id: &str, word: &str| checked.word(id) == word;
        Ok(Self {
            clients: checked.number("clients"),
            threads: if is("threads", "many") {
                Threads::Many
            } else {
                Threads::One
            },
            http: if is("http", "1.1") {
                Http::Kept
            } else {
                Http::Once
            },
            timeout: checked.number("timeout"),
            retry: if is("retry", "again") {
                Retry::Again
            } else {
                Retry::Never
            },
            dies: if is("dies", "after") {
                Dies::After
            } else if is("dies", "before") {
                Dies::Before
            } else {
                Dies::Never
            },
            transport: if is("transport", "unix") {
                Transport::Unix
            } else {
                Transport::Tcp
            },
            framing: if is("framing", "length") {
                Framing::Length
            } else {
                Framing::Line
            },
            authkey: if is("authkey", "other") {
                Authkey::Other
            } else {
                Authkey::Same
            },
        })
    }
}
