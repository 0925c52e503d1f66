//! What processes do: system calls.

use super::{
    Call, KEEP_CALLS, KEEP_MESSAGE_CALLS, KEEP_OTHERS, OpenCall, RunState, Task, Worker,
    apply::worker_of,
    messages::{self, Way},
};
use crate::{
    event::{Event, Kind, ProcState},
    ids::{CallId, MsgId},
    ledger::Direction,
};

/// Into which direction a call moved what its parts say: told by its name, and by the end where the name does not.
fn way(state: &RunState, event: &Event, name: &str, fd: Option<i32>) -> Option<Way> {
    match Direction::of(name)? {
        Direction::Send => Some(Way::In),
        Direction::Receive => Some(Way::Out),
        Direction::Move => {
            let object = state.object(event.object.as_ref()?)?;
            let held =
                |holder: &&crate::event::Holder| Some(&holder.worker) == event.worker.as_ref();
            let mut ends = object.holders.iter().filter(held);
            let reads =
                ends.any(|holder| Some(holder.fd) == fd && holder.end == crate::event::End::Read);
            Some(if reads { Way::Out } else { Way::In })
        }
        Direction::Copy => Some(Way::In),
    }
}

pub(super) fn entered(state: &mut RunState, event: &Event) -> Option<()> {
    let Kind::CallEntered {
        name,
        args,
        fd,
        len,
        msg,
        line,
        ..
    } = &event.kind
    else {
        return None;
    };
    let worker = worker_of(state, event)?;
    let now = OpenCall {
        call: event.seq,
        name: name.clone(),
        args: args.clone(),
        fd: *fd,
        object: event.object.clone(),
        len: *len,
        msg: *msg,
        since_ns: event.at_ns,
        slept: None,
        interrupted: 0,
        paused: false,
        line: *line,
    };
    match event.task {
        // A thread does not come back from there; another one may get its number.
        Some(tid) if name == "exit" => worker.tasks.retain(|task| task.tid != tid),
        Some(tid) => task(worker, tid)?.now = Some(now),
        None => {
            worker.now = Some(now);
            // Who calls is awake.
            worker.state = ProcState::Running;
            worker.because = None;
            worker.wchan = None;
        }
    }
    if way(state, event, name, *fd) == Some(Way::In) {
        name_call(state, *msg, event.seq);
    }
    Some(())
}

pub(super) fn interrupted(state: &mut RunState, event: &Event, call: CallId) -> Option<()> {
    let worker = worker_of(state, event)?;
    let now = match event.task {
        Some(tid) => &mut task(worker, tid)?.now,
        None => &mut worker.now,
    };
    let now = now.as_mut().filter(|now| now.call == call)?;
    now.interrupted = now.interrupted.saturating_add(1);
    now.paused = true;
    Some(())
}

pub(super) fn returned(state: &mut RunState, event: &Event) -> Option<()> {
    let Kind::CallReturned {
        call,
        name,
        args,
        fd,
        ret,
        errno,
        msg,
        data,
        took_ns,
        interrupted,
        key,
        into,
    } = &event.kind
    else {
        return None;
    };
    state.counts.calls += 1;
    let worker = worker_of(state, event)?;
    let now = match event.task {
        Some(tid) => &mut task(worker, tid)?.now,
        None => &mut worker.now,
    };
    let entry = match now {
        Some(open) if open.call == *call => now.take(),
        _ => None,
    };
    worker.calls += 1;
    worker.last = Some(*call);
    if !worker.frozen && event.task.is_none() {
        worker.state = ProcState::Running;
        worker.because = None;
        worker.wchan = None;
    }
    let id = worker.id.clone();
    if state.calls.len() >= KEEP_CALLS {
        state.calls.pop_front();
    }
    state.calls.push_back(Call {
        call: *call,
        returned: event.seq,
        worker: id,
        name: name.clone(),
        args: args.clone(),
        fd: *fd,
        object: event.object.clone(),
        ret: *ret,
        errno: *errno,
        parts: event.parts.clone(),
        data: data.clone(),
        entered_ns: entry.as_ref().map_or_else(
            || event.at_ns.saturating_sub(*took_ns),
            |entry| entry.since_ns,
        ),
        took_ns: *took_ns,
        slept: entry.as_ref().and_then(|entry| entry.slept),
        interrupted: *interrupted,
        task: event.task,
        key: *key,
        line: entry.as_ref().and_then(|entry| entry.line),
    });
    if let Some(into) = into {
        let stays = Direction::of(name) == Some(Direction::Copy);
        return messages::passed(state, event, into, stays);
    }
    match way(state, event, name, *fd) {
        Some(Way::In) => {
            // A program that does not report: the message is known only now.
            if entry.is_none_or(|entry| entry.msg != *msg) {
                name_call(state, *msg, *call);
            }
            messages::moved(state, event, Way::In, Some(*call))
        }
        Some(Way::Out) => messages::moved(state, event, Way::Out, Some(*call)),
        None => Some(()),
    }
}

/// A thread of a process; there are few.
fn task(worker: &mut Worker, tid: i32) -> Option<&mut Task> {
    if let Some(at) = worker.tasks.iter().position(|task| task.tid == tid) {
        return worker.tasks.get_mut(at);
    }
    if worker.tasks.len() >= KEEP_OTHERS {
        return None;
    }
    worker.tasks.push(Task { tid, now: None });
    worker.tasks.last_mut()
}

/// Notes a call on the sender's side of its message.
fn name_call(state: &mut RunState, msg: Option<MsgId>, call: CallId) {
    let message = msg.and_then(|id| messages::message_of(state, id));
    if let Some(message) = message
        && message.sends.len() < KEEP_MESSAGE_CALLS
        && message.sends.last() != Some(&call)
    {
        message.sends.push(call);
    }
}
