use super::{Asks, Note, Picture, asks, pending};
use serde_json::{Value, json};
use shared::{
    event::Event,
    state::{RunState, apply},
};

/// A run told event by event.
fn run(variant: &str, params: &Value, events: &[Value]) -> RunState {
    let mut run = RunState::default();
    let begun = json!({"source": "run", "kind": "run.started", "entry": "queue", "variant": variant, "params": params,
        "xray": true, "host": "", "mono_ns": 0});
    for event in [&begun].into_iter().chain(events) {
        let mut event = event.clone();
        event["seq"] = (run.seq + 1).into();
        event["at_ns"] = 0.into();
        if event.get("source").is_none() {
            event["source"] = "gauge".into();
        }
        let event: Event = serde_json::from_value(event).unwrap();
        apply(&mut run, &event);
    }
    run
}

fn born(worker: &str, role: &str, pid: i32) -> Value {
    json!({"kind": "process.started", "worker": worker, "pid": pid, "host_pid": pid, "role": role, "parent": 1})
}

fn made(object: &str, object_type: &str) -> Value {
    json!({"kind": "object.created", "object": object, "object_type": object_type, "name": "/orders"})
}

fn item(msg: u64, key: i64, text: &str) -> Value {
    json!({"msg": msg, "key": key, "len": text.len(), "preview": {"text": text, "len": text.len()}})
}

fn items(object: &str, items: &[Value]) -> Value {
    json!({"kind": "object.items", "object": object, "items": items, "origin": "MODEL"})
}

fn gauge(object: &str, figure: &str, value: u64, max: Option<u64>) -> Value {
    let reading = json!({"figure": figure, "value": value, "max": max, "origin": "LIVE", "how": "mq_getattr"});
    json!({"kind": "gauge", "object": object, "readings": [reading]})
}

const MQ: &str = "mqueue:[12]";
const MSG: &str = "msgqueue:[3]";
const MEMORY: &str = "memory:[7]";

#[test]
fn a_priority_has_a_board_and_the_highest_is_on_top() {
    let held = [item(3, 9, "urgent"), item(1, 1, "one"), item(2, 1, "two")];
    let sent = json!({"kind": "message.sending", "source": "report", "worker": "producer", "msg": 3, "fd": 3, "len": 6,
        "preview": {"text": "urgent", "len": 6}, "key": 9});
    let events = [
        born("parent", "parent", 2),
        born("producer", "producer", 3),
        made(MQ, "mqueue"),
        sent,
        items(MQ, &held),
    ];
    let picture = Picture::of(&run("posix", &json!({}), &events));
    let boards = &picture.shelf.boards;
    assert_eq!(
        boards
            .iter()
            .map(|board| board.priority)
            .collect::<Vec<_>>(),
        [Some(9), Some(1)]
    );
    assert_eq!(boards[1].envelopes.len(), 2);
    let front = &boards[0].envelopes[0];
    assert!(front.front && front.letter == Some('A') && front.text == "urgent");
    assert!(
        boards[1]
            .envelopes
            .iter()
            .all(|one| !one.front && one.letter.is_none())
    );
}

#[test]
fn types_stand_on_one_board_in_the_order_they_came() {
    let held = [
        item(1, 2, "a"),
        item(2, 1, "b"),
        item(3, 2, "a long text that is cut"),
    ];
    let picture = Picture::of(&run(
        "sysv",
        &json!({}),
        &[made(MSG, "msgqueue"), items(MSG, &held)],
    ));
    assert_eq!(picture.shelf.boards.len(), 1);
    let envelopes = &picture.shelf.boards[0].envelopes;
    assert_eq!(
        envelopes.iter().map(|one| one.key).collect::<Vec<_>>(),
        [Some(2), Some(1), Some(2)]
    );
    assert_eq!(envelopes[2].text, "a long text th…");
}

#[test]
fn what_is_not_drawn_is_counted() {
    let held: Vec<_> = (1..=30).map(|msg| item(msg, 1, "x")).collect();
    let mut told = items(MSG, &held);
    told["more"] = 5.into();
    let picture = Picture::of(&run("sysv", &json!({}), &[made(MSG, "msgqueue"), told]));
    assert_eq!(
        (picture.shelf.boards[0].envelopes.len(), picture.shelf.more),
        (24, 11)
    );
}

