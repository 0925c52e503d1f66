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

mod expect;
mod parse;
mod step;
mod under_way;
mod watch;

#[cfg(test)]
mod tests;

pub use parse::{ParseError, parse};
pub use step::Command;
pub use under_way::UnderWay;
pub use watch::{Verdict, Watch};

use crate::{command::Values, ids::WorkerId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

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
    /// Language of a role where it is not Rust.
    pub roles: BTreeMap<String, String>,
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

/// A fact to be seen: an event kind, a worker and fields of the event that must compare as said.
///
/// A field is one of the event as it stands in JSON (`errno=EPIPE`, `ret=0`, `took_ns<=1000000`). A list compares by its
/// length: `parts=2`. `gauge bytes=65536` stands for a reading of that figure with that value, `object.state
/// write_ends=1 read_ends=0` for the number of descriptors that hold an end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expect {
    /// Kind of the event, `call.returned`.
    pub kind: String,
    /// Worker of the event.
    pub worker: Option<WorkerId>,
    /// What must hold of its fields.
    pub fields: Vec<Field>,
}

/// A comparison with a field of an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Name of the field.
    pub name: String,
    /// How it compares.
    pub op: Op,
    /// With what.
    pub value: Value,
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// `=`: the same.
    Equal,
    /// `>=`: numbers, at least.
    AtLeast,
    /// `<=`: numbers, at most.
    AtMost,
}
