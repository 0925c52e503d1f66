//! What is going on with signals and events.

mod board;
mod counter;

#[cfg(test)]
mod tests;

use super::{Rule, Sentence, Tone, facts, words};

/// The strongest first.
pub(super) const RULES: &[Rule] = &[
    board::no_number,
    board::nobody_there,
    board::refused,
    board::interrupted,
    board::merged,
    counter::full,
    counter::dead_holder,
];

/// What is said where nothing else is.
pub(super) const QUIET: &[Rule] = &[
    board::pending,
    board::ignored,
    board::arrived,
    counter::taken,
    counter::asleep,
];
