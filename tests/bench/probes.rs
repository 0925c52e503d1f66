//! What X-ray adds, and how two programs are compared: turn by turn.

use crate::{
    figures::{Bound, Goal, median, spread},
    tool::ours,
};
use anyhow::Result;
use std::time::Instant;

/// Turns of each side: the median of nine survives four bad ones.
pub(crate) const TURNS: usize = 9;
/// The same for what is shown and promises nothing.
pub(crate) const FEW_TURNS: usize = 1;

/// How often two sides take turns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turns {
    most: usize,
    until: Option<Instant>,
}

impl Turns {
    /// As many as a promise needs.
    pub(crate) const ALL: Self = Self {
        most: TURNS,
        until: None,
    };

    /// Short ones, of which the best counts.
    pub(crate) const MANY: Self = Self {
        most: 4 * TURNS,
        until: None,
    };

    /// At most so many, and none that would begin later than that but the first.
    pub(crate) fn until(most: usize, until: Instant) -> Self {
        Self {
            most,
            until: Some(until),
        }
    }
}

/// What the filter and the tracer add.
pub(crate) fn trace() -> Result<Vec<Goal>> {
    let (traced, untraced) = turns(
        Turns::ALL,
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
        Turns::ALL,
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
            "{} turns, min/med/max {}; p50 {:.2} µs / {:.2} µs",
            ratios.len(),
            spread(&ratios),
            median(ours.to_vec()) / 1000.0,
            median(theirs.to_vec()) / 1000.0
        ),
    }
}

/// How many times faster, which must be at least so much.
pub(crate) fn faster(name: &str, ours: &[f64], theirs: &[f64], least: f64) -> Goal {
    ratio(name, theirs, ours, Bound::AtLeast(least))
}

/// Both sides in turn. Each figure warms up by itself.
pub(crate) fn turns<T>(
    turns: Turns,
    ours: impl Fn() -> Result<T>,
    theirs: impl Fn() -> Result<T>,
) -> Result<(Vec<T>, Vec<T>)> {
    let mut sides = (Vec::new(), Vec::new());
    for turn in 0..turns.most {
        if turn > 0 && turns.until.is_some_and(|until| Instant::now() > until) {
            break;
        }
        sides.0.push(ours()?);
        sides.1.push(theirs()?);
    }
    Ok(sides)
}
