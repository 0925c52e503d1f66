use super::{Picture, open_ends};
use serde_json::{Value, json};
use shared::{
    event::{End, Event},
    state::{RunState, apply},
};

fn run(params: &Value, events: &[Value]) -> RunState {
    let start = json!({"source": "run", "kind": "run.started", "entry": "pipe", "variant": "python", "params": params,
        "xray": true, "host": "", "mono_ns": 0});
    let mut state = RunState::default();
    for (seq, event) in (1..).zip(std::iter::once(&start).chain(events)) {
        let mut event = event.clone();
        event["seq"] = json!(seq);
        event["at_ns"] = json!(0);
        let event: Event = serde_json::from_value(event).unwrap();
        apply(&mut state, &event);
    }
    state
}

fn started(worker: &str) -> Value {
    json!({"source": "process", "worker": worker, "kind": "process.started", "role": worker, "parent": 1})
}

fn held(object: &str, peer: &str, fd: i32) -> [Value; 2] {
    let holder = |worker: &str| json!({"worker": worker, "fd": fd, "end": "both"});
    [
        json!({"source": "call", "object": object, "kind": "object.created", "object_type": "socket"}),
        json!({"source": "gauge", "object": object, "kind": "object.state", "peer": peer,
            "holders": [holder("sender"), holder("receiver")]}),
    ]
}

fn sent(msg: u64, worker: &str, object: &str, len: u64) -> [Value; 2] {
    [
        json!({"source": "report", "worker": worker, "object": object, "kind": "message.sending", "msg": msg, "fd": 3,
            "len": len, "preview": {"text": "", "len": len}}),
        json!({"source": "call", "worker": worker, "object": object, "kind": "call.returned", "call": 1, "name": "write",
            "args": [], "ret": len, "msg": msg, "took_ns": 1, "parts": [{"msg": msg, "from": 0, "to": len}]}),
    ]
}

fn pair(more: &[Value]) -> RunState {
    let mut events = vec![started("parent"), started("sender"), started("receiver")];
    events.extend(held("socket:[1]", "socket:[2]", 3));
    events.extend(held("socket:[2]", "socket:[1]", 4));
    events.extend_from_slice(more);
    run(&json!({}), &events)
}

#[test]
fn a_pair_of_sockets_is_two_ribbons_one_each_way() {
    let mut events = sent(1, "sender", "socket:[2]", 24).to_vec();
    events.extend(sent(2, "receiver", "socket:[1]", 10));
    let all = Picture::all(&pair(&events));
    let [there, back] = all.as_slice() else {
        panic!("two, not {}", all.len())
    };
    assert_eq!(
        (there.backward, there.bytes.value, there.id.as_deref()),
        (false, 24, Some("socket:[2]"))
    );
    assert_eq!((back.backward, back.bytes.value), (true, 10));
    // What is written through 3 lies behind 4.
    assert_eq!((there.write.holders[0].1, there.read.holders[0].1), (3, 4));
    // The same bytes lie at the right end of the one, and at the left end of the other.
    assert!(there.percent(0) > 99.0 && back.percent(0) < 1.0);
}

#[test]
fn the_length_of_an_object_is_drawn_apart() {
    let mut events = sent(1, "sender", "socket:[2]", 24).to_vec();
    events.extend(sent(2, "sender", "socket:[2]", 30));
    let there = Picture::all(&pair(&events)).remove(0);
    let blocks: Vec<_> = there
        .blocks
        .iter()
        .map(|block| (block.from, block.to, block.header))
        .collect();
    assert_eq!(
        blocks,
        [
            (0, 4, true),
            (4, 24, false),
            (24, 28, true),
            (28, 54, false)
        ]
    );
    assert_eq!(there.scale, 64, "small objects are drawn large");
    let large = sent(1, "sender", "socket:[2]", 20_000);
    assert_eq!(Picture::all(&pair(&large)).remove(0).scale, 32_768);
}

#[test]
fn before_the_start_there_are_as_many_as_there_will_be() {
    let count = |params: Value| Picture::all(&run(&params, &[])).len();
    assert_eq!(count(json!({})), 2);
    assert_eq!(count(json!({"duplex": false})), 1);
    let mut anonymous = run(&json!({"via": "tee"}), &[]);
    anonymous.variant = "anonymous".to_owned();
    assert_eq!(Picture::all(&anonymous).len(), 3);
}

#[test]
fn every_process_is_told_which_ends_it_has_open() {
    let state = pair(&[]);
    let ends: Vec<_> = open_ends(&state, &state.workers[1])
        .iter()
        .map(|open| (open.pipe, open.end, open.fd))
        .collect();
    assert_eq!(ends, [(0, End::Both, 3), (1, End::Both, 4)]);
}
