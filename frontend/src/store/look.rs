//! What is known of a call or a message that is looked at: from the state while it keeps them, from the log after that.

use super::{EventLog, Selected};
use shared::{
    event::{Event, Kind, Part},
    ids::{CallId, MsgId},
    state::{Call, Message, RunState},
};

/// Events looked through for the return of an old call.
const LOOK_AHEAD: u64 = 20_000;
/// Calls shown of one message; a flood's message has two.
const MOST_CALLS: usize = 64;

/// A call or message with all that belongs to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Looked {
    /// The message, where one is looked at or the call moved bytes of exactly one.
    pub message: Option<Message>,
    /// Calls that returned, oldest first.
    pub calls: Vec<Call>,
    /// It was looked for and is nowhere: too old, or not told.
    pub forgotten: bool,
}

/// All that is known of what is looked at.
pub fn look(state: &RunState, log: &EventLog, selected: Selected) -> Looked {
    match selected {
        Selected::Nothing => Looked::default(),
        Selected::Call(id) => {
            let calls: Vec<Call> = find_call(state, log, id).into_iter().collect();
            let open = state
                .workers
                .iter()
                .any(|worker| worker.now.as_ref().is_some_and(|now| now.call == id));
            Looked {
                forgotten: calls.is_empty() && !open,
                calls,
                message: None,
            }
        }
        Selected::Message(id) => {
            let message = state.message(id).cloned();
            let mut ids: Vec<CallId> = message
                .iter()
                .flat_map(|m| m.sends.iter().chain(&m.receives))
                .copied()
                .collect();
            if message.is_none() {
                ids = calls_of(log, id);
            }
            ids.dedup();
            let calls: Vec<Call> = ids
                .into_iter()
                .take(MOST_CALLS)
                .filter_map(|id| find_call(state, log, id))
                .collect();
            Looked {
                forgotten: message.is_none() && calls.is_empty(),
                message,
                calls,
            }
        }
    }
}

/// The call, from the state or the log.
pub fn find_call(state: &RunState, log: &EventLog, id: CallId) -> Option<Call> {
    state.call(id).cloned().or_else(|| {
        let entered = log.get(id)?;
        let mut after = log.between(id + 1, id.saturating_add(LOOK_AHEAD));
        let returned = after
            .find(|event| matches!(&event.kind, Kind::CallReturned { call, .. } if *call == id))?;
        of_events(entered, returned)
    })
}

fn of_events(entered: &Event, returned: &Event) -> Option<Call> {
    let Kind::CallEntered {
        data: sent, line, ..
    } = &entered.kind
    else {
        return None;
    };
    let Kind::CallReturned {
        call,
        name,
        args,
        fd,
        ret,
        errno,
        data,
        took_ns,
        interrupted,
        key,
        ..
    } = &returned.kind
    else {
        return None;
    };
    Some(Call {
        call: *call,
        returned: returned.seq,
        worker: returned.worker.clone()?,
        name: name.clone(),
        args: args.clone(),
        fd: *fd,
        object: returned.object.clone(),
        ret: *ret,
        errno: *errno,
        parts: returned.parts.clone(),
        data: data.clone().or_else(|| sent.clone()),
        entered_ns: entered.at_ns,
        took_ns: *took_ns,
        slept: None,
        interrupted: *interrupted,
        task: returned.task,
        key: *key,
        line: *line,
    })
}

/// Calls of a message that the state has forgotten.
fn calls_of(log: &EventLog, id: MsgId) -> Vec<CallId> {
    let moved = |parts: &[Part]| parts.iter().any(|part| part.msg == Some(id));
    let of = |event: &Event| {
        let Kind::CallReturned { call, msg, .. } = &event.kind else {
            return None;
        };
        (*msg == Some(id) || moved(&event.parts)).then_some(*call)
    };
    log.iter()
        .filter_map(|event| of(event))
        .take(MOST_CALLS)
        .collect()
}
