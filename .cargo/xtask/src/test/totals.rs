//! What the test runners say they counted, and which tests did not pass at once.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::verdict::Verdict;

/// The closing lines of the runners of one step, and the names of its tests that failed, once or for good.
#[derive(Debug, Default)]
pub(super) struct Totals {
    lines: Mutex<Vec<String>>,
    /// Each test that failed, and whether a later try passed.
    stumbled: Mutex<BTreeMap<String, bool>>,
}

impl Totals {
    /// Keeps the line if it is the closing one of nextest or of cargo test, or says how a test went.
    pub(super) fn look(&self, line: &str) {
        if let Some(verdict) = Verdict::of(line) {
            self.note(&verdict);
        }
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

    fn note(&self, verdict: &Verdict<'_>) {
        let name = match verdict.program {
            Some(program) => format!("{program} {}", verdict.name),
            None => verdict.name.to_owned(),
        };
        let mut stumbled = self.stumbled();
        if verdict.passed {
            stumbled
                .entry(name)
                .and_modify(|recovered| *recovered = true);
        } else {
            stumbled.insert(name, false);
        }
    }

    fn stumbled(&self) -> MutexGuard<'_, BTreeMap<String, bool>> {
        self.stumbled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tests that failed first and passed when they were played once more.
    pub(super) fn flaky(&self) -> Vec<String> {
        self.which(true)
    }

    /// Tests that failed for good.
    pub(super) fn broken(&self) -> Vec<String> {
        self.which(false)
    }

    fn which(&self, recovered: bool) -> Vec<String> {
        let stumbled = self.stumbled();
        let chosen = stumbled.iter().filter(|(_, then)| **then == recovered);
        chosen.map(|(name, _)| name.clone()).collect()
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

    #[test]
    fn who_stumbled_is_told_by_name_once() {
        let totals = Totals::default();
        for line in [
            "        PASS [   0.1s] (1/4) ipc-tests::oracle lessons::steady",
            "  TRY 1 FAIL [   0.1s] (2/4) ipc-tests::oracle lessons::shaky",
            "  TRY 1 FAIL [   0.1s] (3/4) ipc-tests::oracle lessons::broken",
            "  TRY 2 PASS [   0.1s] (3/4) ipc-tests::oracle lessons::shaky",
            "  TRY 2 FAIL [   0.1s] (4/4) ipc-tests::oracle lessons::broken",
            "     Summary [   0.4s] 3 tests run: 2 passed (1 flaky), 1 failed, 0 skipped",
            "   FLAKY 2/2 [   0.1s] (3/4) ipc-tests::oracle lessons::shaky",
            "  TRY 2 FAIL [   0.1s] (4/4) ipc-tests::oracle lessons::broken",
        ] {
            totals.look(line);
        }
        assert_eq!(totals.flaky(), ["ipc-tests::oracle lessons::shaky"]);
        assert_eq!(totals.broken(), ["ipc-tests::oracle lessons::broken"]);
    }
}
