//! Every variant's sizes and places; our roles beside Python's own modules, what looking at the clock adds, and runs that
//! must end.

use crate::{
    figures::{Bound, Goal, say},
    probes::{Turns, faster, ratio, turns},
    rows::{VARIANTS, Variant},
    tool::{ours, python},
};
use anyhow::Result;

/// Bytes of a payload.
const SIZES: &[usize] = &[64, 1024, 4096, 65_536, 1 << 20];
/// A place: its name, and what the programs are told.
pub(crate) type Place = (&'static str, &'static [&'static str]);

/// Where the processes run.
const PLACES: [Place; 3] = [
    ("one core", &["0", "0"]),
    ("two cores", &["0", "1"]),
    ("free", &["free"]),
];

/// Runs that must end, each with a deadline of its own.
const RUNS: usize = 500;

pub(crate) fn sizes(variant: &Variant) -> Vec<usize> {
    let fit: Vec<_> = SIZES
        .iter()
        .copied()
        .filter(|size| *size <= variant.most)
        .collect();
    if fit.is_empty() { vec![8] } else { fit }
}

pub(crate) fn places(variant: &Variant) -> impl Iterator<Item = &'static Place> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let most = if variant.two && cores > 1 {
        PLACES.len()
    } else {
        1
    };
    PLACES.iter().take(most)
}

pub(crate) fn args<'a>(
    ask: &'a str,
    variant: &'a Variant,
    size: &'a str,
    rounds: &'a str,
    cpus: &[&'a str],
) -> Vec<&'a str> {
    let what: &[&str] = &[ask, variant.name, size, rounds];
    [what, cpus].concat()
}

/// Our roles beside Python's own modules, and the ring beside the pipe.
pub(crate) fn peers() -> Result<Vec<Goal>> {
    let mut goals = Vec::new();
    for variant in VARIANTS {
        let Some(times) = variant.python else {
            continue;
        };
        let args = args("round", variant, "64", "500", &["0", "0"]);
        let (mine, theirs) = turns(
            Turns::ALL,
            || Ok(ours(&args)?.p50),
            || Ok(python(&args)?.p50),
        )?;
        let name = format!("{}, beside Python, round trip 64 B, one core", variant.name);
        goals.push(faster(&name, &mine, &theirs, times));
    }
    if std::thread::available_parallelism().map_or(1, usize::from) > 1 {
        // Both sides must have a core at the same time: on a busy machine the best of many short turns is one in which they had.
        let args = |variant| ["flow", variant, "64", "20000", "0", "1"];
        let (mine, theirs) = turns(
            Turns::MANY,
            || Ok(ours(&args("shared-memory/shm"))?.p50),
            || Ok(ours(&args("pipe/anonymous"))?.p50),
        )?;
        let name = "ring beside pipe, one way 64 B, two cores, the best turn of each";
        goals.push(faster(name, &[least(&mine)], &[least(&theirs)], 8.0));
    }
    Ok(goals)
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

/// Looking at the clock twice a round, against not looking.
pub(crate) fn recording() -> Result<Vec<Goal>> {
    let args = |ask| [ask, "pipe/anonymous", "64", "20000", "0", "0"];
    let (on, off) = turns(
        Turns::ALL,
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
    let mut failed = 0_u32;
    for run in 0..RUNS {
        let variant = &VARIANTS[run % VARIANTS.len()];
        let turn = run / VARIANTS.len();
        let sizes: Vec<_> = sizes(variant).into_iter().take(4).collect();
        let size = sizes[turn % sizes.len()].to_string();
        let places: Vec<_> = places(variant).collect();
        let cpus = places[turn % places.len()].1;
        let ask = if turn.is_multiple_of(2) || !variant.flows {
            "round"
        } else {
            "flow"
        };
        let args = args(ask, variant, &size, "200", cpus);
        if let Err(why) = ours(&args) {
            say(&format!("  run {run}: {args:?}: {why:#}"));
            failed += 1;
        }
    }
    Ok(vec![Goal {
        name: format!("runs of {RUNS} that did not end by themselves"),
        value: failed.into(),
        unit: "",
        bound: Bound::AtMost(0.0),
        detail: "one core, two and free, up to 64 KiB, both ways and one".to_owned(),
    }])
}
