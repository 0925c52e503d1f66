//! A class drill: many learners at once, each of which runs something and breaks it.
//!
//! `IPC_BENCH_SECONDS` says how long (60 where it is not set), `IPC_BENCH_LEARNERS` how many learners there are (60).

use crate::figures::{Bound, Goal, say};
use anyhow::Result;
use harness::{
    Account,
    drill::{BREAKS, Drill},
};
use std::{env, time::Duration};

/// A learner looks at what happened before doing the next thing.
const PAUSE: Duration = Duration::from_secs(2);
/// Errors that are printed; all are counted.
const SHOWN: usize = 10;
/// How much the server may hold at the end that it did not after a third of the time, and the spawner; KiB. A class that
/// goes on holds a changing number of journals, so that the server's memory goes up and down.
const GROWTH_KIB: [f64; 2] = [32.0 * 1024.0, 4.0 * 1024.0];

fn setting(name: &str, usual: u64) -> Result<u64> {
    env::var(name).map_or(Ok(usual), |text| Ok(text.parse()?))
}

/// Learners of a class, for as long as was asked for.
pub(crate) fn drill() -> Result<Vec<Goal>> {
    let learners = usize::try_from(setting("IPC_BENCH_LEARNERS", 60)?)?;
    let time = Duration::from_secs(setting("IPC_BENCH_SECONDS", 60)?);
    let drill = Drill {
        learners,
        time,
        pause: PAUSE,
    };
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(drill.run(Account::Plain));
    let broken: Vec<_> = BREAKS
        .iter()
        .zip(outcome.broken)
        .map(|(way, times)| format!("{way} {times}"))
        .collect();
    let runs = outcome.runs.len();
    say(&format!(
        "  {learners} learners, {} s, {runs} runs; {}",
        time.as_secs(),
        broken.join(", ")
    ));
    for error in outcome.errors.iter().take(SHOWN) {
        say(&format!("  error: {error}"));
    }
    let ms = |percent| outcome.first_event_at(percent).as_secs_f64() * 1e3;
    #[expect(clippy::cast_precision_loss, reason = "counts and kibibytes")]
    let growth = |kib: [u64; 3]| kib[2] as f64 - kib[1] as f64;
    let memory = |kib: [u64; 3]| {
        format!(
            "before {} KiB, after a third {}, at the end {}",
            kib[0], kib[1], kib[2]
        )
    };
    let figure = |name: &str, value, unit, bound, detail| Goal {
        name: name.to_owned(),
        value,
        unit,
        bound: Bound::AtMost(bound),
        detail,
    };
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let errors = outcome.errors.len() as f64;
    Ok(vec![
        figure(
            "errors, and whatever is left",
            errors,
            "",
            0.0,
            format!("{runs} runs"),
        ),
        figure(
            "start to first event, p95",
            ms(95),
            "ms",
            50.0,
            format!("p50 {:.1}, p99 {:.1}, max {:.1}", ms(50), ms(99), ms(100)),
        ),
        figure(
            "growth of the server after a third of the time",
            growth(outcome.server_kib),
            "KiB",
            GROWTH_KIB[0],
            memory(outcome.server_kib),
        ),
        figure(
            "growth of the spawner after a third of the time",
            growth(outcome.spawner_kib),
            "KiB",
            GROWTH_KIB[1],
            memory(outcome.spawner_kib),
        ),
    ])
}
