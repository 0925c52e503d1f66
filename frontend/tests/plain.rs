//! What every entry's stage has without a picture of its own: cards with what processes say, objects with what is known.

use frontend::components::stage::{Stage, StageProps};
use serde_json::{Value, json};
use shared::{
    event::Event,
    state::{RunState, apply},
};
use std::rc::Rc;
use yew::{Callback, LocalServerRenderer};

/// A run of an entry that no picture knows, told event by event.
fn told(events: &[Value]) -> Rc<RunState> {
    let mut run = RunState {
        run: Some("demo".into()),
        ..RunState::default()
    };
    for (seq, event) in (1_u64..).zip(events) {
        let mut event = event.clone();
        event["seq"] = seq.into();
        event["at_ns"] = (seq * 1_000).into();
        let event: Event = serde_json::from_value(event).expect("written as the protocol has it");
        apply(&mut run, &event);
    }
    Rc::new(run)
}

async fn drawn(state: Rc<RunState>, replay: bool) -> String {
    let props = StageProps {
        state,
        on: Callback::noop(),
        selected: Default::default(),
        replay,
        hands_off: replay,
    };
    LocalServerRenderer::<Stage>::with_props(props)
        .hydratable(false)
        .render()
        .await
        .replace("&quot;", "\"")
        .replace("&#x2F;", "/")
}

fn story() -> Vec<Value> {
    vec![
        json!({"source": "run", "kind": "run.started", "entry": "elsewhere", "variant": "any", "params": {}, "xray": true,
            "host": "Linux 6.1", "mono_ns": 0}),
        json!({"source": "process", "kind": "process.started", "worker": "parent", "role": "parent", "parent": 1, "pid": 2,
            "host_pid": 102}),
        json!({"source": "process", "kind": "process.started", "worker": "producer", "role": "producer", "parent": 2, "pid": 3,
            "host_pid": 103, "language": "python"}),
        json!({"source": "call", "kind": "object.created", "object": "mqueue:[7]", "object_type": "mqueue", "name": "/jobs"}),
        json!({"source": "gauge", "kind": "gauge", "object": "mqueue:[7]", "readings": [
            {"figure": "messages", "value": 2, "max": 10, "origin": "LIVE", "how": "mq_getattr"}]}),
        json!({"source": "gauge", "kind": "object.items", "object": "mqueue:[7]", "more": 0, "origin": "MODEL", "items": [
            {"msg": 2, "len": 6, "key": 9, "preview": {"text": "urgent", "len": 6}},
            {"msg": 1, "len": 5, "key": 0, "preview": {"text": "hello", "len": 5}}]}),
        json!({"source": "gauge", "kind": "object.state", "object": "mqueue:[7]",
            "holders": [{"worker": "producer", "fd": 3, "end": "write"}], "names": ["/jobs"]}),
        json!({"source": "report", "kind": "process.said", "worker": "producer", "what": "lock_got", "about": {"after": 3}}),
        json!({"source": "call", "kind": "call.entered", "worker": "producer", "object": "mqueue:[7]", "name": "mq_timedsend",
            "args": ["3", "\"more\"", "4", "0"], "fd": 3, "len": 4, "line": 41}),
        json!({"source": "call", "kind": "call.entered", "worker": "producer", "task": 9, "name": "futex",
            "args": ["0x7f", "FUTEX_WAIT"]}),
    ]
}

#[tokio::test(flavor = "current_thread")]
async fn an_object_without_a_picture_is_told_with_all_that_is_known() {
    let html = drawn(told(&story()), false).await;
    for words in [
        "mqueue in the kernel",
        "/jobs",
        "of 10 messages",
        "mq_getattr",
        "#2 “urgent” (6 bytes) · 9",
        "producer (fd 3, write)",
    ] {
        assert!(html.contains(words), "no {words} in {html}");
    }
    let first = html.find("“urgent”").unwrap();
    assert!(
        first < html.find("“hello”").unwrap(),
        "front first, as it will be received"
    );
}

#[tokio::test(flavor = "current_thread")]
async fn a_card_says_language_line_threads_and_last_words() {
    let html = drawn(told(&story()), false).await;
    for words in [
        ">Python<",
        "in line 41 of producer.py",
        "thread 9 in",
        "futex(0x7f, FUTEX_WAIT)",
        "says: lock got: after 3",
    ] {
        assert!(html.contains(words), "no {words} in {html}");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn the_text_has_the_same_facts_and_a_recording_calls_nothing_live() {
    let html = drawn(told(&story()), true).await;
    let (_, twin) = html.split_once("<details").unwrap();
    for words in [
        "producer",
        "2 of 10",
        "holds #2 “urgent”",
        "/jobs",
        "lock got",
    ] {
        assert!(twin.contains(words), "the text lacks {words}");
    }
    assert!(!html.contains("LIVE") && html.contains("REPLAY"));
    assert!(!html.contains("role=\"toolbar\"") && !html.contains(" style="));
}

#[tokio::test(flavor = "current_thread")]
async fn every_entry_s_prepared_stage_has_a_place_for_each_of_its_cast() {
    for entry in shared::catalog::ENTRIES.iter().filter(|entry| entry.built) {
        for variant in entry.variants {
            let state = Rc::new(RunState {
                entry: entry.id.to_owned(),
                variant: variant.id.to_owned(),
                ..RunState::default()
            });
            let html = drawn(Rc::clone(&state), false).await;
            for member in shared::mechanism::cast(entry.id, variant.id, &state.params) {
                let name = format!("aria-label=\"{}, not started\"", member.id);
                assert!(html.contains(&name), "{}/{}: {name}", entry.id, variant.id);
            }
            assert!(html.contains("<details class=\"twin\""));
        }
    }
}
