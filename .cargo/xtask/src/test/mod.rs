//! `cargo xtask test`: everything that CI checks, in the order of what fails fastest.
//!
//! A step that fails does not keep the others from running, so one run tells all there is to mend; only without tools, a
//! page or a server is there nothing to test. The closing table says of each step how long it took and what its runner
//! counted; the very last lines name what failed.

mod matrix;
mod readme;
mod runner;
mod session;
mod tools;
mod totals;
mod verdict;

use std::ops::ControlFlow;

use anyhow::{Result, bail};
use clap::Args;

use self::matrix::Matrix;
#[cfg(test)]
pub(crate) use self::readme::commands as readme_commands;
use self::runner::Runner;
use self::session::Session;
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
    let mut session = Session::new(args);
    // What could not be begun is told there as well.
    let _each_step_is_told = perform(&mut session, args);
    session.close()
}

/// All steps, until one is broken without which there is nothing to test.
fn perform(session: &mut Session<'_>, args: &TestArgs) -> ControlFlow<()> {
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
    ControlFlow::Continue(())
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
