//! `cargo xtask bench`: each figure measured beside its floor, in one run, on this machine.
//!
//! A bench is one file of this folder and one line of [`BENCHES`].

use anyhow::{Result, bail};
use clap::Args;

/// What `bench` takes.
#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// Which benches to run; all when none is named.
    names: Vec<String>,
}

/// A bench: its name on the command line, what it measures in one sentence, and how.
#[derive(Debug)]
struct Bench {
    name: &'static str,
    measures: &'static str,
    run: fn() -> Result<()>,
}

/// All there are.
const BENCHES: &[Bench] = &[];

/// Runs the named benches, or all.
pub(crate) fn run(args: &BenchArgs) -> Result<()> {
    if BENCHES.is_empty() {
        bail!("there is no bench yet, so nothing was measured");
    }
    let unknown = args
        .names
        .iter()
        .find(|name| BENCHES.iter().all(|bench| bench.name != **name));
    if let Some(name) = unknown {
        let known: Vec<_> = BENCHES.iter().map(|bench| bench.name).collect();
        bail!(
            "there is no bench `{name}`; there are: {}",
            known.join(", ")
        );
    }
    let wanted =
        |bench: &&Bench| args.names.is_empty() || args.names.iter().any(|name| name == bench.name);
    for bench in BENCHES.iter().filter(wanted) {
        crate::step::say(bench.measures);
        (bench.run)()?;
    }
    Ok(())
}
