//! cargo-nextest where it is found, else cargo test.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::totals::Totals;
use crate::{step, workspace};

/// Random cases a property with `--long`, instead of proptest's 256.
const LONG_CASES: &str = "20000";

/// Always the same selection, as another one would have cargo compile what they share once more. This program is apart:
/// it is compiled before it can run.
pub(super) const PRODUCT: &[&str] = &["--workspace", "--exclude", "xtask"];

/// How tests are run.
#[derive(Debug)]
pub(super) struct Runner {
    nextest: bool,
    long: bool,
    filter: Option<String>,
}

/// The server that the tests start, compiled by the step before them.
pub(super) fn server() -> PathBuf {
    workspace::target().join("debug/ipc-playground")
}

impl Runner {
    pub(super) fn new(long: bool, filter: Option<&str>) -> Self {
        let nextest = workspace::on_path("cargo-nextest").is_some();
        if !nextest {
            step::say(
                "tests: no cargo-nextest here, so cargo test runs them; it does not notice leaks",
            );
        }
        Self {
            nextest,
            long,
            filter: filter.map(str::to_owned),
        }
    }

    /// The rules of the repository, and this program itself.
    pub(super) fn tidy(&self, totals: &Totals) -> Result<()> {
        self.run(&["-p", "xtask"], totals)
    }

    /// What is tested inside of the crates.
    pub(super) fn unit(&self, totals: &Totals) -> Result<()> {
        self.run(&[PRODUCT, &["--lib", "--bins"]].concat(), totals)
    }

    /// One test program of `ipc-tests`, against the real server; `look` sees what the runner says.
    pub(super) fn suite(&self, name: &str, look: impl Fn(&str) + Sync) -> Result<()> {
        self.watched(&[PRODUCT, &["--test", name]].concat(), look)
    }

    /// That the documentation holds together, and that its examples run.
    pub(super) fn documentation(&self, totals: &Totals) -> Result<()> {
        if self.filter.is_some() {
            return Ok(());
        }
        let mut doc = step::cargo();
        doc.args(["doc", "--workspace", "--no-deps", "--locked", "--quiet"]);
        step::run(doc.env("RUSTDOCFLAGS", "-D warnings"))?;
        let mut test = step::cargo();
        test.args(["test", "--doc", "--locked", "--no-fail-fast", "--quiet"]);
        test.args(PRODUCT);
        step::watched(&mut test, |line| totals.look(line))
    }

    fn run(&self, which: &[&str], totals: &Totals) -> Result<()> {
        self.watched(which, |line| totals.look(line))
    }

    fn watched(&self, which: &[&str], look: impl Fn(&str) + Sync) -> Result<()> {
        let mut cargo = step::cargo();
        if self.nextest {
            cargo.args(["nextest", "run"]);
        } else {
            cargo.args(["test", "--no-fail-fast"]);
        }
        cargo.arg("--locked").args(which);
        if self.nextest && self.filter.is_some() {
            // That one suite has no such test is no failure when all are asked.
            cargo.arg("--no-tests=pass");
        }
        cargo.args(&self.filter);
        self.prepare(&mut cargo);
        step::watched(&mut cargo, look)
    }

    fn prepare(&self, cargo: &mut Command) {
        // The suites start this server; a snapshot that differs is a failure and no new file.
        cargo
            .env("IPC_PLAYGROUND", server())
            .env("INSTA_UPDATE", "no");
        if self.long {
            cargo
                .env("PROPTEST_CASES", LONG_CASES)
                .env("IPC_TEST_LONG", "1");
        }
    }
}
