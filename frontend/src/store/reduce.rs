//! What each action changes, and what follows from it. What the server says is in `answer`.

use super::{
    Action, Connection, Dialog, Draft, Effect, Play, PlayAction, Player, PlayerAction, Progress,
    Request, Selected, Store,
};
use crate::{intent::Intent, route::Route};
use shared::{
    PROTOCOL,
    command::{ClientMessage, Resume},
    failure::{Code, Failure},
    ids::RequestId,
};

/// The recording that the landing page begins with; an embed begins with that of its entry.
pub const FIRST_RECORDING: &str = "static/recordings/pipe-hello.jsonl";
/// Ticks come only while something plays: the first one after a pause does not make up for it, milliseconds.
const LONGEST_TICK_MS: f64 = 200.0;

impl Store {
    /// Takes one action into account and says what the browser must do.
    pub fn reduce(&mut self, action: Action) -> Vec<Effect> {
        if !self.may_watcher(&action) {
            return Vec::new();
        }
        let mut effects = self.take(action);
        effects.extend(self.tell_place());
        effects.extend(self.tell_host());
        effects.extend(self.missing_texts());
        effects
    }

    fn take(&mut self, action: Action) -> Vec<Effect> {
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
            Action::Compose(set, value) => {
                for field in ["data", "len", "times", "worker"] {
                    self.forgive(field);
                }
                set(&mut self.draft.composer, value);
                Vec::new()
            }
            Action::ComposeArg(name, value) => {
                self.forgive(name);
                self.draft.composer.args.insert(name.to_owned(), value);
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
            Action::Build(set, value) => {
                set(&mut self.builder, value);
                Vec::new()
            }
            Action::Headers(headers) => {
                self.builder.headers = Some(headers);
                Vec::new()
            }
            Action::Invite => {
                self.ui.dialog = Some(Dialog::Invite);
                self.invite()
            }
            Action::Follow => self.come_back(),
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
                    .filter(|run| run.is_running() && self.watching.is_none())
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
                if let Route::Embed { options, .. } = &route
                    && options.lang.as_deref() == Some("python")
                {
                    for role in self.draft.roles() {
                        self.draft.speak(role, "python");
                    }
                }
                refused.into_iter().for_each(|failure| self.notice(failure));
            }
            Route::Lesson { .. }
            | Route::Home
            | Route::Learn { .. }
            | Route::Compare
            | Route::Replay { .. }
            | Route::Watch { .. }
            | Route::Builder
            | Route::Glossary
            | Route::Keys
            | Route::Coming { .. }
            | Route::Missing { .. } => {}
        }
        let same = |(entry, lesson)| {
            let on = |play: &Play| play.entry == entry && play.lesson == lesson;
            self.play.as_ref().is_some_and(on)
        };
        if let Some((entry, lesson)) = route.lesson().filter(|wanted| !same(*wanted)) {
            let (entry, lesson) = (entry.to_owned(), lesson.to_owned());
            effects.extend(self.play(&PlayAction::Open { entry, lesson }));
        }
        effects.extend(self.turn_to_watch(&route));
        if route == Route::Builder && self.builder.headers.is_none() {
            effects.push(Effect::Headers(self.builder.address()));
        }
        effects.extend(self.recording_of(&route, turned).map(Effect::Load));
        if needs_server(&route) {
            if self.connection == Connection::Idle {
                self.connection = Connection::Connecting;
            }
            effects.push(Effect::Connect);
        }
        self.route = route;
        self.begin_at_beat();
        effects
    }

    /// The recording that a page begins with.
    fn recording_of(&mut self, route: &Route, turned: bool) -> Option<String> {
        if let Route::Replay { src } = route {
            if src.is_none() && turned {
                self.player = None;
            }
            src.clone()
        } else if let Route::Embed { lab, options } = route {
            let own = || format!("static/recordings/{}-hello.jsonl", lab.entry);
            options
                .replays()
                .then(|| options.src.clone().unwrap_or_else(own))
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
            Intent::Language(role, language) => {
                self.draft.speak(&role, &language);
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

    pub(crate) fn select(&mut self, selected: Selected) {
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

    fn player(&mut self, action: &PlayerAction) -> Vec<Effect> {
        match action {
            PlayerAction::Loaded { name, text, play } => match Player::read(name, text) {
                Ok(mut player) => {
                    self.forgive("recording");
                    player.playing = *play;
                    if let Route::Embed { options, .. } = &self.route
                        && let Some(beat) = options.beat
                    {
                        player.begin_at(beat);
                    } else if self.route == Route::Home {
                        player.begin_at_message();
                    }
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
        let lesson = self.watching.is_none() && self.play.as_ref().is_some_and(Play::is_busy);
        playing || lesson || matches!(self.connection, Connection::Reconnecting { .. })
    }
}

/// Whether a page talks to the server before anybody asks for a run. An embed does not: ten of them on one page would be
/// ten connections of each reader.
fn needs_server(route: &Route) -> bool {
    let live = matches!(route, Route::Embed { options, .. } if options.live);
    live || matches!(
        route,
        Route::Home | Route::Lab(_) | Route::Lesson { .. } | Route::Watch { .. }
    )
}
