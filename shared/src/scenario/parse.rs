//! Reads a scenario, and writes a step back.

use super::{Scenario, Step};
use std::fmt;

/// What is wrong with a scenario, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}; {hint}")]
pub struct ParseError {
    /// Line in the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: String,
}

/// Reads a scenario.
///
/// # Errors
/// The first line that cannot be understood.
pub fn parse(source: &str) -> Result<Scenario, ParseError> {
    let _ = source;
    Err(ParseError { line: 1, message: "not read yet".to_owned(), hint: "wait".to_owned() })
}

/// As it stands in a scenario, without `do:`.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.verb)
    }
}
