//! `cargo xtask bench`: each promised figure measured beside its floor, in one run, on this machine.
//!
//! What is measured is in tests/bench; this builds what it measures: a server with all optimizations, and the page as a
//! browser loads it where that is looked at.

use anyhow::Result;
use clap::Args;

use crate::server::{self, Profile};
use crate::{step, workspace};

/// What `bench` takes.
#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// Put the table of all variants into the README.
    #[arg(long)]
    write_table: bool,
    /// How long a class drill takes.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// How many learners it has.
    #[arg(long, default_value_t = 60)]
    learners: u64,
    /// Which benches to run; all when none is named.
    names: Vec<String>,
}

/// Benches that look at no page: what they measure is built without a new one.
const WITHOUT_PAGE: &[&str] = &["table", "peers", "recording", "hangs", "trace"];

/// Builds, then measures. A goal that is missed is a failure.
pub(crate) fn run(args: &BenchArgs) -> Result<()> {
    let needs_none = |name: &String| WITHOUT_PAGE.contains(&name.as_str());
    let server = if !args.names.is_empty() && args.names.iter().all(needs_none) {
        server::compile(Profile::Release)?
    } else {
        server::build(Profile::Release)?
    };
    step::timed("bench: measure", || {
        let mut cargo = step::cargo();
        cargo.args([
            "bench",
            "--locked",
            "-p",
            "ipc-tests",
            "--bench",
            "figures",
            "--",
        ]);
        cargo
            .args(&args.names)
            .env("IPC_PLAYGROUND", &server)
            .env("IPC_BENCH_SECONDS", args.seconds.to_string())
            .env("IPC_BENCH_LEARNERS", args.learners.to_string());
        if args.write_table {
            cargo.env("IPC_BENCH_README", workspace::root().join("README.md"));
        }
        step::run(&mut cargo)
    })
}
