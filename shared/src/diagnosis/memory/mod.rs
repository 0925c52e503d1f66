//! What is going on with shared memory.

use super::Rule;

/// The strongest first.
pub(super) const RULES: &[Rule] = &[];

/// What is said where nothing else is.
pub(super) const QUIET: &[Rule] = &[];
