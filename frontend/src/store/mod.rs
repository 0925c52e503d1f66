//! All that the page knows, and how it changes: [`Store::reduce`] takes one [`Action`] and says which [`Effect`]s follow.
//!
//! Nothing in here touches the browser, so all of it is tested natively.

mod action;
mod answer;
mod bytes;
mod command;
mod composer;
mod draft;
pub mod embed;
mod filter;
mod invite;
mod lesson;
mod link;
mod log;
mod look;
mod markers;
mod play;
mod progress;
mod reduce;
mod replay;
mod run;
pub mod says;
pub mod source;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod timeline;
pub mod ui;
mod watching;
pub mod words;

pub use action::{Action, Effect};
pub use bytes::{ROW, row};
pub use composer::{Composer, Mode};
pub use draft::Draft;
pub use embed::{Builder, Headers};
pub use filter::{Filter, Filtered, Group};
pub use invite::Invite;
pub use link::{Connection, Session};
pub use log::{EventLog, KEEP};
pub use look::{Looked, find_call, look};
pub use markers::{Marker, lines_of};
pub use play::{Phase, Play, PlayAction};
pub use progress::Progress;
pub use reduce::FIRST_RECORDING;
pub use replay::{Player, PlayerAction};
pub use run::{Fetched, Lost, RunPhase, RunView};
pub use ui::{Dialog, Tab, Ui, UiAction, View};
pub use watching::Watching;

use crate::{intent::Intent, route::Route};
use shared::{
    failure::Failure,
    ids::{CallId, MsgId, RequestId, Seq, WorkerId},
    state::RunState,
};
use std::rc::Rc;

/// All that the page knows.
#[derive(Clone, Debug, Default)]
pub struct Store {
    /// Where the learner is.
    pub route: Route,
    /// How things stand with the server.
    pub connection: Connection,
    /// What the server said of itself.
    pub session: Option<Session>,
    /// The run of this page, living or ended.
    pub run: Option<RunView>,
    /// The recording that is shown.
    pub player: Option<Player>,
    /// Those who watch the run of this page.
    pub invite: Option<Invite>,
    /// The run of this page is somebody else's.
    pub watching: Option<Watching>,
    /// What the next run will be, and what is being composed.
    pub draft: Draft,
    /// The lesson that is played beat by beat.
    pub play: Option<Play>,
    /// What the learner has done already.
    pub progress: Progress,
    /// Refusals and losses, newest last.
    pub notices: Vec<Notice>,
    /// What is open and chosen.
    pub ui: Ui,
    /// The embed that is put together.
    pub builder: Builder,
    /// What the page around an embed was told: the beat, and that all is over.
    host_told: (usize, bool),
    /// Requests that the server has not answered, and what waits for a run.
    requests: Requests,
    /// Texts beside the page that were fetched: lessons, sources.
    texts: Vec<(String, Rc<str>)>,
    /// Milliseconds now, and at the last tick; any origin.
    now_ms: f64,
    ticked_ms: f64,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Selected {
    /// Nothing.
    #[default]
    Nothing,
    /// A call.
    Call(CallId),
    /// A message.
    Message(MsgId),
}

/// A refusal or a loss, told in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// For dismissing it.
    pub id: u64,
    /// What happened and what to do.
    pub failure: Failure,
    /// How often the same was said.
    pub times: u32,
}

/// Most notices kept: what is older has been read or never will be.
const KEEP_NOTICES: usize = 8;

/// What the server still owes an answer to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Requests {
    next: RequestId,
    open: Vec<(RequestId, Request)>,
    /// How many runs this page asked for: only the newest is shown.
    start: u64,
    /// What is sent as soon as the run has a name.
    after_start: Vec<Intent>,
    next_notice: u64,
    /// Texts beside the page that were asked for.
    texts: Vec<String>,
}

/// A request, as far as its answer needs it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Request {
    /// `start`: the how manieth of this page.
    Start(u64),
    /// `send`.
    Send,
    /// `act`: the verb and whom it is about.
    Act(String, Option<WorkerId>),
    /// `stop`.
    Stop,
    /// `fetch`.
    Fetch(Selected),
    /// `replay` after and until.
    Replay(Seq, Seq),
    /// `watch` of one's own run, or `place`.
    Invite,
    /// `watch` of somebody else's.
    Watch,
}

