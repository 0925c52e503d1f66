//! The table: every variant by size and place, in the real roles' own calls, beside a bare C program and Python's own module,
//! turn by turn.

use crate::{
    figures::{Bound, Goal},
    pace::Pace,
    probes::{FEW_TURNS, TURNS, Turns, faster, ratio, turns},
    readme::{Cell, Table},
    rows::{VARIANTS, Variant},
    tool::{self, Row, floor, ours, python},
    variants::{Place, args, places, sizes},
};
use anyhow::{Context as _, Result};
use std::time::{Duration, Instant};

/// Sizes at which the promise beside the floor is kept, and which take the turns for it: 8 where messages have no size.
const PROMISED: [usize; 3] = [8, 64, 4096];

/// How long one figure takes, nanoseconds: some hundred of them are a table.
const BUDGET: f64 = 25_000_000.0;
/// The same for a figure that is only shown, and beside Python, which takes several times as long for as many rounds.
const SHORT: f64 = 10_000_000.0;
/// Rounds of the figure that says how long one takes.
const FIRST: &str = "20";
/// The fewest and the most rounds of a figure.
const ROUNDS: [usize; 2] = [20, 10_000];

/// What the table may take.
const LONGEST: Duration = Duration::from_mins(4);
/// What is shared among the figures: the last of them may begin at the end of it.
const SHARED: Duration = Duration::from_secs(210);

/// Seconds of one figure on a quiet machine: its first and its last runs, a turn beside C, a turn beside Python.
const ALONE: f64 = 0.08;
const C_TURN: f64 = 0.08;
const PYTHON_TURN: f64 = 0.4;

/// One cell of the table that is to be made.
#[derive(Clone, Copy, Debug)]
struct Figure {
    variant: &'static Variant,
    place: Place,
    size: usize,
}

/// Round trips, beside the floor: the promise at 64 B and 4 KiB, and the table at every size.
pub(crate) fn table() -> Result<Vec<Goal>> {
    let began = Instant::now();
    let floor = floor()?;
    let figures: Vec<_> = VARIANTS
        .iter()
        .flat_map(|variant| {
            places(variant).flat_map(move |place| {
                sizes(variant).into_iter().map(move |size| Figure {
                    variant,
                    place: *place,
                    size,
                })
            })
        })
        .collect();
    let mut pace = Pace::new(SHARED, figures.iter().map(Figure::takes).sum());
    let (mut goals, mut table) = (Vec::new(), Table::begin()?);
    for figure in &figures {
        let until = pace.next(figure.takes());
        let (cell, promises) = figure.take(&floor, until).with_context(|| figure.name())?;
        table.put(
            figure.variant,
            figure.place.0,
            figure.size,
            figure.promised(),
            cell,
        );
        goals.extend(promises);
    }
    table.end(&goals)?;
    goals.push(Goal {
        name: "the table itself".to_owned(),
        value: began.elapsed().as_secs_f64(),
        unit: "s",
        bound: Bound::AtMost(LONGEST.as_secs_f64()),
        detail: "so that it can be made at any time".to_owned(),
    });
    Ok(goals)
}

impl Figure {
    fn name(&self) -> String {
        let Self {
            variant,
            place,
            size,
        } = self;
        format!("{}, round trip {size} B, {}", variant.name, place.0)
    }

    /// Placed by the scheduler, two turns are two different things: that is shown, and compared with nothing.
    fn free(&self) -> bool {
        self.place.1.len() == 1
    }

    fn one_core(&self) -> bool {
        matches!(self.place.1, [a, b] if a == b)
    }

    fn promised(&self) -> bool {
        PROMISED.contains(&self.size)
    }

    /// Turns beside the program in C; the median of them is promised, or shown.
    fn c_turns(&self) -> usize {
        match (self.variant.c, self.promised()) {
            (Some(_), true) if !self.free() => TURNS,
            (Some(_), false) if !self.free() => FEW_TURNS,
            _ => 0,
        }
    }

