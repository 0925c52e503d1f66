//! What becomes of messages, byte by byte.

use super::{
    KEEP_MESSAGE_CALLS, KEEP_MESSAGES, KEEP_OTHERS, Message, RunState, Segment, Sent,
    apply::{object_of, worker_of},
};
use crate::{
    event::{Event, Preview, Tie},
    ids::{CallId, MsgId, ObjectId},
    os::Errno,
};

/// Into an object or out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    In,
    Out,
}

pub(super) fn message_of(state: &mut RunState, id: MsgId) -> Option<&mut Message> {
    state
        .messages
        .iter_mut()
        .rev()
        .find(|message| message.id == id)
}

pub(super) fn sending(
    state: &mut RunState,
    event: &Event,
    id: MsgId,
    len: u64,
    preview: &Preview,
    key: Option<i64>,
) -> Option<()> {
    let worker = event.worker.clone()?;
    if message_of(state, id).is_some() {
        return None;
    }
    if state.messages.len() >= KEEP_MESSAGES {
        state.messages.pop_front();
    }
    state.messages.push_back(Message {
        id,
        worker,
        len,
        preview: preview.clone(),
        source: event.source,
        sent: None,
        bytes_in: 0,
        bytes_out: 0,
        bytes_lost: 0,
        receivers: Vec::new(),
        sends: Vec::new(),
        receives: Vec::new(),
        tie: Tie::Certain,
        key,
        arrived: false,
        lost: false,
    });
    Some(())
}

pub(super) fn sent(
    state: &mut RunState,
    event: &Event,
    id: MsgId,
    n: u64,
    errno: Option<Errno>,
    inferred: bool,
) -> Option<()> {
    if n > 0 || errno.is_none() {
        state.counts.sent += 1;
    }
    if inferred && message_of(state, id).is_none() {
        sending(
            state,
            event,
            id,
            n,
            &Preview {
                len: n,
                ..Preview::default()
            },
            None,
        )?;
    }
    // With X-ray the calls have moved the bytes already.
    let moved = if state.xray {
        Some(())
    } else {
        moved(state, event, Way::In, None)
    };
    message_of(state, id)?.sent = Some(Sent { n, errno });
    moved
}

pub(super) fn received(
    state: &mut RunState,
    event: &Event,
    call: Option<CallId>,
    complete: &[MsgId],
    tie: Tie,
) -> Option<()> {
    completed(state, event, complete);
    let moved = if state.xray {
        Some(())
    } else {
        moved(state, event, Way::Out, call)
    };
    tied(state, event, call, tie);
    moved
}

/// Counts messages that are whole now. Those without bytes have arrived without any having moved.
pub(super) fn completed(state: &mut RunState, event: &Event, complete: &[MsgId]) {
    state.counts.received = state.counts.received.saturating_add(complete.len() as u64);
    for id in complete {
        let Some(message) = message_of(state, *id) else {
            continue;
        };
        message.arrived = true;
        if let Some(worker) = &event.worker
            && message.receivers.len() < KEEP_OTHERS
            && message.receivers.iter().all(|(who, _)| who != worker)
        {
            message.receivers.push((worker.clone(), 0));
        }
    }
}

/// Notes on the messages of a receive how sure it is that they are its.
pub(super) fn tied(state: &mut RunState, event: &Event, call: Option<CallId>, tie: Tie) {
    for id in event.parts.iter().filter_map(|part| part.msg) {
        if let Some(message) = message_of(state, id) {
            message.tie = worse(message.tie, tie);
            if let Some(call) = call {
                note(&mut message.receives, call);
            }
        }
    }
}

/// Bytes of a message left its object, and reached nobody.
pub(super) fn lost(
    state: &mut RunState,
    event: &Event,
    id: MsgId,
    from: u64,
    to: u64,
) -> Option<()> {
    if from < to
        && let Some(object) = object_of(state, event)
        && object.streams()
    {
        let msg = Some(id);
        object.take(Segment { msg, from, to }, true);
    }
    let Some(message) = message_of(state, id) else {
        // Not kept any more, and yet it counts.
        state.counts.lost += 1;
        return None;
    };
    let first = !message.lost;
    message.lost = true;
    message.bytes_lost = message.bytes_lost.saturating_add(to.saturating_sub(from));
    if first {
        state.counts.lost += 1;
    }
    Some(())
}