#[test]
fn a_full_queue_says_so_and_draws_its_places() {
    let events = [
        made(MQ, "mqueue"),
        gauge(MQ, "messages", 2, Some(2)),
        items(MQ, &[item(1, 0, "x"), item(2, 0, "y")]),
    ];
    let picture = Picture::of(&run("posix", &json!({}), &events));
    assert_eq!(
        (picture.notes.clone(), picture.places()),
        (vec![Note::Full], Some((2, 2)))
    );
}

#[test]
fn the_kernel_is_asked_and_a_difference_is_said() {
    let events = [made(MQ, "mqueue"), gauge(MQ, "messages", 1, Some(10))];
    assert_eq!(
        Picture::of(&run("posix", &json!({}), &events)).notes,
        [Note::Differs(1)]
    );
}

#[test]
fn who_has_registered_is_named_and_who_forgot_is_noticed() {
    let state = json!({"kind": "object.state", "object": MQ, "names": ["/orders"],
        "holders": [{"worker": "consumer", "fd": 3, "end": "read"}]});
    let begun = [
        born("parent", "parent", 2),
        born("consumer", "consumer", 77),
        made(MQ, "mqueue"),
        state,
    ];
    let params = json!({"notify": "once"});
    let told = |pid| [begun.as_slice(), &[gauge(MQ, "notify", pid, None)]].concat();
    let notes = |pid| Picture::of(&run("posix", &params, &told(pid))).notes;
    assert_eq!(notes(77), [Note::Registered("consumer".to_owned())]);
    assert_eq!(notes(0), [Note::Unregistered]);
}

#[test]
fn a_queue_that_nobody_holds_stays_and_one_without_a_name_lives() {
    let begun = [
        born("parent", "parent", 2),
        born("producer", "producer", 3),
        made(MQ, "mqueue"),
    ];
    let state = |names: Value, holders: Value| json!({"kind": "object.state", "object": MQ, "names": names, "holders": holders});
    let notes = |state: Value| {
        Picture::of(&run(
            "posix",
            &json!({}),
            &[begun.as_slice(), &[state]].concat(),
        ))
        .notes
    };
    assert_eq!(notes(state(json!(["/orders"]), json!([]))), [Note::Alone]);
    let held = json!([{"worker": "producer", "fd": 3, "end": "write"}]);
    assert_eq!(notes(state(json!([]), held)), [Note::Nameless]);
}

#[test]
fn a_consumer_asks_as_its_call_says_or_as_it_was_set_up() {
    let born = [
        born("parent", "parent", 2),
        born("consumer", "consumer", 3),
        born("consumer-2", "consumer", 4),
    ];
    let call = json!({"kind": "call.entered", "source": "call", "worker": "consumer", "pid": 3, "host_pid": 3,
        "name": "msgrcv", "args": ["3", "…", "8192", "-4", "0"]});
    let run = run(
        "sysv",
        &json!({"want": "own"}),
        &[born.as_slice(), &[call]].concat(),
    );
    let asked: Vec<_> = run
        .workers
        .iter()
        .map(|worker| asks(&run, worker))
        .collect();
    assert_eq!(asked, [None, Some(Asks::Lowest(4)), Some(Asks::Type(2))]);
}

#[test]
fn a_message_that_has_no_room_waits_with_its_producer() {
    let sending = json!({"kind": "message.sending", "source": "report", "worker": "producer", "msg": 5, "fd": 3, "len": 2,
        "preview": {"text": "hi", "len": 2}});
    let begun = [
        born("parent", "parent", 2),
        born("producer", "producer", 3),
        sending,
    ];
    let waits = run("posix", &json!({}), &begun);
    assert_eq!(
        pending(&waits, &waits.workers[1]).map(|message| message.id),
        Some(5)
    );
    let sent =
        json!({"kind": "message.sent", "source": "report", "worker": "producer", "msg": 5, "n": 2});
    let gone = run("posix", &json!({}), &[begun.as_slice(), &[sent]].concat());
    assert_eq!(pending(&gone, &gone.workers[1]), None);
}

