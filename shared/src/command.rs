//! The protocol: every message of the WebSocket, typed once for both ends. `shared/README.md` shows a conversation.
//!
//! Each frame is one JSON text object with `type`; unknown fields are ignored.

use crate::{
    event::Event,
    failure::Failure,
    ids::{CallId, MsgId, ObjectId, RequestId, RunId, Seq, WorkerId},
    place::Place,
    state::RunState,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Values by name, as they stand in a URL, on the command line or in JSON; `catalog` checks them.
pub type Values = BTreeMap<String, Value>;

/// Largest client message, bytes of JSON text.
pub const MAX_CLIENT_MESSAGE: usize = 256 * 1024;
/// Largest payload of one message given as text or base64, bytes decoded.
pub const MAX_PAYLOAD: usize = 32 * 1024;
/// Largest payload of one message given as `fill`, bytes: a pipe can be a mebibyte, so that a single write can exceed it.
pub const MAX_FILL: u64 = 2 * 1024 * 1024;
/// Most messages one `send` may ask for with `times`.
pub const MAX_TIMES: u32 = 10_000;
/// Largest frame the server sends with events in it, bytes of JSON text.
pub const MAX_EVENTS_FRAME: usize = 64 * 1024;

/// What a browser, or any program, says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// First message of a connection: which protocol, and whether to take up a run again.
    Hello {
        /// Must be [`crate::PROTOCOL`].
        protocol: u32,
        /// The token an earlier `hello` gave; needed to resume.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<String>,
        /// Take up this run after that event.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resume: Option<Resume>,
    },
    /// Start a run: real processes and a real kernel object.
    Start {
        /// Number of this request; the `ack` or `rejected` names it in `re`.
        id: RequestId,
        /// Entry of the catalog, `pipe`.
        entry: String,
        /// Variant of the entry, `anonymous`; the first one if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        variant: Option<String>,
        /// Parameters that differ from their default.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        params: Values,
        /// Language of a role where it is not Rust, `{"writer":"python"}`.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        roles: BTreeMap<String, String>,
        /// Trace the system calls of the run's processes.
        #[serde(default = "yes")]
        xray: bool,
    },
    /// Have a worker send a message, `times` times.
    Send {
        /// Number of this request.
        id: RequestId,
        /// The run.
        run: RunId,
        /// Who sends; the entry's first sender if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        worker: Option<WorkerId>,
        /// The payload.
        data: Data,
        /// How many messages of that payload; 1 if absent, at most [`MAX_TIMES`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        times: Option<u32>,
        /// What the entry's messages have beside their payload: priority, type, place.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        args: Values,
    },
    /// Do something to a worker or a kernel object: `freeze`, `resume`, `kill`, or an act of the entry.
    Act {
        /// Number of this request.
        id: RequestId,
        /// The run.
        run: RunId,
        /// The worker it is done to or by.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        worker: Option<WorkerId>,
        /// The kernel object, where there are several.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        object: Option<ObjectId>,
        /// The verb; the catalog lists those of an entry.
        #[serde(rename = "do")]
        verb: String,
        /// Arguments of the verb.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        args: Values,
    },
    /// All bytes of a call or a message, where an event carried a preview.
    Fetch {
        /// Number of this request.
        id: RequestId,
        /// The run.
        run: RunId,
        /// The call whose bytes are wanted, or …
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<CallId>,
        /// … the message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MsgId>,
        /// First byte wanted.
        from: u64,
        /// How many bytes, at most 32 KiB a request.
        len: u64,
    },
    /// Events again, after `after` up to and with `until`, as far as the journal still has them.
    Replay {
        /// Number of this request.
        id: RequestId,
        /// The run.
        run: RunId,
        /// The last event already known.
        after: Seq,
        /// The last event wanted.
        until: Seq,
    },
    /// End the run: every process of it is killed and reaped.
    Stop {
        /// Number of this request.
        id: RequestId,
        /// The run.
        run: RunId,
    },
    /// From the owner of a run: let others watch it. From anybody else: follow it read-only.
    Watch {
        /// Number of this request.
        id: RequestId,
        /// The owner's run. Of a watcher: the run of which it knows the events up to `after`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run: Option<RunId>,
        /// The code of the watch link. From the owner: the code that leads to an earlier run and shall lead to this one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
        /// `seq` of the last event that arrived.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Seq>,
    },
    /// Where the owner of a run that is watched is; everybody who watches is told.
    Place {
        /// Number of this request.
        id: RequestId,
        /// The run.
        run: RunId,
        /// Its beat and selection.
        at: Place,
    },
}

