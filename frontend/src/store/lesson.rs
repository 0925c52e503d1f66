//! How a lesson takes its beats through the store: every step goes the way of a press of a button.

use super::{Draft, Effect, Phase, Play, PlayAction, Store, play};
use crate::{
    intent::Intent,
    lessons::{self, Lesson},
    mechanism::seats,
    route::Route,
};
use shared::{
    failure::{Code, Failure},
    mechanism::Member,
    scenario,
};

impl Store {
    pub(crate) fn play(&mut self, action: &PlayAction) -> Vec<Effect> {
        if let PlayAction::Open { entry, lesson } = action {
            self.play = None;
            let Some(found) = lessons::lesson(entry, lesson) else {
                return Vec::new();
            };
            let missing = [found.prose(), found.scenario()]
                .into_iter()
                .filter(|path| self.text(path).is_none());
            let effects = missing.map(Effect::Text).collect();
            self.open_lesson(found);
            return effects;
        }
        let Some(play) = &mut self.play else {
            return Vec::new();
        };
        match action {
            PlayAction::Open { .. } => Vec::new(),
            PlayAction::Close => {
                self.play = None;
                Vec::new()
            }
            PlayAction::Choose(option) => {
                if play.phase == Phase::Ready {
                    play.chosen = Some(*option);
                    return self.begin_beat();
                }
                Vec::new()
            }
            PlayAction::Next => match play.phase {
                Phase::Ready => self.begin_beat(),
                Phase::Done => {
                    if play.advance() && !play.asks() {
                        self.begin_beat()
                    } else {
                        Vec::new()
                    }
                }
                Phase::Missed => self.replay_to(|beat| beat),
                Phase::Doing | Phase::Watching => Vec::new(),
            },
            PlayAction::Again => self.replay_to(|beat| beat),
            PlayAction::Back => {
                let begun = play.phase != Phase::Ready;
                // Of a beat that has begun, back is its beginning; of one that has not, the end of the one before.
                self.replay_to(|beat| if begun { beat } else { beat.saturating_sub(1) })
            }
        }
    }

    /// A text beside the page is here: a lesson that waits for its beats can be opened.
    pub(crate) fn fetched(&mut self, path: String, text: Result<String, Failure>) -> Vec<Effect> {
        match text {
            Ok(text) => self.texts.push((path, text.into())),
            Err(failure) => self.notice(failure),
        }
        if self.watching.is_some() {
            return self.follow_presenter();
        }
        if let Some((entry, lesson)) = self.route.lesson()
            && self.play.is_none()
            && let Some(found) = lessons::lesson(entry, lesson)
        {
            self.open_lesson(found);
            self.begin_at_beat();
        }
        Vec::new()
    }

    /// The address of an embed may name a beat: those before it are run again as soon as somebody begins.
    pub(crate) fn begin_at_beat(&mut self) {
        if let (Route::Embed { options, .. }, Some(play)) = (&self.route, &mut self.play)
            && let Some(beat) = options.beat
            && !play.started
        {
            let last = play.scenario.beats.len().saturating_sub(1);
            let before = usize::try_from(beat.saturating_sub(1)).unwrap_or(last);
            play.rewind(before.min(last));
        }
    }

    /// Opens a lesson as soon as its beats are here.
    fn open_lesson(&mut self, lesson: &Lesson) {
        let Some(text) = self.text(&lesson.scenario()) else {
            return;
        };
        match scenario::parse(&text) {
            Ok(scenario) => self.prepare(Play::new(lesson.entry, lesson.id, scenario)),
            Err(error) => self.notice(Failure::new(
                Code::Internal,
                error.to_string(),
                "the lesson's file is to be mended",
            )),
        }
    }

    /// Makes the draft what the lesson runs.
    fn prepare(&mut self, play: Play) {
        let composer = std::mem::take(&mut self.draft.composer);
        self.draft = Draft {
            entry: play.scenario.entry.clone(),
            composer,
            ..Draft::default()
        };
        self.draft.variant.clone_from(&play.scenario.variant);
        self.draft.roles.clone_from(&play.scenario.roles);
        for (name, value) in &play.scenario.params {
            // The scenario's reader has checked them against the same catalog.
            let _fits = self.draft.set(name, value);
        }
        self.play = Some(play);
    }

    fn begin_beat(&mut self) -> Vec<Effect> {
        let now = self.now_ms;
        let fresh = self.play.as_ref().is_some_and(|play| !play.started) || !self.is_running();
        let mut effects = Vec::new();
        if fresh {
            if let Some(play) = self.play.take() {
                self.prepare(play);
            }
            effects = self.restart();
        }
        if let Some(play) = &mut self.play {
            play.started = true;
            play.begin(now);
        }
        effects
    }

    /// A new run, and all beats before the wanted one again.
    fn replay_to(&mut self, wanted: impl Fn(usize) -> usize) -> Vec<Effect> {
        let Some(play) = &mut self.play else {
            return Vec::new();
        };
        let until = wanted(play.beat);
        play.rewind(until);
        if until > 0 {
            self.begin_beat()
        } else {
            self.command(Intent::Stop).1
        }
    }

    pub(crate) fn tick_play(&mut self) -> Vec<Effect> {
        let now = self.now_ms;
        // A beat begins when all who take part are there: what they do to come there is not of it.
        let live = self.run.as_ref().is_some_and(|run| {
            let all = seats::members(&run.state);
            let there = |member: &Member| run.state.worker(&member.id).is_some();
            run.id.is_some() && run.state.seq > 0 && all.iter().all(there)
        });
        let xray = self.run.as_ref().is_none_or(|run| run.state.xray);
        let over = !self.is_running();
        let mut effects = Vec::new();
        if self.watching.is_some() {
            // The presenter's page takes the steps.
            return effects;
        }
        let Some(play) = self.play.as_mut().filter(|play| play.is_busy()) else {
            return effects;
        };
        if let Some(step) = play.due(now).filter(|_| live || over) {
            let intent = match play::intent(&step) {
                Ok(intent) => intent,
                Err(failure) => {
                    play.fail();
                    self.notice(failure);
                    return effects;
                }
            };
            let (re, said) = self.want(intent);
            effects.extend(said);
            if let Some(play) = &mut self.play {
                play.took(&step, re, now, xray);
            }
            return effects;
        }
        if play.tick(now) && play.phase == Phase::Done {
            let (beat, of) = (play.beat, play.scenario.beats.len());
            let (entry, lesson) = (play.entry.clone(), play.lesson.clone());
            let rewinding = play.is_rewinding();
            if rewinding && play.advance() && play.is_rewinding() {
                play.begin(now);
            }
            if self.progress.beat(&entry, &lesson, beat, of) {
                effects.push(Effect::Save(self.progress.text()));
            }
        }
        effects
    }
}
