//! Every variant by size and place: round trip and one-way rate in the real roles' own calls, beside a bare C program and
//! Python's own modules, turn by turn.
//!
//! Set `IPC_BENCH_README` to a file to have the table put into it, between its two marks.

use crate::{
    figures::{Bound, Goal, median, say, spread},
    probes::{ratio, turns},
    tool::{Row, floor, ours, python},
};
use anyhow::{Context as _, Result, ensure};
use std::{fmt::Write as _, fs};

/// Variants, whether messages have a size, and the largest that fits.
const VARIANTS: &[(&str, usize)] = &[
    (WATCHED, 1 << 20),
    ("pipe/anonymous", 1 << 20),
    ("pipe/fifo", 1 << 20),
    ("pipe/python", 1 << 20),
    ("queue/posix", 8192),
    ("queue/sysv", 8192),
    ("shared-memory/shm", 1 << 20),
    ("shared-memory/memfd", 1 << 20),
    ("shared-memory/mapped", 1 << 20),
    ("shared-memory/sysv", 1 << 20),
    ("signal/signals", 0),
    ("signal/signalfd", 0),
    ("signal/eventfd", 0),
    ("signal/semaphore", 0),
];

/// One way, two writes of a file can be one event: its rate is no figure.
const WATCHED: &str = "file/watched";

/// Bytes of a payload.
const SIZES: &[usize] = &[64, 1024, 4096, 65_536, 1 << 20];

/// Places: their name, the cores, and what our roles may cost beside the floor.
const PLACES: &[(&str, &[&str], f64)] = &[
    ("one core", &["0", "0"], 1.05),
    ("two cores", &["0", "1"], 1.25),
];

/// Runs that must end, each with a deadline of its own.
const RUNS: usize = 500;

/// How many rounds a figure is made of: fewer where each takes longer, so that all take about as long.
fn rounds(size: usize, cross: bool) -> usize {
    let many = if cross { 3_000 } else { 10_000 };
    (many * 4096 / size.max(4096)).max(100)
}

fn sizes(most: usize) -> Vec<usize> {
    let fit: Vec<_> = SIZES.iter().copied().filter(|size| *size <= most).collect();
    if fit.is_empty() { vec![8] } else { fit }
}

fn places() -> impl Iterator<Item = &'static (&'static str, &'static [&'static str], f64)> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    PLACES.iter().take(cores.min(PLACES.len()))
}

/// Round trips, beside the floor: the promise at 64 B and 4 KiB, and the table at every size.
pub(crate) fn table() -> Result<Vec<Goal>> {
    let floor = floor()?;
    let (mut goals, mut table) = (Vec::new(), String::from(HEAD));
    for (variant, most) in VARIANTS {
        for (place, cpus, most_times) in places() {
            for size in sizes(*most) {
                let (size_word, rounds) =
                    (size.to_string(), rounds(size, cpus[1] == "1").to_string());
                let args = |ask: &'static str| -> Vec<&str> {
                    let what: &[&str] = &[ask, variant, &size_word, &rounds];
                    [what, cpus].concat()
                };
                let (round, flow) = (args("round"), args("flow"));
                let (mine, theirs) =
                    turns(|| Ok(ours(&round)?.p50), || Ok(floor.run(&round)?.p50))?;
                let row = ours(&round)?;
                let ns = if *variant == WATCHED {
                    None
                } else {
                    Some(ours(&flow)?.p50)
                };
                let kept = ratio(
                    &format!("{variant} / floor, round trip {size} B, {place}"),
                    &mine,
                    &theirs,
                    Bound::AtMost(*most_times),
                );
                line(&mut table, variant, place, size, &row, ns, kept.value)?;
                if [8, 64, 4096].contains(&size) {
                    goals.push(kept);
                }
            }
        }
    }
    say(&table);
    if let Ok(readme) = std::env::var("IPC_BENCH_README") {
        put(&readme, &table)?;
    }
    Ok(goals)
}

const HEAD: &str = "\
| variant | where | bytes | round trip p50 | p90 | p99 | max | one way | / floor |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
";

fn line(
    table: &mut String,
    variant: &str,
    place: &str,
    size: usize,
    row: &Row,
    flow: Option<f64>,
    ratio: f64,
) -> Result<()> {
    let us = |ns: f64| format!("{:.2} µs", ns / 1000.0);
    writeln!(
        table,
        "| {variant} | {place} | {size} | {} | {} | {} | {} | {} | {ratio:.2} |",
        us(row.p50),
        us(row.p90),
        us(row.p99),
        us(row.max),
        flow.map_or_else(
            || "–".to_owned(),
            |ns| format!("{:.0} k/s", 1_000_000.0 / ns)
        ),
    )?;
    Ok(())
}

