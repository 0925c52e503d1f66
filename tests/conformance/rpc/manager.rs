//! Proxies of things that live in another process.

use super::{restart, said, text};
use crate::subject::{Subject, asked, by, gone, kill};
use harness::{Client, World};
use serde_json::{Value, json};
use shared::{
    command::{Data, Values},
    event::{Event, Kind, Tie},
    os::Signal,
    state::{Life, RunState},
};

async fn send(client: &mut Client, worker: &str, line: &str, times: u32) {
    let text = line.to_owned();
    client.send(worker, Data::Text { text }, times).await;
}

/// Has a client carry out a line, and waits for the first of these that it says.
async fn line(client: &mut Client, worker: &str, typed: &str, ends: &[&str]) -> (String, Values) {
    let before = client.state().seq;
    send(client, worker, typed, 1).await;
    let end = client
        .event("the end of the line", |event| {
            event.seq > before
                && by(event, worker)
                && matches!(&event.kind, Kind::ProcessSaid { what, .. } if ends.contains(&what.as_str()))
        })
        .await;
    match end.kind {
        Kind::ProcessSaid { what, about } => (what, about),
        _ => panic!("a process says it"),
    }
}

/// The same, of a line that is one call.
async fn call(client: &mut Client, worker: &str, typed: &str) -> (String, Values) {
    let ends = ["returned", "fault", "refused", "unanswered"];
    line(client, worker, typed, &ends).await
}

async fn returns(client: &mut Client, worker: &str, typed: &str, value: &str) {
    let (what, about) = call(client, worker, typed).await;
    let came = (what.as_str(), text(&about, "value"));
    assert_eq!(came, ("returned", value), "{typed}: {about:?}");
}

/// The calls that the server has said it was asked for.
fn calls(client: &Client, what: &str) -> Vec<String> {
    let all = said(client, "server", what);
    all.iter()
        .map(|about| text(about, "call").to_owned())
        .collect()
}

pub(crate) async fn both_sides_prove_that_they_know_the_key(subject: Subject) {
    let world = subject.run(json!({})).await;
    let client = &world.client;
    let sent = client
        .events()
        .iter()
        .filter_map(|event| match &event.kind {
            Kind::MessageSending { len, .. } => Some((event.worker.clone()?.to_string(), *len)),
            _ => None,
        });
    let sent: Vec<_> = sent.take(6).collect();
    let of = |worker: &str, len: u64| (worker.to_owned(), len);
    // Four bytes of length, and: #CHALLENGE# and 20 bytes, an MD5, #WELCOME#.
    let proof =
        |asks: &str, answers: &str| [of(asks, 4 + 11 + 20), of(answers, 4 + 16), of(asks, 4 + 9)];
    assert_eq!(
        sent,
        [proof("server", "client"), proof("client", "server")].concat(),
        "{}",
        client.tail()
    );
    let proved = said(client, "client", "proved");
    let bytes = |name: &str| text(&proved[0], name).split(' ').count();
    assert_eq!(
        (bytes("challenge"), bytes("digest")),
        (20, 16),
        "{proved:?}"
    );
    world.end().await;
}

pub(crate) async fn who_has_another_key_is_sent_away(subject: Subject) {
    let mut world = subject.run(json!({"authkey": "other"})).await;
    let client = &mut world.client;
    let (what, about) = call(client, "client", "len(tasks)").await;
    assert_eq!(what, "refused", "{about:?}");
    assert!(
        text(&about, "why").starts_with("AuthenticationError"),
        "{about:?}"
    );
    client
        .event("the server's word on it", |event| {
            by(event, "server")
                && matches!(&event.kind, Kind::ProcessSaid { what, .. } if what == "turned-away")
        })
        .await;
    assert_eq!(asked(client.state()).count(), 0, "{}", client.tail());
    assert!(calls(client, "called").is_empty());
    world.end().await;
}

pub(crate) async fn a_method_of_a_proxy_is_a_message_and_its_answer(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    returns(client, "client", "log.append('x')", "None").await;
    client
        .until("both messages in whole", |state| {
            asked(state).any(|message| message.arrived)
                && state.messages.back().is_some_and(|answer| answer.arrived)
        })
        .await;
    assert_eq!(calls(client, "executed"), ["log.append('x')"]);
    let state = client.state();
    let message = asked(state).next().expect("it was sent");
    let answer = state.messages.back().expect("it was answered");
    for (one, from, to) in [(message, "client", "server"), (answer, "server", "client")] {
        assert_eq!(one.worker.as_str(), from);
        assert_eq!(one.tie, Tie::Certain, "{one:?}");
        let receivers: Vec<_> = one.receivers.iter().map(|(who, _)| who.as_str()).collect();
        assert_eq!(receivers, [to], "{one:?}");
    }
    // The same connection serves the next call.
    let before = state.objects.len();
    returns(client, "client", "len(log)", "1").await;
    assert_eq!(client.state().objects.len(), before, "{}", client.tail());
    world.end().await;
}

