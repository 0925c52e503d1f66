//! A connection: two ends, each with the buffer that it receives into and what waits in the buffer that it sends from.

use super::{Who, figure, holders, local, place};
use crate::mechanism::pipe::{self, Figure};
use shared::{
    event::End,
    state::{Object, RunState},
};

/// A stream between two ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The end of who connected.
    pub left: Side,
    /// The end of who accepted; before it is known of, an empty one.
    pub right: Side,
}

/// One end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// What the kernel calls it; absent where only the other end was seen.
    pub id: Option<String>,
    /// Who has it open.
    pub holders: Vec<Who>,
    /// What tcp(7) calls its state.
    pub state: String,
    /// Its own address.
    pub local: Option<String>,
    /// It sends no more: shutdown(2), or the kernel closed it.
    pub sends: bool,
    /// It receives no more.
    pub receives: bool,
    /// Bytes that it has received and nobody has read.
    pub tank: pipe::Picture,
    /// Bytes that it was given to send, and that the other side has not confirmed.
    pub unsent: Option<Figure>,
    /// Bytes of these that were not even sent once: `unsent` of TCP_INFO.
    pub held_back: u64,
    /// Segments with bytes that it has sent, and how many of these again.
    pub segments: (u64, u64),
    /// It is gone.
    pub gone: bool,
}

impl Connection {
    /// Neither end is there any more.
    pub fn over(&self) -> bool {
        self.left.gone && self.right.gone
    }

    /// Somebody has one of the ends open.
    pub fn held(&self) -> bool {
        self.sides().iter().any(|side| !side.holders.is_empty())
    }

    /// Both ends, that of who connected first.
    pub fn sides(&self) -> [&Side; 2] {
        [&self.left, &self.right]
    }

    /// It waits on the bench: the kernel has made it, and nobody has accepted it.
    pub fn unaccepted(&self) -> bool {
        let right = &self.right;
        !self.left.gone && !right.gone && right.holders.is_empty() && right.state == "ESTABLISHED"
    }
}

/// All connections of which something is left; of those that are over, the last where nothing else is there.
pub(super) fn all(run: &RunState) -> Vec<Connection> {
    let mut all = Vec::new();
    let mut seen = Vec::new();
    for object in run.objects.iter().filter(|one| one.object_type == "socket") {
        if seen.contains(&&object.id) {
            continue;
        }
        let peer = object.peer.as_ref().and_then(|id| run.object(id));
        seen.extend(peer.map(|peer| &peer.id));
        all.push(connection(run, object, peer));
    }
    let over = all.iter().filter(|one| one.over()).count();
    if over < all.len() {
        all.retain(|one| !one.over());
    } else {
        all.drain(..all.len().saturating_sub(1));
    }
    all
}

/// Who connected is on the left: as the processes stand, or else as the ends came to be.
fn connection(run: &RunState, first: &Object, second: Option<&Object>) -> Connection {
    let turned = match (place(run, first), second.and_then(|peer| place(run, peer))) {
        (Some(first), Some(second)) => first > second,
        (Some(first), None) => first == 2,
        (None, Some(second)) => second == 0,
        (None, None) => listens_at(run, first),
    };
    let (left, right) = if turned {
        (second, Some(first))
    } else {
        (Some(first), second)
    };
    Connection {
        left: side(run, left, true),
        right: side(run, right, false),
    }
}

/// Its own address is the one that a listener has: it was accepted.
fn listens_at(run: &RunState, object: &Object) -> bool {
    let of = |object: &Object| local(object.socket.as_ref());
    let mut listeners = run
        .objects
        .iter()
        .filter(|one| one.object_type == "listener");
    of(object).is_some_and(|mine| listeners.any(|one| of(one).as_ref() == Some(&mine)))
}

fn side(run: &RunState, object: Option<&Object>, left: bool) -> Side {
    let end = object.and_then(|object| object.socket.as_ref());
    let shut = end.and_then(|end| end.shut);
    // What a side on the left receives runs from right to left.
    let tank = pipe::Picture::of_end(run, object, left);
    let read = |name: &str| {
        let reading = object.and_then(|object| object.reading(name));
        reading.map_or(0, |reading| reading.value)
    };
    Side {
        id: object.map(|object| object.id.to_string()),
        holders: object.map_or_else(Vec::new, |object| holders(run, object)),
        state: end.map(|end| end.state.clone()).unwrap_or_default(),
        local: local(end),
        sends: !matches!(shut, Some(End::Write | End::Both)),
        receives: !matches!(shut, Some(End::Read | End::Both)),
        tank,
        // Unix sockets have none: what one sends lies with the other at once.
        unsent: object
            .filter(|object| object.reading("unacked").is_some())
            .and_then(|object| figure(object, "outgoing")),
        held_back: read("unsent"),
        segments: (read("segments"), read("retransmits")),
        gone: object.is_some_and(|object| object.removed),
    }
}
