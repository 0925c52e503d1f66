//! The run of this page: folds its events in the order of `seq`, whatever order and how often they arrive.

use super::{Draft, EventLog, Selected};
use shared::{
    command::Values,
    event::Event,
    failure::Failure,
    ids::{RunId, Seq},
    state::{RunState, apply},
};
use std::{collections::BTreeMap, rc::Rc};

/// Most events held back while a gap before them is being filled; beyond, a snapshot is cheaper.
const KEEP_AHEAD: usize = 20_000;

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunPhase {
    /// Asked for; nothing seen yet.
    Starting,
    /// Its processes live.
    Live,
    /// It ended, or was lost.
    Over,
}

/// Events that the server did not send because this page was too slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// First.
    pub from: Seq,
    /// Last.
    pub to: Seq,
}

/// Bytes of the call or message that is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Of what.
    pub of: Selected,
    /// The bytes, from the first.
    pub bytes: Rc<Vec<u8>>,
    /// How many there are in all.
    pub total: u64,
    /// Asked for, not here yet.
    pub pending: bool,
}

/// The run of this page.
#[derive(Clone, Debug, PartialEq)]
pub struct RunView {
    /// Its name, as soon as the server gave one.
    pub id: Option<RunId>,
    /// Entry of the catalog.
    pub entry: String,
    /// Variant it was started with.
    pub variant: String,
    /// Parameters it was started with, without the defaults.
    pub params: Values,
    /// Languages of roles, where they are not Rust.
    pub roles: BTreeMap<String, String>,
    /// X-ray was asked for.
    pub xray: bool,
    /// How far it is.
    pub phase: RunPhase,
    /// Fold of all events so far.
    pub state: Rc<RunState>,
    /// The events themselves.
    pub events: EventLog,
    /// When it began, milliseconds since 1970.
    pub started_unix_ms: u64,
    /// What is looked at.
    pub selected: Selected,
    /// Bytes that were fetched.
    pub fetched: Fetched,
    /// Why it is over without an end of its own.
    pub lost: Option<Failure>,
    /// Holes that the server told of, newest last.
    pub lagged: Vec<Lost>,
    /// Events after a gap.
    ahead: Vec<Event>,
    /// A replay was asked for, up to this event.
    asked: Option<Seq>,
}

/// What is to be done after a fold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// The events folded: after, up to and with.
    pub applied: (Seq, Seq),
    /// Ask for these again: after, up to and with.
    pub gap: Option<(Seq, Seq)>,
    /// So much is missing that only a snapshot helps.
    pub hopeless: bool,
}

impl RunView {
    /// A run that was asked for.
    pub fn starting(draft: &Draft) -> Self {
        Self {
            id: None,
            entry: draft.entry.clone(),
            variant: draft.variant_id().to_owned(),
            params: draft.params.clone(),
            roles: draft.roles.clone(),
            xray: draft.xray,
            phase: RunPhase::Starting,
            state: Rc::new(draft.prepared()),
            events: EventLog::default(),
            started_unix_ms: 0,
            selected: Selected::Nothing,
            fetched: Fetched::default(),
            lost: None,
            lagged: Vec::new(),
            ahead: Vec::new(),
            asked: None,
        }
    }

    /// Starting or living.
    pub fn is_running(&self) -> bool {
        self.phase != RunPhase::Over
    }

    /// It is over though no end of it was seen.
    pub fn lose(&mut self, failure: Failure) {
        if self.phase != RunPhase::Over {
            self.phase = RunPhase::Over;
            self.lost = Some(failure);
        }
    }

    /// The whole state at an event takes the place of what was folded; the log keeps what it has.
    pub fn snapshot(&mut self, state: RunState, started_unix_ms: u64) -> Folded {
        let before = self.state.seq;
        if self.started_unix_ms == 0 {
            self.started_unix_ms = started_unix_ms;
        }
        if state.seq >= before {
            self.state = Rc::new(state);
        }
        self.asked = None;
        let seq = self.state.seq;
        self.ahead.retain(|event| event.seq > seq);
        self.after_fold();
        let mut folded = self.fold(Vec::new());
        folded.applied.0 = before;
        folded
    }

