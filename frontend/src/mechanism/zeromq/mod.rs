//! The picture of ZeroMQ, without drawing it: each process a house with the room of its own thread, the room of the I/O
//! thread, and shelves between; what connects them; a bin.

#[cfg(test)]
mod tests;

use super::queue::Shelf;
use shared::{
    event::Reading,
    ids::WorkerId,
    mechanism::zeromq::Pattern,
    state::{Object, RunState, Worker},
};

/// Messages of one shelf that are drawn.
const MOST: usize = 5;

/// A shelf in a house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    /// Who alone gets what stands on it, where that is so.
    pub to: Option<WorkerId>,
    /// Letter of that one.
    pub letter: Option<char>,
    /// What goes out; else what has come in.
    pub out: bool,
    /// The messages, the next to leave first.
    pub shelf: Shelf,
    /// How many, of how many that have room.
    pub messages: Option<Reading>,
}

/// What is between a process and the one it has to do with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Connected, and both sides have said READY.
    Up,
    /// There was nobody, or nobody any more: it tries again by itself.
    Trying,
    /// Not connected.
    Down,
}

/// A process with its two rooms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct House {
    /// Whose.
    pub worker: WorkerId,
    /// Its letter.
    pub letter: Option<char>,
    /// It lives.
    pub alive: bool,
    /// Its shelves.
    pub boards: Vec<Board>,
    /// Of one that connects: how that stands.
    pub link: Option<Link>,
    /// A publisher that waits for so many of so many subscribers.
    pub waits: Option<(u64, u64)>,
}

/// All houses, and the bin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Who sends first, first.
    pub houses: Vec<House>,
    /// Messages that were thrown away, or went down with somebody.
    pub bin: u64,
    /// Below are Unix sockets, or TCP connections.
    pub transport: &'static str,
    /// Bytes that lie in sockets of the kernel.
    pub in_kernel: Option<u64>,
}

impl Picture {
    /// The picture of a run; empty houses before it has begun.
    pub fn of(run: &RunState) -> Self {
        let tcp = run.params.get("transport").and_then(|word| word.as_str()) == Some("tcp");
        let workers = super::seats::places(run);
        let houses = workers
            .iter()
            .filter(|place| place.role != "parent")
            .map(|place| House {
                worker: place.id.clone(),
                letter: place.letter,
                alive: place.worker.is_some_and(Worker::alive),
                boards: boards(run, &place.id),
                link: place.worker.and_then(|worker| link(run, worker)),
                waits: place.worker.and_then(waits),
            });
        Self {
            houses: houses.collect(),
            bin: run.counts.lost,
            transport: if tcp { "TCP" } else { "Unix" },
            in_kernel: in_kernel(run),
        }
    }
}

/// `out:publisher>subscriber`, `out:pusher`, `in:puller`: shelves are told under these names.
fn boards(run: &RunState, worker: &WorkerId) -> Vec<Board> {
    let own = |object: &Object| {
        let (way, whose) = object.id.as_str().split_once(':')?;
        let (whose, to) = whose.split_once('>').unwrap_or((whose, ""));
        (object.object_type == "shelf" && whose == worker.as_str()).then(|| {
            let to = Some(WorkerId::new(to)).filter(|_| !to.is_empty());
            let mut shelf = Shelf::of(run, object, false);
            for board in &mut shelf.boards {
                shelf.more += board.envelopes.len().saturating_sub(MOST) as u64;
                board.envelopes.truncate(MOST);
            }
            Board {
                letter: to
                    .as_ref()
                    .and_then(|to| run.worker(to))
                    .and_then(|worker| worker.letter),
                to,
                out: way == "out",
                shelf,
                messages: object.reading("messages").cloned(),
            }
        })
    };
    run.objects.iter().filter_map(own).collect()
}

/// How a connecting process stands, by the last thing its monitor said.
fn link(run: &RunState, worker: &Worker) -> Option<Link> {
    let pattern = Pattern::of(&run.variant)?;
    if worker.role != pattern.connector() {
        return None;
    }
    let last = worker.said.iter().rev().find_map(|said| {
        Some(match said.what.as_str() {
            "handshake_succeeded" => Link::Up,
            "disconnected" | "connect_retried" => Link::Trying,
            _ => return None,
        })
    });
    Some(last.filter(|_| worker.alive()).unwrap_or(Link::Down))
}

/// What a publisher says while it waits for subscribers.
fn waits(worker: &Worker) -> Option<(u64, u64)> {
    let last = worker
        .said
        .iter()
        .rev()
        .find(|said| matches!(said.what.as_str(), "waits" | "heard"))?;
    let figure = |name: &str| last.about.get(name)?.as_u64();
    let (now, of) = (figure("subscribed")?, figure("of")?);
    (worker.alive() && now < of).then_some((now, of))
}

/// Bytes in sockets that lead from one process to another.
fn in_kernel(run: &RunState) -> Option<u64> {
    let lead = |object: &&Object| object.object_type == "socket" && !object.removed;
    let figures = run.objects.iter().filter(lead);
    let figures = figures.filter_map(|object| object.reading("bytes"));
    figures.map(|reading| reading.value).reduce(|a, b| a + b)
}
