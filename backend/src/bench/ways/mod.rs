//! Every variant as a way or a call that can be timed, made of the calls that its roles make. To add one: a file here, an arm
//! in [`time`] and a name in [`NAMES`]; then a line in `tests/bench/rows.rs`, and a floor in `tests/bench/floor.c` or
//! `floor.py`.

mod bounded;
mod file;
mod memory;
mod pipe;
mod queue;
mod rpc;
mod signal;
mod socket;
mod zeromq;

use super::way::{Both, Call, Plan, Way, alone, one_way, round_trip};
use crate::mechanism::rpc::{Echo, Proxy};
use anyhow::{Result, bail};
use nix::errno::Errno;

/// Everything that can be timed, by the name of its variant.
pub(super) const NAMES: &[&str] = &[
    "file/write",
    "file/append",
    "file/rename",
    "file/watched",
    "pipe/anonymous",
    "pipe/fifo",
    "pipe/python",
    "queue/posix",
    "queue/sysv",
    "queue/shared",
    "queue/python",
    "shared-memory/shm",
    "shared-memory/memfd",
    "shared-memory/mapped",
    "shared-memory/sysv",
    "socket/tcp",
    "socket/udp",
    "socket/unix-stream",
    "socket/unix-datagram",
    "socket/unix-seqpacket",
    "socket/socketpair",
    "zeromq/pub-sub",
    "zeromq/push-pull",
    "zeromq/req-rep",
    "zeromq/dealer-router",
    "rpc/xml",
    "rpc/xml+kept",
    "rpc/json",
    "rpc/manager",
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
/// A name that is none, or what the kernel said: `EMSGSIZE` and `EINVAL` for a payload that it cannot carry, `EOPNOTSUPP` for
/// a rate where there is none.
pub(super) fn time(name: &str, ask: Ask, plan: Plan) -> Result<Vec<u64>> {
    let done = match name {
        "file/write" => {
            let folder = file::Folder::new()?;
            by_one(ask, plan, file::written(&folder))
        }
        "file/append" => {
            let folder = file::Folder::new()?;
            by_one(ask, plan, file::appended(&folder)?)
        }
        "file/rename" => {
            let folder = file::Folder::new()?;
            by_one(ask, plan, file::replaced(&folder))
        }
        // One way, two writes of a file can be one event: only there and back is it one payload at a time.
        "file/watched" => {
            let folders = [file::Folder::new()?, file::Folder::new()?];
            let there = file::watched(&folders[0])?;
            let back = file::watched(&folders[1])?;
            only_rounds(ask, plan, Both { there, back })
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
        "queue/python" => both(ask, plan, queue::python),
        "queue/shared" => both(ask, plan, || bounded::queue(plan.size)),
        "shared-memory/shm" => both(ask, plan, || memory::shm(plan.size)),
        "shared-memory/memfd" => both(ask, plan, || memory::memfd(plan.size)),
        "shared-memory/mapped" => both(ask, plan, || memory::mapped(plan.size)),
        "shared-memory/sysv" => both(ask, plan, || memory::sysv(plan.size)),
        "socket/tcp" => both(ask, plan, socket::tcp),
        // One way, what there is no room for is lost, and the receiver would wait for it.
        "socket/udp" => only_rounds(
            ask,
            plan,
            Both {
                there: socket::udp()?,
                back: socket::udp()?,
            },
        ),
        "socket/unix-stream" => both(ask, plan, socket::unix_stream),
        "socket/unix-datagram" => both(ask, plan, socket::unix_datagram),
        "socket/unix-seqpacket" => both(ask, plan, socket::unix_seqpacket),
        "socket/socketpair" => both(ask, plan, socket::socketpair),
        // One way, what no shelf has room for is lost, and the subscriber would wait for it.
        "zeromq/pub-sub" => only_rounds(
            ask,
            plan,
            Both {
                there: zeromq::pub_sub(),
                back: zeromq::pub_sub(),
            },
        ),
        "zeromq/push-pull" => both(ask, plan, || Ok(zeromq::push_pull())),
        "zeromq/req-rep" => only_rounds(ask, plan, zeromq::req_rep()),
        "zeromq/dealer-router" => only_rounds(ask, plan, zeromq::dealer_router()),
        "rpc/xml" => Echo::xml(false).and_then(|echo| only_rounds(ask, plan, echo)),
        "rpc/xml+kept" => Echo::xml(true).and_then(|echo| only_rounds(ask, plan, echo)),
        "rpc/json" => Echo::json().and_then(|echo| only_rounds(ask, plan, echo)),
        "rpc/manager" => Proxy::new().and_then(|proxy| only_rounds(ask, plan, proxy)),
        "signal/signals" => both(ask, plan, signal::signals),
        "signal/signalfd" => both(ask, plan, signal::signalfd),
        "signal/eventfd" => both(ask, plan, signal::eventfd),
        "signal/semaphore" => both(ask, plan, signal::semaphore),
        _ => bail!("there is no way {name}; there are: {}", NAMES.join(", ")),
    };
    Ok(done?)
}

fn both<W: Way>(
    ask: Ask,
    plan: Plan,
    mut make: impl FnMut() -> Result<W, Errno>,
) -> Result<Vec<u64>, Errno> {
    timed(ask, plan, make()?, make()?)
}

fn timed<W: Way>(ask: Ask, plan: Plan, there: W, back: W) -> Result<Vec<u64>, Errno> {
    match ask {
        Ask::Round => round_trip(Both { there, back }, plan),
        Ask::Flow => one_way(there, plan),
    }
}

/// Of question and answer there is no rate one way.
fn only_rounds(ask: Ask, plan: Plan, call: impl Call) -> Result<Vec<u64>, Errno> {
    match ask {
        Ask::Round => round_trip(call, plan),
        Ask::Flow => Err(Errno::EOPNOTSUPP),
    }
}

/// Of what wakes nobody, a payload that was put and taken is all there is.
fn by_one(ask: Ask, plan: Plan, way: impl Way) -> Result<Vec<u64>, Errno> {
    match ask {
        Ask::Round => alone(way, plan),
        Ask::Flow => Err(Errno::EOPNOTSUPP),
    }
}
