//! What all kinds have in common that keep messages apart: queues, and sockets of datagrams.

use super::Scene;
use shared::{
    event::Part,
    ids::{MsgId, ObjectId},
    ledger::{Tied, shelf::Taken},
};

/// The descriptor of what has none.
const NO_DESCRIPTOR: i32 = -1;

/// The message that a worker has announced for that descriptor, or for none.
pub(super) fn announced(scene: &Scene<'_>, worker: usize, fd: Option<i32>) -> Option<MsgId> {
    let announced = scene.announced(worker, fd.unwrap_or(NO_DESCRIPTOR));
    announced.map(|(msg, _)| msg)
}

/// What a send put in, as its worker reports: nothing, if `part` is none.
pub(super) fn put(object: &ObjectId, msg: MsgId, part: Option<Part>) -> Tied {
    Tied {
        object: Some(object.clone()),
        msg: Some(msg),
        parts: part.into_iter().collect(),
        ..Tied::default()
    }
}

/// What a receive took out.
pub(super) fn taken(object: &ObjectId, taken: Taken) -> Tied {
    Tied {
        object: Some(object.clone()),
        parts: taken.parts,
        candidates: taken.candidates,
        complete: taken.complete,
        lost: taken.lost,
        tie: taken.tie,
        ..Tied::default()
    }
}