fn yes() -> bool {
    true
}

/// Which run to take up again, and what is known of it already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// The run.
    pub run: RunId,
    /// `seq` of the last event that arrived; 0 for none.
    pub after: Seq,
}

/// Bytes of a payload, in the form that is easiest to write down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Data {
    /// UTF-8 text.
    Text {
        /// The text; its UTF-8 bytes are sent.
        text: String,
    },
    /// Any bytes.
    Base64 {
        /// Standard alphabet with padding.
        base64: String,
    },
    /// One byte again and again.
    Fill {
        /// The byte, two hex digits.
        fill: String,
        /// How many.
        len: u64,
    },
}

/// What the server says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Answer to `hello`.
    Hello {
        /// [`crate::PROTOCOL`].
        protocol: u32,
        /// Name and version of the server.
        server: String,
        /// Secret that owns this session's runs; needed to resume them. Never put it in a URL.
        token: String,
        /// How well runs are isolated on this host: `full`, `basic`.
        protection: String,
        /// Limits in force, by the name of their setting.
        limits: BTreeMap<String, u64>,
        /// How long a run outlives a lost connection, milliseconds.
        grace_ms: u64,
        /// The python3 that roles in Python run with, `Python 3.11.2`; absent where there is none under /usr.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        python: Option<String>,
        /// Entries whose roles cannot be in Python here all the same: it lacks a module that they import.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        no_python: Vec<String>,
    },
    /// A request was taken.
    Ack {
        /// The request.
        re: RequestId,
        /// The run it started or is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run: Option<RunId>,
        /// First id of the messages that a `send` will make.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MsgId>,
        /// Done already, or waiting for its worker to come back from a call.
        effect: Effect,
    },
    /// A request, or a frame that could not be read (`re` null), was refused.
    Rejected {
        /// The request, where it could be read.
        re: Option<RequestId>,
        /// Why, and what to do.
        failure: Failure,
    },
    /// The whole state of a run at one event: first thing after `start` or a resume that the journal cannot fill.
    Snapshot {
        /// The run.
        run: RunId,
        /// The last event in `state`.
        seq: Seq,
        /// Its time.
        at_ns: u64,
        /// When the run began, milliseconds since 1970.
        started_unix_ms: u64,
        /// Oldest event the journal still has; 1 while it has all.
        oldest: Seq,
        /// Fold of all events up to `seq`.
        state: Box<RunState>,
    },
    /// Events of a run, in the order of `seq`.
    Events {
        /// The run.
        run: RunId,
        /// At least one.
        events: Vec<Event>,
    },
    /// This client was too slow: these events were not sent to it. A snapshot follows.
    Lagged {
        /// The run.
        run: RunId,
        /// First event not sent.
        from: Seq,
        /// Last event not sent.
        to: Seq,
    },
    /// Answer to `fetch`.
    Bytes {
        /// The request.
        re: RequestId,
        /// First byte in `data`.
        from: u64,
        /// How many there are in all.
        total: u64,
        /// The bytes.
        data: Data,
    },
    /// To the owner: the run can be watched, and how many do.
    Watchers {
        /// The run.
        run: RunId,
        /// The code of the watch link: `/w/CODE`.
        key: String,
        /// Connections that watch now.
        count: u64,
    },
    /// To those who watch: where the presenter is.
    Place {
        /// The run.
        run: RunId,
        /// The beat and the selection.
        at: Place,
    },
    /// The connection ends after this.
    Closing {
        /// Why, and what to do.
        failure: Failure,
        /// When to try again, milliseconds; absent: do not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_ms: Option<u64>,
    },
}

/// What became of a request at the time of its `ack`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It has happened.
    Done,
    /// It waits for its worker; events with `re` will tell.
    Queued,
}
