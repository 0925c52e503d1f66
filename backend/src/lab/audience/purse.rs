//! Bytes that may go to all watchers of a run together, so that a flood that many watch stays affordable.

use tokio::time::Instant;

/// Bytes a second to all watchers of one run: a hundredth of what the loopback interface of a small machine carries. For
/// one watcher it is no limit; for 500 it is 32 KiB a second each, a hundred events.
const PER_SECOND: u64 = 16 << 20;
/// What one watcher may get at once after a quiet time: the flood of a lesson. Half of what the ring holds, so that whoever
/// reads at all finds its place in it again.
const AT_ONCE: u64 = 512 << 10;

/// What is left, in bytes to each of the watchers. Below zero after something large.
#[derive(Debug)]
pub(super) struct Purse {
    left: f64,
    at: Instant,
}

impl Purse {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            left: bytes(AT_ONCE),
            at: now,
        }
    }

    /// What each of so many watchers may get at `now`.
    pub(super) fn refill(&mut self, watchers: u64, now: Instant) -> u64 {
        let share = bytes(PER_SECOND / watchers.max(1));
        let more = (now - self.at).as_secs_f64() * share;
        self.left = (self.left + more).min(bytes(AT_ONCE));
        self.at = now;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and `AT_ONCE`"
        )]
        let whole = self.left.max(0.0) as u64;
        whole
    }

    pub(super) fn spend(&mut self, len: usize) {
        self.left -= bytes(u64::try_from(len).unwrap_or(u64::MAX));
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn bytes(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::{AT_ONCE, PER_SECOND, Purse};
    use std::time::Duration;
    use tokio::time::Instant;

    #[test]
    fn the_more_watch_the_less_each_gets() {
        let begin = Instant::now();
        let mut purse = Purse::new(begin);
        assert_eq!(purse.refill(500, begin), AT_ONCE);
        // It owes half a mebibyte then.
        purse.spend(1 << 20);
        assert_eq!(purse.refill(500, begin), 0);
        let later = begin + Duration::from_secs(20);
        let share = 20 * (PER_SECOND / 500) - AT_ONCE;
        assert!(purse.refill(500, later).abs_diff(share) < 2);
        assert_eq!(purse.refill(1, later + Duration::from_secs(1)), AT_ONCE);
    }
}
