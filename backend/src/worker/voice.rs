//! The reports of a worker: each a line, whole or not at all, so that its threads can speak beside one another.

use super::{
    says::touched,
    wire::{Report, Timed},
};
use crate::sys::socket;
use shared::ids::MsgId;
use std::{os::fd::OwnedFd, sync::Arc};

/// What one thread of a worker says.
#[derive(Debug)]
pub struct Voice {
    reports: Arc<OwnedFd>,
    /// Reports that found no room.
    skipped: u64,
}

impl Voice {
    pub(super) fn new(reports: OwnedFd) -> Self {
        Self {
            reports: Arc::new(reports),
            skipped: 0,
        }
    }

    /// One for another thread.
    pub(super) fn another(&self) -> Self {
        Self {
            reports: Arc::clone(&self.reports),
            skipped: 0,
        }
    }

    /// A child was not there when its parent's reports were skipped.
    pub(super) fn begin_anew(&mut self) {
        self.skipped = 0;
    }

    /// Says that it stored `bytes` where others see them, at `address` of its own memory, as part of `msg`.
    pub fn stored(&mut self, msg: Option<MsgId>, address: usize, bytes: &[u8]) {
        self.report(&Report::Stored(touched(msg, address, bytes)));
    }

    /// Says something of itself that has no more to it than its name.
    pub fn said(&mut self, what: &str) {
        self.report(&Report::Said {
            what: what.to_owned(),
            about: shared::command::Values::new(),
        });
    }

    /// One line, or one more that was skipped: a full socket holds the lesson up for a moment only.
    pub(super) fn report(&mut self, report: &Report) {
        if self.skipped > 0 {
            let count = self.skipped;
            if self.line_out(&Report::Skipped { count }) {
                self.skipped = 0;
            }
        }
        if !self.line_out(report) {
            self.skipped += 1;
        }
    }

    fn line_out(&self, report: &Report) -> bool {
        let Ok(mut line) = serde_json::to_vec(&Timed { at: now(), report }) else {
            return false;
        };
        line.push(b'\n');
        loop {
            match socket::send(&*self.reports, &line) {
                Err(rustix::io::Errno::INTR) => {}
                // A stream socket takes a line of this size whole or not at all.
                sent => return sent.is_ok(),
            }
        }
    }
}

/// CLOCK_MONOTONIC, nanoseconds; read without a call.
fn now() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    let rest = u64::try_from(now.tv_nsec).unwrap_or(0);
    seconds * 1_000_000_000 + rest
}
