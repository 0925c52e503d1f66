//! The signals of every worker: pending, blocked, ignored, caught. For lessons about signals.

use super::Supervisor;
use crate::gauge;
use shared::event::{Kind, Source};
use std::time::{Duration, Instant};

/// Calls after which the signals of some process may be others.
const CHANGES: &[&str] = &[
    "kill",
    "tkill",
    "tgkill",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "pidfd_send_signal",
    "rt_sigprocmask",
    "rt_sigaction",
    "rt_sigtimedwait",
    "rt_sigsuspend",
    "signalfd4",
    "timer_settime",
    "setitimer",
    "read",
];
/// Shortest pause between two looks that no call asks for: a signal can come from anywhere, and a look at all takes some
/// hundred microseconds.
const PACE: Duration = Duration::from_millis(5);
/// Longest pause, where nothing else happens.
const SELDOM: Duration = Duration::from_millis(100);

impl Supervisor {
    /// A call returned that may have changed them.
    pub(super) fn masks_after(&mut self, call: &str) {
        if self.play.mechanism.shows_signals() && CHANGES.contains(&call) {
            self.look_at_masks();
        }
    }

    /// Once a turn: at most so often.
    pub(super) fn masks_now_and_then(&mut self) {
        if !self.play.mechanism.shows_signals() {
            return;
        }
        let now = Instant::now();
        if self.masks.is_none_or(|next| next <= now + SELDOM - PACE) {
            self.look_at_masks();
        }
    }

    /// Reads those of all, and tells what changed.
    fn look_at_masks(&mut self) {
        self.masks = Some(Instant::now() + SELDOM);
        // The signal that ends the run is no part of it.
        if self.ending.is_some() {
            return;
        }
        for hand in self.crew.hands.iter_mut().filter(|hand| hand.alive()) {
            let Some(masks) = gauge::masks(hand.host) else {
                continue;
            };
            if hand.masks.as_ref() == Some(&masks) {
                continue;
            }
            hand.masks = Some(masks.clone());
            let told = hand.fact(Source::Gauge, Kind::ProcessSignals { masks });
            self.journal.tell(told);
        }
    }
}
