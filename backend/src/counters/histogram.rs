//! How long things took, in buckets.

use super::Counter;
use std::time::Duration;

/// Upper bounds of the buckets in milliseconds; beyond the last is one more. A box takes two to thirty, on a busy host some
/// hundred.
const BOUNDS_MS: [u64; 12] = [1, 2, 3, 5, 10, 20, 30, 50, 100, 300, 1_000, 5_000];

/// Durations, counted by size.
#[derive(Debug, Default)]
pub struct Histogram {
    buckets: [Counter; BOUNDS_MS.len() + 1],
    micros: Counter,
}

impl Histogram {
    /// One more that took so long.
    pub fn took(&self, time: Duration) {
        let bucket = BOUNDS_MS
            .iter()
            .position(|bound| time <= Duration::from_millis(*bound))
            .unwrap_or(BOUNDS_MS.len());
        if let Some(bucket) = self.buckets.get(bucket) {
            bucket.add(1);
        }
        self.micros
            .add(time.as_micros().try_into().unwrap_or(u64::MAX));
    }

    /// How many took at most so many milliseconds, for each bound; `None` is any time.
    pub fn at_most(&self) -> impl Iterator<Item = (Option<u64>, u64)> {
        let bounds = BOUNDS_MS.into_iter().map(Some).chain([None]);
        bounds.zip(&self.buckets).scan(0, |sum, (bound, bucket)| {
            *sum += bucket.get();
            Some((bound, *sum))
        })
    }

    /// Of how many.
    pub fn count(&self) -> u64 {
        self.buckets.iter().map(Counter::get).sum()
    }

    /// All times together, in microseconds.
    pub fn sum_micros(&self) -> u64 {
        self.micros.get()
    }
}

#[cfg(test)]
mod tests {
    use super::Histogram;
    use std::time::Duration;

    #[test]
    fn each_bucket_has_all_that_took_no_longer() {
        let times = Histogram::default();
        for micros in [500, 1_000, 1_001, 40_000, 9_000_000] {
            times.took(Duration::from_micros(micros));
        }
        let found: Vec<_> = times.at_most().collect();
        let of = |bound| found.iter().find(|(known, _)| *known == bound).unwrap().1;
        assert_eq!(
            [Some(1), Some(2), Some(30), Some(50), Some(5_000), None].map(of),
            [2, 3, 3, 4, 4, 5]
        );
        assert_eq!((times.count(), times.sum_micros()), (5, 9_042_501));
    }
}
