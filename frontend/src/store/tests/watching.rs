//! Showing a run to others, and watching one.

use super::{ack, rejected, running};
use crate::{
    intent::Intent,
    route::Route,
    store::{
        Action, Effect, Phase, RunPhase, Selected, Store, UiAction,
        testing::{event, greeted, hello, id_of, said, server, started},
    },
};
use shared::{
    command::{ClientMessage, ServerMessage},
    event::Event,
    failure::{Code, Failure},
    ids::RunId,
    place::Place,
    state::{RunState, apply},
};

fn watch_route() -> Route {
    Route::Watch {
        code: "k7mx4pqd2w".to_owned(),
    }
}

/// A store that watches `r1` and knows three events of it.
fn watching() -> Store {
    let mut store = Store::default();
    store.reduce(Action::Arrived(watch_route()));
    store.reduce(Action::Opened);
    let asked = said(&store.reduce(hello()));
    let [
        ClientMessage::Watch {
            id,
            run: None,
            key: Some(key),
            after: None,
        },
    ] = &asked[..]
    else {
        panic!("{asked:?}")
    };
    assert_eq!(key, "k7mx4pqd2w");
    store.reduce(ack(*id, Some("r1")));
    let said = said(&store.reduce(state("r1", &[started(), event(2), event(3)])));
    assert!(
        matches!(
            said[..],
            [ClientMessage::Replay {
                after: 0,
                until: 3,
                ..
            }]
        ),
        "{said:?}"
    );
    store
}

fn state(run: &str, events: &[Event]) -> Action {
    let mut state = RunState::default();
    events.iter().for_each(|event| apply(&mut state, event));
    server(ServerMessage::Snapshot {
        run: RunId::new(run),
        seq: state.seq,
        at_ns: 0,
        started_unix_ms: 1,
        oldest: 1,
        state: Box::new(state),
    })
}

fn place(run: &str, at: Place) -> Action {
    server(ServerMessage::Place {
        run: RunId::new(run),
        at,
    })
}

fn counted(run: &str, count: u64) -> Action {
    server(ServerMessage::Watchers {
        run: RunId::new(run),
        key: "k7mx4pqd2w".to_owned(),
        count,
    })
}

#[test]
fn who_watches_is_told_where_this_page_is_and_goes_on_to_its_next_run() {
    let mut store = running();
    assert_eq!(store.watch_link(), None);
    let asked = said(&store.reduce(Action::Invite));
    assert!(
        matches!(
            &asked[..],
            [ClientMessage::Watch {
                run: Some(_),
                key: None,
                ..
            }]
        ),
        "{asked:?}"
    );
    let told = said(&store.reduce(counted("r1", 0)));
    assert!(
        matches!(&told[..], [ClientMessage::Place { at, .. }] if *at == Place::default()),
        "{told:?}"
    );
    assert_eq!(store.watch_link().as_deref(), Some("w/k7mx4pqd2w"));
    assert_eq!(
        said(&store.reduce(counted("r1", 3))),
        [],
        "it was told already"
    );
    let told = said(&store.reduce(Action::Want(Intent::SelectMessage(1))));
    assert!(
        matches!(&told[..], [ClientMessage::Place { at, .. }] if at.message == Some(1)),
        "{told:?}"
    );

    let start = said(&store.reduce(Action::Restart));
    let begun = start
        .iter()
        .find(|said| matches!(said, ClientMessage::Start { .. }))
        .unwrap();
    let next = said(&store.reduce(ack(id_of(begun), Some("r2"))));
    assert!(
        matches!(&next[..], [ClientMessage::Watch { run: Some(run), key: Some(_), .. }] if run.as_str() == "r2"),
        "{next:?}"
    );
    let told = said(&store.reduce(counted("r2", 3)));
    assert!(
        matches!(&told[..], [ClientMessage::Place { run, .. }] if run.as_str() == "r2"),
        "{told:?}"
    );
    store.reduce(Action::Lost {
        attempt: 1,
        retry_ms: 1,
    });
    store.reduce(Action::Opened);
    let again = said(&store.reduce(hello()));
    assert!(
        matches!(
            &again[..],
            [ClientMessage::Watch {
                run: Some(_),
                key: Some(_),
                ..
            }]
        ),
        "{again:?}"
    );
}

#[test]
fn a_watcher_looks_and_does_nothing() {
    let mut store = watching();
    assert_eq!(store.shown().state.entry, "pipe");
    assert!(store.shown().hands_off && !store.shown().replay);
    for action in [
        Action::Submit,
        Action::Restart,
        Action::Want(Intent::Stop),
        Action::Want(Intent::Start),
        Action::Fetch(Selected::Call(1)),
        Action::Download,
    ] {
        assert_eq!(store.reduce(action.clone()), [], "{action:?}");
    }
    let asked = said(&store.reduce(Action::Fetch(Selected::Message(1))));
    assert!(
        matches!(
            asked[..],
            [ClientMessage::Fetch {
                message: Some(1),
                ..
            }]
        ),
        "all bytes of a message may be looked at: {asked:?}"
    );
    assert_eq!(
        store.run.as_ref().map(|run| run.phase),
        Some(RunPhase::Live)
    );
    store.reduce(Action::Lost {
        attempt: 1,
        retry_ms: 1,
    });
    let opened = said(&store.reduce(Action::Opened));
    assert!(
        matches!(opened[..], [ClientMessage::Hello { resume: None, .. }]),
        "the run is not its own"
    );
    let again = said(&store.reduce(hello()));
    assert!(
        matches!(
            &again[..],
            [ClientMessage::Watch {
                run: Some(_),
                after: Some(3),
                ..
            }]
        ),
        "it goes on where it was: {again:?}"
    );
}

