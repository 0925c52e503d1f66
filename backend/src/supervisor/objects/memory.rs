//! What the kernel says of this kind of object.

use super::Nature;

/// What is remembered of one.
#[derive(Debug, Default)]
pub(super) struct Memory {}

impl Nature for Memory {}
