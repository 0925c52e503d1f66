//! What is going on with signals and events.

use super::Rule;

/// The strongest first.
pub(super) const RULES: &[Rule] = &[];

/// What is said where nothing else is.
pub(super) const QUIET: &[Rule] = &[];
