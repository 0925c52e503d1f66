//! What is told to a learner when the playground refuses or fails.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Stable identifiers of refusals; clients may act on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Not JSON, not UTF-8, a binary frame, or a field of the wrong type.
    BadMessage,
    /// A `type` that this server does not know.
    UnknownType,
    /// `hello` asked for a protocol version that is not spoken here.
    UnsupportedProtocol,
    /// A parameter, worker, argument or payload is out of its range; `field` says which.
    BadParam,
    /// No run of that id, or it was forgotten.
    UnknownRun,
    /// `resume` with a token that does not own the run.
    WrongToken,
    /// The run has ended; start another.
    RunOver,
    /// More runs, messages or bytes than allowed; `limit` and `value` say which.
    LimitHit,
    /// The host or the entry cannot do this; `hint` says what would make it possible.
    NotSupported,
    /// Too many commands wait for that worker already.
    WorkerBusy,
    /// The playground itself failed; not the learner's fault.
    Internal,
}

/// A refusal in words: what happened, and what to do now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// For programs.
    pub code: Code,
    /// For learners: one sentence, no full stop needed.
    pub message: String,
    /// What to do now.
    pub hint: String,
    /// The parameter or argument that is wrong, so that the page can say it next to the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The limit that was hit, by the name of its setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// The value of that limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<u64>,
}

impl Failure {
    /// A refusal without a field or limit.
    pub fn new(code: Code, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: hint.into(),
            field: None,
            limit: None,
            value: None,
        }
    }

    /// Names the parameter or argument that is wrong.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Names the limit that was hit and its value.
    #[must_use]
    pub fn limit(mut self, limit: impl Into<String>, value: u64) -> Self {
        self.limit = Some(limit.into());
        self.value = Some(value);
        self
    }

    /// `bad_param` for one field, the commonest refusal.
    pub fn bad_param(field: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Code::BadParam, message, hint).field(field)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.hint)
    }
}

impl std::error::Error for Failure {}
