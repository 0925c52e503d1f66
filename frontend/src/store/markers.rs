//! What is made of a recording once: states to go back to, places worth going to, lines to copy.

use super::{EventLog, words};
use shared::{
    event::{Event, Kind, ProcState},
    ids::Seq,
    state::{RunState, apply},
};
use std::rc::Rc;

/// A state is kept after each so many events, so that going back is quick.
pub(super) const KEYFRAME: usize = 512;
/// Most markers on the slider.
const MOST_MARKERS: usize = 40;

/// A place worth going to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// Events folded there.
    pub place: usize,
    /// What happens there.
    pub label: String,
}

/// The lines of a recording that are these events. `seqs` is in order.
pub fn lines_of(text: &str, seqs: &[Seq]) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let digits = line
            .strip_prefix("{\"seq\":")
            .and_then(|rest| rest.split(',').next());
        let seq = digits.and_then(|digits| digits.parse::<Seq>().ok());
        if seq.is_some_and(|seq| seqs.binary_search(&seq).is_ok()) {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// Folds all of a recording: a state for each so many events, and the places worth going to.
pub(super) fn fold_all(
    events: &EventLog,
    seqs: &[Seq],
    base: RunState,
) -> (Vec<Rc<RunState>>, Vec<Marker>) {
    let mut state = base;
    let mut keyframes = vec![Rc::new(state.clone())];
    let mut markers = Vec::new();
    for (at, seq) in seqs.iter().enumerate() {
        let Some(event) = events.get(*seq) else {
            continue;
        };
        apply(&mut state, event);
        if (at + 1).is_multiple_of(KEYFRAME) {
            keyframes.push(Rc::new(state.clone()));
        }
        if is_marker(event) && markers.len() < MOST_MARKERS {
            let who = event
                .worker
                .as_ref()
                .map(|worker| format!("{worker}: "))
                .unwrap_or_default();
            markers.push(Marker {
                place: at + 1,
                label: format!("{who}{}", words::event(event)),
            });
        }
    }
    (keyframes, markers)
}

fn is_marker(event: &Event) -> bool {
    match &event.kind {
        Kind::ProcessExited { .. }
        | Kind::ProcessSignaled { .. }
        | Kind::ProcessSaid { .. }
        | Kind::MessageSending { .. }
        | Kind::LimitHit { .. } => true,
        Kind::ProcessState { state, .. } => *state == ProcState::Frozen,
        Kind::CallReturned {
            errno, name, ret, ..
        } => errno.is_some() || (name == "read" && *ret == Some(0)),
        Kind::RunStarted { .. }
        | Kind::RunFinished { .. }
        | Kind::ProcessStarted { .. }
        | Kind::ProcessOutput { .. }
        | Kind::ProcessSignals { .. }
        | Kind::ObjectItems { .. }
        | Kind::ObjectBytes { .. }
        | Kind::MemoryStored { .. }
        | Kind::MemoryLoaded { .. }
        | Kind::ObjectCreated { .. }
        | Kind::ObjectState { .. }
        | Kind::ObjectRemoved {}
        | Kind::MessageSent { .. }
        | Kind::MessageReceived { .. }
        | Kind::MessageLost { .. }
        | Kind::CallEntered { .. }
        | Kind::CallInterrupted { .. }
        | Kind::Gauge { .. }
        | Kind::Skipped { .. }
        | Kind::CommandWaiting { .. }
        | Kind::CommandDone { .. }
        | Kind::Unknown => false,
    }
}