#[test]
fn a_watcher_goes_where_the_presenter_goes_unless_it_looks_around() {
    let mut store = watching();
    let at = |message| Place {
        message: Some(message),
        ..Place::default()
    };
    store.reduce(place("r1", at(4)));
    assert_eq!(store.shown().selected, Selected::Message(4));
    store.reduce(Action::Want(Intent::SelectCall(2)));
    store.reduce(place("r1", at(5)));
    assert_eq!(store.shown().selected, Selected::Call(2), "it looks around");
    store.reduce(Action::Follow);
    assert_eq!(
        store.shown().selected,
        Selected::Message(5),
        "and comes back"
    );
    store.reduce(Action::Ui(UiAction::Back(Some(2))));
    store.reduce(place("r1", at(6)));
    assert_eq!(store.shown().selected, Selected::Message(5));
    store.reduce(place("other", at(7)));
    store.reduce(Action::Follow);
    assert_eq!(
        (store.shown().selected, store.ui.back),
        (Selected::Message(6), None)
    );
}

#[test]
fn a_watcher_sees_the_beat_of_the_presenter_and_takes_none_of_its_steps() {
    let mut store = watching();
    let lesson = crate::lessons::LESSONS.first().unwrap();
    let at = Place {
        lesson: Some(format!("{}/{}", lesson.entry, lesson.id)),
        beat: Some(1),
        phase: Some(Phase::Doing),
        ..Place::default()
    };
    let effects = store.reduce(place("r1", at.clone()));
    assert!(
        effects.contains(&Effect::Text(lesson.scenario())),
        "{effects:?}"
    );
    assert_eq!(
        store.reduce(place(
            "r1",
            Place {
                beat: Some(0),
                ..at.clone()
            }
        )),
        [],
        "asked once"
    );
    let text = "---\ntitle: T\nrun: pipe\nminutes: 1\n---\n\n```beat\ndo: send writer text=hello\nsay: One.\n\
                expect: message.received reader\n```\n\n```beat\ndo: kill reader\nsay: Two.\nexpect: process.exited reader\n```\n";
    store.reduce(Action::Text {
        path: lesson.scenario(),
        text: Ok(text.to_owned()),
    });
    store.reduce(place("r1", at));
    let play = store.play.as_ref().unwrap();
    assert_eq!((play.beat, play.phase), (1, Phase::Doing));
    assert!(!store.needs_ticks());
    for now in 1..100 {
        assert_eq!(store.reduce(Action::Tick(f64::from(now) * 100.0)), []);
    }
    store.reduce(place("r1", Place::default()));
    assert!(store.play.is_none());
}

#[test]
fn the_next_run_of_the_presenter_takes_the_place_of_the_one_before() {
    let mut store = watching();
    store.reduce(server(ServerMessage::Events {
        run: RunId::new("r2"),
        events: vec![started()],
    }));
    assert_eq!(
        store.shown().state.seq,
        3,
        "events of a run that it does not know"
    );
    let mut first = started();
    if let shared::event::Kind::RunStarted { entry, variant, .. } = &mut first.kind {
        (*entry, *variant) = ("queue".to_owned(), "posix".to_owned());
    }
    store.reduce(state("r2", &[first]));
    let shown = store.shown();
    assert_eq!((shown.state.entry.as_str(), shown.state.seq), ("queue", 1));
    assert_eq!(
        store.draft.entry, "queue",
        "the panel beside is about it too"
    );
    store.reduce(server(ServerMessage::Events {
        run: RunId::new("r2"),
        events: vec![event(2)],
    }));
    assert_eq!(store.shown().state.seq, 2);
}

#[test]
fn what_was_left_out_while_watching_is_not_asked_for() {
    let mut store = watching();
    let events: Vec<_> = (2..=500).map(event).collect();
    let whole = [vec![started()], events].concat();
    assert_eq!(said(&store.reduce(state("r1", &whole))), []);
    assert_eq!(store.shown().state.seq, 500);
}

#[test]
fn a_link_that_leads_nowhere_says_so_and_leaving_one_leaves_the_run() {
    let mut store = greeted();
    let asked = said(&store.reduce(Action::Go(watch_route())));
    let failure = Failure::new(Code::UnknownRun, "this code leads to no run", "ask again");
    store.reduce(rejected(
        Some(id_of(asked.last().unwrap())),
        failure.clone(),
    ));
    assert_eq!(store.watching.as_ref().unwrap().refused, Some(failure));
    let effects = store.reduce(Action::Go(Route::Glossary));
    assert!(effects.contains(&Effect::Reconnect), "{effects:?}");
    assert!(store.watching.is_none() && store.run.is_none());
    // A run of one's own ends when one goes to watch another.
    let mut store = running();
    let effects = said(&store.reduce(Action::Go(watch_route())));
    assert!(
        matches!(
            &effects[..],
            [ClientMessage::Stop { .. }, ClientMessage::Watch { .. }]
        ),
        "{effects:?}"
    );
}
