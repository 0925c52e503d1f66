//! Checks a beat against what happens.

use super::{Beat, Expect};
use crate::event::Event;

/// Looks at the events of a beat for what it expects, from the moment the beat begins.
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
        Self {
            missing: beat.expect.clone(),
            forbidden: beat.absent.clone(),
            violated: Vec::new(),
        }
    }

    /// The same without what only calls can show: for a run whose calls are not seen.
    #[must_use]
    pub fn without_calls(mut self) -> Self {
        self.missing.retain(|expect| !expect.needs_xray());
        self
    }

    /// Takes an event into account. A fact that is expected twice must be seen twice.
    pub fn see(&mut self, event: &Event) {
        let mut met: Vec<Expect> = Vec::new();
        self.missing.retain(|expect| {
            if met.contains(expect) || !expect.fits(event) {
                return true;
            }
            met.push(expect.clone());
            false
        });
        for expect in &self.forbidden {
            if !self.violated.contains(expect) && expect.fits(event) {
                self.violated.push(expect.clone());
            }
        }
    }

    /// How it stands now. `absent` facts can still come until the beat has settled.
    pub fn verdict(&self) -> Verdict {
        Verdict {
            met: self.missing.is_empty() && self.violated.is_empty(),
            missing: self.missing.clone(),
            violated: self.violated.clone(),
        }
    }
}
