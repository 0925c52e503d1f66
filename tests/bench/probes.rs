//! Whole programs beside each other: our `ipc-playground bench …` and the floor, `floor.c`, turn by turn.

use std::{path::PathBuf, process::Command};

use anyhow::{Context as _, Result, ensure};
use harness::program;

use crate::figures::{Bound, Goal, median, spread};

/// Turns of each side: the median of five survives two bad ones.
const TURNS: usize = 5;

/// The role's write and read against the same calls in C.
pub(crate) fn role() -> Result<Vec<Goal>> {
    let floor = floor()?;
    let mut goals = Vec::new();
    let two_cores = std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
    for (place, cpus, bound) in [
        ("one core", ["0", "0"], Bound::AtMost(1.05)),
        ("two cores", ["0", "1"], Bound::AtMost(1.25)),
    ] {
        if cpus[1] == "1" && !two_cores {
            continue;
        }
        for size in ["64", "4096"] {
            let args = ["pipe", size, "10000", cpus[0], cpus[1]];
            let (ours, theirs) = turns(|| ours(&args), || p50(&floor, &args))?;
            goals.push(ratio(
                &format!("role / floor, round trip {size} B, {place}"),
                &ours,
                &theirs,
                bound,
            ));
        }
    }
    Ok(goals)
}

/// What the filter and the tracer add.
pub(crate) fn trace() -> Result<Vec<Goal>> {
    let (traced, untraced) = turns(
        || ours(&["getppid", "2000", "traced"]),
        || ours(&["getppid", "2000", "untraced"]),
    )?;
    let mut goals = vec![ratio(
        "getppid, which X-ray lets pass: worker with X-ray / without",
        &traced,
        &untraced,
        Bound::AtMost(1.10),
    )];
    let (traced, untraced) = turns(
        || ours(&["pair", "5000", "traced"]),
        || ours(&["pair", "5000", "untraced"]),
    )?;
    // A pair is two calls.
    let added: Vec<f64> = traced
        .iter()
        .zip(&untraced)
        .map(|(traced, untraced)| (traced - untraced) / 2000.0)
        .collect();
    goals.push(Goal {
        name: "added by the tracer to a traced call, one core".to_owned(),
        value: median(added.clone()),
        unit: "µs",
        bound: Bound::AtMost(60.0),
        detail: format!("min/med/max {}", spread(&added)),
    });
    Ok(goals)
}

fn ratio(name: &str, ours: &[f64], theirs: &[f64], bound: Bound) -> Goal {
    let ratios: Vec<f64> = ours
        .iter()
        .zip(theirs)
        .map(|(ours, theirs)| ours / theirs)
        .collect();
    Goal {
        name: name.to_owned(),
        value: median(ratios.clone()),
        unit: "×",
        bound,
        detail: format!(
            "min/med/max {}; p50 {:.2} µs / {:.2} µs",
            spread(&ratios),
            median(ours.to_vec()) / 1000.0,
            median(theirs.to_vec()) / 1000.0
        ),
    }
}

/// Both sides in turn, after one turn that does not count; nanoseconds.
fn turns(
    ours: impl Fn() -> Result<f64>,
    theirs: impl Fn() -> Result<f64>,
) -> Result<(Vec<f64>, Vec<f64>)> {
    ours()?;
    theirs()?;
    let mut sides = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        sides.0.push(ours()?);
        sides.1.push(theirs()?);
    }
    Ok(sides)
}

fn ours(args: &[&str]) -> Result<f64> {
    let mut all = vec!["bench"];
    all.extend(args);
    p50(&program::binary(), &all)
}

/// Runs a program that prints `p50=NANOSECONDS …`.
fn p50(binary: &PathBuf, args: &[&str]) -> Result<f64> {
    let output = program::command(binary)
        .args(args)
        .output()
        .with_context(|| binary.display().to_string())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "{} {args:?}: {text}{}",
        binary.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    let value = text
        .split_whitespace()
        .find_map(|word| word.strip_prefix("p50="))
        .context("no p50 in the output")?;
    Ok(value.parse()?)
}

/// Compiles the floor with the C compiler that the README asks for.
fn floor() -> Result<PathBuf> {
    let source = program::workspace().join("tests/bench/floor.c");
    let binary = program::binary().with_file_name("floor");
    let mut compile: Command = program::command("cc");
    let compiled = compile
        .args(["-O2", "-Wall", "-o"])
        .arg(&binary)
        .arg(&source)
        .status()
        .context("cc")?;
    ensure!(compiled.success(), "floor.c does not compile");
    Ok(binary)
}
