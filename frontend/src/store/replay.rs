//! The player: a recorded journal, folded up to any event. Needs no server.

use super::{
    EventLog, Selected,
    markers::{KEYFRAME, Marker, fold_all, lines_of},
    words,
};
use shared::{
    event::Kind,
    failure::{Code, Failure},
    ids::Seq,
    recording,
    state::{RunState, apply},
};
use std::rc::Rc;

/// Shortest and longest time between two events while playing, milliseconds: what took microseconds must be seen, a
/// sentence must be read, and a pause of minutes need not be waited for.
const SHORTEST_MS: f64 = 140.0;
const LONGEST_MS: f64 = 2_500.0;
/// Most lines of a recording: the largest journal has 65,536.
const MOST_EVENTS: usize = 200_000;

/// A recording and the place where it stands.
#[derive(Clone, Debug)]
pub struct Player {
    /// As in the heading: the file's name.
    pub name: String,
    /// It runs by itself.
    pub playing: bool,
    /// 1 is the usual pace.
    pub speed: f64,
    /// What is looked at.
    pub selected: Selected,
    /// When it was recorded, milliseconds since 1970.
    pub started_unix_ms: u64,
    /// Its last line was cut off.
    pub cut: bool,
    text: Rc<str>,
    events: EventLog,
    seqs: Rc<Vec<Seq>>,
    keyframes: Rc<Vec<Rc<RunState>>>,
    /// Events folded.
    place: usize,
    state: Rc<RunState>,
    markers: Rc<Vec<Marker>>,
    /// Milliseconds that were played since the last event.
    waited_ms: f64,
}

/// What is done to a player.
#[derive(Clone, Debug, PartialEq)]
pub enum PlayerAction {
    /// A recording was read.
    Loaded {
        /// Name of the file.
        name: String,
        /// One event a line.
        text: String,
        /// Begin to play at once.
        play: bool,
    },
    /// It could not be read.
    Failed(Failure),
    /// Play or pause.
    Toggle,
    /// How fast.
    Speed(f64),
    /// So many events from the beginning.
    Seek(usize),
    /// So many events on, or back.
    Step(isize),
    /// To the next marker, or the one before.
    Mark(isize),
}

impl Player {
    /// Reads a recording.
    ///
    /// # Errors
    /// `bad_message` with the line that is not an event, or if there is none at all.
    pub fn read(name: &str, text: &str) -> Result<Self, Failure> {
        let recording = recording::parse(text).map_err(|failure| {
            Failure::new(
                failure.code,
                format!("{name}: {}", failure.message),
                failure.hint,
            )
            .field("recording")
        })?;
        let base = recording.header.base.map(|base| *base).unwrap_or_default();
        let started_unix_ms = recording.header.started_unix_ms;
        let mut events = EventLog::default();
        let mut seqs = Vec::new();
        for event in recording.events.into_iter().take(MOST_EVENTS) {
            seqs.push(event.seq);
            events.insert(Rc::new(event));
        }
        if seqs.is_empty() {
            let hint = "choose a file written by `run --record` or by Download recording";
            return Err(
                Failure::new(Code::BadMessage, format!("{name} has no events"), hint)
                    .field("recording"),
            );
        }
        let (keyframes, markers) = fold_all(&events, &seqs, base);
        let mut player = Self {
            name: name.to_owned(),
            playing: false,
            speed: 1.0,
            selected: Selected::Nothing,
            text: text.into(),
            events,
            seqs: Rc::new(seqs),
            state: keyframes.first().cloned().unwrap_or_default(),
            keyframes: Rc::new(keyframes),
            place: 0,
            started_unix_ms,
            cut: recording.cut,
            markers: Rc::new(markers),
            waited_ms: 0.0,
        };
        player.seek(1);
        Ok(player)
    }

    /// All events.
    pub fn events(&self) -> &EventLog {
        &self.events
    }

    /// The state at the place.
    pub fn state(&self) -> Rc<RunState> {
        Rc::clone(&self.state)
    }

    /// `seq` of the last event folded.
    pub fn at(&self) -> Seq {
        self.state.seq
    }

    /// Events folded.
    pub fn place(&self) -> usize {
        self.place
    }

    /// Events in all.
    pub fn len(&self) -> usize {
        self.seqs.len()
    }

    /// Never: a recording without events is refused.
    pub fn is_empty(&self) -> bool {
        self.seqs.is_empty()
    }

    /// Places worth going to.
    pub fn markers(&self) -> &[Marker] {
        &self.markers
    }

    /// The event at the place, in words.
    pub fn line(&self) -> String {
        self.events
            .get(self.state.seq)
            .map(|event| words::event(event))
            .unwrap_or_default()
    }

    /// These events as they were recorded, one a line.
    pub fn lines(&self, seqs: &[Seq]) -> String {
        lines_of(&self.text, seqs)
    }

    /// Goes to a place: from there if it lies ahead, else from the keyframe before it.
    pub fn seek(&mut self, place: usize) {
        let place = place.clamp(1, self.seqs.len());
        self.waited_ms = 0.0;
        if place < self.place || place - self.place > KEYFRAME {
            let keyframe = place / KEYFRAME;
            if let Some(state) = self.keyframes.get(keyframe) {
                self.state = Rc::clone(state);
                self.place = keyframe * KEYFRAME;
            }
        }
        if place > self.place {
            let state = Rc::make_mut(&mut self.state);
            for seq in self.seqs.get(self.place..place).unwrap_or_default() {
                if let Some(event) = self.events.get(*seq) {
                    apply(state, event);
                }
            }
            self.place = place;
        }
    }

