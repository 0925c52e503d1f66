//! The receive queue of a socket that keeps messages apart: UDP, Unix datagrams, seqpacket.

use super::{Who, figure, holders, local, place};
use crate::mechanism::{pipe::Figure, queue::Shelf};
use shared::state::{Object, RunState};

/// A socket and the messages that wait in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// What the kernel calls it.
    pub id: String,
    /// Who has it open.
    pub owners: Vec<Who>,
    /// Its address, where it has one.
    pub local: Option<String>,
    /// The address that it is connected to.
    pub remote: Option<String>,
    /// The messages, the next to be received first.
    pub shelf: Shelf,
    /// Memory that they take, of what they may.
    pub memory: Option<Figure>,
    /// Messages that the kernel threw away because there was no room.
    pub drops: Option<Figure>,
    /// Who has it stands on the left.
    pub left: bool,
    /// It is gone.
    pub removed: bool,
}

impl Mailbox {
    /// Nothing lies in it, and nothing was thrown away.
    pub fn idle(&self) -> bool {
        let lost = self.drops.as_ref().is_some_and(|drops| drops.value > 0);
        self.shelf.boards.is_empty() && !lost
    }
}

/// All that are there; of those that are gone the last where no other is left. Who receives first stands first.
pub(super) fn all(run: &RunState) -> Vec<Mailbox> {
    let sockets = || {
        run.objects
            .iter()
            .filter(|one| one.object_type == "datagram")
    };
    let mut all: Vec<_> = sockets()
        .filter(|one| !one.removed)
        .map(|one| mailbox(run, one))
        .collect();
    if all.is_empty() {
        all.extend(sockets().next_back().map(|one| mailbox(run, one)));
    }
    shared::sort_few(&mut all, |one| (one.left, one.owners.is_empty()));
    all
}

fn mailbox(run: &RunState, object: &Object) -> Mailbox {
    let end = object.socket.as_ref();
    let shelf = if object.removed {
        Shelf::default()
    } else {
        Shelf::of(run, object, false)
    };
    Mailbox {
        id: object.id.to_string(),
        owners: holders(run, object),
        local: local(end).or_else(|| object.name.clone()),
        remote: end.and_then(|end| end.remote.clone()),
        shelf,
        memory: figure(object, "memory"),
        drops: figure(object, "drops"),
        left: place(run, object) == Some(0),
        removed: object.removed,
    }
}