#[test]
fn a_ring_has_places_locks_and_what_lies_in_it() {
    let reading = |figure: &str, value: u64, max: Option<u64>| json!({"figure": figure, "value": value, "max": max, "origin": "LIVE", "how": "memory"});
    let figures = json!({"kind": "gauge", "object": MEMORY, "readings": [reading("messages", 2, Some(8)),
        reading("items", 2, Some(8)), reading("places", 5, Some(8)), reading("readers", 4, None),
        reading("readers_died", 0, None), reading("writers", 99, None), reading("writers_died", 0, None)]});
    let mut held = items(MEMORY, &[item(1, 0, "x"), item(2, 0, "y")]);
    held["origin"] = "LIVE".into();
    let put = |msg: u64| {
        [
            json!({"kind": "message.sending", "source": "report", "worker": "producer", "msg": msg, "fd": -1, "len": 1,
            "preview": {"text": "z", "len": 1}}),
            json!({"kind": "message.sent", "source": "report", "worker": "producer", "msg": msg, "n": 1}),
        ]
    };
    let mut events = vec![
        born("parent", "parent", 2),
        born("producer", "producer", 3),
        born("consumer", "consumer", 4),
        made(MEMORY, "memory"),
        figures,
        held,
    ];
    events.extend(put(3));
    let run = run("shared", &json!({}), &events);
    let picture = Picture::of(&run);
    assert_eq!(picture.places(), Some((2, 8)));
    assert_eq!(picture.shelf.boards[0].envelopes.len(), 2);
    assert!(picture.notes.is_empty(), "{:?}", picture.notes);
    let says: Vec<_> = super::parts(&run)
        .into_iter()
        .map(|part| part.says)
        .collect();
    assert_eq!(says, ["consumer has it", "thread 99 has it", "2", "5 of 8"]);
    let row: Vec<_> = super::put(&run, &run.workers[1])
        .map(|one| one.id)
        .collect();
    assert_eq!(row, [3]);
}

#[test]
fn python_s_queue_has_semaphores_around_a_pipe_and_a_row_before_it() {
    let semaphore = |name: &str, value: u64, sleepers: u64| {
        let object = format!("semaphore:[{name}]");
        let reading = |figure: &str, value: u64| json!({"figure": figure, "value": value, "origin": "LIVE", "how": "memory"});
        [
            json!({"kind": "object.created", "object": object, "object_type": "semaphore",
                "name": format!("/dev/shm/sem.ipc-playground-1-{name}")}),
            json!({"kind": "gauge", "object": object,
                "readings": [reading("value", value), reading("sleepers", sleepers)]}),
        ]
    };
    let mut events = vec![
        born("parent", "parent", 2),
        born("producer", "producer", 3),
        born("consumer", "consumer", 4),
        json!({"kind": "object.created", "object": "pipe:[9]", "object_type": "pipe"}),
        json!({"kind": "message.sending", "source": "report", "worker": "producer", "msg": 1, "fd": 4, "len": 20,
            "preview": {"text": "x", "len": 20}}),
        json!({"kind": "message.sent", "source": "report", "worker": "producer", "msg": 1, "n": 20}),
    ];
    events.extend(semaphore("readers", 0, 2));
    events.extend(semaphore("writers", 1, 0));
    events.extend(semaphore("places", 1, 0));
    let told = run("python", &json!({"maxsize": 2}), &events);
    let says: Vec<_> = super::parts(&told)
        .into_iter()
        .map(|part| (part.what, part.says, part.sleepers))
        .collect();
    let part = |what, says: &str, sleepers| (what, says.to_owned(), sleepers);
    assert_eq!(
        says,
        [
            part("Readers' lock", "taken", 2),
            part("Writers' lock", "free", 0),
            part("Free places", "1 of 2", 0),
        ]
    );
    assert_eq!(super::put(&told, &told.workers[1]).count(), 1);
    let unbound = run("python", &json!({"maxsize": 0}), &events);
    assert_eq!(super::parts(&unbound)[2].says, "no bound");
}
