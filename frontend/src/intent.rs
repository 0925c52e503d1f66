//! What a learner wants: the only thing components say. The store turns it into messages for the server.

use shared::{
    command::{Data, Values},
    ids::{CallId, MsgId, WorkerId},
};

/// One wish, made by pressing, typing or choosing.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Send a message; starts the run first where none is running.
    Send {
        /// Who sends; the first writer if absent.
        worker: Option<WorkerId>,
        /// The payload.
        data: Data,
        /// How many times.
        times: u32,
        /// What the entry's messages have beside their payload: priority, type, place.
        args: Values,
    },
    /// Freeze, resume, kill, read, close, …
    Act {
        /// To or by whom.
        worker: Option<WorkerId>,
        /// The verb of the catalog.
        verb: String,
        /// Its arguments.
        args: Values,
    },
    /// Start a run with the chosen variant and parameters.
    Start,
    /// End the run.
    Stop,
    /// Choose another variant (only between runs).
    Variant(String),
    /// Choose a parameter (only between runs).
    Param(String, serde_json::Value),
    /// Choose the language of a role (only between runs).
    Language(String, String),
    /// Trace system calls in the next run, or not.
    Xray(bool),
    /// Look at a call.
    SelectCall(CallId),
    /// Look at a message.
    SelectMessage(MsgId),
    /// Look at nothing.
    Deselect,
}
