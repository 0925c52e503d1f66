//! What the picture shows of runs told event by event.

use super::{Picture, Tag, held, tags};
use crate::mechanism::pipe::Figure;
use serde_json::{Value, json};
use shared::{
    event::{Event, Origin},
    state::{RunState, apply},
};

const LISTENER: &str = "listener:[7]";
const OURS: &str = "tcp:127.1.2.3:41000>127.1.2.2:5000";
const THEIRS: &str = "tcp:127.1.2.2:5000>127.1.2.3:41000";

fn run(variant: &str, events: &[Value]) -> RunState {
    let started = json!({"kind": "run.started", "entry": "socket", "variant": variant, "params": {}, "xray": true,
        "host": "", "mono_ns": 0});
    let mut run = RunState::default();
    for told in [started].iter().chain(events) {
        let mut event = told.clone();
        event["seq"] = (run.seq + 1).into();
        event["at_ns"] = 0.into();
        if event.get("source").is_none() {
            event["source"] = "call".into();
        }
        let event: Event = serde_json::from_value(event).unwrap();
        apply(&mut run, &event);
    }
    run
}

fn born(worker: &str, role: &str, pid: i32) -> Value {
    json!({"kind": "process.started", "source": "process", "worker": worker, "role": role, "parent": 1, "pid": pid,
        "host_pid": pid})
}

fn crew() -> Vec<Value> {
    vec![
        born("parent", "parent", 2),
        born("client", "client", 3),
        born("server", "server", 4),
    ]
}

fn made(object: &str, object_type: &str) -> Value {
    json!({"kind": "object.created", "object": object, "object_type": object_type})
}

fn end(object: &str, holder: Option<(&str, i32)>, peer: Option<&str>, socket: &Value) -> Value {
    let holders: Vec<_> = holder
        .iter()
        .map(|(worker, fd)| json!({"worker": worker, "fd": fd, "end": "both"}))
        .collect();
    json!({"kind": "object.state", "source": "gauge", "object": object, "holders": holders, "peer": peer, "socket": socket})
}

fn tcp(state: &str, local: &str, remote: Option<&str>) -> Value {
    json!({"transport": "tcp", "state": state, "local": local, "remote": remote})
}

fn gauge(object: &str, figure: &str, value: u64, max: Option<u64>) -> Value {
    json!({"kind": "gauge", "source": "gauge", "object": object,
        "readings": [{"figure": figure, "value": value, "max": max, "origin": "LIVE", "how": "sock_diag"}]})
}

/// A connection that the kernel has made, before anybody accepts it.
fn connected() -> Vec<Value> {
    let (here, there) = ("127.1.2.3:41000", "127.1.2.2:5000");
    let mut events = crew();
    events.extend([
        made(LISTENER, "listener"),
        end(
            LISTENER,
            Some(("server", 3)),
            None,
            &tcp("LISTEN", there, None),
        ),
        gauge(LISTENER, "waiting", 1, Some(2)),
        made(OURS, "socket"),
        made(THEIRS, "socket"),
        end(
            OURS,
            Some(("client", 3)),
            Some(THEIRS),
            &tcp("ESTABLISHED", here, Some(there)),
        ),
        end(
            THEIRS,
            None,
            Some(OURS),
            &tcp("ESTABLISHED", there, Some(here)),
        ),
    ]);
    events
}

#[test]
fn before_anything_is_made_nothing_is_drawn() {
    assert!(Picture::of(&run("tcp", &crew())).empty());
}

