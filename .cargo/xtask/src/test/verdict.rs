//! What a line of a test runner says about one test.

/// How a try of a test went, by the line that says so.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict<'a> {
    /// The test program, if the line names it: two may have tests of the same name.
    pub(super) program: Option<&'a str>,
    /// The test with its modules.
    pub(super) name: &'a str,
    pub(super) passed: bool,
}

impl<'a> Verdict<'a> {
    /// A line of nextest or of cargo test, without its colors; none of any other line, such as one that a test printed.
    pub(super) fn of(line: &'a str) -> Option<Self> {
        Self::of_nextest(line).or_else(|| Self::of_cargo(line))
    }

    /// `TRY 2 FAIL [   0.153s] ( 53/130) ipc-tests::oracle lessons::one`, mostly without the first two words. What failed
    /// in the end is said once more after the closing line.
    fn of_nextest(line: &'a str) -> Option<Self> {
        let (status, rest) = line.split_once(" [")?;
        let (time, test) = rest.split_once("s] ")?;
        let _a_duration: f64 = time.trim().parse().ok()?;
        let mut status = status.split_whitespace();
        let word = match status.next()? {
            "TRY" => status.nth(1)?,
            word => word,
        };
        let passed = match word {
            "PASS" | "LEAK" | "FLAKY" => true,
            // FAIL, TIMEOUT, LEAK-FAIL, SIGABRT, and shorter ones after TRY.
            other
                if other
                    .chars()
                    .all(|sign| sign.is_ascii_uppercase() || sign == '-') =>
            {
                false
            }
            _ => return None,
        };
        let mut words = test.split_whitespace().rev();
        Some(Self {
            name: words.next()?,
            program: words.next(),
            passed,
        })
    }

    /// `test lessons::one ... ok`; indented, it is part of what a test printed that has failed. With `--quiet` only what
    /// failed is named, as `lessons::one --- FAILED`.
    fn of_cargo(line: &'a str) -> Option<Self> {
        let (name, passed) = if let Some(name) = line.strip_suffix(" --- FAILED") {
            (name, false)
        } else {
            let (name, end) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
            match end {
                "ok" => (name, true),
                "FAILED" => (name, false),
                _ => return None,
            }
        };
        Some(Self {
            program: None,
            name,
            passed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict;

    fn of(line: &str) -> Option<(&str, bool)> {
        Verdict::of(line).map(|verdict| (verdict.name, verdict.passed))
    }

    #[test]
    fn nextest_says_how_each_try_went() {
        for (line, passed) in [
            (
                "        PASS [   0.153s] ( 50/130) ipc-tests::oracle a::b",
                true,
            ),
            (
                "        FAIL [   0.153s] ( 50/130) ipc-tests::oracle a::b",
                false,
            ),
            (
                "  TRY 1 FAIL [  12.868s] (─────) ipc-tests::oracle a::b",
                false,
            ),
            (
                "   TRY 2 TMT [  30.002s] (44/56) ipc-tests::oracle a::b",
                false,
            ),
            (
                "  TRY 2 PASS [   1.360s] (3/9) ipc-tests::oracle a::b",
                true,
            ),
            (
                "   FLAKY 2/2 [   1.360s] (3/9) ipc-tests::oracle a::b",
                true,
            ),
            (
                "     SIGABRT [   0.020s] (3/9) ipc-tests::oracle a::b",
                false,
            ),
            (
                "   LEAK-FAIL [   0.620s] (3/9) ipc-tests::oracle a::b",
                false,
            ),
        ] {
            let verdict = Verdict {
                program: Some("ipc-tests::oracle"),
                name: "a::b",
                passed,
            };
            assert_eq!(Verdict::of(line), Some(verdict), "{line}");
        }
    }

    #[test]
    fn cargo_test_says_it_without_a_program() {
        assert_eq!(of("test a::b ... ok"), Some(("a::b", true)));
        assert_eq!(of("test a::b ... FAILED"), Some(("a::b", false)));
        assert_eq!(
            of("src/lib.rs - a::b (line 3) --- FAILED"),
            Some(("src/lib.rs - a::b (line 3)", false))
        );
        assert_eq!(of("test a::b ... ignored"), None);
    }

    #[test]
    fn other_lines_say_nothing() {
        for line in [
            "        SLOW [> 10.000s] (───) ipc-tests::oracle a::b",
            "     Summary [   0.108s] 3 tests run: 2 passed (1 flaky), 1 failed, 0 skipped",
            "    FAIL  not seen: gauge empty>=10",
            "    test a::b ... FAILED",
            "",
        ] {
            assert_eq!(of(line), None, "{line}");
        }
    }
}
