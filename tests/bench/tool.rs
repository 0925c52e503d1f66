//! Programs that print one line of nanoseconds: ours, the floor in C, and Python's.

use anyhow::{Context as _, Result, ensure};
use harness::program;
use std::{
    io::Read as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// A figure that takes longer than this hangs.
const DEADLINE: Duration = Duration::from_secs(20);
/// How often a running program is looked after.
const LOOK: Duration = Duration::from_millis(2);

/// Percentiles of a figure, nanoseconds.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) p50: f64,
    pub(crate) p90: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
    /// How many durations that is of.
    pub(crate) n: u64,
    /// How they are spread; empty where the program does not say.
    pub(crate) graph: String,
}

/// `ipc-playground bench ARGS`.
pub(crate) fn ours(args: &[&str]) -> Result<Row> {
    let mut all = vec!["bench"];
    all.extend(args);
    run(&program::binary(), &all)
}

/// The floor in Python.
pub(crate) fn python(args: &[&str]) -> Result<Row> {
    let source = program::workspace().join("tests/bench/floor.py");
    let mut all = vec![source.to_str().context("a plain path")?];
    all.extend(args);
    run(Path::new("/usr/bin/python3"), &all)
}

/// The floor in C, compiled.
#[derive(Debug)]
pub(crate) struct Floor(PathBuf);

impl Floor {
    /// Runs it.
    pub(crate) fn run(&self, args: &[&str]) -> Result<Row> {
        run(&self.0, args)
    }
}

/// Compiles the floor with the C compiler that the README asks for.
pub(crate) fn floor() -> Result<Floor> {
    let source = program::workspace().join("tests/bench/floor.c");
    let binary = program::binary().with_file_name("floor");
    let mut compile: Command = program::command("cc");
    let compiled = compile
        .args(["-O2", "-Wall", "-o"])
        .arg(&binary)
        .arg(&source)
        .args(["-lrt", "-pthread"])
        .status()
        .context("cc")?;
    ensure!(compiled.success(), "floor.c does not compile");
    Ok(Floor(binary))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a figure is taken meanwhile; whoever looks more often disturbs it"
)]
fn nap() {
    sleep(LOOK);
}

/// What a look at the clock costs, nanoseconds: the middle of many.
pub(crate) fn clock_ns() -> f64 {
    const LOOKS: u32 = 1000;
    let mut each: Vec<f64> = (0..LOOKS)
        .map(|_| {
            let began = Instant::now();
            for _ in 0..LOOKS {
                std::hint::black_box(Instant::now());
            }
            began.elapsed().as_secs_f64() * 1e9 / f64::from(LOOKS)
        })
        .collect();
    each.sort_by(f64::total_cmp);
    crate::figures::percentile(&each, 0.5)
}

/// Runs a program that prints `p50=NANOSECONDS …`; one that does not end is ended, and an error.
fn run(binary: &Path, args: &[&str]) -> Result<Row> {
    // Before all others that want a core just now, where that is allowed; else nice(1) says so and goes on as it is.
    let mut child = program::command("nice")
        .args(["-n", "-20"])
        .arg(binary)
        .args(args)
        // Modules that a fresh machine lacks: `cargo xtask test` puts them there.
        .env("PYTHONPATH", program::workspace().join("target/peers/lib"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| binary.display().to_string())?;
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if began.elapsed() > DEADLINE {
            child.kill()?;
            child.wait()?;
            anyhow::bail!("{} {args:?} hangs", binary.display());
        }
        nap();
    };
    let (mut text, mut errors) = (String::new(), String::new());
    child
        .stdout
        .take()
        .context("stdout")?
        .read_to_string(&mut text)?;
    child
        .stderr
        .take()
        .context("stderr")?
        .read_to_string(&mut errors)?;
    ensure!(
        status.success(),
        "{} {args:?}: {text}{errors}",
        binary.display()
    );
    let word = |name: &str| {
        text.split_whitespace()
            .find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    };
    let figure = |name: &str| -> Result<f64> {
        let value = word(name).with_context(|| format!("no {name} in {text:?}"))?;
        Ok(value.parse()?)
    };
    Ok(Row {
        p50: figure("p50")?,
        p90: figure("p90")?,
        p99: figure("p99")?,
        max: figure("max")?,
        n: word("n").map_or(Ok(0), str::parse)?,
        graph: word("graph").unwrap_or_default().to_owned(),
    })
}
