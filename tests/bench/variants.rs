//! Every variant by size and place: round trip and one-way rate in the real roles' own calls, beside a bare C program or
//! Python's own module, turn by turn.

use crate::{
    figures::{Bound, Goal, median, spread},
    probes::{FEW_TURNS, TURNS, ratio, turns},
    readme::Table,
    rows::{Floor, VARIANTS, Variant},
    tool::{self, Row, floor, ours, python},
};
use anyhow::{Context as _, Result, ensure};
use std::time::{Duration, Instant};

/// Bytes of a payload.
const SIZES: &[usize] = &[64, 1024, 4096, 65_536, 1 << 20];
/// Sizes at which the promise beside the floor is kept, and which take the turns for it: 8 where messages have no size.
const PROMISED: [usize; 3] = [8, 64, 4096];

/// A place: its name, and what the programs are told.
pub(crate) type Place = (&'static str, &'static [&'static str]);

/// Where the processes run.
const PLACES: [Place; 3] = [
    ("one core", &["0", "0"]),
    ("two cores", &["0", "1"]),
    ("free", &["free"]),
];

/// How long one figure takes, nanoseconds: some hundred of them are a table.
const BUDGET: f64 = 25_000_000.0;
/// The same for a figure that is only shown.
const SHORT: f64 = 10_000_000.0;
/// Rounds of the figure that says how long one takes, and the fewest and the most that are made of it.
const ROUNDS: (usize, [usize; 2]) = (20, [20, 10_000]);

/// Runs that must end, each with a deadline of its own.
const RUNS: usize = 500;

fn sizes(variant: &Variant) -> Vec<usize> {
    let fit: Vec<_> = SIZES
        .iter()
        .copied()
        .filter(|size| *size <= variant.most)
        .collect();
    if fit.is_empty() { vec![8] } else { fit }
}

fn places(variant: &Variant) -> impl Iterator<Item = &'static Place> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let most = if variant.two && cores > 1 {
        PLACES.len()
    } else {
        1
    };
    PLACES.iter().take(most)
}

/// As many rounds as fit into the time of a figure.
fn rounds(typical_ns: f64, budget: f64) -> String {
    let (_, [least, most]) = ROUNDS;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most ten thousand"
    )]
    let fit = (budget / typical_ns.max(1.0)).min(10_000.0) as usize;
    fit.clamp(least, most).to_string()
}

fn args<'a>(
    ask: &'a str,
    variant: &'a Variant,
    size: &'a str,
    rounds: &'a str,
    cpus: &[&'a str],
) -> Vec<&'a str> {
    let what: &[&str] = &[ask, variant.name, size, rounds];
    [what, cpus].concat()
}

/// Round trips, beside the floor: the promise at 64 B and 4 KiB, and the table at every size.
pub(crate) fn table() -> Result<Vec<Goal>> {
    let began = Instant::now();
    let floor = floor()?;
    let (mut goals, mut table) = (Vec::new(), Table::begin()?);
    for variant in VARIANTS {
        for place in places(variant) {
            for size in sizes(variant) {
                let figure = figure(variant, *place, size, &floor)
                    .with_context(|| format!("{} {size} B, {}", variant.name, place.0))?;
                goals.extend(figure.promise);
                table.put(
                    variant,
                    place.0,
                    size,
                    &figure.row,
                    figure.flow,
                    figure.ratio,
                );
            }
        }
    }
    table.end()?;
    goals.push(Goal {
        name: "the table itself".to_owned(),
        value: began.elapsed().as_secs_f64(),
        unit: "s",
        bound: Bound::AtMost(LONGEST.as_secs_f64()),
        detail: "so that it can be made at any time".to_owned(),
    });
    Ok(goals)
}

/// Turns beside Python, which takes a tenth of a second to begin.
const PYTHON_TURNS: usize = 3;
/// What the table may take.
const LONGEST: Duration = Duration::from_mins(4);

/// One cell of the table, and what it promises.
struct Figure {
    row: Row,
    /// Nanoseconds a payload, one way.
    flow: Option<f64>,
    /// By the floor.
    ratio: Option<f64>,
    promise: Option<Goal>,
}

fn figure(variant: &Variant, place: Place, size: usize, floor: &tool::Floor) -> Result<Figure> {
    let (name, cpus) = place;
    let size_word = size.to_string();
    let typical = ours(&args(
        "round",
        variant,
        &size_word,
        &ROUNDS.0.to_string(),
        cpus,
    ))?
    .p50;
    let promised = PROMISED.contains(&size);
    let many = rounds(typical, if promised { BUDGET } else { SHORT });
    let round = args("round", variant, &size_word, &many, cpus);
    let free = cpus.len() == 1;
    // Placed by the scheduler, two turns are two different things: it is shown, and compared with nothing.
    let mut goal = None;
    if !free && (promised || matches!(variant.floor, Floor::C(_))) {
        let times = if promised { TURNS } else { FEW_TURNS };
        let what = format!("{}, round trip {size} B, {name}", variant.name);
        goal = Some(match variant.floor {
            Floor::C(most) => {
                let (mine, theirs) = turns(
                    times,
                    || Ok(ours(&round)?.p50),
                    || Ok(floor.run(&round)?.p50),
                )?;
                let most = Bound::AtMost(most[usize::from(cpus[0] != cpus[1])]);
                ratio(&format!("{what} / C"), &mine, &theirs, most)
            }
            Floor::Python(least) => {
                let (mine, theirs) = turns(
                    if promised { PYTHON_TURNS } else { FEW_TURNS },
                    || Ok(ours(&round)?.p50),
                    || Ok(python(&round)?.p50),
                )?;
                let least = if cpus[0] == cpus[1] { least } else { 0.0 };
                faster(&format!("{what}, beside Python"), &mine, &theirs, least)
            }
        });
    }
    let row = ours(&round)?;
    let flow = if variant.flows {
        Some(ours(&args("flow", variant, &size_word, &many, cpus))?.p50)
    } else {
        None
    };
    let ratio = goal.as_ref().map(|goal| match variant.floor {
        Floor::C(_) => goal.value,
        Floor::Python(_) => 1.0 / goal.value,
    });
    Ok(Figure {
        row,
        flow,
        ratio,
        promise: goal.filter(|_| promised),
    })
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
            "queue in shared memory beside multiprocessing.Queue",
            "queue/shared",
            "queue/python",
            7.0,
        ),
    ] {
        let args = |variant| ["round", variant, "64", "2000", "0", "0"];
        let (mine, theirs) = turns(
            TURNS,
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
    if std::thread::available_parallelism().map_or(1, usize::from) > 1 {
        let args = |variant| ["flow", variant, "64", "200000", "0", "1"];
        let (mine, theirs) = turns(
            TURNS,
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
        TURNS,
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
        ours(&args).with_context(|| format!("run {run}: {args:?}"))?;
        ended += 1;
    }
    ensure!(ended == RUNS, "{ended} of {RUNS} ended");
    Ok(vec![Goal {
        name: format!("runs of {RUNS} that did not end by themselves"),
        value: 0.0,
        unit: "",
        bound: Bound::AtMost(0.0),
        detail: "one core, two and free, up to 64 KiB, both ways and one".to_owned(),
    }])
}
