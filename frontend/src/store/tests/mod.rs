//! Whole stories: what a learner does, what the server answers, what the store says and shows.

mod lesson;
mod watching;

use super::{
    Action, Connection, Effect, RunPhase, Selected, Store,
    testing::{event, events, finished, greeted, hello, id_of, said, server, started},
};
use crate::{intent::Intent, route::Route};
use shared::{
    command::{ClientMessage, Data, Effect as Done, ServerMessage},
    failure::{Code, Failure},
    ids::{RequestId, RunId},
    state::RunState,
};

fn send(text: &str) -> Action {
    Action::Want(Intent::Send {
        worker: None,
        data: Data::text(text),
        times: 1,
        args: Default::default(),
    })
}

fn ack(re: RequestId, run: Option<&str>) -> Action {
    server(ServerMessage::Ack {
        re,
        run: run.map(RunId::new),
        message: None,
        effect: Done::Done,
    })
}

fn rejected(re: Option<RequestId>, failure: Failure) -> Action {
    server(ServerMessage::Rejected { re, failure })
}

fn snapshot(seq: u64, oldest: u64) -> Action {
    let state = Box::new(RunState {
        seq,
        entry: "pipe".into(),
        ..RunState::default()
    });
    server(ServerMessage::Snapshot {
        run: RunId::new("r1"),
        seq,
        at_ns: 0,
        started_unix_ms: 1,
        oldest,
        state,
    })
}

/// A store with a run `r1` that began.
fn running() -> Store {
    let mut store = greeted();
    let start = said(&store.reduce(Action::Restart));
    store.reduce(ack(id_of(&start[0]), Some("r1")));
    store.reduce(events(vec![started(), event(2), event(3)]));
    store
}

#[test]
fn send_starts_the_run_and_the_message_goes_out_when_it_has_a_name() {
    let mut store = greeted();
    let first = said(&store.reduce(send("hello")));
    assert!(
        matches!(&first[..], [ClientMessage::Start { entry, .. }] if entry == "pipe"),
        "{first:?}"
    );
    assert_eq!(
        store.run.as_ref().map(|run| run.phase),
        Some(RunPhase::Starting)
    );
    assert_eq!(
        said(&store.reduce(send("again"))),
        [],
        "it waits for the run"
    );
    let then = said(&store.reduce(ack(id_of(&first[0]), Some("r1"))));
    let mut texts = Vec::new();
    for message in &then {
        let ClientMessage::Send {
            run,
            data: Data::Text { text },
            ..
        } = message
        else {
            panic!("{message:?}")
        };
        texts.push((run.as_str(), text.as_str()));
    }
    assert_eq!(texts, [("r1", "hello"), ("r1", "again")]);
}

#[test]
fn a_refused_start_loses_the_run_and_says_why() {
    let mut store = greeted();
    let start = said(&store.reduce(send("hello")));
    let full = Failure::new(Code::LimitHit, "4 runs an address are running", "end one")
        .limit("runs_per_address", 4);
    store.reduce(rejected(Some(id_of(&start[0])), full.clone()));
    assert_eq!(
        store.run.as_ref().map(|run| (run.phase, run.lost.clone())),
        Some((RunPhase::Over, Some(full.clone())))
    );
    assert_eq!(
        store.notices.last().map(|notice| notice.failure.clone()),
        Some(full)
    );
    assert!(
        matches!(
            said(&store.reduce(send("again")))[..],
            [ClientMessage::Start { .. }]
        ),
        "it can be tried again"
    );
}

#[test]
fn a_refusal_stands_beside_its_field_until_that_is_changed() {
    let mut store = running();
    let said = said(&store.reduce(send("hello")));
    store.reduce(rejected(
        Some(id_of(&said[0])),
        Failure::bad_param("data", "too long", "send less"),
    ));
    assert_eq!(
        store.refusal("data").map(|failure| failure.hint.as_str()),
        Some("send less")
    );
    store.reduce(Action::Compose(
        |composer, value| composer.text = value,
        "hi".to_owned(),
    ));
    assert_eq!(store.refusal("data"), None);
}

