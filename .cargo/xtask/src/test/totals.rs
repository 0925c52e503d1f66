//! What the test runners say they counted.

use std::sync::{Mutex, PoisonError};

/// The closing lines of the runners of one step.
#[derive(Debug, Default)]
pub(super) struct Totals {
    lines: Mutex<Vec<String>>,
}

impl Totals {
    /// Keeps the line if it is the closing one of nextest or of cargo test.
    pub(super) fn look(&self, line: &str) {
        let line = line.trim();
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, counts)) = line
            .strip_prefix("Summary ")
            .and_then(|rest| rest.split_once("] "))
        {
            // Before it nextest has shown the output of each test that failed, with closing lines of their own.
            lines.clear();
            lines.push(counts.to_owned());
        } else if let Some(counts) = line.strip_prefix("test result: ") {
            // Doc tests close with a line for each crate, most of them about nothing.
            if count(counts, "passed") + count(counts, "failed") > 0 {
                lines.push(counts.to_owned());
            }
        }
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn passed(&self) -> u64 {
        self.lines().iter().map(|line| count(line, "passed")).sum()
    }

    /// A test that was ended for taking too long has failed as well.
    pub(super) fn failed(&self) -> u64 {
        let of = |line: &String| count(line, "failed") + count(line, "timed");
        self.lines().iter().map(of).sum()
    }
}

/// The number that stands before a word.
fn count(line: &str, word: &str) -> u64 {
    let words: Vec<_> = line
        .split(|letter: char| !letter.is_alphanumeric())
        .collect();
    words
        .windows(2)
        .find(|pair| pair[1] == word)
        .and_then(|pair| pair[0].parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Totals;

    #[test]
    fn cargo_test_closes_once_a_crate() {
        let totals = Totals::default();
        totals.look("test result: ok. 3 passed; 1 failed; 0 ignored; finished in 0.00s");
        totals.look("test result: ok. 0 passed; 0 failed; 0 ignored; finished in 0.00s");
        totals.look("the test passed 5 passed");
        assert_eq!((totals.passed(), totals.failed()), (3, 1));
        assert_eq!(totals.lines().len(), 1);
    }

    #[test]
    fn nextest_closes_once_and_repeats_what_failed() {
        let totals = Totals::default();
        totals.look("    test result: FAILED. 0 passed; 1 failed; 0 ignored");
        totals.look("     Summary [   0.004s] 12 tests run: 9 passed (1 leaky), 2 failed, 1 timed out, 0 skipped");
        assert_eq!((totals.passed(), totals.failed()), (9, 3));
    }
}