/// Bytes went into an object, or came out: in its books, in the worker's, in the messages', in the run's.
pub(super) fn moved(
    state: &mut RunState,
    event: &Event,
    way: Way,
    call: Option<CallId>,
) -> Option<()> {
    let parts: Vec<_> = event
        .parts
        .iter()
        .map(|part| Segment {
            msg: part.msg,
            from: part.from,
            to: part.to,
        })
        .filter(|part| part.from < part.to)
        .collect();
    if parts.is_empty() {
        return Some(());
    }
    let bytes = parts
        .iter()
        .map(|part| part.to - part.from)
        .fold(0, u64::saturating_add);
    let total = match way {
        Way::In => &mut state.counts.bytes_sent,
        Way::Out => &mut state.counts.bytes_received,
    };
    *total = total.saturating_add(bytes);

    for part in &parts {
        let Some(message) = part.msg.and_then(|id| message_of(state, id)) else {
            continue;
        };
        let bytes = part.to - part.from;
        match way {
            Way::In => message.bytes_in = message.bytes_in.saturating_add(bytes),
            Way::Out => {
                message.bytes_out = message.bytes_out.saturating_add(bytes);
                if let Some(call) = call {
                    note(&mut message.receives, call);
                }
                let Some(worker) = &event.worker else {
                    continue;
                };
                let known = message.receivers.len();
                match message.receivers.iter_mut().find(|(who, _)| who == worker) {
                    Some((_, got)) => *got = got.saturating_add(bytes),
                    None if known < KEEP_OTHERS => message.receivers.push((worker.clone(), bytes)),
                    None => {}
                }
            }
        }
    }
    if let Some(worker) = worker_of(state, event) {
        let total = match way {
            Way::In => &mut worker.bytes_out,
            Way::Out => &mut worker.bytes_in,
        };
        *total = total.saturating_add(bytes);
    }
    // How far a message is in tells whether bytes that are missing from the ribbon are still to come.
    let in_already = |part: &Segment| {
        part.msg
            .and_then(|id| state.message(id))
            .is_some_and(|message| message.bytes_in >= part.to)
    };
    let late: Vec<_> = parts.iter().map(in_already).collect();
    let object = object_of(state, event)?;
    let streams = object.streams();
    for (part, late) in parts.into_iter().zip(late) {
        match way {
            // What lies in them is told as it is: their order is not that of their sends, and a read takes nothing away.
            Way::In if !streams => {
                object.written = object.written.saturating_add(part.to - part.from);
            }
            Way::Out if !streams => object.read = object.read.saturating_add(part.to - part.from),
            Way::In => object.put(part),
            Way::Out => object.take(part, late),
        }
    }
    Some(())
}

/// splice and tee: bytes are in another object now, or in another as well. Nobody has sent or received them.
pub(super) fn passed(
    state: &mut RunState,
    event: &Event,
    into: &ObjectId,
    stays: bool,
) -> Option<()> {
    let parts = event.parts.iter().map(|part| Segment {
        msg: part.msg,
        from: part.from,
        to: part.to,
    });
    let parts: Vec<_> = parts.filter(|part| part.from < part.to).collect();
    if !stays {
        let from = object_of(state, event)?;
        parts.iter().for_each(|part| from.take(*part, false));
    }
    let into = state.objects.iter_mut().find(|object| object.id == *into)?;
    parts.into_iter().for_each(|part| into.put(part));
    Some(())
}

fn note(calls: &mut Vec<CallId>, call: CallId) {
    if calls.len() < KEEP_MESSAGE_CALLS && calls.last() != Some(&call) {
        calls.push(call);
    }
}

fn worse(a: Tie, b: Tie) -> Tie {
    match (a, b) {
        (Tie::Unknown, _) | (_, Tie::Unknown) => Tie::Unknown,
        (Tie::Ambiguous, _) | (_, Tie::Ambiguous) => Tie::Ambiguous,
        (Tie::Certain, Tie::Certain) => Tie::Certain,
    }
}
