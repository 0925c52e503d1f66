//! Folds one event into the state of its run: who does what is in `calls`, `messages` and `ribbon`.

use super::{
    Finished, KEEP_OTHERS, KEEP_OUTPUT, Life, LimitHit, Object, RunState, Waiting, Worker, calls,
    memory, messages,
};
use crate::{
    event::{Event, Kind, ProcState, Wait},
    ids::Seq,
};
use std::collections::VecDeque;

/// Takes one event into account. Total: whatever it is told, it never fails and never grows beyond the bounds; what it
/// cannot place (an unknown worker, object or call) it counts in `counts.skipped`.
///
/// An event that is not newer than the state is ignored, so that a snapshot and events may overlap.
pub fn apply(state: &mut RunState, event: &Event) {
    if event.seq <= state.seq {
        return;
    }
    state.seq = event.seq;
    state.at_ns = event.at_ns;
    state.counts.events += 1;
    if fold(state, event).is_none() {
        state.counts.skipped = state.counts.skipped.saturating_add(1);
    }
}

/// None where the event is about something that is not known.
fn fold(state: &mut RunState, event: &Event) -> Option<()> {
    match &event.kind {
        Kind::RunStarted {
            entry,
            variant,
            params,
            xray,
            xray_off,
            host,
            ..
        } => {
            state.entry.clone_from(entry);
            state.variant.clone_from(variant);
            state.params.clone_from(params);
            state.xray = *xray;
            state.xray_off.clone_from(xray_off);
            state.host.clone_from(host);
        }
        Kind::RunFinished {
            outcome,
            message,
            counts,
        } => {
            state.finished = Some(Finished {
                outcome: *outcome,
                message: message.clone(),
            });
            state.counts.clone_from(counts);
            state.waiting.clear();
            state
                .workers
                .iter_mut()
                .for_each(|worker| worker.now = None);
            state.objects.iter_mut().for_each(remove);
        }
        Kind::ProcessStarted { role, language, .. } => {
            process_started(state, event, role, language.as_deref())?;
        }
        Kind::ProcessExited { code, signal } => {
            let life = match (code, signal) {
                (_, Some(signal)) => Life::Killed { signal: *signal },
                (code, None) => Life::Exited {
                    code: code.unwrap_or_default(),
                },
            };
            process_exited(state, event, life)?;
        }
        Kind::ProcessState {
            state: now,
            because,
            wchan,
        } => {
            let worker = worker_of(state, event)?;
            worker.state = *now;
            worker.frozen = *now == ProcState::Frozen;
            worker.because = *because;
            worker.wchan.clone_from(wchan);
            if let Some(call) = &mut worker.now {
                call.paused &= worker.frozen;
                call.slept = because.filter(|why| *why != Wait::Command).or(call.slept);
            }
        }
        Kind::ProcessOutput { text, .. } => output(worker_of(state, event)?, text),
        Kind::ProcessSignaled { signal } => worker_of(state, event)?.signal = Some(*signal),
        Kind::ProcessSignals { masks } => {
            worker_of(state, event)?.signals = Some(masks.clone());
        }
        Kind::ProcessSaid { what, about } => memory::said(state, event, what, about)?,
        Kind::ObjectCreated { object_type, name } => {
            object_created(state, event, object_type, name.as_deref())?;
        }
        Kind::ObjectState { .. } => memory::object_state(state, event)?,
        Kind::ObjectItems { .. } => memory::items(state, event)?,
        Kind::ObjectBytes { .. } => memory::bytes(state, event)?,
        Kind::ObjectRemoved {} => remove(object_of(state, event)?),
        Kind::Gauge { readings } => {
            let object = object_of(state, event)?;
            for reading in readings {
                let known = object.readings.len();
                match object
                    .readings
                    .iter_mut()
                    .find(|known| known.figure == reading.figure)
                {
                    Some(known) => known.clone_from(reading),
                    None if known < KEEP_OTHERS => object.readings.push(reading.clone()),
                    None => return None,
                }
            }
        }
        Kind::MessageSending {
            msg,
            len,
            preview,
            key,
            ..
        } => messages::sending(state, event, *msg, *len, preview, *key)?,
        Kind::MessageSent {
            msg,
            n,
            errno,
            inferred,
        } => messages::sent(state, event, *msg, *n, *errno, *inferred)?,
        Kind::MessageReceived {
            call,
            complete,
            tie,
            ..
        } => {
            messages::received(state, event, *call, complete, *tie)?;
        }
        Kind::MessageLost { msg, from, to } => {
            messages::lost(state, event, *msg, *from, *to)?;
        }
        Kind::MemoryStored { .. } => memory::stored(state, event)?,
        Kind::MemoryLoaded { complete, tie, .. } => {
            memory::loaded(state, event, complete, *tie)?;
        }
        Kind::CallEntered { .. } => calls::entered(state, event)?,
        Kind::CallInterrupted { call } => calls::interrupted(state, event, *call)?,
        Kind::CallReturned { .. } => calls::returned(state, event)?,
        Kind::LimitHit { limit, value, .. } => {
            state.limit = Some(LimitHit {
                limit: limit.clone(),
                value: *value,
                worker: event.worker.clone(),
            });
        }
        Kind::Skipped { count, .. } => {
            state.counts.skipped = state.counts.skipped.saturating_add(*count);
        }
        Kind::CommandWaiting { verb, .. } => waiting(state, event, verb)?,
        Kind::CommandDone { verb } => state.waiting.retain(|waiting| match event.re {
            Some(re) => waiting.re != Some(re),
            None => Some(&waiting.worker) != event.worker.as_ref() || waiting.verb != *verb,
        }),
        Kind::Unknown => return None,
    }
    Some(())
}

