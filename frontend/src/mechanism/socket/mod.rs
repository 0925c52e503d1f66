//! The picture of sockets, without drawing it: the bench in front of a listener, connections with a tank on each side, and
//! mailboxes of sockets that keep messages apart.
//!
//! The buffer that an end receives into is an object with its ribbon, drawn as a pipe's tube is; what still lies in the
//! buffer of its sender is a figure of the kernel, since nothing tells which bytes these are.

mod bench;
mod cable;
mod connection;
mod mailbox;
mod tags;

#[cfg(test)]
mod tests;

pub use bench::Bench;
pub use cable::Cable;
pub use connection::{Connection, Side};
pub use mailbox::Mailbox;
pub use tags::{Tag, tags};

use super::{pipe::Figure, seats};
use shared::{
    event::Endpoint,
    ids::WorkerId,
    mechanism::Seat,
    state::{Object, RunState, Worker},
};

/// Connections that are drawn; a run has a client for each, and at most eight of these.
const MOST: usize = 10;

/// Sockets, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// What two machines are joined by.
    pub cable: Option<Cable>,
    /// Where connections wait until they are accepted.
    pub bench: Option<Bench>,
    /// Connected streams, in the order in which they came to be.
    pub connections: Vec<Connection>,
    /// Connections that are not drawn.
    pub more: usize,
    /// Sockets that keep messages apart, those of servers first.
    pub mailboxes: Vec<Mailbox>,
}

impl Picture {
    /// The picture of a run's sockets; an empty one before there is a socket.
    pub fn of(run: &RunState) -> Self {
        let mut connections = connection::all(run);
        let more = connections.len().saturating_sub(MOST);
        connections.truncate(MOST);
        Self {
            cable: cable::cable(run),
            bench: bench::bench(run),
            connections,
            more,
            mailboxes: mailbox::all(run),
        }
    }

    /// No socket was made yet.
    pub fn empty(&self) -> bool {
        self.bench.is_none() && self.connections.is_empty() && self.mailboxes.is_empty()
    }
}

/// A process at an end: its letter and its name.
pub type Who = (Option<char>, WorkerId);

/// Who holds an object open, each process once, the parent last: it made sockets for others, or nothing.
fn holders(run: &RunState, object: &Object) -> Vec<Who> {
    let mut all: Vec<Who> = Vec::new();
    for holder in &object.holders {
        let letter = run.worker(&holder.worker).and_then(|worker| worker.letter);
        if all.iter().all(|(_, id)| *id != holder.worker) {
            all.push((letter, holder.worker.clone()));
        }
    }
    shared::sort_few(&mut all, |(letter, _)| letter.is_none());
    all
}

/// Where who holds an object stands: 0 left, 1 below, 2 right; nothing where nobody holds it.
fn place(run: &RunState, object: &Object) -> Option<u8> {
    let (_, id) = holders(run, object)
        .into_iter()
        .find(|who| who.0.is_some())?;
    let places = seats::places(run);
    let seat = places.iter().find(|place| place.id == id)?.seat;
    Some(match seat {
        Seat::Left => 0,
        Seat::Below => 1,
        Seat::Right => 2,
    })
}

/// A figure of an object, where it was read.
fn figure(object: &Object, name: &str) -> Option<Figure> {
    let reading = object.reading(name)?;
    Some(Figure {
        value: reading.value,
        max: reading.max.unwrap_or_default(),
        origin: reading.origin,
        how: reading.how.clone(),
    })
}

/// A socket that a process has open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its descriptor.
    pub fd: i32,
    /// What it is: `socket`, `listener`, `datagram`.
    pub object_type: String,
    /// What tcp(7) calls its state; empty where nobody has looked.
    pub state: String,
    /// Who has the other end.
    pub to: Vec<Who>,
    /// Which connection of the process it is, in the order in which these came to be, from 0.
    pub number: usize,
}

/// The sockets that a process has open now, by descriptor.
pub fn held(run: &RunState, worker: &Worker) -> Vec<Held> {
    let mut all = Vec::new();
    let mut number = 0;
    for object in run
        .objects
        .iter()
        .filter(|object| is_socket(object) && !object.removed)
    {
        let mut mine = object.holders.iter();
        let Some(holder) = mine.find(|holder| holder.worker == worker.id) else {
            continue;
        };
        let peer = object.peer.as_ref().and_then(|id| run.object(id));
        all.push(Held {
            fd: holder.fd,
            object_type: object.object_type.clone(),
            state: object
                .socket
                .as_ref()
                // Of a mailbox that is the usual state, and no closed one.
                .filter(|end| end.state != "CLOSE" || object.object_type == "socket")
                .map(|end| end.state.clone())
                .unwrap_or_default(),
            to: peer.map_or_else(Vec::new, |peer| holders(run, peer)),
            number,
        });
        number += usize::from(object.object_type == "socket");
    }
    shared::sort_few(&mut all, |held| held.fd);
    all
}

fn is_socket(object: &Object) -> bool {
    matches!(
        object.object_type.as_str(),
        "socket" | "listener" | "datagram"
    )
}

/// A state of tcp(7) in plain words.
pub fn meaning(state: &str) -> &'static str {
    match state {
        "ESTABLISHED" => "connected",
        "LISTEN" => "listens for connections",
        "SYN_SENT" => "has asked, no answer yet",
        "SYN_RECV" => "was asked, and has answered",
        "FIN_WAIT1" => "has closed its side, and nobody has confirmed that yet",
        "FIN_WAIT2" => "has closed its side; the other has not",
        "CLOSE_WAIT" => "the other side has closed, this one has not",
        "LAST_ACK" => "has closed too, and waits for that to be confirmed",
        "CLOSING" => "both closed at once",
        "TIME_WAIT" => "closed; the kernel keeps its address for a minute",
        "CLOSE" => "not connected",
        _ => "",
    }
}

/// An address without what every run has another of: `…:5000`, `…/server`.
pub fn short(address: &str) -> String {
    if address.starts_with('/') {
        return super::short_name(address);
    }
    address.to_owned()
}

fn local(end: Option<&Endpoint>) -> Option<String> {
    end.and_then(|end| end.local.clone())
}
