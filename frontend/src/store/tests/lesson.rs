//! Lessons: beats in order, back and again, facts that never come.

use super::ack;
use crate::route::Route;
use crate::store::{
    Action, Effect, Phase, Play, PlayAction, Store,
    testing::{events, greeted, id_of, of, said, started},
};
use shared::{command::ClientMessage, event::Kind};

const LESSON: &str = "---\ntitle: T\nrun: pipe/anonymous\nminutes: 1\n---\nProse.\n\n```beat\ndo: freeze reader\nsay: It is frozen.\nexpect: command.done verb=freeze\n```\n\n```beat\ndo: resume reader\nsay: It runs.\nask: What now?\n- it runs *\n- it dies\nexpect: command.done verb=resume\n```\n";

fn lesson() -> Store {
    let mut store = greeted();
    store.play = Some(Play::new(
        "pipe",
        "t",
        shared::scenario::parse(LESSON).expect("it is right"),
    ));
    store
}

/// The run began, and all who take part are there.
fn born() -> Vec<shared::event::Event> {
    let mut all = vec![started()];
    for (seq, role) in (2..).zip(["parent", "writer", "reader"]) {
        let kind = Kind::ProcessStarted {
            role: role.into(),
            parent: 1,
            language: None,
        };
        all.push(of(seq, Some(role), kind));
    }
    all
}

/// Lets time pass in small steps and answers what is said with a name, an `ack` and the event that is expected.
fn live(store: &mut Store, said_by: &[Effect], seq: &mut u64) -> Vec<String> {
    let mut verbs = Vec::new();
    let mut open = said(said_by);
    for _ in 0..40 {
        for message in std::mem::take(&mut open) {
            if let ClientMessage::Start { id, .. } = &message {
                verbs.push("start".to_owned());
                store.reduce(ack(*id, Some("r1")));
                store.reduce(events(born()));
                *seq = 4;
            } else if let ClientMessage::Act { id, verb, .. } = &message {
                verbs.push(verb.clone());
                *seq += 1;
                store.reduce(ack(*id, None));
                store.reduce(events(vec![of(
                    *seq,
                    Some("reader"),
                    Kind::CommandDone { verb: verb.clone() },
                )]));
            } else {
                let ClientMessage::Stop { id, .. } = &message else {
                    panic!("{message:?}")
                };
                store.reduce(ack(*id, None));
            }
        }
        open = said(&store.reduce(Action::Tick(store.now_ms() + 50.0)));
    }
    verbs
}

#[test]
fn a_lesson_is_played_beat_by_beat_and_back_runs_the_beats_before_again() {
    let (mut store, mut seq) = (lesson(), 0);
    let place = |store: &Store| store.play.as_ref().map(|play| (play.beat, play.phase));
    let effects = store.reduce(Action::Play(PlayAction::Next));
    assert_eq!(live(&mut store, &effects, &mut seq), ["start", "freeze"]);
    assert_eq!(place(&store), Some((0, Phase::Done)));
    let effects = store.reduce(Action::Play(PlayAction::Next));
    assert_eq!(
        (said(&effects), place(&store)),
        (vec![], Some((1, Phase::Ready))),
        "the question comes first"
    );
    let effects = store.reduce(Action::Play(PlayAction::Choose(1)));
    assert_eq!(live(&mut store, &effects, &mut seq), ["resume"]);
    assert_eq!(place(&store), Some((1, Phase::Done)));
    assert!(store.progress.is_done("pipe", "t"));
    let effects = store.reduce(Action::Play(PlayAction::Back));
    assert_eq!(live(&mut store, &effects, &mut seq), ["start", "freeze"]);
    assert_eq!(place(&store), Some((1, Phase::Ready)));
}

#[test]
fn a_beat_whose_fact_never_comes_is_told_as_missed() {
    let mut store = lesson();
    let start = said(&store.reduce(Action::Play(PlayAction::Next)));
    store.reduce(ack(id_of(&start[0]), Some("r1")));
    store.reduce(events(born()));
    for _ in 0..400 {
        let now = store.now_ms() + 50.0;
        for message in said(&store.reduce(Action::Tick(now))) {
            store.reduce(ack(id_of(&message), None));
        }
    }
    let play = store.play.as_ref().expect("it is open");
    assert_eq!(
        (
            play.phase,
            play.verdict.as_ref().map(|verdict| verdict.missing.len())
        ),
        (Phase::Missed, Some(1))
    );
}

