//! Every variant as two ways that can be timed, made of the calls that its roles make.

mod file;
mod memory;
mod pipe;
mod queue;
mod signal;

use super::way::{Plan, one_way, round_trip};
use anyhow::{Result, bail};
use nix::errno::Errno;

/// Everything that can be timed, by the name of its variant.
pub(super) const NAMES: &[&str] = &[
    "file/watched",
    "pipe/anonymous",
    "pipe/fifo",
    "pipe/python",
    "queue/posix",
    "queue/sysv",
    "shared-memory/shm",
    "shared-memory/memfd",
    "shared-memory/mapped",
    "shared-memory/sysv",
    "signal/signals",
    "signal/signalfd",
    "signal/eventfd",
    "signal/semaphore",
];

/// What is asked of a variant.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ask {
    /// Nanoseconds of each round trip.
    Round,
    /// Nanoseconds a payload, one way.
    Flow,
}

/// Times a variant.
///
/// # Errors
/// A name that is none, or what the kernel said: `EMSGSIZE` and `EINVAL` for a payload that it cannot carry.
pub(super) fn time(name: &str, ask: Ask, plan: Plan) -> Result<Vec<u64>> {
    let done = match name {
        // One way, two writes of a file can be one event: only there and back is it one payload at a time.
        "file/watched" if matches!(ask, Ask::Flow) => Err(Errno::EOPNOTSUPP),
        "file/watched" => {
            let (there, back) = (file::watched()?, file::watched()?);
            let folders = [there.folder(), back.folder()];
            let done = timed(ask, plan, there, back);
            folders.iter().for_each(file::Watched::remove);
            done
        }
        "pipe/anonymous" => both(ask, plan, pipe::anonymous),
        "pipe/fifo" => both(ask, plan, pipe::fifo),
        "pipe/python" => both(ask, plan, || pipe::connection(plan.size)),
        "queue/posix" => both(ask, plan, || queue::posix(plan.size)),
        "queue/sysv" => queue::sysv(plan.size).and_then(|ways| {
            let kept = ways.ids();
            let done = timed(ask, plan, ways.there, ways.back);
            // They would outlive the process.
            kept.into_iter().for_each(queue::remove);
            done
        }),
        "shared-memory/shm" => both(ask, plan, || memory::shm(plan.size)),
        "shared-memory/memfd" => both(ask, plan, || memory::memfd(plan.size)),
        "shared-memory/mapped" => both(ask, plan, || memory::mapped(plan.size)),
        "shared-memory/sysv" => both(ask, plan, || memory::sysv(plan.size)),
        "signal/signals" => both(ask, plan, signal::signals),
        "signal/signalfd" => both(ask, plan, signal::signalfd),
        "signal/eventfd" => both(ask, plan, signal::eventfd),
        "signal/semaphore" => both(ask, plan, signal::semaphore),
        _ => bail!("there is no way {name}; there are: {}", NAMES.join(", ")),
    };
    Ok(done?)
}

fn both<W: super::way::Way>(
    ask: Ask,
    plan: Plan,
    mut make: impl FnMut() -> Result<W, Errno>,
) -> Result<Vec<u64>, Errno> {
    timed(ask, plan, make()?, make()?)
}

fn timed<W: super::way::Way>(ask: Ask, plan: Plan, there: W, back: W) -> Result<Vec<u64>, Errno> {
    match ask {
        Ask::Round => round_trip(there, back, plan),
        Ask::Flow => {
            let whole = one_way(there, plan)?;
            Ok(vec![whole / plan.rounds.max(1) as u64])
        }
    }
}
