//! What the server and a box say to each other, over a SEQPACKET socketpair: one JSON value a frame.
//!
//! The same codec as the protocol and the workers' reports, so that an event is formatted once, by the supervisor, and
//! passed on as it is. The server checks every frame as if it were hostile: length, shape, order of `seq`.

use serde::{Deserialize, Serialize};
use shared::{
    command::{Data, Effect, Values},
    event::{Counts, Event, Outcome},
    failure::Failure,
    ids::{CallId, MsgId, RequestId, RunId, WorkerId},
};
use std::collections::BTreeMap;

/// Largest frame either way, bytes. Fits a default AF_UNIX send buffer with room for several.
pub const MAX_FRAME: usize = 64 * 1024;

/// Everything a supervisor must know to begin a run; checked against the catalog before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// The run; part of every temporary name.
    pub run: RunId,
    /// Entry of the catalog.
    pub entry: String,
    /// Variant of the entry.
    pub variant: String,
    /// All parameters in force.
    pub params: Values,
    /// Language of a role where it is not Rust.
    pub roles: BTreeMap<String, String>,
    /// Trace the system calls.
    pub xray: bool,
    /// Core that supervisor and workers are pinned to when traced.
    pub cpu: Option<usize>,
}

/// To the supervisor of a box.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "to")]
pub enum ToBox {
    /// First frame: begin.
    Begin(Setup),
    /// Have a worker send messages with ids `first`, `first + 1`, …
    Send {
        /// The request.
        re: Option<RequestId>,
        /// Who sends; the entry's first sender if absent.
        worker: Option<WorkerId>,
        /// Id of the first message.
        first: MsgId,
        /// How many messages.
        times: u32,
        /// The payload, never `text` (already encoded, so that a frame cannot grow by escaping).
        data: Data,
        /// What else the entry wants to know of a send, checked.
        #[serde(default, skip_serializing_if = "Values::is_empty")]
        args: Values,
    },
    /// Do something to a worker: `freeze`, `resume`, `kill`, or an act of the entry.
    Act {
        /// The request.
        re: Option<RequestId>,
        /// The worker.
        worker: Option<WorkerId>,
        /// The verb.
        verb: String,
        /// Its arguments.
        args: Values,
    },
    /// Bytes of a call.
    Fetch {
        /// The request.
        re: RequestId,
        /// The call.
        call: CallId,
        /// First byte.
        from: u64,
        /// How many.
        len: u64,
    },
    /// Kill and reap everything, say `end`, exit. With `completed`, the workers are told first that there will be no more
    /// commands, so that they end by themselves where they can.
    Stop {
        /// What to say in `end`.
        outcome: Outcome,
    },
}

/// From the supervisor of a box.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "says")]
pub enum FromBox {
    /// Facts, in the order of `seq`.
    Events {
        /// At least one.
        events: Vec<Event>,
    },
    /// A request was taken.
    Ack {
        /// The request.
        re: RequestId,
        /// Done, or waiting for its worker.
        effect: Effect,
    },
    /// A request was refused.
    Refused {
        /// The request.
        re: Option<RequestId>,
        /// Why.
        failure: Failure,
    },
    /// Bytes of a call.
    Bytes {
        /// The request.
        re: RequestId,
        /// First byte.
        from: u64,
        /// How many there are in all.
        total: u64,
        /// Base64.
        data: Data,
    },
    /// All workers are reaped; the supervisor exits now. The server writes `run.finished` when the box is reaped.
    End {
        /// How.
        outcome: Outcome,
        /// In words, where there is more to say.
        message: Option<String>,
        /// What was counted.
        counts: Counts,
    },
    /// Made by the spawner's client, never by a supervisor: the box was reaped, nothing of it exists any more.
    Gone {
        /// Exit code of the supervisor, or the negated signal that ended it.
        status: i32,
    },
}