#[test]
fn two_machines_have_a_cable_that_can_be_pulled() {
    assert_eq!(Picture::of(&run("tcp", &connected())).cable, None);
    let ends = json!({"kind": "object.state", "source": "run", "object": "cable", "holders": [],
        "names": ["10.0.0.1", "10.0.0.2"]});
    let mut events = vec![made("cable", "cable"), ends, gauge("cable", "up", 1, None)];
    let cable = |events: &[Value]| Picture::of(&run("tcp", events)).cable.unwrap();
    let plugged = cable(&events);
    assert_eq!(
        (plugged.there.as_str(), plugged.here.as_str()),
        ("10.0.0.2", "10.0.0.1")
    );
    assert!(!plugged.pulled() && !plugged.removed);
    events.push(gauge("cable", "up", 0, None));
    assert!(cable(&events).pulled());
}

#[test]
fn what_is_held_back_and_what_was_sent_again_is_counted() {
    let mut events = connected();
    for (figure, value) in [
        ("outgoing", 9),
        ("unacked", 1),
        ("unsent", 8),
        ("segments", 3),
        ("retransmits", 2),
    ] {
        events.push(gauge(OURS, figure, value, None));
    }
    let one = &Picture::of(&run("tcp", &events)).connections[0];
    assert_eq!((one.left.held_back, one.left.segments), (8, (3, 2)));
    assert_eq!((one.right.held_back, one.right.segments), (0, (0, 0)));
}

#[test]
fn a_connection_that_nobody_accepted_sits_on_the_bench() {
    let picture = Picture::of(&run("tcp", &connected()));
    let bench = picture.bench.unwrap();
    assert_eq!(bench.seats(), Some((1, 3)), "the kernel lets in one more");
    assert!(!bench.full());
    assert_eq!(bench.address.as_deref(), Some("127.1.2.2:5000"));
    let one = &picture.connections[0];
    assert!(one.unaccepted() && one.held());
    assert_eq!(one.left.holders[0].1.as_str(), "client");
    assert_eq!(one.right.id.as_deref(), Some(THEIRS));
}

#[test]
fn who_connects_to_a_full_bench_knocks() {
    let mut events = connected();
    events.push(gauge(LISTENER, "waiting", 3, Some(2)));
    events.push(born("client-2", "client", 5));
    events.push(json!({"kind": "process.state", "source": "gauge", "worker": "client-2", "state": "asleep", "because": "connect"}));
    let bench = Picture::of(&run("tcp", &events)).bench.unwrap();
    assert!(bench.full());
    assert_eq!(bench.knocking[0].1.as_str(), "client-2");
}

#[test]
fn an_accepted_end_stands_on_the_right_whatever_was_seen_first() {
    let mut events = connected();
    let there = tcp("CLOSE_WAIT", "127.1.2.2:5000", Some("127.1.2.3:41000"));
    events.push(end(THEIRS, Some(("server", 4)), Some(OURS), &there));
    events.push(
        json!({"kind": "gauge", "source": "gauge", "object": OURS, "readings": [
        {"figure": "outgoing", "value": 9, "max": 100, "origin": "LIVE", "how": "sock_diag"},
        {"figure": "unacked", "value": 1, "origin": "LIVE", "how": "TCP_INFO"}]}),
    );
    let picture = Picture::of(&run("tcp", &events));
    let one = &picture.connections[0];
    assert!(!one.unaccepted());
    assert_eq!(one.right.holders[0].1.as_str(), "server");
    assert_eq!(
        (one.left.state.as_str(), one.right.state.as_str()),
        ("ESTABLISHED", "CLOSE_WAIT")
    );
    let unsent = Figure {
        value: 9,
        max: 100,
        origin: Origin::Live,
        how: "sock_diag".to_owned(),
    };
    assert_eq!(one.left.unsent, Some(unsent));
    assert!(one.left.tank.backward && !one.right.tank.backward);
}

