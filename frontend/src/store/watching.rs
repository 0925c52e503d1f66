//! Watching the run of somebody else: its events fold as those of a run of one's own, and the page goes where the presenter
//! goes, unless it was told to look around.

use super::{Action, Draft, Effect, Play, Request, RunView, Selected, Store, UiAction};
use crate::{
    intent::Intent,
    lessons,
    route::{Lab, Route},
};
use shared::{
    command::ClientMessage,
    failure::Failure,
    ids::{RunId, Seq},
    place::Place,
    scenario,
    state::RunState,
};

/// Events before the one at which a watcher came in that its log asks for. All of a lesson, and no more than a frame or two
/// of a flood: hundreds may come in at once.
const LOOK_BACK: Seq = 2_000;

/// Somebody else's run on this page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watching {
    /// The code of the link.
    pub code: String,
    /// Where the presenter is.
    pub place: Place,
    /// The page goes there too; else it looks around.
    pub follows: bool,
    /// Why nothing can be watched.
    pub refused: Option<Failure>,
}

impl Store {
    /// Comes to a watch link, or leaves it.
    pub(crate) fn turn_to_watch(&mut self, route: &Route) -> Vec<Effect> {
        let code = if let Route::Watch { code } = route {
            Some(code)
        } else {
            None
        };
        let before = self.watching.as_ref().map(|watching| &watching.code);
        if before == code {
            return Vec::new();
        }
        let mut effects = Vec::new();
        if self.watching.take().is_some() {
            // Nothing more of it is wanted; a new connection hears nothing of it.
            effects.push(Effect::Reconnect);
        } else if self.is_running() {
            effects.extend(self.command(Intent::Stop).1);
        }
        (self.run, self.play) = (None, None);
        if let Some(code) = code {
            self.watching = Some(Watching {
                code: code.clone(),
                follows: true,
                ..Watching::default()
            });
            effects.extend(self.ask_to_watch());
        }
        effects
    }

    /// Asks for the run behind the code, from the last event that is known.
    pub(crate) fn ask_to_watch(&mut self) -> Vec<Effect> {
        if !self.connection.is_ready() {
            return Vec::new();
        }
        let Some(key) = self.watching.as_ref().map(|watching| watching.code.clone()) else {
            return Vec::new();
        };
        let known = self.run.as_ref().filter(|run| run.state.seq > 0);
        let (run, after) = known.map_or((None, None), |run| (run.id.clone(), Some(run.state.seq)));
        let id = self.request(Request::Watch);
        vec![Effect::Send(ClientMessage::Watch {
            id,
            run,
            key: Some(key),
            after,
        })]
    }

    /// A state came: if it is of another run, that one is watched from now on.
    pub(crate) fn watch_run(&mut self, id: &RunId, state: &RunState) {
        let other = self
            .run
            .as_ref()
            .is_none_or(|run| run.id.as_ref() != Some(id));
        if self.watching.is_none() || !other {
            return;
        }
        let lab = Lab {
            entry: state.entry.clone(),
            variant: Some(state.variant.clone()),
            params: state.params.clone(),
            xray_off: !state.xray,
            ..Lab::default()
        };
        let composer = std::mem::take(&mut self.draft.composer);
        // The server has checked all of it when the run began.
        self.draft = Draft::of_lab(&lab, composer).0;
        let mut run = RunView::starting(&self.draft);
        run.id = Some(id.clone());
        self.run = Some(run);
    }

    /// The first event that the log asks for after a state came: all for an owner, the newest for one of many, and none of
    /// what was left out while it watched.
    pub(crate) fn look_back(&self, before: Seq, seq: Seq) -> Option<Seq> {
        match self.watching {
            None => Some(before),
            Some(_) if before > 0 => None,
            Some(_) => Some(seq.saturating_sub(LOOK_BACK)),
        }
    }

    /// The presenter is there.
    pub(crate) fn presenter_moved(&mut self, run: &RunId, at: Place) -> Vec<Effect> {
        let ours = self.run.as_ref().and_then(|view| view.id.as_ref()) == Some(run);
        let Some(watching) = self.watching.as_mut().filter(|_| ours) else {
            return Vec::new();
        };
        watching.place = at;
        self.follow_presenter()
    }

    /// Goes where the presenter is, unless the page looks around.
    pub(crate) fn follow_presenter(&mut self) -> Vec<Effect> {
        let Some(watching) = self.watching.as_ref().filter(|watching| watching.follows) else {
            return Vec::new();
        };
        let at = watching.place.clone();
        let selected = match (at.call, at.message) {
            (Some(call), _) => Selected::Call(call),
            (None, Some(msg)) => Selected::Message(msg),
            (None, None) => Selected::Nothing,
        };
        if self
            .run
            .as_ref()
            .is_some_and(|run| run.selected != selected)
        {
            self.select(selected);
        }
        let found = at
            .lesson
            .as_ref()
            .and_then(|name| name.split_once('/'))
            .and_then(|(entry, id)| lessons::lesson(entry, id));
        let Some(lesson) = found else {
            self.play = None;
            return Vec::new();
        };
        let same = |play: &Play| play.entry == lesson.entry && play.lesson == lesson.id;
        if !self.play.as_ref().is_some_and(same) {
            self.play = self
                .text(&lesson.scenario())
                .and_then(|text| scenario::parse(&text).ok())
                .map(|scenario| Play::new(lesson.entry, lesson.id, scenario));
        }
        if let Some(play) = &mut self.play {
            play.show(&at);
        }
        let missing = [lesson.prose(), lesson.scenario()]
            .into_iter()
            .filter(|path| self.text(path).is_none() && !self.requests.texts.contains(path));
        let missing: Vec<_> = missing.collect();
        self.requests.texts.extend(missing.iter().cloned());
        missing.into_iter().map(Effect::Text).collect()
    }

    /// Whoever watches may look, not do. Looking at something of one's own choice is looking around.
    pub(crate) fn may_watcher(&mut self, action: &Action) -> bool {
        let Some(watching) = &mut self.watching else {
            return true;
        };
        let looks_around = matches!(
            action,
            Action::Want(Intent::SelectCall(_) | Intent::SelectMessage(_) | Intent::Deselect)
                | Action::Ui(UiAction::Back(Some(_)))
        );
        watching.follows &= !looks_around;
        let does = matches!(
            action,
            Action::Want(_)
                | Action::Restart
                | Action::Submit
                | Action::Play(_)
                | Action::Fetch(Selected::Call(_) | Selected::Nothing)
                | Action::Download
                | Action::CopyLines(_)
        );
        looks_around || !does
    }

    /// Back to the presenter.
    pub(crate) fn come_back(&mut self) -> Vec<Effect> {
        if let Some(watching) = &mut self.watching {
            watching.follows = true;
        }
        self.ui.back = None;
        self.follow_presenter()
    }
}