    /// Takes events in; those that are known already are ignored, those after a gap wait.
    pub fn fold(&mut self, events: Vec<Event>) -> Folded {
        let before = self.state.seq;
        let state = Rc::make_mut(&mut self.state);
        for event in events {
            if event.seq == state.seq + 1 {
                apply(state, &event);
                self.events.insert(Rc::new(event));
            } else if event.seq <= state.seq {
                self.events.insert(Rc::new(event));
            } else {
                let at = self.ahead.partition_point(|known| known.seq < event.seq);
                self.ahead.insert(at, event);
            }
        }
        // Empty as a rule: nothing is ahead of the order. What is folded already is ignored by `apply` and the log.
        let mut fit = 0;
        for event in &self.ahead {
            if event.seq > state.seq + 1 {
                break;
            }
            apply(state, event);
            self.events.insert(Rc::new(event.clone()));
            fit += 1;
        }
        self.ahead.drain(..fit);
        self.after_fold();
        let after = self.state.seq;
        if self.asked.is_some_and(|until| until <= after) {
            self.asked = None;
        }
        let mut folded = Folded {
            applied: (before, after),
            ..Folded::default()
        };
        if self.ahead.len() > KEEP_AHEAD {
            self.ahead.clear();
            folded.hopeless = true;
        } else if let Some(first) = self.ahead.first().map(|event| event.seq)
            && self.asked.is_none()
        {
            self.asked = Some(first - 1);
            folded.gap = Some((after, first - 1));
        }
        folded
    }

    /// A replay that was asked for will not come any more.
    pub fn forget_asked(&mut self) {
        self.asked = None;
    }

    /// Events wait for others that were not received.
    pub fn is_behind(&self) -> bool {
        !self.ahead.is_empty()
    }

    fn after_fold(&mut self) {
        if self.state.finished.is_some() {
            self.phase = RunPhase::Over;
        } else if self.phase == RunPhase::Starting && self.state.seq > 0 {
            self.phase = RunPhase::Live;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Draft, RunPhase, RunView};
    use crate::store::testing::{event, finished, started};
    use proptest::prelude::*;
    use shared::{event::Event, state::RunState};

    fn story(len: u64) -> Vec<Event> {
        let mut events = vec![started()];
        events.extend((2..len).map(event));
        events.push(finished(len));
        events
    }

    #[test]
    fn duplicates_are_ignored_and_a_gap_is_asked_for_once() {
        let mut run = RunView::starting(&Draft::default());
        assert_eq!(run.fold(story(9)[..3].to_vec()).applied, (0, 3));
        let folded = run.fold(vec![event(2), event(6), event(7)]);
        assert_eq!((folded.applied, folded.gap), ((3, 3), Some((3, 5))));
        assert_eq!(run.fold(vec![event(8)]).gap, None, "asked already");
        assert_eq!(run.fold(vec![event(4), event(5)]).applied, (3, 8));
        assert_eq!((run.events.len(), run.phase), (8, RunPhase::Live));
        run.fold(vec![finished(9)]);
        assert_eq!(run.phase, RunPhase::Over);
    }

    #[test]
    fn a_snapshot_replaces_and_an_older_one_does_not() {
        let mut run = RunView::starting(&Draft::default());
        run.fold(story(9)[..5].to_vec());
        run.fold(vec![event(8)]);
        let folded = run.snapshot(
            RunState {
                seq: 7,
                entry: "pipe".into(),
                ..RunState::default()
            },
            1,
        );
        assert_eq!(
            (folded.applied, folded.gap, run.state.seq),
            ((5, 8), None, 8)
        );
        run.snapshot(
            RunState {
                seq: 3,
                ..RunState::default()
            },
            2,
        );
        assert_eq!((run.state.seq, run.started_unix_ms), (8, 1));
    }

    proptest! {
        #[test]
        fn any_order_with_duplicates_folds_to_the_same(order in Just((0..12_usize).chain(0..12).collect::<Vec<_>>()).prop_shuffle()) {
            let story = story(12);
            let mut straight = RunView::starting(&Draft::default());
            straight.fold(story.clone());
            let mut shuffled = RunView::starting(&Draft::default());
            for at in order {
                shuffled.fold(vec![story[at].clone()]);
            }
            prop_assert_eq!(&shuffled.state, &straight.state);
            prop_assert_eq!(shuffled.events.len(), straight.events.len());
            prop_assert_eq!(shuffled.phase, RunPhase::Over);
        }
    }
}
