//! What is going on, in one sentence: rules that look at a [`RunState`], the strongest first. Rules of every run are here,
//! those of an entry in its folder.
//!
//! Grammar of the sentences: the headline is one sentence in the present, about named processes (`writer A`); words of
//! the kernel stand in backticks. The detail says why, or what to try; it may be empty. A rule says only what the state
//! knows: without X-ray that is less.

mod delivered;
mod facts;
mod file;
mod finished;
mod frozen;
mod killed;
mod memory;
mod not_started;
mod pipe;
mod queue;
mod rpc;
mod running;
mod signal;
mod socket;
mod starting;
mod words;
mod zeromq;

#[cfg(test)]
pub(crate) mod testing;

use crate::state::RunState;
use facts::Facts;
use serde::{Deserialize, Serialize};

/// How a sentence is shown; each has a glyph of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Nothing needs attention.
    Calm,
    /// Somebody sleeps, as they should.
    Moon,
    /// Somebody is frozen.
    Ice,
    /// Something needs a cure.
    Warning,
    /// Somebody died.
    Dead,
    /// It has worked.
    Ok,
}

/// What a learner reads first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// Its glyph.
    pub tone: Tone,
    /// One sentence; words of the kernel in backticks.
    pub headline: String,
    /// Why, or what to try; may be empty.
    pub detail: String,
}

impl Sentence {
    fn new(tone: Tone, headline: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            tone,
            headline: headline.into(),
            detail: detail.into(),
        }
    }
}

/// A rule: a sentence, if it has something to say.
type Rule = fn(&Facts<'_>) -> Option<Sentence>;

/// Of every run, before all others.
const FIRST: &[Rule] = &[finished::check, not_started::check, starting::check];
/// Of every run, after what its entry has to say.
const THEN: &[Rule] = &[killed::check, frozen::check, delivered::check];
/// Always speaks.
const LAST: &[Rule] = &[running::check];

/// What an entry has to say: what is strong, and what is said where nothing else is. An entry's rules see its runs only.
fn of_entry(entry: &str) -> [&'static [Rule]; 2] {
    match entry {
        "file" => [file::RULES, file::QUIET],
        "pipe" => [pipe::RULES, pipe::QUIET],
        "queue" => [queue::RULES, queue::QUIET],
        "rpc" => [rpc::RULES, rpc::QUIET],
        "shared-memory" => [memory::RULES, memory::QUIET],
        "signal" => [signal::RULES, signal::QUIET],
        "socket" => [socket::RULES, socket::QUIET],
        "zeromq" => [zeromq::RULES, zeromq::QUIET],
        _ => [&[], &[]],
    }
}

/// The strongest thing that can be said of a run.
pub fn sentence(state: &RunState) -> Sentence {
    let facts = Facts::new(state);
    let [strong, quiet] = of_entry(&state.entry);
    [FIRST, strong, THEN, quiet, LAST]
        .into_iter()
        .flatten()
        .find_map(|rule| rule(&facts))
        .unwrap_or_else(|| Sentence::new(Tone::Calm, "The run goes on.", ""))
}
