//! The time of the table: each figure has a share of what is left, by what it takes on a quiet machine, so that a busy one
//! makes fewer turns and not a longer table.

use std::time::{Duration, Instant};

/// The whole time, as far as it is still there.
#[derive(Debug)]
pub(crate) struct Pace {
    end: Instant,
    /// What the figures to come take together on a quiet machine, seconds.
    to_come: f64,
}

impl Pace {
    /// From now on.
    pub(crate) fn new(whole: Duration, takes: f64) -> Self {
        Self {
            end: Instant::now() + whole,
            to_come: takes,
        }
    }

    /// Until when the next figure, which takes so many seconds on a quiet machine, may go on with its turns.
    pub(crate) fn next(&mut self, takes: f64) -> Instant {
        let now = Instant::now();
        let left = self.end.saturating_duration_since(now);
        let share = (takes / self.to_come.max(takes)).min(1.0);
        self.to_come -= takes;
        now + left.mul_f64(share)
    }
}