#[test]
fn bad_hex_is_refused_here_with_its_place_and_never_sent() {
    let mut store = running();
    // Two fields that change before the page is drawn again both count.
    store.reduce(Action::Compose(
        |composer, _| composer.mode = super::Mode::Hex,
        String::new(),
    ));
    store.reduce(Action::Compose(
        |composer, value| composer.hex = value,
        "68 zz".to_owned(),
    ));
    assert_eq!(store.reduce(Action::Submit), []);
    let words = &store.refusal("data").expect("it is refused").message;
    assert!(
        words.contains("character 4") && words.contains('z'),
        "{words}"
    );
}

#[test]
fn a_lost_connection_resumes_the_run_where_it_was() {
    let mut store = running();
    store.reduce(Action::Lost {
        attempt: 1,
        retry_ms: 150,
    });
    assert!(matches!(
        store.connection,
        Connection::Reconnecting { attempt: 1, .. }
    ));
    assert_eq!(
        store.run.as_ref().map(|run| run.phase),
        Some(RunPhase::Live),
        "the run goes on meanwhile"
    );
    let hello_again = said(&store.reduce(Action::Opened));
    let ClientMessage::Hello {
        token,
        resume: Some(resume),
        ..
    } = &hello_again[0]
    else {
        panic!("{hello_again:?}")
    };
    assert_eq!(
        (token.as_deref(), resume.run.as_str(), resume.after),
        (Some("secret"), "r1", 3)
    );
    assert!(store.reduce(hello()).contains(&Effect::Flush));
    store.reduce(events(vec![event(3), event(4), finished(5)]));
    let run = store.run.as_ref().expect("still there");
    assert_eq!(
        (run.state.seq, run.events.len(), run.phase),
        (5, 5, RunPhase::Over)
    );
}

#[test]
fn a_run_that_was_forgotten_meanwhile_is_told_as_lost() {
    let mut store = running();
    store.reduce(Action::Lost {
        attempt: 1,
        retry_ms: 150,
    });
    store.reduce(Action::Opened);
    store.reduce(hello());
    store.reduce(rejected(
        None,
        Failure::new(Code::UnknownRun, "no run r1", "start another"),
    ));
    assert!(!store.is_running());
    assert_eq!(store.notices.len(), 1);
}

#[test]
fn commands_without_an_answer_are_told_when_the_connection_is_lost() {
    let mut store = running();
    store.reduce(send("hello"));
    store.reduce(Action::Lost {
        attempt: 1,
        retry_ms: 150,
    });
    let words = &store.notices[0].failure;
    assert!(
        words.message.contains("1 of your commands") && words.hint.contains("events"),
        "{words}"
    );
}

#[test]
fn a_gap_is_asked_for_and_a_journal_that_has_it_no_more_makes_the_page_resume() {
    let mut store = running();
    let asked = said(&store.reduce(events(vec![event(7)])));
    let ClientMessage::Replay {
        id,
        after: 3,
        until: 6,
        ..
    } = asked[0]
    else {
        panic!("{asked:?}")
    };
    assert_eq!(
        store.run.as_ref().map(|run| run.state.seq),
        Some(3),
        "nothing is folded out of order"
    );
    let gone = Failure::bad_param("after", "the journal has them no more", "take the snapshot");
    assert_eq!(store.reduce(rejected(Some(id), gone)), [Effect::Reconnect]);
    store.reduce(snapshot(6, 5));
    assert_eq!(
        store.run.as_ref().map(|run| run.state.seq),
        Some(7),
        "the one that waited fits now"
    );
}

