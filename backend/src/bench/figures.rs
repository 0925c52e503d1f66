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

/// Columns of a graph, each twice as wide as the one before.
const COLUMNS: usize = 12;
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Durations, sorted; nanoseconds.
#[derive(Debug)]
pub(super) struct Figures(Vec<u64>);

impl Figures {
    /// Sorts.
    pub(super) fn of(mut ns: Vec<u64>) -> Self {
        ns.sort_unstable();
        Self(ns)
    }

    pub(super) fn at(&self, percent: usize) -> u64 {
        let last = self.0.len().saturating_sub(1);
        self.0.get(last * percent / 100).copied().unwrap_or(0)
    }

    /// For programs: `p50=4817 p90=5448 p99=5538 max=61481 n=10000 graph=···█▁·······`.
    pub(super) fn line(&self) -> String {
        format!(
            "p50={} p90={} p99={} max={} n={} graph={}",
            self.at(50),
            self.at(90),
            self.at(99),
            self.at(100),
            self.0.len(),
            self.graph()
        )
    }

    /// For people: microseconds in columns.
    pub(super) fn row(&self, name: &str) -> String {
        let us = |ns: u64| format!("{}.{:02}", ns / 1000, ns % 1000 / 10);
        let [p50, p90, p99, max] = [50, 90, 99, 100].map(|percent| us(self.at(percent)));
        let graph = self.graph();
        format!("{name:<50} {p50:>9} {p90:>9} {p99:>9} {max:>9}  {graph}")
    }

    /// How the durations are spread, on the same scale everywhere: below 1 µs, below 2, 4, … 1024 µs, and above. The height
    /// is the logarithm of the share, so that one in ten thousand is still seen; a dot is none at all.
    fn graph(&self) -> String {
        let mut counts = [0_usize; COLUMNS];
        for ns in &self.0 {
            let column = (ns / 1000)
                .checked_ilog2()
                .map_or(0, |log| log as usize + 1);
            counts[column.min(COLUMNS - 1)] += 1;
        }
        let most = counts.iter().copied().max().unwrap_or(0);
        let bar = |count: usize| match count {
            0 => '·',
            // The tallest is eight high; half of its logarithmic steps lower, one less.
            _ => {
                let below = (most / count).ilog2() as usize / 2;
                BARS[(BARS.len() - 1).saturating_sub(below)]
            }
        };
        counts.into_iter().map(bar).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Figures;

    #[test]
    fn the_middle_is_the_middle() {
        let figures = Figures::of((1..=101).rev().collect());
        assert_eq!(
            figures.line(),
            "p50=51 p90=91 p99=100 max=101 n=101 graph=█···········"
        );
        assert_eq!(
            Figures::of(Vec::new()).line(),
            "p50=0 p90=0 p99=0 max=0 n=0 graph=············"
        );
    }

    #[test]
    fn a_graph_has_a_column_for_each_doubling_and_shows_one_in_a_thousand() {
        let mut ns = vec![6_000; 1000];
        ns.extend([999, 1000, 1999, 3_000_000]);
        assert_eq!(Figures::of(ns).graph(), "▄▄·█·······▄");
    }
}
