//! What a client knows of one run: the fold of all that came, in the order in which it must come.

use shared::{
    event::{Event, Kind},
    ids::Seq,
    state::{self, RunState},
};

/// What is known of one run.
#[derive(Clone, Debug, Default)]
pub struct Followed {
    /// Fold of all that came.
    pub state: RunState,
    /// All events that came one by one, in order.
    pub events: Vec<Event>,
    /// Holes that the server announced.
    pub lagged: Vec<(Seq, Seq)>,
    /// How often the whole state came.
    pub snapshots: u32,
    /// A hole was announced, and no state has come since.
    pub(super) hole: bool,
}

impl Followed {
    /// Takes the next event.
    pub(super) fn fold(&mut self, event: Event) {
        assert!(
            !self.hole,
            "after lagged comes a snapshot, not event {}",
            event.seq
        );
        assert_eq!(
            event.seq,
            self.state.seq + 1,
            "events come without gap and once: {event:?}"
        );
        assert!(
            self.state.finished.is_none(),
            "run.finished is the last event: {event:?}"
        );
        if event.seq == 1 {
            assert!(
                matches!(event.kind, Kind::RunStarted { .. }),
                "run.started is the first event: {event:?}"
            );
        }
        state::apply(&mut self.state, &event);
        self.events.push(event);
    }
}
