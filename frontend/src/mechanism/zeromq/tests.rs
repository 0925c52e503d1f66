use super::{Link, Picture};
use serde_json::{Value, json};
use shared::{
    event::Event,
    ids::WorkerId,
    state::{RunState, apply},
};

/// A run of PUB/SUB with one subscriber, told event by event.
fn run(events: &[Value]) -> RunState {
    let mut run = RunState::default();
    let begun = json!({"source": "run", "kind": "run.started", "entry": "zeromq", "variant": "pub-sub",
        "params": {"subscribers": 1}, "xray": true, "host": "", "mono_ns": 0});
    let born = |worker: &str, role: &str, pid: i32| {
        json!({"kind": "process.started", "source": "process",
        "worker": worker, "pid": pid, "host_pid": pid, "role": role, "parent": 1})
    };
    let all = [
        begun,
        born("parent", "parent", 2),
        born("publisher", "publisher", 3),
        born("subscriber", "subscriber", 4),
    ];
    for event in all.iter().chain(events) {
        let mut event = event.clone();
        event["seq"] = (run.seq + 1).into();
        event["at_ns"] = 0.into();
        if event.get("source").is_none() {
            event["source"] = "report".into();
        }
        let event: Event = serde_json::from_value(event).unwrap();
        apply(&mut run, &event);
    }
    run
}

fn said(worker: &str, what: &str, about: &Value) -> Value {
    json!({"kind": "process.said", "worker": worker, "what": what, "about": about})
}

#[test]
fn a_publisher_has_a_shelf_for_each_subscriber() {
    let shelf = "out:publisher>subscriber";
    let item = |n: u64| json!({"msg": n, "len": 2, "preview": {"text": "hi", "len": 2}});
    let items: Vec<Value> = (1..=8).map(item).collect();
    let reading =
        json!({"figure": "messages", "value": 8, "max": 10, "origin": "MODEL", "how": "calls"});
    let picture = Picture::of(&run(&[
        json!({"kind": "object.created", "object": shelf, "object_type": "shelf"}),
        json!({"kind": "gauge", "object": shelf, "readings": [reading]}),
        json!({"kind": "object.items", "object": shelf, "items": items, "more": 0, "origin": "MODEL"}),
    ]));
    let names: Vec<_> = picture
        .houses
        .iter()
        .map(|house| house.worker.as_str())
        .collect();
    assert_eq!(names, ["publisher", "subscriber"]);
    let [board] = picture.houses[0].boards.as_slice() else {
        panic!("one shelf");
    };
    assert_eq!(board.to.as_ref().map(WorkerId::as_str), Some("subscriber"));
    assert_eq!((board.letter, board.out), (Some('B'), true));
    assert_eq!(board.messages.as_ref().and_then(|one| one.max), Some(10));
    // A few are drawn, the others counted.
    assert_eq!(board.shelf.boards[0].envelopes.len(), 5);
    assert_eq!(board.shelf.more, 3);
    assert!(picture.houses[1].boards.is_empty());
}

#[test]
fn a_connection_stands_as_its_monitor_said_last() {
    let address = json!({"address": "ipc:///tmp/x", "value": 0});
    let link = |events: &[Value]| Picture::of(&run(events)).houses[1].link;
    assert_eq!(link(&[]), Some(Link::Down));
    let mut events = vec![said("subscriber", "connect_retried", &address)];
    assert_eq!(link(&events), Some(Link::Trying));
    events.push(said("subscriber", "handshake_succeeded", &address));
    assert_eq!(link(&events), Some(Link::Up));
    events.push(said("subscriber", "disconnected", &address));
    assert_eq!(link(&events), Some(Link::Trying));
    assert_eq!(Picture::of(&run(&events)).houses[0].link, None);
}

#[test]
fn what_is_lost_lies_in_the_bin() {
    let sending = json!({"kind": "message.sending", "worker": "publisher", "msg": 1, "fd": -1, "len": 2,
        "preview": {"text": "hi", "len": 2}});
    let lost = json!({"kind": "message.lost", "source": "call", "worker": "subscriber", "msg": 1, "from": 0, "to": 2});
    assert_eq!(Picture::of(&run(&[sending, lost])).bin, 1);
}

#[test]
fn a_publisher_waits_until_all_have_subscribed() {
    let mut events = vec![said(
        "publisher",
        "waits",
        &json!({"subscribed": 1, "of": 2}),
    )];
    assert_eq!(Picture::of(&run(&events)).houses[0].waits, Some((1, 2)));
    events.push(said("publisher", "heard", &json!({"topic": ""})));
    assert_eq!(Picture::of(&run(&events)).houses[0].waits, None);
}