pub(crate) async fn what_one_has_set_all_see(subject: Subject) {
    let mut world = subject.run(json!({"clients": 2})).await;
    let client = &mut world.client;
    returns(
        client,
        "client",
        "tasks['a'] = {'x': [1, None, 2.5], 'y': (True, -7)}",
        "None",
    )
    .await;
    let value = "{'x': [1, None, 2.5], 'y': (True, -7)}";
    returns(client, "client-2", "tasks['a']", value).await;
    returns(client, "client-2", "tasks.keys()", "['a']").await;
    returns(client, "client-2", "tasks.pop('a')", value).await;
    returns(client, "client", "len(tasks)", "0").await;
    world.end().await;
}

pub(crate) async fn what_is_done_to_a_copy_is_done_in_vain(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    returns(client, "client", "tasks['1'] = {'done': False}", "None").await;
    let ends = ["line", "refused", "fault", "unanswered"];
    let (what, about) = line(client, "client", "tasks['1']['done'] = True", &ends).await;
    assert_eq!(what, "line", "{about:?}");
    let copies = said(client, "client", "copy");
    assert_eq!(text(&copies[0], "value"), "{'done': True}", "{copies:?}");
    returns(client, "client", "tasks['1']", "{'done': False}").await;
    // Set as a whole, it is kept.
    returns(client, "client", "tasks['1'] = {'done': True}", "None").await;
    returns(client, "client", "tasks['1']", "{'done': True}").await;
    world.end().await;
}

pub(crate) async fn an_addition_is_two_calls(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    let ends = ["line", "refused", "fault", "unanswered"];
    let (what, about) = line(client, "client", "counter.value += 5", &ends).await;
    assert_eq!((what.as_str(), text(&about, "value")), ("line", "5"));
    assert_eq!(
        calls(client, "executed"),
        ["counter.get()", "counter.set(5)"]
    );
    returns(client, "client", "counter.value", "5").await;
    world.end().await;
}

pub(crate) async fn two_additions_can_become_one(subject: Subject) {
    let mut world = subject.run(json!({"clients": 2})).await;
    let client = &mut world.client;
    for (worker, typed, value) in [
        ("client", "counter.get()", "0"),
        ("client-2", "counter.get()", "0"),
        ("client", "counter.set(1)", "None"),
        ("client-2", "counter.set(1)", "None"),
        ("client", "counter.get()", "1"),
    ] {
        returns(client, worker, typed, value).await;
    }
    world.end().await;
}

pub(crate) async fn under_the_lock_no_addition_is_lost(subject: Subject) {
    const TIMES: u32 = 10;
    let mut world = subject.run(json!({"clients": 2})).await;
    let client = &mut world.client;
    for worker in ["client", "client-2"] {
        send(client, worker, "with lock: counter.value += 1", TIMES).await;
    }
    // The lines are numbered in the order in which they were asked for.
    let carried_out = |state: &RunState, worker: &str, msg: u32| {
        let worker = state.worker(&worker.into());
        worker.is_some_and(|worker| {
            let mut lines = worker.said.iter().filter(|said| said.what == "line");
            lines.any(|said| said.about.get("msg") == Some(&json!(msg)))
        })
    };
    client
        .until("all lines", |state| {
            carried_out(state, "client", TIMES) && carried_out(state, "client-2", 2 * TIMES)
        })
        .await;
    returns(client, "client", "counter.value", &(2 * TIMES).to_string()).await;
    world.end().await;
}

/// The server was asked for the lock so many times.
async fn asked_for_the_lock(client: &mut Client, times: usize) {
    client
        .until("a call of lock.acquire()", |state| {
            let server = state.worker(&"server".into()).expect("it is there");
            let calls = server.said.iter().filter(|said| {
                let call = said.about.get("call").and_then(Value::as_str);
                said.what == "called" && call.is_some_and(|call| call.starts_with("lock.acquire"))
            });
            calls.count() == times
        })
        .await;
}

