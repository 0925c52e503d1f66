//! What each action changes, and what follows from it. What the server says is in `answer`.

use super::{
    Action, Connection, Draft, Effect, Fetched, Play, PlayAction, Player, PlayerAction, Progress,
    Request, RunView, Selected, Store,
};
use crate::{intent::Intent, route::Route};
use shared::{
    PROTOCOL,
    command::{ClientMessage, Resume},
    failure::{Code, Failure},
    ids::{RequestId, Seq},
};
use std::collections::BTreeMap;

/// The recording that the landing page and embeds begin with.
pub const FIRST_RECORDING: &str = "static/recordings/pipe-hello.jsonl";
/// Ticks come only while something plays: the first one after a pause does not make up for it, milliseconds.
const LONGEST_TICK_MS: f64 = 200.0;
/// Bytes fetched of a call or message at a time; what the protocol allows.
const FETCH: u64 = 32 * 1024;

impl Store {
    /// Takes one action into account and says what the browser must do.
    pub fn reduce(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Go(route) => {
                let address = route.address();
                let mut effects = self.arrive(route);
                effects.insert(0, Effect::Push(address));
                effects
            }
            Action::Arrived(route) => self.arrive(route),
            Action::Want(intent) => self.want(intent).1,
            Action::Restart => self.restart(),
            Action::Compose(composer) => {
                for field in ["data", "len", "times", "worker"] {
                    self.forgive(field);
                }
                self.draft.composer = composer;
                Vec::new()
            }
            Action::Submit => self.submit(),
            Action::Dismiss(id) => {
                self.notices.retain(|notice| notice.id != id);
                Vec::new()
            }
            Action::Fetch(selected) => self.fetch(selected),
            Action::Play(action) => self.play(&action),
            Action::Player(action) => self.player(&action),
            Action::Ui(action) => self.ui(action),
            Action::Download => self.journal(None),
            Action::CopyLines(seqs) => match &self.player {
                Some(player) if self.shows_recording() => vec![Effect::Copy(player.lines(&seqs))],
                _ => self.journal(Some(seqs)),
            },
            Action::Text { path, text } => self.fetched(path, text),
            Action::Stored(text) => {
                self.progress = Progress::parse(&text);
                Vec::new()
            }
            Action::Server(message) => self.answer(*message),
            Action::Unreadable(failure) => {
                self.notice(failure);
                Vec::new()
            }
            Action::Opened => {
                let resume = self
                    .run
                    .as_ref()
                    .filter(|run| run.is_running())
                    .and_then(|run| {
                        Some(Resume {
                            run: run.id.clone()?,
                            after: run.state.seq,
                        })
                    });
                let token = self.session.as_ref().map(|session| session.token.clone());
                vec![Effect::Hello(ClientMessage::Hello {
                    protocol: PROTOCOL,
                    token,
                    resume,
                })]
            }
            Action::Lost { attempt, retry_ms } => {
                self.lost(attempt, retry_ms);
                Vec::new()
            }
            Action::Closed(failure) => {
                if let Some(run) = &mut self.run {
                    run.lose(failure.clone());
                }
                self.requests.open.clear();
                self.connection = Connection::Closed(failure);
                Vec::new()
            }
            Action::Overflow(count) => {
                let message = format!("{count} commands were not kept while the server was away");
                self.notice(Failure::new(
                    Code::Internal,
                    message,
                    "do it again when it is back",
                ));
                Vec::new()
            }
            Action::Tick(now_ms) => self.tick(now_ms),
        }
    }

    fn arrive(&mut self, route: Route) -> Vec<Effect> {
        let mut effects = Vec::new();
        let turned = !self.route.same_page(&route);
        if turned {
            self.notices.clear();
            effects.push(Effect::Turned);
            (self.ui.topics, self.ui.back) = (false, None);
        }
        match &route {
            Route::Lab(lab) | Route::Embed { lab, .. } => {
                if lab.entry != self.play.as_ref().map_or("", |play| play.entry.as_str()) || turned
                {
                    self.play = None;
                }
                let (draft, refused) = Draft::of_lab(lab, self.draft.composer.clone());
                self.draft = draft;
                refused.into_iter().for_each(|failure| self.notice(failure));
            }
            Route::Lesson { entry, lesson, .. } => {
                let same = self
                    .play
                    .as_ref()
                    .is_some_and(|play| play.entry == *entry && play.lesson == *lesson);
                if !same {
                    effects.extend(self.play(&PlayAction::Open {
                        entry: entry.clone(),
                        lesson: lesson.clone(),
                    }));
                }
            }
            Route::Home
            | Route::Learn
            | Route::Replay { .. }
            | Route::Glossary
            | Route::Keys
            | Route::Coming { .. }
            | Route::Missing { .. } => {}
        }
        effects.extend(self.recording_of(&route, turned).map(Effect::Load));
        if matches!(
            route,
            Route::Home | Route::Lab(_) | Route::Lesson { .. } | Route::Embed { .. }
        ) {
            if self.connection == Connection::Idle {
                self.connection = Connection::Connecting;
            }
            effects.push(Effect::Connect);
        }
        self.route = route;
        effects
    }

    /// The recording that a page begins with.
    fn recording_of(&mut self, route: &Route, turned: bool) -> Option<String> {
        if let Route::Replay { src } = route {
            if src.is_none() && turned {
                self.player = None;
            }
            src.clone()
        } else if let Route::Embed { options, .. } = route {
            (!options.live).then(|| {
                options
                    .src
                    .clone()
                    .unwrap_or_else(|| FIRST_RECORDING.to_owned())
            })
        } else {
            (*route == Route::Home && (turned || self.player.is_none()))
                .then(|| FIRST_RECORDING.to_owned())
        }
    }

    /// Carries out a wish; the number of the request it became, if it became one.
    pub(crate) fn want(&mut self, intent: Intent) -> (Option<RequestId>, Vec<Effect>) {
        match intent {
            Intent::Send { .. } | Intent::Act { .. } | Intent::Stop => return self.command(intent),
            Intent::Start => return (None, self.restart()),
            Intent::Variant(id) => {
                self.forgive("variant");
                self.draft.variant = Some(id).filter(|id| {
                    self.draft
                        .entry()
                        .and_then(|entry| entry.variants.first())
                        .is_none_or(|first| first.id != id)
                });
                return (None, self.new_address());
            }
            Intent::Param(name, value) => {
                self.forgive(&name);
                // What does not fit is said beside its field, from the draft.
                let _wrong = self.draft.set(&name, &value);
                return (None, self.new_address());
            }
            Intent::Xray(on) => {
                self.draft.xray = on;
                return (None, self.new_address());
            }
            Intent::SelectCall(call) => self.select(Selected::Call(call)),
            Intent::SelectMessage(msg) => self.select(Selected::Message(msg)),
            Intent::Deselect => self.select(Selected::Nothing),
        }
        (None, Vec::new())
    }

    fn select(&mut self, selected: Selected) {
        self.looked_at(selected);
        if self.shows_recording() {
            if let Some(player) = &mut self.player {
                player.selected = selected;
            }
        } else if let Some(run) = &mut self.run {
            run.selected = selected;
        }
    }

    fn new_address(&self) -> Vec<Effect> {
        let Route::Lab(lab) = &self.route else {
            return Vec::new();
        };
        vec![Effect::Replace(
            Route::Lab(self.draft.lab(lab.present)).address(),
        )]
    }

    /// A command for the run; one that sends starts the run first.
    pub(crate) fn command(&mut self, intent: Intent) -> (Option<RequestId>, Vec<Effect>) {
        let run = self.run.as_ref().filter(|run| run.is_running());
        let Some(run) = run else {
            if matches!(intent, Intent::Send { .. }) {
                let effects = self.restart();
                if self.is_running() {
                    self.requests.after_start.push(intent);
                }
                return (None, effects);
            }
            if !matches!(intent, Intent::Stop) {
                self.notice(Failure::new(
                    Code::RunOver,
                    "there is no run",
                    "press Send or Start",
                ));
            }
            return (None, Vec::new());
        };
        let Some(id) = run.id.clone() else {
            self.requests.after_start.push(intent);
            return (None, Vec::new());
        };
        let (re, message) = match intent {
            Intent::Send {
                worker,
                data,
                times,
            } => {
                let re = self.request(Request::Send);
                (
                    re,
                    ClientMessage::Send {
                        id: re,
                        run: id,
                        worker,
                        data,
                        times: Some(times),
                    },
                )
            }
            Intent::Act { worker, verb, args } => {
                let re = self.request(Request::Act(verb.clone(), worker.clone()));
                (
                    re,
                    ClientMessage::Act {
                        id: re,
                        run: id,
                        worker,
                        object: None,
                        verb,
                        args,
                    },
                )
            }
            Intent::Stop
            | Intent::Start
            | Intent::Variant(_)
            | Intent::Param(..)
            | Intent::Xray(_)
            | Intent::SelectCall(_)
            | Intent::SelectMessage(_)
            | Intent::Deselect => {
                let re = self.request(Request::Stop);
                (re, ClientMessage::Stop { id: re, run: id })
            }
        };
        (Some(re), vec![Effect::Send(message)])
    }

    /// A new run as the draft says; the one before is ended.
    pub(crate) fn restart(&mut self) -> Vec<Effect> {
        if let Some(wrong) = self.draft.wrong.first() {
            let failure = wrong.failure.clone().field(wrong.param.clone());
            self.notice(failure);
            return Vec::new();
        }
        let mut effects = vec![Effect::Connect];
        if self.is_running() {
            effects.extend(self.command(Intent::Stop).1);
        }
        self.requests.after_start.clear();
        self.notices.clear();
        self.requests.start += 1;
        let id = self.request(Request::Start(self.requests.start));
        let draft = &self.draft;
        effects.push(Effect::Send(ClientMessage::Start {
            id,
            entry: draft.entry.clone(),
            variant: Some(draft.variant_id().to_owned()),
            params: draft.params.clone(),
            roles: BTreeMap::new(),
            xray: draft.xray,
        }));
        self.run = Some(RunView::starting(draft));
        effects
    }

    fn submit(&mut self) -> Vec<Effect> {
        match self.draft.composer.data() {
            Ok((data, times)) => {
                let worker = self.draft.composer.worker.clone();
                self.want(Intent::Send {
                    worker,
                    data,
                    times,
                })
                .1
            }
            Err(failure) => {
                self.notice(failure);
                Vec::new()
            }
        }
    }

    fn fetch(&mut self, selected: Selected) -> Vec<Effect> {
        let Some((run, id)) = self
            .run
            .as_mut()
            .and_then(|run| run.id.clone().map(|id| (run, id)))
        else {
            return Vec::new();
        };
        if run.fetched.of != selected {
            run.fetched = Fetched {
                of: selected,
                ..Fetched::default()
            };
        }
        let from = run.fetched.bytes.len() as u64;
        if run.fetched.pending || (run.fetched.total > 0 && from >= run.fetched.total) {
            return Vec::new();
        }
        run.fetched.pending = true;
        let (call, message) = match selected {
            Selected::Call(call) => (Some(call), None),
            Selected::Message(msg) => (None, Some(msg)),
            Selected::Nothing => return Vec::new(),
        };
        let re = self.request(Request::Fetch(selected));
        vec![Effect::Send(ClientMessage::Fetch {
            id: re,
            run: id,
            call,
            message,
            from,
            len: FETCH,
        })]
    }

    fn player(&mut self, action: &PlayerAction) -> Vec<Effect> {
        match action {
            PlayerAction::Loaded { name, text, play } => match Player::read(name, text) {
                Ok(mut player) => {
                    self.forgive("recording");
                    player.playing = *play;
                    self.player = Some(player);
                }
                Err(failure) => self.notice(failure),
            },
            PlayerAction::Failed(failure) => self.notice(failure.clone()),
            PlayerAction::Toggle
            | PlayerAction::Speed(_)
            | PlayerAction::Seek(_)
            | PlayerAction::Step(_)
            | PlayerAction::Mark(_) => {
                if let Some(player) = &mut self.player {
                    player.act(action);
                }
            }
        }
        Vec::new()
    }

    fn journal(&self, lines: Option<Vec<Seq>>) -> Vec<Effect> {
        let id = self.run.as_ref().and_then(|run| run.id.as_ref());
        let Some((id, session)) = id.zip(self.session.as_ref()) else {
            return Vec::new();
        };
        vec![Effect::Journal {
            path: format!("api/runs/{id}/journal"),
            token: session.token.clone(),
            lines,
        }]
    }

    fn lost(&mut self, attempt: u32, retry_ms: u32) {
        let commands = |request: &&(RequestId, Request)| {
            matches!(request.1, Request::Send | Request::Act(..) | Request::Stop)
        };
        let unanswered = self.requests.open.iter().filter(commands).count();
        if self.connection.is_ready() && unanswered > 0 {
            let message = format!(
                "the connection was lost before the server answered {unanswered} of your commands"
            );
            self.notice(Failure::new(
                Code::Internal,
                message,
                "the events will show whether they were carried out",
            ));
        }
        // A start or a command that still waits in the socket's queue goes out after `hello`; all else is asked for anew.
        self.requests
            .open
            .retain(|request| !matches!(request.1, Request::Replay(..) | Request::Fetch(_)));
        if let Some(run) = &mut self.run {
            run.fetched.pending = false;
            run.forget_asked();
        }
        self.connection = Connection::Reconnecting {
            attempt,
            at_ms: self.now_ms + f64::from(retry_ms),
        };
    }

    fn tick(&mut self, now_ms: f64) -> Vec<Effect> {
        let passed = (now_ms - self.ticked_ms).clamp(0.0, LONGEST_TICK_MS);
        self.now_ms = now_ms;
        self.ticked_ms = now_ms;
        if self.shows_recording()
            && let Some(player) = &mut self.player
        {
            player.tick(passed);
        }
        self.tick_play()
    }

    /// Whether time must be told: something plays, waits or counts down.
    pub fn needs_ticks(&self) -> bool {
        let playing =
            self.shows_recording() && self.player.as_ref().is_some_and(|player| player.playing);
        let lesson = self.play.as_ref().is_some_and(Play::is_busy);
        playing || lesson || matches!(self.connection, Connection::Reconnecting { .. })
    }
}
