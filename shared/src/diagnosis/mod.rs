//! What is going on, in one sentence: rules that look at a [`RunState`].

use crate::state::RunState;
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

/// The strongest thing that can be said of a run.
pub fn sentence(state: &RunState) -> Sentence {
    let _ = state;
    Sentence { tone: Tone::Calm, headline: "Nothing has happened yet.".to_owned(), detail: String::new() }
}
