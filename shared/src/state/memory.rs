//! What objects hold that is no stream, and what processes say of themselves.

use super::{
    Content, KEEP_OTHERS, KEEP_SAID, RunState, Said,
    apply::{object_of, worker_of},
    messages::{self, Way},
};
use crate::{
    command::Values,
    event::{Event, Kind, Tie},
    ids::MsgId,
};

pub(super) fn said(state: &mut RunState, event: &Event, what: &str, about: &Values) -> Option<()> {
    let worker = worker_of(state, event)?;
    if worker.said.len() >= KEEP_SAID {
        worker.said.pop_front();
    }
    worker.said.push_back(Said {
        what: what.to_owned(),
        about: about.clone(),
        at_ns: event.at_ns,
    });
    Some(())
}

pub(super) fn object_state(state: &mut RunState, event: &Event) -> Option<()> {
    let Kind::ObjectState {
        holders,
        names,
        mappings,
        locks,
        offsets,
        peer,
        socket,
    } = &event.kind
    else {
        return None;
    };
    let object = object_of(state, event)?;
    object.holders = few(holders);
    object.names = few(names);
    object.mappings = few(mappings);
    object.locks = few(locks);
    object.offsets = few(offsets);
    object.peer.clone_from(peer);
    object.socket.clone_from(socket);
    Some(())
}

pub(super) fn items(state: &mut RunState, event: &Event) -> Option<()> {
    let Kind::ObjectItems {
        items,
        more,
        origin,
    } = &event.kind
    else {
        return None;
    };
    let object = object_of(state, event)?;
    object.items = few(items);
    object.more = *more;
    object.items_origin = Some(*origin);
    Some(())
}

pub(super) fn bytes(state: &mut RunState, event: &Event) -> Option<()> {
    let Kind::ObjectBytes {
        at,
        hex,
        total,
        writers,
    } = &event.kind
    else {
        return None;
    };
    object_of(state, event)?.content = Some(Content {
        at: *at,
        hex: hex.clone(),
        total: *total,
        writers: few(writers),
    });
    Some(())
}

/// A store moves its bytes into the object by itself: there is no call that would.
pub(super) fn stored(state: &mut RunState, event: &Event) -> Option<()> {
    messages::moved(state, event, Way::In, None)
}

pub(super) fn loaded(
    state: &mut RunState,
    event: &Event,
    complete: &[MsgId],
    tie: Tie,
) -> Option<()> {
    messages::completed(state, event, complete);
    messages::moved(state, event, Way::Out, None)?;
    messages::tied(state, event, None, tie);
    Some(())
}

/// As many as a box can have; only a journal that lies has more.
fn few<T: Clone>(all: &[T]) -> Vec<T> {
    all.get(..KEEP_OTHERS).unwrap_or(all).to_vec()
}
