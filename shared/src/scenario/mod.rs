//! Scenarios: a named course of events as a list of *beats*. One format for lessons, `run --script`, quests, presenters and CI.
//!
//! A scenario is a Markdown file: front matter, prose, and fenced `beat` blocks. Going back is running the prefix again.
//!
//! ````text
//! ---
//! title: The forgotten write end
//! run: pipe/anonymous forgotten=reader-write
//! minutes: 3
//! ---
//! Prose for the learner.
//!
//! ```beat
//! do: send writer text=hello
//! do: close writer end=write
//! say: The writer closed its end, and still the reader waits.
//! ask: What does the reader's next read() do?
//! - returns 0: end-of-file
//! - sleeps for ever *
//! - fails with EPIPE
//! expect: process.state reader because=pipe_empty
//! absent: call.returned reader name=read ret=0
//! ```
//! ````

mod parse;
mod watch;

pub use parse::{ParseError, parse};
pub use watch::{Verdict, Watch};

use crate::{command::Values, ids::WorkerId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A whole scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// As in lists.
    pub title: String,
    /// Entry of the catalog.
    pub entry: String,
    /// Variant of the entry.
    pub variant: Option<String>,
    /// Parameters that differ from their default.
    pub params: Values,
    /// About how long it takes a learner.
    pub minutes: Option<u32>,
    /// What happens, in order.
    pub beats: Vec<Beat>,
}

/// One step that a learner sees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beat {
    /// What is done, in order; each is awaited before the next.
    pub steps: Vec<Step>,
    /// What to say when it has happened: one or two sentences.
    pub say: String,
    /// A question before it happens.
    pub ask: Option<Ask>,
    /// Facts that must be seen after the beat began; all of them.
    pub expect: Vec<Expect>,
    /// Facts that must not be seen before the beat has settled.
    pub absent: Vec<Expect>,
}

/// A question before the reveal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The question.
    pub question: String,
    /// Possible answers.
    pub options: Vec<String>,
    /// Index of the right one.
    pub answer: usize,
}

/// One command: `freeze reader`, `send writer fill=61 len=4096 times=20`, `read reader len=4096`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// `send`, `freeze`, `resume`, `kill`, `stop`, or an act of the entry.
    pub verb: String,
    /// Whom it is about.
    pub worker: Option<WorkerId>,
    /// Arguments; of `send`: `text`, `base64` or `fill` and `len`, and `times`.
    pub args: Values,
}

/// A fact to be seen: an event kind, a worker and fields of the event that must be equal.
///
/// `gauge bytes=65536` stands for a reading of that figure with that value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expect {
    /// Kind of the event, `call.returned`.
    pub kind: String,
    /// Worker of the event.
    pub worker: Option<WorkerId>,
    /// Fields and their values as text: `errno=EPIPE`, `ret=0`.
    pub fields: Vec<(String, Value)>,
}