/// Puts the table between its two marks.
fn put(path: &str, table: &str) -> Result<()> {
    const MARKS: [&str; 2] = ["<!-- bench -->\n", "<!-- end of bench -->"];
    let text = fs::read_to_string(path).with_context(|| path.to_owned())?;
    let (before, rest) = text
        .split_once(MARKS[0])
        .context("no place for the table")?;
    let (_, after) = rest.split_once(MARKS[1]).context("no end of the table")?;
    let host = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let note = format!(
        "MEASURED by `cargo xtask bench --write-table` on {cores} cores, Linux {}; X-ray off, processes pinned as said.\n\n",
        host.trim()
    );
    fs::write(
        path,
        format!("{before}{}{note}{table}{}{after}", MARKS[0], MARKS[1]),
    )
    .with_context(|| path.to_owned())
}

/// Our roles beside Python's own modules, and the ring beside the pipe.
pub(crate) fn peers() -> Result<Vec<Goal>> {
    let mut goals = Vec::new();
    for (name, our, their, least) in [
        (
            "pipe/python beside multiprocessing.Pipe",
            "pipe/python",
            "pipe/python",
            1.0,
        ),
        (
            "ring in shared memory beside multiprocessing.Queue",
            "shared-memory/shm",
            "queue/python",
            7.0,
        ),
    ] {
        let args = |variant| ["round", variant, "64", "3000", "0", "0"];
        let (mine, theirs) = turns(
            || Ok(ours(&args(our))?.p50),
            || Ok(python(&args(their))?.p50),
        )?;
        goals.push(faster(
            &format!("{name}, round trip 64 B, one core"),
            &mine,
            &theirs,
            least,
        ));
    }
    if places().count() > 1 {
        let args = |variant| ["flow", variant, "64", "200000", "0", "1"];
        let (mine, theirs) = turns(
            || Ok(ours(&args("shared-memory/shm"))?.p50),
            || Ok(ours(&args("pipe/anonymous"))?.p50),
        )?;
        goals.push(faster(
            "ring beside pipe, one way 64 B, two cores",
            &mine,
            &theirs,
            8.0,
        ));
    }
    Ok(goals)
}

/// How many times faster, which must be at least so much.
fn faster(name: &str, ours: &[f64], theirs: &[f64], least: f64) -> Goal {
    let times: Vec<f64> = ours
        .iter()
        .zip(theirs)
        .map(|(ours, theirs)| theirs / ours)
        .collect();
    Goal {
        name: name.to_owned(),
        value: median(times.clone()),
        unit: "×",
        bound: Bound::AtLeast(least),
        detail: format!(
            "min/med/max {}; {:.2} µs / {:.2} µs",
            spread(&times),
            median(ours.to_vec()) / 1000.0,
            median(theirs.to_vec()) / 1000.0
        ),
    }
}

/// Looking at the clock twice a round, against not looking.
pub(crate) fn recording() -> Result<Vec<Goal>> {
    let args = |ask| [ask, "pipe/anonymous", "64", "20000", "0", "0"];
    // Of a recorded run the mean is its whole time as well, so that both sides are the same figure.
    let (on, off) = turns(
        || Ok(ours(&args("watched"))?.p50),
        || Ok(ours(&args("mean"))?.p50),
    )?;
    Ok(vec![ratio(
        "pipe round trip 64 B with each round recorded / without",
        &on,
        &off,
        Bound::AtMost(1.03),
    )])
}

/// Short runs of everything, each of which must end by itself.
pub(crate) fn hangs() -> Result<Vec<Goal>> {
    let mut ended = 0;
    for run in 0..RUNS {
        let (variant, most) = VARIANTS[run % VARIANTS.len()];
        let sizes = sizes(most.min(65_536));
        let size = sizes[run / VARIANTS.len() % sizes.len()].to_string();
        let places: Vec<_> = places().collect();
        let cpus = places[run % places.len()].1;
        let ask = if run % 2 == 0 || variant == WATCHED {
            "round"
        } else {
            "flow"
        };
        let what: &[&str] = &[ask, variant, &size, "500"];
        let args = [what, cpus].concat();
        ours(&args).with_context(|| format!("run {run}: {args:?}"))?;
        ended += 1;
    }
    ensure!(ended == RUNS, "{ended} of {RUNS} ended");
    Ok(vec![Goal {
        name: format!("runs of {RUNS} that did not end by themselves"),
        value: 0.0,
        unit: "",
        bound: Bound::AtMost(0.0),
        detail: "one core and two, 64 B to 64 KiB, both ways and one".to_owned(),
    }])
}
