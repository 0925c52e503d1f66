//! How many commands a second a session may give.

use shared::failure::{Code, Failure};
use std::time::Instant;

/// Tokens that come back with time; twice a second's worth may be used at once.
#[derive(Debug)]
pub(super) struct Rate {
    per_second: u64,
    left: f64,
    at: Instant,
}

impl Rate {
    pub(super) fn new(per_second: u64, now: Instant) -> Self {
        let mut rate = Self {
            per_second,
            left: 0.0,
            at: now,
        };
        rate.left = rate.most();
        rate
    }

    #[expect(clippy::cast_precision_loss, reason = "rates are far below 2^53")]
    fn most(&self) -> f64 {
        2.0 * self.per_second as f64
    }

    /// Counts one command; 0 a second is no limit.
    pub(super) fn take(&mut self, now: Instant) -> Result<(), Failure> {
        let more = now.duration_since(self.at).as_secs_f64() * self.most() / 2.0;
        self.at = now;
        self.left = (self.left + more).min(self.most());
        if self.per_second > 0 && self.left < 1.0 {
            let message = format!("more than {} commands a second", self.per_second);
            let failure = Failure::new(
                Code::LimitHit,
                message,
                "wait a second; to send many messages use times",
            );
            return Err(failure.limit("commands_per_second", self.per_second));
        }
        self.left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Rate;
    use std::time::{Duration, Instant};

    #[test]
    fn a_burst_and_then_so_many_a_second() {
        let begin = Instant::now();
        let mut rate = Rate::new(30, begin);
        assert_eq!((0..1000).filter(|_| rate.take(begin).is_ok()).count(), 60);
        let later = begin + Duration::from_secs(1);
        assert_eq!((0..1000).filter(|_| rate.take(later).is_ok()).count(), 30);
        let refused = rate.take(later).unwrap_err();
        assert_eq!(
            (refused.limit.as_deref(), refused.value),
            (Some("commands_per_second"), Some(30))
        );
    }
}
