//! Figures and goals: medians, percentiles, and one line of output for each.

use std::{fmt, io::Write as _};

/// A promise and what was measured of it.
#[derive(Debug)]
pub(crate) struct Goal {
    /// What was measured.
    pub(crate) name: String,
    /// The value.
    pub(crate) value: f64,
    /// `µs`, `×`, `M events/s`.
    pub(crate) unit: &'static str,
    /// The promise.
    pub(crate) bound: Bound,
    /// Where the value comes from: spread, counts, the other side of a ratio.
    pub(crate) detail: String,
}

/// What a value must keep.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bound {
    /// It must not be above.
    AtMost(f64),
    /// It must not be below.
    AtLeast(f64),
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::AtMost(f64::INFINITY) | Self::AtLeast(0.0) => "shown".to_owned(),
            Self::AtMost(most) => format!("≤ {most}"),
            Self::AtLeast(least) => format!("≥ {least}"),
        };
        f.pad(&text)
    }
}

impl Goal {
    /// Whether the value keeps the promise.
    pub(crate) fn kept(&self) -> bool {
        match self.bound {
            Bound::AtMost(most) => self.value <= most,
            Bound::AtLeast(least) => self.value >= least,
        }
    }

    /// Prints the line; false if the promise is not kept.
    pub(crate) fn report(&self) -> bool {
        let kept = self.kept();
        let mark = if kept { "ok    " } else { "MISSED" };
        let promise = self.bound;
        say(&format!(
            "  {mark} {:<58} {:>10.3} {:<10} {promise:<8} {}",
            self.name, self.value, self.unit, self.detail
        ));
        kept
    }
}

/// A percentile of a sorted list; 0 for an empty one.
pub(crate) fn percentile(sorted: &[f64], p: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let at = ((sorted.len().saturating_sub(1)) as f64 * p).round() as usize;
    sorted.get(at).copied().unwrap_or(0.0)
}

/// Sorts and takes the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    percentile(&values, 0.5)
}

/// `min/median/max` of a list, for details.
pub(crate) fn spread(values: &[f64]) -> String {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    format!(
        "{:.3}/{:.3}/{:.3}",
        percentile(&sorted, 0.0),
        percentile(&sorted, 0.5),
        percentile(&sorted, 1.0)
    )
}

/// One line to stdout; a bench's output is its result.
pub(crate) fn say(line: &str) {
    // A closed stdout only means that nobody reads the figures.
    drop(writeln!(std::io::stdout(), "{line}"));
}
