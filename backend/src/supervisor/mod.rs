//! The supervisor of a box: creates, traces and reaps the workers of one run, carries out commands, and tells all it sees.
//!
//! ```text
//! server ══commands══▶ ┌ one thread, one loop ┐ ──commands, fd 127──▶ parent, writer, reader, …
//!        ◀══events════ │ epoll and waitpid    │ ◀─reports, fd 126──
//! spawner ──pidfd────▶ └──────────────────────┘ ◀─stops of traced calls, SIGCHLD, stdout, stderr
//! ```
//! `boot` makes the first worker, `turn` is the loop, `calls` and `reports` turn what is seen and said into events,
//! `gauges` and `objects` read what the kernel holds, `orders` carries out commands, `journal` numbers the events and sends them.
//!
//! It never makes or holds an end of a link, and never waits for one particular thing.

mod again;
mod boot;
mod cable;
mod calls;
mod crew;
mod gauges;
mod journal;
mod kept;
mod life;
mod limits;
mod lines;
mod masks;
mod objects;
mod orders;
mod receipts;
mod reports;
mod said;
mod signals;
mod touched;
mod turn;
mod zeromq;

use crate::{
    mechanism::Play,
    sandbox::{Door, Outside},
    sys::machines::Machines,
    tracer::{Lines, Tracer},
    worker::Names,
};
use crew::Crew;
use journal::Journal;
use nix::{
    sys::{epoll::Epoll, signalfd::SignalFd},
    unistd::Pid,
};
use objects::Objects;
use shared::{event::Outcome, ids::RunId, ledger::Ledger};
use std::{os::fd::OwnedFd, time::Instant};

/// Everything of one run.
#[derive(Debug)]
struct Supervisor {
    /// Kept open: its being readable in the loop means that the spawner died.
    _spawner: OwnedFd,
    /// Kept open: when it is closed, the kernel kills every worker.
    _lifeline: OwnedFd,
    signals: SignalFd,
    epoll: Epoll,
    /// Tells process ids outside of the box, where there is one.
    outside: Option<Outside>,
    play: Play,
    names: Names,
    tracer: Tracer,
    ledger: Ledger,
    journal: Journal,
    crew: Crew,
    /// What workers have said, but others may have said something before it that is still to be read.
    ahead: Vec<reports::Said>,
    /// What was said is being taken in, in its order.
    taking: bool,
    /// Channels for those who are started again.
    spares: again::Spares,
    watch: signals::Watch,
    /// Two machines and the cable between them, in a run that has them.
    machines: Option<Machines>,
    objects: Objects,
    /// What was told of shelves, in lessons about ZeroMQ.
    shelves: zeromq::Shelves,
    /// Processes that were forked and have not said yet who they are.
    strays: Vec<Pid>,
    lines: Lines,
    /// When to look at everybody's signals again, in lessons about them.
    masks: Option<Instant>,
    /// Bytes of the newest calls, for `fetch`.
    kept: kept::Kept,
    /// Until when those who become another program must have said that they are there.
    born_by: Option<Instant>,
    /// Until when everybody may leave who was told that there is nothing more to do.
    leaving: Option<Instant>,
    /// Set when everybody is being killed.
    ending: Option<Ending>,
}

/// Why and since when everybody is being killed.
#[derive(Debug)]
struct Ending {
    outcome: Outcome,
    message: Option<String>,
    /// When to leave what is left to the spawner.
    until: Instant,
    /// The server or the spawner is gone: nobody is told, and perhaps nobody sweeps up after us.
    alone: bool,
}

/// Runs until every worker is reaped, behind that door if there is one; returns the exit status.
pub(crate) fn run(server: OwnedFd, spawner: OwnedFd, run: &RunId, door: Option<Door>) -> i32 {
    match boot::boot(server, spawner, run, door) {
        Ok(mut supervisor) => supervisor.watch(),
        Err(_) => boot::CANNOT_BEGIN,
    }
}
