//! Folds one event into the state of its run.

use super::RunState;
use crate::event::Event;

/// Takes one event into account. Total: whatever it is told, it never fails and never grows beyond the bounds.
pub fn apply(state: &mut RunState, event: &Event) {
    state.seq = event.seq;
    state.at_ns = event.at_ns;
}