    /// Turns beside Python: none of the larger sizes, of which the copy is all there is to see.
    fn python_turns(&self) -> usize {
        match self.variant.python {
            Some(_) if self.promised() && self.one_core() => TURNS,
            Some(_) if self.promised() && !self.free() => FEW_TURNS,
            _ => 0,
        }
    }

    /// Seconds on a quiet machine.
    #[expect(clippy::cast_precision_loss, reason = "a handful of turns")]
    fn takes(&self) -> f64 {
        ALONE + C_TURN * self.c_turns() as f64 + PYTHON_TURN * self.python_turns() as f64
    }

    /// Takes it, with turns until `until`, at least one beside whatever it is compared with.
    fn take(&self, floor: &tool::Floor, until: Instant) -> Result<(Cell, Vec<Goal>)> {
        let (variant, cpus) = (self.variant, self.place.1);
        let size = self.size.to_string();
        let first = ours(&args("round", variant, &size, FIRST, cpus))?.p50;
        let many = rounds(first, if self.promised() { BUDGET } else { SHORT });
        let fewer = rounds(first, SHORT);

        let (mut rows, mut goals) = (Vec::new(), Vec::new());
        if let Some(most) = variant.c.filter(|_| self.c_turns() > 0) {
            // Python's turns come afterwards.
            let kept = PYTHON_TURN * self.python_turns() as f64 / self.takes();
            let left = until.saturating_duration_since(Instant::now());
            let round = args("round", variant, &size, &many, cpus);
            let beside = Turns::until(self.c_turns(), until - left.mul_f64(kept));
            let (mine, theirs) = turns(beside, || ours(&round), || floor.run(&round))?;
            let most = Bound::AtMost(most[usize::from(!self.one_core())]);
            let name = format!("{} / C", self.name());
            goals.push(ratio(&name, &p50s(&mine), &p50s(&theirs), most));
            rows = mine;
        }
        let beside_c = goals.last().map(|goal| self.shown(goal));
        let mut beside_python = None;
        if let Some(least) = variant.python.filter(|_| self.python_turns() > 0) {
            let round = args("round", variant, &size, &fewer, cpus);
            let beside = Turns::until(self.python_turns(), until);
            let (mine, theirs) = turns(beside, || ours(&round), || python(&round))?;
            let least = if self.one_core() { least } else { 0.0 };
            let name = format!("{}, beside Python", self.name());
            let goal = faster(&name, &p50s(&mine), &p50s(&theirs), least);
            beside_python = Some(self.shown(&goal));
            goals.push(goal);
            if rows.is_empty() {
                rows = mine;
            }
        }
        if rows.is_empty() {
            rows.push(ours(&args("round", variant, &size, &many, cpus))?);
        }
        let mut flow = None;
        if variant.flows {
            flow = Some(ours(&args("flow", variant, &size, &many, cpus))?.p50);
        }
        let cell = Cell {
            row: middle(rows),
            flow,
            beside_c,
            beside_python,
        };
        goals.retain(|_| self.promised());
        Ok((cell, goals))
    }

    /// In the table, with a word where the promise is not kept.
    fn shown(&self, goal: &Goal) -> String {
        let missed = if self.promised() && !goal.kept() {
            " MISSED"
        } else {
            ""
        };
        format!("{:.2}{missed}", goal.value)
    }
}

/// As many rounds as fit into the time of a figure.
fn rounds(typical_ns: f64, budget: f64) -> String {
    let [least, most] = ROUNDS;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most ten thousand"
    )]
    let fit = (budget / typical_ns.max(1.0)).min(10_000.0) as usize;
    fit.clamp(least, most).to_string()
}

fn p50s(rows: &[Row]) -> Vec<f64> {
    rows.iter().map(|row| row.p50).collect()
}

/// The turn whose middle is the middle of all turns'.
fn middle(mut rows: Vec<Row>) -> Row {
    rows.sort_by(|a, b| a.p50.total_cmp(&b.p50));
    rows.swap_remove(rows.len() / 2)
}
