//! What a window is read into: spans with columns and times, and which events have a place of their own.

use shared::{
    event::{Event, Kind, Wait},
    ids::{CallId, Seq},
};

/// What a bar shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// A call that returned.
    Call,
    /// A call in which the process was seen asleep.
    Slept,
    /// A call that has not returned.
    Open,
    /// A call that failed.
    Failed,
    /// Told by the worker; no call was seen.
    Reported,
    /// Told by the worker, and the memory agrees; there is no call.
    Memory,
    /// The process was stopped by a signal.
    Frozen,
    /// A signal came.
    Signal,
    /// The process ended.
    Exit,
}

/// Columns and times of a span.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ends {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) from_ns: u64,
    pub(super) to_ns: u64,
}

/// A span before it has a place.
#[derive(Clone, Debug)]
pub(super) struct Raw {
    pub(super) lane: usize,
    pub(super) ends: Ends,
    pub(super) span: Span,
    pub(super) title: String,
    pub(super) call: Option<CallId>,
    pub(super) seq: Seq,
    pub(super) base: String,
    pub(super) times: u32,
    /// What must be equal for two to become one.
    pub(super) same: Option<(String, Option<i64>)>,
}

impl Raw {
    /// On the bar.
    pub(super) fn label(&self) -> String {
        if self.times > 1 {
            format!("{} ×{}", self.base, self.times)
        } else {
            self.base.clone()
        }
    }
}

/// Events that have no place of their own on any lane, as a pattern.
macro_rules! never_drawn {
    () => {
        Kind::RunStarted { .. }
            | Kind::RunFinished { .. }
            | Kind::ProcessStarted { .. }
            | Kind::ProcessOutput { .. }
            | Kind::ObjectCreated { .. }
            | Kind::ObjectState { .. }
            | Kind::ObjectItems { .. }
            | Kind::ObjectBytes { .. }
            | Kind::ProcessSignals { .. }
            | Kind::ObjectRemoved {}
            | Kind::MessageLost { .. }
            | Kind::CallInterrupted { .. }
            | Kind::Gauge { .. }
            | Kind::LimitHit { .. }
            | Kind::Skipped { .. }
            | Kind::CommandWaiting { .. }
            | Kind::CommandDone { .. }
            | Kind::Unknown
    };
}
pub(super) use never_drawn;

/// Whether an event has a place of its own. Reports stand in for calls only where none are seen.
pub(super) fn is_drawn(event: &Event, xray: bool) -> bool {
    match &event.kind {
        Kind::CallEntered { .. }
        | Kind::CallReturned { .. }
        | Kind::ProcessExited { .. }
        | Kind::ProcessSignaled { .. } => true,
        Kind::ProcessState { because, .. } => *because != Some(Wait::Command),
        Kind::MessageSending { .. } | Kind::MessageSent { .. } | Kind::MessageReceived { .. } => {
            !xray
        }
        // No call stands for them, with X-ray or without.
        Kind::MemoryStored { .. } | Kind::MemoryLoaded { .. } | Kind::ProcessSaid { .. } => true,
        never_drawn!() => false,
    }
}

/// The bar of a key. A window has few: a list is as quick as a map, and one kind of list is less code.
pub(super) fn find(list: &[(u64, usize)], key: u64) -> Option<usize> {
    list.iter()
        .rev()
        .find(|known| known.0 == key)
        .map(|known| known.1)
}

pub(super) fn take(list: &mut Vec<(u64, usize)>, key: u64) -> Option<usize> {
    let at = list.iter().position(|known| known.0 == key)?;
    Some(list.remove(at).1)
}

pub(super) fn put(list: &mut Vec<(u64, usize)>, key: u64, bar: usize) {
    take(list, key);
    list.push((key, bar));
}

pub(super) fn raw(
    lane: usize,
    ends: Ends,
    span: Span,
    base: String,
    title: String,
    call: Option<CallId>,
    seq: Seq,
) -> Raw {
    Raw {
        lane,
        ends,
        span,
        title,
        call,
        seq,
        base,
        times: 1,
        same: None,
    }
}
