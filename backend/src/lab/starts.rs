//! How many runs one address may start a second: making a box is what costs a server most.

use super::{lock, slots::household};
use shared::failure::{Code, Failure};
use std::{collections::HashMap, net::IpAddr, sync::Mutex};
use tokio::time::Instant;

/// Seconds' worth that may be started at once: whoever looks for a lesson tries one after the other.
const BURST_SECONDS: u64 = 5;
/// Addresses that are remembered before those that are long quiet are forgotten. Memory stays bounded all the same: after
/// [`BURST_SECONDS`] of quiet there is nothing to remember.
const REMEMBERED: usize = 1024;

/// Starts of each address.
#[derive(Debug)]
pub(super) struct Starts {
    per_second: u64,
    addresses: Mutex<HashMap<IpAddr, Left>>,
}

#[derive(Debug)]
struct Left {
    starts: f64,
    at: Instant,
}

impl Starts {
    /// So many a second for each; 0 is no limit.
    pub(super) fn new(per_second: u64) -> Self {
        Self {
            per_second,
            addresses: Mutex::default(),
        }
    }

    /// Counts one start. Who has no address is no stranger.
    ///
    /// # Errors
    /// `limit_hit` for too many.
    pub(super) fn take(&self, address: Option<IpAddr>, now: Instant) -> Result<(), Failure> {
        let Some(address) = address.filter(|_| self.per_second > 0).map(household) else {
            return Ok(());
        };
        let mut addresses = lock(&self.addresses);
        if addresses.len() >= REMEMBERED {
            addresses.retain(|_, left| self.refilled(left, now) < self.most());
        }
        let left = addresses.entry(address).or_insert_with(|| Left {
            starts: self.most(),
            at: now,
        });
        *left = Left {
            starts: self.refilled(left, now),
            at: now,
        };
        if left.starts < 1.0 {
            let message = format!(
                "your address started more than {} runs in {BURST_SECONDS} seconds",
                self.per_second * BURST_SECONDS
            );
            let hint = "wait a second; for a class behind one address the server needs --class";
            let failure = Failure::new(Code::LimitHit, message, hint);
            return Err(failure.limit("starts_per_second", self.per_second));
        }
        left.starts -= 1.0;
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "rates are far below 2^53")]
    fn refilled(&self, left: &Left, now: Instant) -> f64 {
        let more = (now - left.at).as_secs_f64() * self.per_second as f64;
        (left.starts + more).min(self.most())
    }

    #[expect(clippy::cast_precision_loss, reason = "rates are far below 2^53")]
    fn most(&self) -> f64 {
        (self.per_second * BURST_SECONDS) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::{REMEMBERED, Starts};
    use std::{
        net::{IpAddr, Ipv4Addr},
        time::Duration,
    };
    use tokio::time::Instant;

    fn address(n: usize) -> Option<IpAddr> {
        Some(Ipv4Addr::from(u32::try_from(n).unwrap() + 1).into())
    }

    #[test]
    fn five_at_once_then_one_a_second_for_each_address() {
        let starts = Starts::new(1);
        let now = Instant::now();
        let count = |who, when| (0..100).filter(|_| starts.take(who, when).is_ok()).count();
        assert_eq!(count(address(1), now), 5);
        assert_eq!(count(address(2), now), 5, "another is not held back");
        assert_eq!(count(address(1), now + Duration::from_secs(2)), 2);
        assert_eq!(count(None, now), 100);
        let refused = starts.take(address(2), now).unwrap_err();
        assert_eq!(refused.limit.as_deref(), Some("starts_per_second"));
        let unlimited = Starts::new(0);
        assert!((0..100).all(|_| unlimited.take(address(1), now).is_ok()));
    }

    #[test]
    fn whoever_is_long_quiet_is_forgotten() {
        let starts = Starts::new(1);
        let now = Instant::now();
        for n in 0..3 * REMEMBERED {
            let when = now + Duration::from_secs(u64::try_from(n).unwrap());
            starts.take(address(n), when).unwrap();
        }
        assert!(starts.addresses.lock().unwrap().len() <= REMEMBERED);
    }
}