    /// Stands at a marker, from 1, and waits there.
    pub fn begin_at(&mut self, marker: u32) {
        let at = usize::try_from(marker).ok().and_then(|n| n.checked_sub(1));
        if let Some(place) = at
            .and_then(|at| self.markers.get(at))
            .map(|marker| marker.place)
        {
            self.playing = false;
            self.seek(place);
        }
    }

    /// Goes to where all is ready for the first message: who sees it play first need not see how it was set up.
    pub fn begin_at_message(&mut self) {
        let sending = |seq: &Seq| {
            let event = self.events.get(*seq);
            event.is_some_and(|event| matches!(event.kind, Kind::MessageSending { .. }))
        };
        if let Some(first) = self.seqs.iter().position(sending) {
            // One before, as it is the command that leads to it.
            self.seek(first.saturating_sub(1));
        }
    }

    /// Carries out what was pressed.
    pub fn act(&mut self, action: &PlayerAction) {
        match action {
            PlayerAction::Loaded { .. } | PlayerAction::Failed(_) => {}
            PlayerAction::Toggle => {
                self.playing = !self.playing;
                if self.playing && self.place == self.seqs.len() {
                    self.seek(1);
                }
            }
            PlayerAction::Speed(speed) => self.speed = speed.clamp(0.1, 20.0),
            PlayerAction::Seek(place) => {
                self.playing = false;
                self.seek(*place);
            }
            PlayerAction::Step(by) => {
                self.playing = false;
                self.seek(self.place.saturating_add_signed(*by));
            }
            PlayerAction::Mark(by) => {
                self.playing = false;
                let place = self.place;
                let next = if *by > 0 {
                    self.markers
                        .iter()
                        .find(|marker| marker.place > place)
                        .map_or(self.seqs.len(), |m| m.place)
                } else {
                    self.markers
                        .iter()
                        .rev()
                        .find(|marker| marker.place < place)
                        .map_or(1, |m| m.place)
                };
                self.seek(next);
            }
        }
    }

    /// Time passes. True if that moved the place.
    pub fn tick(&mut self, ms: f64) -> bool {
        if !self.playing {
            return false;
        }
        let before = self.place;
        self.waited_ms += ms * self.speed;
        while self.playing {
            let Some(next) = self
                .seqs
                .get(self.place)
                .and_then(|seq| self.events.get(*seq))
            else {
                self.playing = false;
                break;
            };
            let ns = next.at_ns.saturating_sub(self.state.at_ns);
            #[expect(
                clippy::cast_precision_loss,
                reason = "a pause for the eye need not be exact"
            )]
            let pause = (ns as f64 / 1e6).clamp(SHORTEST_MS, LONGEST_MS);
            if self.waited_ms < pause {
                break;
            }
            let rest = self.waited_ms - pause;
            self.seek(self.place + 1);
            self.waited_ms = rest;
        }
        before != self.place
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_MS, Player, PlayerAction};
    use crate::store::testing::{event, finished, started};
    use shared::{codec::encode_event, state::Worker};

    fn recording(len: u64) -> String {
        let events = [started()]
            .into_iter()
            .chain((2..len).map(event))
            .chain([finished(len)]);
        let header = r#"{"format":"ipc-playground recording","version":1,"server":"test","run":"1","started_unix_ms":9,"oldest":1}"#;
        std::iter::once(format!("{header}\n"))
            .chain(events.map(|event| encode_event(&event) + "\n"))
            .collect()
    }

    #[test]
    fn any_place_folds_to_the_same_from_either_side() {
        let mut player = Player::read("r.jsonl", &recording(2_000)).unwrap();
        player.act(&PlayerAction::Seek(1_500));
        let there = player.state();
        player.act(&PlayerAction::Seek(2_000));
        player.act(&PlayerAction::Step(-500));
        assert_eq!((player.place(), player.at()), (1_500, 1_500));
        assert_eq!(player.state(), there);
        player.act(&PlayerAction::Step(-5_000));
        assert_eq!(player.place(), 1);
    }

    #[test]
    fn it_plays_to_the_end_and_begins_again() {
        let mut player = Player::read("r.jsonl", &recording(5)).unwrap();
        player.act(&PlayerAction::Toggle);
        for _ in 0..9 {
            player.tick(LONGEST_MS);
        }
        assert_eq!((player.place(), player.playing), (5, false));
        player.act(&PlayerAction::Toggle);
        assert_eq!((player.place(), player.playing), (1, true));
    }

    #[test]
    fn what_is_seen_first_begins_with_the_processes_ready_and_ends_with_a_message() {
        let text = include_str!("../../../static/recordings/pipe-hello.jsonl");
        let mut player = Player::read("pipe-hello.jsonl", text).unwrap();
        player.begin_at_message();
        let state = player.state();
        assert!(state.messages.is_empty());
        assert!(state.workers.iter().all(Worker::alive));
        assert_eq!(state.workers.len(), 3);
        player.act(&PlayerAction::Step(2));
        assert_eq!(player.state().messages.len(), 1);
        // Without a message it stays where it was.
        let mut player = Player::read("r.jsonl", &recording(9)).unwrap();
        player.begin_at_message();
        assert_eq!(player.place(), 1);
    }

    #[test]
    fn lines_are_copied_as_they_were_recorded() {
        let player = Player::read("r.jsonl", &recording(9)).unwrap();
        assert_eq!(
            player.lines(&[3, 7]),
            format!("{}\n{}\n", encode_event(&event(3)), encode_event(&event(7)))
        );
    }

    #[test]
    fn what_is_no_recording_is_refused_with_its_line() {
        let failure = Player::read("notes.txt", &format!("{}hello\n", recording(3))).unwrap_err();
        assert!(
            failure.message.starts_with("notes.txt: line 5"),
            "{failure}"
        );
        assert!(Player::read("empty", "\n\n").is_err());
    }
}
