//! `cargo xtask test`: everything that CI checks, in the order of what fails fastest.
//!
//! A step that fails does not keep the others from running, so one run tells all there is to mend; only without tools, a
//! page or a server is there nothing to test. The closing table says of each step how long it took and what its runner
//! counted.

mod matrix;
mod readme;
mod runner;
mod tools;
mod totals;

use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;

use self::matrix::Matrix;
#[cfg(test)]
pub(crate) use self::readme::commands as readme_commands;
use self::runner::Runner;
use self::totals::Totals;
use crate::{page, step};

/// What `test` takes.
#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// Try far more random cases, and the tests that take minutes.
    #[arg(long)]
    long: bool,
    /// Only this step; may be given again. See the closing table for the names.
    #[arg(long = "step", value_name = "STEP")]
    steps: Vec<String>,
    /// Put the matrix of the contract into the README instead of comparing it.
    #[arg(long)]
    write_matrix: bool,
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

/// Steps that look at the sources alone.
const LOOKS: &[&str] = &["format", "tidy", "lints"];

/// Steps that make what the tests need.
const MAKES: &[&str] = &["tools", "page", "compile"];

/// Steps that test what was made.
const TESTS: &[&str] = &["size", "unit", "docs", "readme"];

/// The test programs of `ipc-tests`, each a step.
pub(crate) const SUITES: &[&str] = &[
    "conformance",
    "peers",
    "faults",
    "protocol",
    "oracle",
    "browser",
];

/// Checks everything, or what the arguments leave of it.
pub(crate) fn run(args: &TestArgs) -> Result<()> {
    let mut session = Session {
        args,
        done: Vec::new(),
    };
    let known = || LOOKS.iter().chain(MAKES).chain(TESTS).chain(SUITES);
    if let Some(unknown) = args
        .steps
        .iter()
        .find(|name| !known().any(|step| step == name))
    {
        let known: Vec<_> = known().copied().collect();
        bail!(
            "there is no step `{unknown}`; there are: {}",
            known.join(", ")
        );
    }
    session.step("tools", tools::install)?;
    let runner = Runner::new(args.long, args.filter.as_deref());
    session.check("format", || {
        step::run(step::cargo().args(["fmt", "--all", "--check"]))
    });
    session.tests("tidy", |totals| runner.tidy(totals));
    session.step("page", || page::build(page::Budget::Told))?;
    session.check("size", page::keeps_its_budget);
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
    session.step("compile", || {
        let mut cargo = step::cargo();
        step::run(
            cargo
                .args(["build", "--locked", "--all-targets"])
                .args(runner::PRODUCT),
        )
    })?;
    session.tests("unit", |totals| runner.unit(totals));
    session.tests("docs", |totals| runner.documentation(totals));
    for suite in SUITES {
        session.tests(suite, |totals| {
            if *suite == "conformance" {
                return contract(&runner, totals, args);
            }
            runner.suite(suite, |line| totals.look(line))
        });
    }
    session.check("readme", || readme::commands_exist(&runner::server()));
    session.close()
}

/// The contract, and its matrix in the README.
fn contract(runner: &Runner, totals: &Totals, args: &TestArgs) -> Result<()> {
    let matrix = Matrix::default();
    let tested = runner.suite("conformance", |line| {
        totals.look(line);
        matrix.look(line);
    });
    if args.filter.is_none() {
        step::tell(&format!("\n{}", matrix.table()));
    }
    tested?;
    if args.filter.is_none() {
        matrix.in_readme(args.write_matrix)?;
    }
    Ok(())
}

impl Session<'_> {
    /// A step without which the tests cannot run; quick when there is nothing to do.
    fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        let wanted = &self.args.steps;
        if !wanted.is_empty()
            && wanted
                .iter()
                .all(|step| step != name && LOOKS.contains(&step.as_str()))
        {
            return Ok(());
        }
        let begun = Instant::now();
        step::timed(name, work)?;
        self.note(name, begun, Totals::default(), None);
        Ok(())
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
