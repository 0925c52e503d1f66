//! `cargo xtask test`: everything that CI checks, in the order of what fails fastest.
//!
//! A step that fails does not keep the others from running, so one run tells all there is to mend; only without tools, a
//! page or a server is there nothing to test. The closing table says of each step how long it took and what its runner
//! counted.

mod readme;
mod runner;
mod tools;
mod totals;

use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;

#[cfg(test)]
pub(crate) use self::readme::commands as readme_commands;
use self::runner::Runner;
use self::totals::Totals;
use crate::server::Profile;
use crate::{page, server, step};

/// What `test` takes.
#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// Try far more random cases, and the tests that take minutes.
    #[arg(long)]
    long: bool,
    /// Only this step; may be given again. See the closing table for the names.
    #[arg(long = "step", value_name = "STEP")]
    steps: Vec<String>,
    /// Only tests whose name contains this; nothing but tests is run then.
    filter: Option<String>,
}

/// One line of the closing table.
#[derive(Debug)]
struct Done {
    name: &'static str,
    seconds: f64,
    totals: Totals,
    failure: Option<anyhow::Error>,
}

/// The steps that are done so far.
#[derive(Debug)]
struct Session<'a> {
    args: &'a TestArgs,
    done: Vec<Done>,
}

/// The test programs of `ipc-tests`, each a step.
pub(crate) const SUITES: &[&str] = &["conformance", "faults", "protocol", "oracle", "browser"];

/// Checks everything, or what the arguments leave of it.
pub(crate) fn run(args: &TestArgs) -> Result<()> {
    let mut session = Session {
        args,
        done: Vec::new(),
    };
    let known = [
        "tools", "format", "page", "lints", "server", "unit", "docs", "readme",
    ];
    if let Some(unknown) = args
        .steps
        .iter()
        .find(|name| !known.iter().chain(SUITES).any(|step| step == name))
    {
        bail!(
            "there is no step `{unknown}`; there are: {}, {}",
            known.join(", "),
            SUITES.join(", ")
        );
    }
    session.step("tools", |_| tools::install())?;
    session.check("format", || {
        step::run(step::cargo().args(["fmt", "--all", "--check"]))
    });
    session.step("page", |_| page::build(page::Budget::Enforced))?;
    session.check("lints", || {
        let mut clippy = step::cargo();
        clippy.args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ]);
        step::run(&mut clippy)
    });
    let server = session.step("server", |_| server::compile(Profile::Dev))?;
    let runner = Runner::new(args.long, args.filter.as_deref(), &server);
    session.tests("unit", |totals| runner.unit(totals));
    session.tests("docs", |totals| runner.documentation(totals));
    for suite in SUITES {
        session.tests(suite, |totals| runner.suite(suite, totals));
    }
    session.check("readme", || readme::commands_exist(&server));
    session.close()
}

impl Session<'_> {
    /// A step without which the rest makes no sense. Always done: it is quick when there is nothing to do.
    fn step<T>(
        &mut self,
        name: &'static str,
        work: impl FnOnce(&Totals) -> Result<T>,
    ) -> Result<T> {
        let totals = Totals::default();
        let begun = Instant::now();
        let made = step::timed(name, || work(&totals))?;
        self.note(name, begun, totals, None);
        Ok(made)
    }

    /// A step that is left out where only tests are asked for.
    fn check(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) {
        if self.args.filter.is_none() {
            self.tests(name, |_| work());
        }
    }

    /// A step whose failure is told at the end.
    fn tests(&mut self, name: &'static str, work: impl FnOnce(&Totals) -> Result<()>) {
        if !self.args.steps.is_empty() && self.args.steps.iter().all(|wanted| wanted != name) {
            return;
        }
        let totals = Totals::default();
        let begun = Instant::now();
        let failure = step::timed(name, || work(&totals)).err();
        if let Some(why) = &failure {
            step::fail(why);
        }
        self.note(name, begun, totals, failure);
    }

    fn note(
        &mut self,
        name: &'static str,
        begun: Instant,
        totals: Totals,
        failure: Option<anyhow::Error>,
    ) {
        let seconds = begun.elapsed().as_secs_f64();
        self.done.push(Done {
            name,
            seconds,
            totals,
            failure,
        });
    }

    /// Tells the whole, and fails if a step did.
    fn close(self) -> Result<()> {
        let mut whole = 0.0;
        let (mut passed, mut failed) = (0, 0);
        step::tell("");
        for Done {
            name,
            seconds,
            totals,
            failure,
        } in &self.done
        {
            let verdict = if failure.is_some() { "FAILED" } else { "ok" };
            let counted = totals.lines().join("; ");
            step::tell(format!("{name:<12} {verdict:<7} {seconds:>7.1} s  {counted}").trim_end());
            whole += seconds;
            passed += totals.passed();
            failed += totals.failed();
        }
        step::tell(&format!("all of it took {whole:.1} s"));
        step::tell(&format!("{passed} passed, {failed} failed"));
        let broken: Vec<_> = self
            .done
            .iter()
            .filter(|done| done.failure.is_some())
            .map(|done| done.name)
            .collect();
        if !broken.is_empty() {
            bail!("these steps failed: {}", broken.join(", "));
        }
        Ok(())
    }
}
