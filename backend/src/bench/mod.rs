//! `ipc-playground bench`: what the mechanisms and X-ray cost on this host. Every figure is MEASURED, here and now.
//!
//! The processes are forked by one that has a single thread and runs nothing else; the code they time is the very code of
//! the roles (`mechanism/*/…`), without reports, so that what is measured is the mechanism and not the playground.

mod calls;
pub(crate) mod figures;
pub(crate) mod way;
mod ways;

use crate::sys::process::{Fork, exit_now, fork_first};
use anyhow::{Context as _, Result, bail};
use figures::Figures;
use nix::sys::wait::{WaitStatus, waitpid};
use std::io::Write as _;
use way::{Clock, Plan};
use ways::Ask;

/// Rounds of a figure about X-ray: enough for a p99 that repeats.
const ROUNDS: usize = 2_000;
/// How long a figure of the table takes, nanoseconds: of what is quick that is thousands of rounds, and all of it is over in
/// a minute.
const BUDGET: u64 = 30_000_000;
/// Rounds that say how long a round takes.
const FIRST: usize = 20;

/// Runs `bench [ARGS]…` in a process of its own.
///
/// Without arguments: a table. `round|flow VARIANT SIZE ROUNDS CPU_A CPU_B` (`free` for both cores: the scheduler's choice),
/// `mean …` (batches of round trips, their means, without looking at the clock in between) and `watched …` (the same with
/// looking), `getppid ROUNDS untraced|traced` and `pair ROUNDS untraced|traced` print one line of nanoseconds, for programs.
///
/// # Errors
/// Arguments that do not fit, or what the kernel said.
pub fn run(args: &[String]) -> Result<()> {
    match fork_first().context("fork")? {
        Fork::Child => {
            let code = match measure(args) {
                Ok(()) => 0,
                Err(why) => {
                    say(&format!("{why:#}"));
                    1
                }
            };
            exit_now(code)
        }
        Fork::Parent(child) => {
            let how = waitpid(child, None).context("waitpid")?;
            if !matches!(how, WaitStatus::Exited(_, 0)) {
                bail!("the measuring process ended early: {how:?}");
            }
            Ok(())
        }
    }
}

fn measure(args: &[String]) -> Result<()> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => table(),
        [
            ask @ ("round" | "flow" | "mean" | "watched"),
            variant,
            size,
            rounds,
            places @ ..,
        ] => {
            let cpus = match places {
                ["free"] => None,
                [a, b] => Some([a.parse()?, b.parse()?]),
                _ => bail!("two cores, or free"),
            };
            let plan = Plan {
                size: size.parse()?,
                rounds: rounds.parse()?,
                cpus,
                clock: match *ask {
                    "mean" => Clock::Batches,
                    "watched" => Clock::Both,
                    _ => Clock::Rounds,
                },
            };
            let what = if *ask == "flow" {
                Ask::Flow
            } else {
                Ask::Round
            };
            say(&Figures::of(ways::time(variant, what, plan)?).line());
            Ok(())
        }
        ["getppid", rounds, filter] => {
            say(&Figures::of(calls::getppid(rounds.parse()?, *filter == "traced")?).line());
            Ok(())
        }
        ["pair", rounds, traced] => {
            say(&Figures::of(calls::pair(rounds.parse()?, *traced == "traced")?).line());
            Ok(())
        }
        _ => bail!(
            "bench takes nothing, or: round|flow|mean|watched VARIANT SIZE ROUNDS (CPU_A CPU_B | free), getppid ROUNDS untraced|traced, pair ROUNDS untraced|traced"
        ),
    }
}

fn table() -> Result<()> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    say(&format!(
        "MEASURED now on this host ({cores} cores), microseconds; processes pinned as shown, X-ray off"
    ));
    say(&format!(
        "{:<50} {:>9} {:>9} {:>9} {:>9}  <1 µs, <2, <4 … ≥1024 µs",
        "", "p50", "p90", "p99", "max"
    ));
    let mut places = vec![("one core", Some([0, 0]))];
    if cores > 1 {
        places.push(("two cores", Some([0, 1])));
        places.push(("free", None));
    }
    for variant in ways::NAMES {
        for (place, cpus) in &places {
            for size in [64, 1024, 4096, 65_536, 1 << 20] {
                let plan = |rounds| Plan {
                    size,
                    rounds,
                    cpus: *cpus,
                    clock: Clock::Rounds,
                };
                // A queue takes no message of 64 KiB, and a signal none at all.
                let Ok(first) = ways::time(variant, Ask::Round, plan(FIRST)) else {
                    continue;
                };
                let typical = Figures::of(first).at(50).max(1);
                let rounds = usize::try_from(BUDGET / typical)?.clamp(FIRST, 10_000);
                let ns = ways::time(variant, Ask::Round, plan(rounds))?;
                let name = format!("{variant} round trip, {size} B, {place}");
                say(&Figures::of(ns).row(&name));
                if variant.starts_with("signal/") {
                    break;
                }
            }
        }
    }
    for (name, traced) in [
        ("write and read of a byte, X-ray off", false),
        ("write and read of a byte, X-ray on", true),
    ] {
        say(&Figures::of(calls::pair(ROUNDS, traced)?).row(name));
    }
    Ok(())
}

/// One line to stdout: the result of this command.
fn say(line: &str) {
    // A closed stdout only means that nobody reads the figures.
    drop(writeln!(std::io::stdout(), "{line}"));
}
