//! Questions that several rules ask of a run.

use super::words::{capital, list, name};
use crate::{
    event::{End, ProcState, Wait},
    ledger::Direction,
    state::{Call, Object, RunState, Worker},
};

/// A run, and what can be asked of it.
pub(super) struct Facts<'a> {
    pub(super) state: &'a RunState,
}

impl<'a> Facts<'a> {
    pub(super) fn new(state: &'a RunState) -> Self {
        Self { state }
    }

    /// The stream of bytes of the lesson, while it exists and is the only one; other entries have pipes for other ends.
    pub(super) fn pipe(&self) -> Option<&'a Object> {
        let several = self.state.variant == "python"
            || self.state.params.contains_key("via") && !self.param_is("via", "none");
        if !self.is_of("pipe") || several {
            return None;
        }
        self.state
            .objects
            .iter()
            .rev()
            .find(|object| !object.removed && object.streams())
    }

    /// The run is of that entry.
    pub(super) fn is_of(&self, entry: &str) -> bool {
        self.state.entry == entry
    }

    /// `pipe` or `FIFO`, in words.
    pub(super) fn noun(&self) -> &'static str {
        if self.state.variant == "fifo" {
            "FIFO"
        } else {
            "pipe"
        }
    }

    /// Living processes of a role.
    pub(super) fn living(&self, role: &'a str) -> impl Iterator<Item = &'a Worker> {
        self.state
            .workers
            .iter()
            .filter(move |worker| worker.role == role && worker.alive())
    }

    /// Living processes that sleep for a reason, and are not frozen.
    pub(super) fn asleep(&self, why: Wait) -> Vec<&'a Worker> {
        let sleeps =
            |worker: &&Worker| worker.alive() && !worker.frozen && worker.because == Some(why);
        let all = self.state.workers.iter();
        let mut found: Vec<_> = all
            .filter(|worker| worker.state == ProcState::Asleep)
            .filter(sleeps)
            .collect();
        crate::sort_few(&mut found, |worker| worker.letter);
        found
    }

    /// Living processes that sleep until there is something to read: in read, or in poll before it.
    pub(super) fn waiting_to_read(&self) -> Vec<&'a Worker> {
        let mut found = self.asleep(Wait::PipeEmpty);
        found.extend(
            self.asleep(Wait::Poll)
                .into_iter()
                .filter(|worker| call_of(worker).ends_with("poll")),
        );
        found
    }

    /// Bytes in the object: as the calls tell, which is newest; but of a call that sleeps half done only the kernel knows.
    pub(super) fn bytes(&self, object: &Object) -> u64 {
        let told = self.state.xray && self.asleep(Wait::PipeFull).is_empty();
        let reading = object
            .reading("bytes")
            .filter(|_| !told || object.written == 0);
        reading.map_or_else(|| object.bytes(), |reading| reading.value)
    }

    /// Bytes the object can hold.
    pub(super) fn capacity(&self, object: &Object) -> Option<u64> {
        object.reading("bytes").and_then(|reading| reading.max)
    }

    /// Descriptors that hold an end, where it is known who holds any.
    pub(super) fn holding(&self, object: &'a Object, end: End) -> Vec<(&'a Worker, i32)> {
        let holders = object
            .holders
            .iter()
            .filter(|holder| holder.end == end || holder.end == End::Both);
        holders
            .filter_map(|holder| Some((self.state.worker(&holder.worker)?, holder.fd)))
            .collect()
    }

    /// The call that returned last, of all processes.
    pub(super) fn last_call(&self) -> Option<&'a Call> {
        self.state.calls.back()
    }

    /// The call of a process that returned last.
    pub(super) fn last_call_of(&self, worker: &Worker) -> Option<&'a Call> {
        self.state.call(worker.last?)
    }

    /// Who made a call.
    pub(super) fn caller(&self, call: &Call) -> Option<&'a Worker> {
        self.state.worker(&call.worker)
    }

    /// A parameter of the run, if it is that word.
    pub(super) fn param_is(&self, name: &str, word: &str) -> bool {
        self.state.params.get(name).and_then(|value| value.as_str()) == Some(word)
    }
}

/// `writers A and C sleep`, `writer A sleeps`
pub(super) fn who_sleeps(workers: &[&Worker]) -> String {
    let names: Vec<_> = workers.iter().map(|worker| name(worker)).collect();
    format!(
        "{} sleep{}",
        list(&names),
        if names.len() == 1 { "s" } else { "" }
    )
}

/// The call a reader sleeps in; without X-ray it can only be the one it always uses.
pub(super) fn call_of(worker: &Worker) -> &str {
    worker.now.as_ref().map_or("read", |now| now.name.as_str())
}

/// `Writer A sleeps`
pub(super) fn who_sleeps_first(workers: &[&Worker]) -> String {
    capital(&who_sleeps(workers))
}

/// Bytes that a call was asked to move: the last argument of read and write.
pub(super) fn wanted(call: &Call) -> Option<u64> {
    if !matches!(call.name.as_str(), "read" | "write") {
        return None;
    }
    call.args.last()?.replace(',', "").parse().ok()
}

/// The call puts bytes in.
pub(super) fn sends(call: &Call) -> bool {
    Direction::of(&call.name) == Some(Direction::Send)
}