#[test]
fn what_was_sent_lies_in_the_tank_of_who_receives() {
    let mut events = connected();
    events.extend([
        json!({"kind": "message.sending", "source": "report", "worker": "client", "msg": 1, "fd": 3, "len": 5,
            "preview": {"text": "Hello", "len": 5}}),
        json!({"kind": "call.entered", "worker": "client", "object": THEIRS, "name": "sendto", "args": ["3"], "fd": 3, "len": 5, "msg": 1}),
    ]);
    let entered = events.len() + 1;
    events.push(json!({"kind": "call.returned", "worker": "client", "object": THEIRS, "call": entered, "name": "sendto",
        "args": ["3"], "fd": 3, "ret": 5, "msg": 1, "took_ns": 1, "parts": [{"msg": 1, "from": 0, "to": 5}]}));
    let picture = Picture::of(&run("tcp", &events));
    let one = &picture.connections[0];
    assert_eq!(one.right.tank.bytes.value, 5);
    assert_eq!(one.right.tank.blocks[0].letter, Some('A'));
    assert_eq!(one.left.tank.bytes.value, 0);
}

#[test]
fn of_connections_that_are_over_the_last_is_kept_to_be_seen() {
    let mut events = connected();
    for object in [OURS, THEIRS] {
        events.push(json!({"kind": "object.removed", "object": object}));
    }
    let picture = Picture::of(&run("tcp", &events));
    assert!(picture.connections.len() == 1 && picture.connections[0].over());
    let again = OURS.replace("41000", "41001");
    events.push(made(&again, "socket"));
    let picture = Picture::of(&run("tcp", &events));
    assert!(picture.connections.len() == 1 && !picture.connections[0].over());
}

#[test]
fn a_mailbox_counts_what_was_thrown_away() {
    let mut events = crew();
    let box_of = "datagram:[9]";
    let socket = json!({"transport": "udp", "state": "CLOSE", "local": "127.1.2.2:5000"});
    events.extend([
        made(box_of, "datagram"),
        end(box_of, Some(("server", 3)), None, &socket),
        gauge(box_of, "drops", 0, None),
        json!({"kind": "object.items", "object": box_of, "origin": "MODEL",
            "items": [{"msg": 1, "len": 5, "preview": {"text": "Hello", "len": 5}}]}),
    ]);
    let picture = Picture::of(&run("udp", &events));
    assert!(!picture.mailboxes[0].idle() && !picture.mailboxes[0].left);
    events.push(json!({"kind": "object.items", "object": box_of, "origin": "MODEL", "items": []}));
    assert!(Picture::of(&run("udp", &events)).mailboxes[0].idle());
    events.push(gauge(box_of, "drops", 3, None));
    let picture = Picture::of(&run("udp", &events));
    assert!(!picture.mailboxes[0].idle());
}

#[test]
fn a_card_names_its_sockets_and_their_states() {
    let events = connected();
    let run = run("tcp", &events);
    let of = |at: usize| held(&run, &run.workers[at]);
    let client = of(1);
    assert_eq!(
        (client[0].fd, client[0].state.as_str(), client[0].number),
        (3, "ESTABLISHED", 0)
    );
    assert_eq!(of(2)[0].object_type, "listener");
}

#[test]
fn a_descriptor_lies_in_the_socket_until_it_is_received() {
    let control = |fd: i32| {
        format!(
            "{{msg_control=[{{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[{fd}]}}]}}"
        )
    };
    let call = |worker: &str, name: &str, fd: i32, at: usize| {
        [
            json!({"kind": "call.entered", "worker": worker, "name": name, "args": ["3"], "fd": 3}),
            json!({"kind": "call.returned", "worker": worker, "call": at, "name": name, "args": ["3", control(fd), "0"],
                "fd": 3, "ret": 1, "took_ns": 1}),
        ]
    };
    let mut events = crew();
    events.extend(call("client", "sendmsg", 5, events.len() + 2));
    let mut wanted = Tag {
        from: ("client".into(), 5),
        to: None,
    };
    assert_eq!(tags(&run("socketpair", &events)), [wanted.clone()]);
    events.extend(call("server", "recvmsg", 7, events.len() + 2));
    wanted.to = Some(("server".into(), 7));
    assert_eq!(tags(&run("socketpair", &events)), [wanted]);
}
