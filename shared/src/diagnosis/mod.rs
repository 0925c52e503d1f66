//! What is going on, in one sentence: rules that look at a [`RunState`], the strongest first.
//!
//! Grammar of the sentences: the headline is one sentence in the present, about named processes (`writer A`); words of
//! the kernel stand in backticks. The detail says why, or what to try; it may be empty. A rule says only what the state
//! knows: without X-ray that is less.

mod again;
mod delivered;
mod end_of_file;
mod facts;
mod fifo_open;
mod finished;
mod forgotten_end;
mod frozen;
mod full;
mod full_slots;
mod idle;
mod killed;
mod no_reader;
mod not_started;
mod pipe_error;
mod running;
mod shortened;
mod sigpipe;
mod starting;
mod waiting_bytes;
mod words;

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

/// The strongest first; the last always speaks.
const RULES: &[Rule] = &[
    finished::check,
    not_started::check,
    starting::check,
    sigpipe::check,
    pipe_error::check,
    end_of_file::check,
    no_reader::check,
    shortened::check,
    full_slots::check,
    full::check,
    forgotten_end::check,
    killed::check,
    fifo_open::check,
    again::check,
    frozen::check,
    delivered::check,
    waiting_bytes::check,
    idle::check,
    running::check,
];

/// The strongest thing that can be said of a run.
pub fn sentence(state: &RunState) -> Sentence {
    let facts = Facts::new(state);
    RULES
        .iter()
        .find_map(|rule| rule(&facts))
        .unwrap_or_else(|| Sentence::new(Tone::Calm, "The run goes on.", ""))
}
