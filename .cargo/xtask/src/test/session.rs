//! The steps that are done so far, and what is told of them.

use std::ops::ControlFlow;
use std::time::Instant;

use anyhow::{Error, Result, bail};

use super::{LOOKS, TestArgs, totals::Totals};
use crate::step;

/// Names of failed tests that are told of one step in the end; the log above has the others.
const MOST_NAMES: usize = 40;

/// One line of the closing table.
#[derive(Debug)]
struct Done {
    name: &'static str,
    seconds: f64,
    totals: Totals,
    failure: Option<Error>,
}

/// The steps that are done so far.
#[derive(Debug)]
pub(super) struct Session<'a> {
    args: &'a TestArgs,
    done: Vec<Done>,
}

impl<'a> Session<'a> {
    pub(super) fn new(args: &'a TestArgs) -> Self {
        Self {
            args,
            done: Vec::new(),
        }
    }

    /// A step without which the tests cannot run; quick when there is nothing to do.
    pub(super) fn step(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> Result<()>,
    ) -> ControlFlow<()> {
        let wanted = &self.args.steps;
        if !wanted.is_empty()
            && wanted
                .iter()
                .all(|step| step != name && LOOKS.contains(&step.as_str()))
        {
            return ControlFlow::Continue(());
        }
        if self.timed(name, |_| work()) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }

    /// A step that is left out where only tests are asked for.
    pub(super) fn check(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) {
        if self.args.filter.is_none() {
            self.tests(name, |_| work());
        }
    }

    /// A step whose failure keeps no other from being done.
    pub(super) fn tests(&mut self, name: &'static str, work: impl FnOnce(&Totals) -> Result<()>) {
        if self.args.steps.is_empty() || self.args.steps.iter().any(|wanted| wanted == name) {
            self.timed(name, work);
        }
    }

    /// Does it, and says at its end which tests did not pass at once.
    fn timed(&mut self, name: &'static str, work: impl FnOnce(&Totals) -> Result<()>) -> bool {
        let totals = Totals::default();
        let begun = Instant::now();
        let failure = step::timed(name, || work(&totals)).err();
        for test in totals.flaky() {
            step::say(&format!("{name}: passed at a later try only: {test}"));
        }
        if let Some(why) = &failure {
            step::fail(why);
        }
        let passed = failure.is_none();
        self.done.push(Done {
            name,
            seconds: begun.elapsed().as_secs_f64(),
            totals,
            failure,
        });
        passed
    }

    /// Tells the whole, and fails if a step did. What failed comes last, by name: often the end of a log is all one sees.
    pub(super) fn close(self) -> Result<()> {
        step::tell("");
        for line in table(&self.done) {
            step::tell(&line);
        }
        let broken = broken(&self.done);
        if !broken.is_empty() {
            bail!("not everything passed:\n{}", broken.join("\n"));
        }
        Ok(())
    }
}

/// A line for each step, the sums, and the tests that were played more than once.
fn table(done: &[Done]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut whole = 0.0;
    let (mut passed, mut failed) = (0, 0);
    for Done {
        name,
        seconds,
        totals,
        failure,
    } in done
    {
        let verdict = if failure.is_some() { "FAILED" } else { "ok" };
        let counted = totals.lines().join("; ");
        let line = format!("{name:<12} {verdict:<7} {seconds:>7.1} s  {counted}");
        lines.push(line.trim_end().to_owned());
        whole += seconds;
        passed += totals.passed();
        failed += totals.failed();
    }
    lines.push(format!("all of it took {whole:.1} s"));
    lines.push(format!("{passed} passed, {failed} failed"));
    let flaky = done
        .iter()
        .flat_map(|step| step.totals.flaky())
        .map(|test| format!("passed at a later try only: {test}"));
    lines.extend(flaky);
    lines
}

/// What failed: each test by name, and of a step in which no test did, why.
fn broken(done: &[Done]) -> Vec<String> {
    let mut lines = Vec::new();
    for step in done {
        let Some(why) = &step.failure else { continue };
        let name = step.name;
        let tests = step.totals.broken();
        if tests.is_empty() {
            lines.push(format!("{name:<12} {}", why.root_cause()));
        }
        let told = tests.iter().take(MOST_NAMES);
        lines.extend(told.map(|test| format!("{name:<12} {test}")));
        if tests.len() > MOST_NAMES {
            lines.push(format!("{name:<12} and {} more", tests.len() - MOST_NAMES));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{Done, MOST_NAMES, Totals, broken, table};
    use anyhow::anyhow;

    fn done(name: &'static str, failure: Option<&str>, lines: &[&str]) -> Done {
        let totals = Totals::default();
        for line in lines {
            totals.look(line);
        }
        Done {
            name,
            seconds: 1.0,
            totals,
            failure: failure.map(|why| anyhow!("{why}").context("a step")),
        }
    }

    #[test]
    fn what_failed_is_told_by_name_or_by_its_cause() {
        let done = [
            done("lints", Some("clippy ended with 101"), &[]),
            done("unit", None, &["test one ... ok"]),
            done(
                "oracle",
                Some("nextest ended with 100"),
                &[
                    "  TRY 1 FAIL [   0.1s] (1/2) ipc-tests::oracle shaky",
                    "  TRY 2 PASS [   0.1s] (1/2) ipc-tests::oracle shaky",
                    "  TRY 2 FAIL [   0.1s] (2/2) ipc-tests::oracle broken",
                ],
            ),
        ];
        assert_eq!(
            broken(&done),
            [
                "lints        clippy ended with 101",
                "oracle       ipc-tests::oracle broken"
            ]
        );
        let table = table(&done);
        assert_eq!(
            table.last().map(String::as_str),
            Some("passed at a later try only: ipc-tests::oracle shaky")
        );
        assert!(table[0].contains("FAILED") && table[1].contains("ok"));
    }

    #[test]
    fn a_step_that_is_broken_altogether_does_not_fill_the_screen() {
        let lines: Vec<_> = (0..100).map(|n| format!("test t{n} ... FAILED")).collect();
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        let told = broken(&[done("unit", Some("all failed"), &lines)]);
        assert_eq!(told.len(), MOST_NAMES + 1);
        assert_eq!(told[MOST_NAMES], "unit         and 60 more");
    }
}
