//! What X-ray adds, and how two programs are compared: turn by turn.

use crate::{
    figures::{Bound, Goal, median, spread},
    tool::ours,
};
use anyhow::Result;

/// Turns of each side: the median of five survives two bad ones.
pub(crate) const TURNS: usize = 5;
/// The same for what is shown and promises nothing.
pub(crate) const FEW_TURNS: usize = 1;

/// What the filter and the tracer add.
pub(crate) fn trace() -> Result<Vec<Goal>> {
    let (traced, untraced) = turns(
        TURNS,
        || Ok(ours(&["getppid", "2000", "traced"])?.p50),
        || Ok(ours(&["getppid", "2000", "untraced"])?.p50),
    )?;
    let mut goals = vec![ratio(
        "getppid, which X-ray lets pass: worker with X-ray / without",
        &traced,
        &untraced,
        Bound::AtMost(1.10),
    )];
    let (traced, untraced) = turns(
        TURNS,
        || Ok(ours(&["pair", "5000", "traced"])?.p50),
        || Ok(ours(&["pair", "5000", "untraced"])?.p50),
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

/// One side by the other, as a promise.
pub(crate) fn ratio(name: &str, ours: &[f64], theirs: &[f64], bound: Bound) -> Goal {
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

/// Both sides in turn; nanoseconds. Each figure warms up by itself.
pub(crate) fn turns(
    times: usize,
    ours: impl Fn() -> Result<f64>,
    theirs: impl Fn() -> Result<f64>,
) -> Result<(Vec<f64>, Vec<f64>)> {
    let mut sides = (Vec::new(), Vec::new());
    for _ in 0..times {
        sides.0.push(ours()?);
        sides.1.push(theirs()?);
    }
    Ok(sides)
}