pub(crate) async fn who_waits_for_the_lock_keeps_nobody_else(subject: Subject) {
    let mut world = subject.run(json!({"clients": 2})).await;
    let client = &mut world.client;
    returns(client, "client", "lock.acquire()", "True").await;
    send(client, "client-2", "lock.acquire()", 1).await;
    asked_for_the_lock(client, 2).await;
    returns(client, "client", "log.append('meanwhile')", "None").await;
    assert!(said(client, "client-2", "returned").is_empty());
    returns(client, "client", "lock.release()", "None").await;
    client
        .event("the lock for the other", |event| {
            by(event, "client-2")
                && matches!(&event.kind, Kind::ProcessSaid { what, about }
                    if what == "returned" && about.get("value") == Some(&json!("True")))
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_lock_stays_with_the_dead(subject: Subject) {
    let mut world = subject.run(json!({"clients": 2})).await;
    returns(&mut world.client, "client", "lock.acquire()", "True").await;
    kill(&mut world.client, "client").await;
    let client = &mut world.client;
    returns(client, "client-2", "lock.acquire(False)", "False").await;
    // Whoever asks may release it: the server does not know who took it.
    returns(client, "client-2", "lock.release()", "None").await;
    returns(client, "client-2", "lock.acquire(False)", "True").await;
    world.end().await;
}

pub(crate) async fn what_the_server_raises_is_raised_in_the_client(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    for (typed, raised) in [
        ("tasks['no']", "KeyError: 'no'"),
        ("log.pop()", "IndexError: pop from empty list"),
        ("lock.release()", "RuntimeError: release unlocked lock"),
    ] {
        let (what, about) = call(client, "client", typed).await;
        let came = (what.as_str(), text(&about, "text"));
        assert_eq!(came, ("fault", raised), "{typed}: {about:?}");
    }
    assert_eq!(calls(client, "executed").len(), 3);
    returns(client, "client", "len(tasks)", "0").await;
    world.end().await;
}

pub(crate) async fn what_a_proxy_has_not_never_leaves(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    for (typed, why) in [
        (
            "log.shout()",
            "AttributeError: 'ListProxy' object has no attribute 'shout'",
        ),
        ("square(5)", "NameError: name 'square' is not defined"),
        ("log.append(", "SyntaxError"),
    ] {
        let (what, about) = call(client, "client", typed).await;
        assert_eq!(what, "refused", "{typed}: {about:?}");
        assert!(text(&about, "why").starts_with(why), "{typed}: {about:?}");
    }
    assert_eq!(asked(client.state()).count(), 0, "{}", client.tail());
    assert!(calls(client, "called").is_empty());
    world.end().await;
}

async fn gone_at_once(world: &mut World) {
    let killed = Life::Killed { signal: Signal(9) };
    world
        .client
        .until("its death", |state| gone(state, "server", killed))
        .await;
}

pub(crate) async fn a_server_that_dies_takes_all_with_it(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    returns(&mut world.client, "client", "tasks['1'] = 'new'", "None").await;
    kill(&mut world.client, "server").await;
    let (what, about) = call(&mut world.client, "client", "len(tasks)").await;
    assert_eq!(what, "unanswered", "{about:?}");
    // Its connection was over; for the next line it makes another one, and nobody listens.
    let (what, about) = call(&mut world.client, "client", "len(tasks)").await;
    assert_eq!(what, "unanswered", "{about:?}");
    assert!(text(&about, "why").contains("refused"), "{about:?}");
    restart(&mut world).await;
    returns(&mut world.client, "client", "len(tasks)", "0").await;
    world.end().await;
}

pub(crate) async fn a_server_that_dies_in_a_call_leaves_a_question(subject: Subject) {
    for (dies, executed) in [("before", 0), ("after", 1)] {
        let mut world = subject.run(json!({"dies": dies})).await;
        let (what, _) = call(&mut world.client, "client", "log.append('x')").await;
        assert_eq!(what, "unanswered", "{dies}");
        gone_at_once(&mut world).await;
        let calls = |what: &str| said(&world.client, "server", what).len();
        assert_eq!(
            (calls("called"), calls("executed")),
            (1, executed),
            "{dies}"
        );
        restart(&mut world).await;
        returns(&mut world.client, "client", "len(log)", "0").await;
        world.end().await;
    }
}

pub(crate) async fn it_is_reached_through_a_unix_socket_as_well(subject: Subject) {
    let mut world = subject.run(json!({"transport": "unix"})).await;
    let client = &mut world.client;
    returns(client, "client", "log.append('x')", "None").await;
    returns(client, "client", "len(log)", "1").await;
    // Under the descriptor of this connection was another one before, which is over.
    client
        .until("both calls on the other side", |state| {
            asked(state).filter(|message| message.arrived).count() == 2
        })
        .await;
    assert!(
        asked(client.state()).all(|message| message.tie == Tie::Certain),
        "{}",
        client.tail()
    );
    let network = |event: &&Event| match &event.kind {
        Kind::CallEntered { args, .. } => args.iter().any(|arg| arg.contains("AF_INET")),
        _ => false,
    };
    let network = client.events().iter().find(network);
    assert!(network.is_none(), "{network:?}");
    let state = client.state();
    let listens = state
        .objects
        .iter()
        .any(|object| object.object_type == "listener");
    assert!(listens, "{}", client.tail());
    world.end().await;
}