pub(super) fn worker_of<'a>(state: &'a mut RunState, event: &Event) -> Option<&'a mut Worker> {
    let id = event.worker.as_ref()?;
    state.workers.iter_mut().find(|worker| worker.id == *id)
}

pub(super) fn object_of<'a>(state: &'a mut RunState, event: &Event) -> Option<&'a mut Object> {
    let id = event.object.as_ref()?;
    state.objects.iter_mut().find(|object| object.id == *id)
}

fn process_started(
    state: &mut RunState,
    event: &Event,
    role: &str,
    language: Option<&str>,
) -> Option<()> {
    let id = event.worker.clone()?;
    let before = state.workers.iter().position(|worker| worker.id == id);
    let restarted = before.is_some_and(|at| state.workers.get(at).is_some_and(|old| !old.alive()));
    if before.is_some() && !restarted || before.is_none() && state.workers.len() >= KEEP_OTHERS {
        return None;
    }
    let worker = Worker {
        id,
        role: role.to_owned(),
        letter: None,
        pid: event.pid.unwrap_or_default(),
        host_pid: event.host_pid.unwrap_or_default(),
        life: Life::Alive,
        frozen: false,
        state: ProcState::Running,
        because: None,
        wchan: None,
        now: None,
        last: None,
        signal: None,
        calls: 0,
        bytes_out: 0,
        bytes_in: 0,
        output: String::new(),
        language: language.map(str::to_owned),
        signals: None,
        said: VecDeque::new(),
        tasks: Vec::new(),
    };
    match before.and_then(|at| state.workers.get_mut(at)) {
        // Another process of the same name: nothing of the one before is its own, but what it is told apart by.
        Some(old) => {
            let letter = old.letter;
            *old = Worker { letter, ..worker };
        }
        None => state.workers.push(worker),
    }
    letter(state);
    Some(())
}

/// Letters go by the entry's cast, those it does not foresee by birth. The first words of processes that were born at once
/// can come in another order, so that a letter can still change while the others are starting.
fn letter(state: &mut RunState) {
    let cast = crate::mechanism::cast(&state.entry, &state.variant, &state.params);
    let lettered = state
        .workers
        .iter_mut()
        .filter(|worker| worker.role != "parent");
    let mut in_order: Vec<&mut Worker> = lettered.collect();
    let place = |worker: &Worker| {
        let place = cast.iter().position(|member| member.id == worker.id);
        (place.unwrap_or(cast.len()), worker.pid)
    };
    crate::sort_few(&mut in_order, |worker| place(worker));
    let letters = ('A'..='Z').map(Some).chain(std::iter::repeat(None));
    for (worker, letter) in in_order.into_iter().zip(letters) {
        worker.letter = letter;
    }
}

fn process_exited(state: &mut RunState, event: &Event, life: Life) -> Option<()> {
    let worker = worker_of(state, event)?;
    worker.life = life;
    worker.frozen = false;
    worker.now = None;
    worker.tasks.clear();
    worker.because = None;
    worker.wchan = None;
    // The kernel has closed all it held.
    let id = event.worker.as_ref()?;
    state.waiting.retain(|waiting| waiting.worker != *id);
    for object in &mut state.objects {
        object.holders.retain(|holder| holder.worker != *id);
        object.mappings.retain(|mapping| mapping.worker != *id);
        object.offsets.retain(|offset| offset.worker != *id);
    }
    Some(())
}

/// Keeps the end of what a process wrote.
fn output(worker: &mut Worker, text: &str) {
    worker.output.push_str(text);
    if worker.output.len() > KEEP_OUTPUT {
        let least = worker.output.len() - KEEP_OUTPUT;
        let from = (least..)
            .find(|at| worker.output.is_char_boundary(*at))
            .unwrap_or(least);
        worker.output.drain(..from);
    }
}

fn object_created(
    state: &mut RunState,
    event: &Event,
    object_type: &str,
    name: Option<&str>,
) -> Option<()> {
    let id = event.object.clone()?;
    // A file that is replaced again and again is another one each time.
    if state.objects.len() >= KEEP_OTHERS / 2
        && let Some(gone) = state.objects.iter().position(|object| object.removed)
    {
        state.objects.remove(gone);
    }
    if state.objects.len() >= KEEP_OTHERS || state.object(&id).is_some() {
        return None;
    }
    state.objects.push(Object {
        id,
        object_type: object_type.to_owned(),
        name: name.map(str::to_owned),
        ribbon: VecDeque::new(),
        owed: VecDeque::new(),
        written: 0,
        read: 0,
        readings: Vec::new(),
        holders: Vec::new(),
        removed: false,
        names: Vec::new(),
        mappings: Vec::new(),
        locks: Vec::new(),
        offsets: Vec::new(),
        peer: None,
        socket: None,
        items: Vec::new(),
        more: 0,
        items_origin: None,
        content: None,
    });
    Some(())
}

/// What is gone holds nothing.
fn remove(object: &mut Object) {
    object.removed = true;
    object.ribbon.clear();
    object.owed.clear();
    object.readings.clear();
    object.holders.clear();
    object.mappings.clear();
    object.locks.clear();
    object.offsets.clear();
    object.items.clear();
    object.more = 0;
}

fn waiting(state: &mut RunState, event: &Event, verb: &str) -> Option<()> {
    let worker = event.worker.clone()?;
    let since: Seq = event.seq;
    let same = |waiting: &Waiting| event.re.is_some() && waiting.re == event.re;
    if state.waiting.len() >= KEEP_OTHERS || state.waiting.iter().any(same) {
        return None;
    }
    state.waiting.push(Waiting {
        re: event.re,
        worker,
        verb: verb.to_owned(),
        since,
    });
    Some(())
}
