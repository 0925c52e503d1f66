//! Folding: the same from any snapshot on, bounded, and true to what was told.

use super::{
    KEEP_CALLS, KEEP_MESSAGE_CALLS, KEEP_MESSAGES, KEEP_OTHERS, KEEP_OUTPUT, KEEP_SEGMENTS, Object,
    RunState, apply,
};
use crate::{
    arbitrary,
    diagnosis::testing::Story,
    event::{Event, Part, Wait},
    ids::{ObjectId, WorkerId},
};
use proptest::prelude::*;

fn fold(events: &[Event]) -> RunState {
    let mut state = RunState::default();
    events.iter().for_each(|event| apply(&mut state, event));
    state
}

fn bytes<'a>(segments: impl IntoIterator<Item = &'a super::Segment>) -> u64 {
    segments
        .into_iter()
        .map(super::Segment::len)
        .fold(0, u64::saturating_add)
}

/// The bounds of every list.
fn bounded(state: &RunState) {
    let others = [
        state.workers.len(),
        state.objects.len(),
        state.waiting.len(),
    ]
    .into_iter()
    .chain(
        state
            .objects
            .iter()
            .flat_map(|object| [object.readings.len(), object.holders.len()]),
    );
    assert!(others.into_iter().all(|len| len <= KEEP_OTHERS));
    assert!(state.messages.len() <= KEEP_MESSAGES && state.calls.len() <= KEEP_CALLS);
    for object in &state.objects {
        assert!(object.ribbon.len() <= KEEP_SEGMENTS && object.owed.len() <= KEEP_SEGMENTS);
    }
    for message in &state.messages {
        assert!(
            message.sends.len() <= KEEP_MESSAGE_CALLS
                && message.receives.len() <= KEEP_MESSAGE_CALLS
        );
        assert!(message.receivers.len() <= KEEP_OTHERS);
    }
    assert!(
        state
            .workers
            .iter()
            .all(|worker| worker.output.len() <= KEEP_OUTPUT)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_snapshot_and_the_rest_are_the_whole(events in arbitrary::journal(80), at: prop::sample::Index) {
        let at = if events.is_empty() { 0 } else { at.index(events.len()) };
        let snapshot = serde_json::to_string(&fold(&events[..at])).unwrap();
        let mut state: RunState = serde_json::from_str(&snapshot).unwrap();
        // An event that the snapshot has already is told again.
        events[at.saturating_sub(3)..].iter().for_each(|event| apply(&mut state, event));
        prop_assert_eq!(state, fold(&events));
    }

    #[test]
    fn whatever_is_told_it_stays_bounded(events in arbitrary::journal(400)) {
        let state = fold(&events);
        bounded(&state);
        // And whoever looks at it does not fall over.
        let _said = crate::diagnosis::sentence(&state);
    }

    #[test]
    fn the_ribbon_is_what_went_in_and_did_not_come_out(moves in prop::collection::vec((any::<bool>(), 1_u64..5, 0_u64..50, 1_u64..50, any::<bool>()), 0..1_500)) {
        let mut object = pipe();
        for (put, msg, from, len, tied) in moves {
            let part = super::Segment { msg: tied.then_some(msg), from, to: from + len };
            if put { object.put(part) } else { object.take(part, !tied) }
            prop_assert_eq!(
                bytes(&object.ribbon) + object.read,
                bytes(&object.owed) + object.written
            );
            prop_assert!(object.ribbon.len() <= KEEP_SEGMENTS && object.owed.len() <= KEEP_SEGMENTS);
        }
    }
}

fn pipe() -> Object {
    Story::pipe()
        .state
        .object(&ObjectId::from("pipe:[7]"))
        .unwrap()
        .clone()
}

#[test]
fn bytes_lie_in_the_pipe_between_the_calls() {
    let mut story = Story::pipe();
    story.sending("writer", 1, "hello").writes("writer", 1, 5);
    let ribbon = |story: &Story| {
        story.state.objects[0]
            .ribbon
            .iter()
            .copied()
            .collect::<Vec<_>>()
    };
    assert_eq!(
        ribbon(&story),
        [super::Segment {
            msg: Some(1),
            from: 0,
            to: 5
        }]
    );
    story.reads("reader", 1, 3);
    assert_eq!(
        ribbon(&story),
        [super::Segment {
            msg: Some(1),
            from: 3,
            to: 5
        }]
    );
    let message = story.state.message(1).unwrap();
    assert_eq!((message.bytes_in, message.bytes_out), (5, 3));
    assert_eq!(message.receivers, [(WorkerId::from("reader"), 3)]);
    assert_eq!((message.sends.len(), message.receives.len()), (1, 1));
}

#[test]
fn a_read_seen_before_its_write_is_owed_and_settled() {
    let mut story = Story::pipe();
    story.sending("writer", 1, "hello").reads("reader", 1, 5);
    let object = &story.state.objects[0];
    assert_eq!((bytes(&object.owed), object.bytes()), (5, 0));
    story.writes("writer", 1, 5);
    let object = &story.state.objects[0];
    assert!(object.owed.is_empty() && object.ribbon.is_empty());
    assert_eq!((object.written, object.read), (5, 5));
}

#[test]
fn bytes_that_cannot_be_tied_come_from_the_front() {
    let mut object = pipe();
    let segment = |msg, from, to| super::Segment { msg, from, to };
    object.put(segment(Some(1), 0, 5));
    object.put(segment(Some(2), 0, 5));
    object.take(segment(None, 0, 7), false);
    assert_eq!(object.ribbon, [segment(Some(2), 2, 5)]);
}

#[test]
fn a_call_remembers_that_it_slept() {
    let mut story = Story::pipe();
    story
        .enters("reader", "read", 4096)
        .sleeps_empty("reader")
        .frozen("reader");
    let reader = story.state.worker(&WorkerId::from("reader")).unwrap();
    assert!(reader.frozen && reader.now.is_some() && reader.can_resume());
    story.returns("reader", "read", 5, 4096);
    assert_eq!(
        story.state.calls.back().unwrap().slept,
        Some(Wait::PipeEmpty)
    );
}

#[test]
fn lost_bytes_are_not_in_the_pipe_any_more() {
    let mut story = Story::pipe();
    story
        .sending("writer", 1, "hello")
        .writes("writer", 1, 5)
        .reads("reader", 1, 2);
    let kind = crate::event::Kind::MessageLost {
        msg: 1,
        from: 2,
        to: 5,
    };
    story.tell(crate::event::Source::Gauge, None, Vec::new(), kind);
    let object = &story.state.objects[0];
    assert!(object.ribbon.is_empty() && object.bytes() == 0);
    assert_eq!(
        (story.state.messages[0].bytes_lost, story.state.counts.lost),
        (3, 1)
    );
}

#[test]
fn what_is_about_nobody_known_is_counted() {
    let mut story = Story::pipe();
    let before = story.state.counts.skipped;
    story.sleeps_empty("nobody").enters("nobody", "read", 1);
    assert_eq!(story.state.counts.skipped, before + 2);
}

#[test]
fn letters_go_by_birth_though_first_words_come_in_any_order() {
    let mut story = Story::empty();
    story.started("parent").started("reader").started("writer");
    let letter = |name: &str| story.state.worker(&WorkerId::from(name)).unwrap().letter;
    assert_eq!(
        (letter("parent"), letter("writer"), letter("reader")),
        (None, Some('A'), Some('B'))
    );
}

#[test]
fn a_part_never_counts_backwards() {
    let mut story = Story::pipe();
    story.sending("writer", 1, "hello");
    let mut event = story.events.last().unwrap().clone();
    event.seq += 1;
    event.kind = crate::event::Kind::MessageReceived {
        call: None,
        len: 5,
        complete: Vec::new(),
        tie: crate::event::Tie::Certain,
    };
    event.parts = vec![Part {
        msg: Some(1),
        from: 9,
        to: 2,
    }];
    apply(&mut story.state, &event);
    bounded(&story.state);
}

#[test]
fn splice_moves_bytes_between_objects_and_tee_doubles_them() {
    let started = |seq: u64, worker: &str| {
        serde_json::json!({"seq": seq, "at_ns": 0, "source": "process", "worker": worker, "kind": "process.started",
            "role": "relay", "parent": 1})
    };
    let created = |seq: u64, object: &str| {
        serde_json::json!({"seq": seq, "at_ns": 0, "source": "call", "object": object, "kind": "object.created",
            "object_type": "pipe"})
    };
    let moved = |seq: u64, name: &str, object: &str, into: Option<&str>| {
        serde_json::json!({"seq": seq, "at_ns": 0, "source": "call", "worker": "relay", "object": object,
            "parts": [{"msg": 1, "from": 0, "to": 5}], "kind": "call.returned", "call": seq, "name": name, "args": [],
            "ret": 5, "took_ns": 1, "into": into})
    };
    let events = [
        serde_json::json!({"seq": 1, "at_ns": 0, "source": "run", "kind": "run.started", "entry": "pipe",
            "variant": "anonymous", "params": {}, "xray": true, "host": "", "mono_ns": 0}),
        started(2, "relay"),
        created(3, "pipe:[1]"),
        created(4, "pipe:[2]"),
        created(5, "pipe:[3]"),
        moved(6, "write", "pipe:[1]", None),
        moved(7, "tee", "pipe:[1]", Some("pipe:[2]")),
        moved(8, "splice", "pipe:[1]", Some("pipe:[3]")),
        moved(9, "read", "pipe:[3]", None),
    ];
    let events = events.map(|event| serde_json::from_value::<Event>(event).unwrap());
    let lie = |count: usize| -> Vec<u64> {
        let state = fold(&events[..count]);
        state
            .objects
            .iter()
            .map(|object| bytes(&object.ribbon))
            .collect()
    };
    assert_eq!(lie(6), [5, 0, 0]);
    assert_eq!(lie(7), [5, 5, 0]);
    assert_eq!(lie(8), [0, 5, 5]);
    assert_eq!(lie(9), [0, 5, 0]);
    // Who passes bytes on has neither sent nor received them.
    assert_eq!(fold(&events).counts.bytes_received, 5);
}

#[test]
fn a_thread_that_has_called_exit_is_gone() {
    let told = [
        serde_json::json!({"seq": 1, "at_ns": 1, "source": "process", "kind": "process.started", "worker": "server",
            "pid": 2, "host_pid": 2, "role": "server", "parent": 1}),
        serde_json::json!({"seq": 2, "at_ns": 2, "source": "call", "kind": "call.entered", "worker": "server",
            "pid": 2, "task": 7, "name": "read", "args": ["4"]}),
        serde_json::json!({"seq": 3, "at_ns": 3, "source": "call", "kind": "call.entered", "worker": "server",
            "pid": 2, "task": 8, "name": "exit", "args": ["0"]}),
        serde_json::json!({"seq": 4, "at_ns": 4, "source": "call", "kind": "call.entered", "worker": "server",
            "pid": 2, "task": 7, "name": "exit", "args": ["0"]}),
    ];
    let threads = |events: usize| {
        let events = told.iter().take(events).cloned();
        let events: Vec<Event> = events
            .map(|event| serde_json::from_value(event).unwrap())
            .collect();
        fold(&events).workers[0].tasks.len()
    };
    assert_eq!([threads(2), threads(3), threads(4)], [1, 1, 0]);
}