/// A reader that looks again and again is never quiet; the beat is over all the same. And what a run does to come up is not of
/// the beat.
#[test]
fn a_run_that_is_never_quiet_has_beats_too() {
    let text = LESSON.replace(
        "expect: command.done verb=freeze\n",
        "expect: command.done verb=freeze\nabsent: call.entered name=clone\n",
    );
    let mut store = lesson();
    let scenario = shared::scenario::parse(&text).expect("it is right");
    store.play = Some(Play::new("pipe", "t", scenario));
    let start = said(&store.reduce(Action::Play(PlayAction::Next)));
    store.reduce(ack(id_of(&start[0]), Some("r1")));
    let call = |seq, name: &str| {
        let kind = Kind::CallEntered {
            name: name.into(),
            args: vec![],
            fd: None,
            len: None,
            msg: None,
            data: None,
            line: None,
        };
        of(seq, Some("reader"), kind)
    };
    store.reduce(events(born()));
    store.reduce(events(vec![call(5, "clone")]));
    let mut seq = 5;
    for _ in 0..60 {
        let now = store.now_ms() + 50.0;
        for message in said(&store.reduce(Action::Tick(now))) {
            store.reduce(ack(id_of(&message), None));
            seq += 1;
            let kind = Kind::CommandDone {
                verb: "freeze".into(),
            };
            store.reduce(events(vec![of(seq, Some("reader"), kind)]));
        }
        seq += 1;
        store.reduce(events(vec![call(seq, "clock_nanosleep")]));
    }
    assert_eq!(
        store.play.as_ref().map(|play| play.phase),
        Some(Phase::Done)
    );
}

#[test]
fn an_embed_of_a_lesson_begins_at_the_beat_of_its_address_and_only_when_somebody_begins() {
    let (mut store, mut seq) = (greeted(), 0);
    let route = Route::parse("embed/pipe", "lesson=forgotten-end&beat=2");
    let effects = store.reduce(Action::Arrived(route));
    let no_more_than_texts = effects
        .iter()
        .all(|effect| matches!(effect, Effect::Text(_) | Effect::Turned));
    assert!(no_more_than_texts, "{effects:?}");
    store.reduce(Action::Text {
        path: "lessons/pipe/forgotten-end.md".to_owned(),
        text: Ok(LESSON.to_owned()),
    });
    let play = store.play.as_ref().expect("it is open");
    assert_eq!((play.beat, play.started), (0, false));
    assert!(!store.shows_recording(), "a lesson has none");
    let effects = store.reduce(Action::Play(PlayAction::Next));
    assert!(effects.contains(&Effect::Connect));
    assert_eq!(live(&mut store, &effects, &mut seq), ["start", "freeze"]);
    let play = store.play.as_ref().expect("it is open");
    assert_eq!((play.beat, play.phase), (1, Phase::Ready));
    assert!(!play.is_rewinding());
}

#[test]
fn an_embed_with_a_recording_of_its_lesson_begins_with_that() {
    for (query, recording) in [
        ("lesson=forgotten-end", None),
        ("lesson=forgotten-end&mode=live", None),
        ("lesson=forgotten-end&src=mine.jsonl", Some("mine.jsonl")),
        (
            "lesson=forgotten-end&mode=replay",
            Some("static/recordings/pipe-hello.jsonl"),
        ),
        ("lesson=nowhere", Some("static/recordings/pipe-hello.jsonl")),
    ] {
        let mut store = Store::default();
        let effects = store.reduce(Action::Arrived(Route::parse("embed/pipe", query)));
        let loads = effects.iter().find_map(|effect| {
            if let Effect::Load(src) = effect {
                Some(src.as_str())
            } else {
                None
            }
        });
        assert_eq!(loads, recording, "{query}");
        assert_eq!(store.shows_recording(), recording.is_some(), "{query}");
    }
}

#[test]
fn the_language_of_an_embed_is_what_its_roles_are_written_in() {
    for (lang, expected) in [
        ("python", r#"{"reader":"python","writer":"python"}"#),
        ("rust", "{}"),
        ("en", "{}"),
    ] {
        let mut store = greeted();
        let query = format!("mode=live&lang={lang}");
        store.reduce(Action::Arrived(Route::parse("embed/pipe", &query)));
        let begun = said(&store.reduce(Action::Restart));
        let roles = begun.iter().find_map(|message| {
            if let ClientMessage::Start { roles, .. } = message {
                serde_json::to_string(roles).ok()
            } else {
                None
            }
        });
        assert_eq!(roles.as_deref(), Some(expected), "{lang}");
    }
}