/// What views draw: the run, or the recording at its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Fold of all events up to the place.
    pub state: Rc<RunState>,
    /// The events.
    pub events: EventLog,
    /// The last event shown; later ones of a recording are not told yet.
    pub until: Seq,
    /// What is looked at.
    pub selected: Selected,
    /// A recording, not a run.
    pub replay: bool,
    /// Nothing can be done to it here: a recording, or somebody else's run.
    pub hands_off: bool,
    /// Bytes that were fetched.
    pub fetched: Fetched,
}

impl Shown {
    /// There is somebody to ask for the bytes of what is looked at: of a message, also for those who watch.
    pub fn can_fetch(&self) -> bool {
        let to_all = matches!(self.selected, Selected::Message(_));
        !self.replay && (to_all || !self.hands_off)
    }
}

impl Store {
    /// What views draw on this page.
    pub fn shown(&self) -> Shown {
        match (&self.run, &self.player) {
            (Some(run), _) if !self.shows_recording() => Shown {
                state: Rc::clone(&run.state),
                events: run.events.clone(),
                until: run.state.seq,
                selected: run.selected,
                replay: false,
                hands_off: self.watching.is_some(),
                fetched: run.fetched.clone(),
            },
            (_, Some(player)) if self.shows_recording() => Shown {
                state: player.state(),
                events: player.events().clone(),
                until: player.at(),
                selected: player.selected,
                replay: true,
                hands_off: true,
                fetched: Fetched::default(),
            },
            (_, _) => Shown {
                state: Rc::new(self.draft.prepared()),
                events: EventLog::default(),
                until: 0,
                selected: Selected::Nothing,
                replay: self.shows_recording(),
                hands_off: true,
                fetched: Fetched::default(),
            },
        }
    }

    /// The page shows a recording: always on `/replay`; at home and in an embed until a run was asked for.
    pub fn shows_recording(&self) -> bool {
        match &self.route {
            Route::Replay { .. } => true,
            Route::Home => self.run.is_none(),
            Route::Embed { options, .. } => self.run.is_none() && options.replays(),
            Route::Lab(_)
            | Route::Lesson { .. }
            | Route::Learn { .. }
            | Route::Compare
            | Route::Watch { .. }
            | Route::Builder
            | Route::Glossary
            | Route::Keys
            | Route::Coming { .. }
            | Route::Missing { .. } => false,
        }
    }

    /// A run is starting or living.
    pub fn is_running(&self) -> bool {
        self.run.as_ref().is_some_and(RunView::is_running)
    }

    /// The run that lives differs from what is chosen now.
    pub fn draft_differs(&self) -> bool {
        self.run
            .as_ref()
            .is_some_and(|run| run.is_running() && !self.draft.matches(run))
    }

    /// The newest refusal that names this field.
    pub fn refusal(&self, field: &str) -> Option<&Failure> {
        let of_field = |notice: &&Notice| notice.failure.field.as_deref() == Some(field);
        self.notices
            .iter()
            .rev()
            .find(of_field)
            .map(|notice| &notice.failure)
    }

    /// Milliseconds, as far as they were told.
    pub fn now_ms(&self) -> f64 {
        self.now_ms
    }

    /// What time it is, before an action.
    pub fn set_now(&mut self, now_ms: f64) {
        self.now_ms = now_ms;
    }

    /// A text beside the page, once it was fetched.
    pub fn text(&self, path: &str) -> Option<Rc<str>> {
        self.texts
            .iter()
            .find(|text| text.0 == path)
            .map(|text| Rc::clone(&text.1))
    }

    /// Says something to the learner; what was said already is counted instead of repeated.
    pub(crate) fn notice(&mut self, failure: Failure) {
        if let Some(same) = self
            .notices
            .iter_mut()
            .find(|notice| notice.failure == failure)
        {
            same.times += 1;
            return;
        }
        self.requests.next_notice += 1;
        self.notices.push(Notice {
            id: self.requests.next_notice,
            failure,
            times: 1,
        });
        if self.notices.len() > KEEP_NOTICES {
            self.notices.remove(0);
        }
    }

    /// Takes back what was said about a field.
    pub(crate) fn forgive(&mut self, field: &str) {
        self.notices
            .retain(|notice| notice.failure.field.as_deref() != Some(field));
    }

    /// A request is answered.
    pub(crate) fn close(&mut self, re: RequestId) -> Option<Request> {
        let at = self
            .requests
            .open
            .iter()
            .position(|request| request.0 == re)?;
        Some(self.requests.open.remove(at).1)
    }

    /// A number for a request, and what to remember of it.
    pub(crate) fn request(&mut self, request: Request) -> RequestId {
        self.requests.next += 1;
        self.requests.open.push((self.requests.next, request));
        self.requests.next
    }
}
