//! Durations: how they are taken, and their percentiles.

use rustix::{
    io::Errno,
    thread::{CpuSet, sched_setaffinity},
    time::{ClockId, clock_gettime},
};

/// CLOCK_MONOTONIC, nanoseconds.
pub(crate) fn monotonic_ns() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    u64::try_from(now.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(now.tv_nsec).unwrap_or(0)
}

/// Keeps this process on one core.
///
/// # Errors
/// `EINVAL` for a core that the host does not have.
pub(crate) fn pin(cpu: usize) -> Result<(), Errno> {
    let mut set = CpuSet::new();
    set.set(cpu);
    sched_setaffinity(None, &set)
}

/// Durations, sorted; nanoseconds.
#[derive(Debug)]
pub(super) struct Figures(Vec<u64>);

impl Figures {
    /// Sorts.
    pub(super) fn of(mut ns: Vec<u64>) -> Self {
        ns.sort_unstable();
        Self(ns)
    }

    fn at(&self, percent: usize) -> u64 {
        let last = self.0.len().saturating_sub(1);
        self.0.get(last * percent / 100).copied().unwrap_or(0)
    }

    /// For programs: `p50=4817 p90=5448 p99=5538 max=61481`.
    pub(super) fn line(&self) -> String {
        format!(
            "p50={} p90={} p99={} max={}",
            self.at(50),
            self.at(90),
            self.at(99),
            self.at(100)
        )
    }

    /// For people: microseconds in columns.
    pub(super) fn row(&self, name: &str) -> String {
        let us = |ns: u64| format!("{}.{:02}", ns / 1000, ns % 1000 / 10);
        let [p50, p90, p99, max] = [50, 90, 99, 100].map(|percent| us(self.at(percent)));
        format!("{name:<44} {p50:>9} {p90:>9} {p99:>9} {max:>9}")
    }
}

#[cfg(test)]
mod tests {
    use super::Figures;

    #[test]
    fn the_middle_is_the_middle() {
        let figures = Figures::of((1..=101).rev().collect());
        assert_eq!(figures.line(), "p50=51 p90=91 p99=100 max=101");
        assert_eq!(Figures::of(Vec::new()).line(), "p50=0 p90=0 p99=0 max=0");
    }
}
