//! Limits that a worker runs into: told with the errno or the signal it got.

use super::Supervisor;
use crate::{
    limits::{PIPE_BYTES, in_force},
    mechanism::Play,
    sandbox,
    tracer::Returned,
    worker::limits::behind,
};
use serde_json::Value;
use shared::{
    event::{Kind, Source},
    os::{Errno, Signal},
};

impl Supervisor {
    /// A call that was seen has returned.
    pub(super) fn limit_in_call(&mut self, worker: usize, call: &Returned) {
        let Some(errno) = call.errno else { return };
        let hand = &self.crew[worker];
        if let Some((limit, value)) = behind(hand.host, call.name, call.fd, errno) {
            let fact = hand.fact(Source::Call, hit(limit, value, Some(errno), None));
            self.journal.tell_if_room("limits", fact.at(call.at_ns));
        }
    }

    /// A worker said that a call failed. Traced, the call has told it already, but for what no tracer sees: a filter's refusal.
    pub(super) fn limit_in_report(&mut self, worker: usize, call: &str, errno: Errno) {
        let hand = &self.crew[worker];
        let found = if too_large(&self.play, call, errno) {
            Some(("pipe_bytes", PIPE_BYTES))
        } else if self.tracer.traces() {
            None
        } else {
            behind(hand.host, call, None, errno)
        };
        if let Some((limit, value)) = found {
            let fact = hand.fact(Source::Report, hit(limit, value, Some(errno), None));
            self.journal.tell_if_room("limits", fact);
        }
    }

    /// A worker was killed by a signal that the kernel sends for a limit.
    pub(super) fn limit_in_death(&mut self, worker: usize, signal: Option<Signal>) {
        let most = in_force();
        let (limit, value) = match signal {
            Some(Signal::SIGXCPU) => ("cpu_seconds", most.cpu_seconds),
            // Traced, the call that went too far has told it.
            Some(Signal::SIGXFSZ) if !self.tracer.traces() => ("file_bytes", most.file_bytes),
            _ => return,
        };
        let fact = self.crew[worker].fact(Source::Process, hit(limit, value, None, signal));
        self.journal.tell(fact);
    }

    /// A worker has printed more than is told.
    pub(super) fn limit_of_output(&mut self, worker: usize, most: u64) {
        let fact = self.crew[worker].fact(Source::Process, hit("output_bytes", most, None, None));
        self.journal.tell(fact);
    }
}

/// More was asked for than a pipe may hold where all runs are one user. With less, it is the kernel that refuses.
pub(super) fn too_large(play: &Play, call: &str, errno: Errno) -> bool {
    let asked = play.params.get("capacity").and_then(Value::as_u64);
    call == "fcntl"
        && errno == Errno::EPERM
        && asked > Some(PIPE_BYTES)
        && sandbox::is_one_of_many()
}

fn hit(limit: &str, value: u64, errno: Option<Errno>, signal: Option<Signal>) -> Kind {
    Kind::LimitHit {
        limit: limit.to_owned(),
        value,
        errno,
        signal,
    }
}
