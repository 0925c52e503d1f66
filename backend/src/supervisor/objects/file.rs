//! What the kernel says of this kind of object.

use super::Nature;

/// What is remembered of one.
#[derive(Debug, Default)]
pub(super) struct File {}

impl Nature for File {}