#[test]
fn a_snapshot_replaces_the_state_and_the_log_asks_for_what_it_missed() {
    let mut store = running();
    let lagged = ServerMessage::Lagged {
        run: RunId::new("r1"),
        from: 4,
        to: 90,
    };
    assert_eq!(store.reduce(server(lagged)), []);
    let asked = said(&store.reduce(snapshot(90, 50)));
    assert!(
        matches!(
            asked[..],
            [ClientMessage::Replay {
                after: 49,
                until: 90,
                ..
            }]
        ),
        "{asked:?}"
    );
    store.reduce(events((50..=91).map(event).collect()));
    let run = store.run.as_ref().expect("still there");
    assert_eq!(
        (run.state.seq, run.events.len(), run.lagged.len()),
        (91, 3 + 42, 1)
    );
}

#[test]
fn events_of_another_run_are_nobody_s() {
    let mut store = running();
    store.reduce(server(ServerMessage::Events {
        run: RunId::new("r0"),
        events: vec![event(4)],
    }));
    assert_eq!(store.run.as_ref().map(|run| run.state.seq), Some(3));
}

#[test]
fn a_restart_ends_the_run_and_a_name_that_comes_late_is_ended_too() {
    let mut store = running();
    let said_first = said(&store.reduce(Action::Restart));
    assert!(
        matches!(&said_first[..], [ClientMessage::Stop { run, .. }, ClientMessage::Start { .. }] if run.as_str() == "r1")
    );
    let second = id_of(&said_first[1]);
    let third = said(&store.reduce(Action::Restart));
    assert!(
        matches!(third[..], [ClientMessage::Start { .. }]),
        "the one without a name cannot be ended yet: {third:?}"
    );
    let late = said(&store.reduce(ack(second, Some("r2"))));
    assert!(
        matches!(&late[..], [ClientMessage::Stop { run, .. }] if run.as_str() == "r2"),
        "{late:?}"
    );
    store.reduce(ack(id_of(&third[0]), Some("r3")));
    assert_eq!(
        store.run.as_ref().and_then(|run| run.id.clone()),
        Some(RunId::new("r3"))
    );
}

#[test]
fn a_change_while_a_run_lives_offers_a_restart_and_changes_the_address() {
    let mut store = running();
    assert!(!store.draft_differs());
    let effects = store.reduce(Action::Want(Intent::Param(
        "capacity".into(),
        "4096".into(),
    )));
    assert_eq!(effects, [Effect::Replace("lab/pipe?capacity=4096".into())]);
    assert!(store.draft_differs());
    store.reduce(Action::Want(Intent::Param(
        "capacity".into(),
        "much".into(),
    )));
    assert_eq!(
        store.reduce(Action::Restart),
        [],
        "what does not fit is not started"
    );
    assert!(store.refusal("capacity").is_some());
}

#[test]
fn a_link_prepares_and_never_starts() {
    let mut store = Store::default();
    let mut effects = Vec::new();
    for (path, query) in [
        ("lab/pipe/fifo", "capacity=4096"),
        ("learn/pipe/no-such", ""),
        ("embed/pipe", "mode=live"),
    ] {
        effects.extend(store.reduce(Action::Arrived(Route::parse(path, query))));
    }
    assert_eq!(said(&effects), []);
    assert!(store.run.is_none());
}

#[test]
fn all_bytes_of_a_call_are_fetched_piece_by_piece() {
    let mut store = running();
    let call = Selected::Call(2);
    for (from, bytes) in [(0, &b"hel"[..]), (3, b"lo")] {
        let asked = said(&store.reduce(Action::Fetch(call)));
        assert!(
            matches!(asked[..], [ClientMessage::Fetch { from: at, call: Some(2), .. }] if at == from),
            "{asked:?}"
        );
        assert_eq!(store.reduce(Action::Fetch(call)), [], "asked already");
        store.reduce(server(ServerMessage::Bytes {
            re: id_of(&asked[0]),
            from,
            total: 5,
            data: Data::of(bytes),
        }));
    }
    assert_eq!(store.shown().fetched.bytes.as_slice(), b"hello");
    assert_eq!(store.reduce(Action::Fetch(call)), [], "all is here");
}
