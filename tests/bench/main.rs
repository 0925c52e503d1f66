//! What the product promises in figures, each measured beside its floor in one run on this machine.
//!
//! ```text
//! bench [NAME…]      table  peers  recording  hangs  trace  start  stream  replay  class  watchers  page  log
//! ```
//! Shared machines drift: the two sides of a ratio take turns, and the median of the rounds decides. A goal that is
//! missed ends with exit code 1 and says by how much.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a measurement looks at the few kinds of messages it is about"
)]

mod class;
mod figures;
mod live;
mod pace;
mod page;
mod probes;
mod readme;
mod rows;
mod table;
mod tool;
mod variants;
mod watchers;

use std::process::ExitCode;

use figures::Goal;

/// One bench: its name, what it shows, how it is measured.
struct Bench {
    name: &'static str,
    shows: &'static str,
    run: fn() -> anyhow::Result<Vec<Goal>>,
}

const BENCHES: &[Bench] = &[
    Bench {
        name: "table",
        shows: "every variant by size and place, beside a bare C program",
        run: table::table,
    },
    Bench {
        name: "peers",
        shows: "our roles beside Python's own modules, the ring beside the pipe",
        run: variants::peers,
    },
    Bench {
        name: "recording",
        shows: "what looking at the clock in each round adds",
        run: variants::recording,
    },
    Bench {
        name: "hangs",
        shows: "500 short runs of everything",
        run: variants::hangs,
    },
    Bench {
        name: "trace",
        shows: "what X-ray adds to a traced and to an untraced call",
        run: probes::trace,
    },
    Bench {
        name: "start",
        shows: "from `start` to the first process, with a small and a large server",
        run: live::start,
    },
    Bench {
        name: "stream",
        shows: "from a worker to a client at 10,000 events/s",
        run: live::stream,
    },
    Bench {
        name: "replay",
        shows: "a stored journal to one client",
        run: live::replay,
    },
    Bench {
        name: "class",
        shows: "sixty learners at once, each of whom runs something and breaks it",
        run: class::drill,
    },
    Bench {
        name: "watchers",
        shows: "what 500 who watch a run cost its owner",
        run: watchers::hall,
    },
    Bench {
        name: "page",
        shows: "what a browser loads",
        run: page::size,
    },
    Bench {
        name: "log",
        shows: "an update of the page with 100,000 events in its log",
        run: page::log,
    },
];

fn main() -> ExitCode {
    // cargo adds `--bench`.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    if let Some(unknown) = wanted
        .iter()
        .find(|name| BENCHES.iter().all(|bench| bench.name != **name))
    {
        let known: Vec<_> = BENCHES.iter().map(|bench| bench.name).collect();
        figures::say(&format!(
            "there is no bench {unknown}; there are: {}",
            known.join(", ")
        ));
        return ExitCode::from(2);
    }
    let mut missed = 0;
    for bench in BENCHES
        .iter()
        .filter(|bench| wanted.is_empty() || wanted.iter().any(|name| name == bench.name))
    {
        figures::say(&format!("\n{}: {}", bench.name, bench.shows));
        match (bench.run)() {
            Ok(goals) => missed += goals.iter().filter(|goal| !goal.report()).count(),
            Err(why) => {
                figures::say(&format!("  FAILED: {why:#}"));
                missed += 1;
            }
        }
    }
    if missed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
