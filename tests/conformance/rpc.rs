//! What a call promises, and what it does not.

use crate::subject::{Subject, asked, gone, kill};
use harness::{Client, World};
use serde_json::{Value, json};
use shared::{
    command::{Data, Values},
    event::{Event, Kind, Tie},
    os::Signal,
    state::{Life, RunState},
};

/// What a worker said about one of these things, in order.
fn said(client: &Client, worker: &str, what: &str) -> Vec<Values> {
    let about = |event: &Event| match &event.kind {
        Kind::ProcessSaid { what: word, about } if word == what => Some(about.clone()),
        _ => None,
    };
    let mine = |event: &&Event| {
        event
            .worker
            .as_ref()
            .is_some_and(|id| id.as_str() == worker)
    };
    client
        .events()
        .iter()
        .filter(mine)
        .filter_map(about)
        .collect()
}

fn text<'a>(about: &'a Values, name: &str) -> &'a str {
    about.get(name).and_then(Value::as_str).unwrap_or_default()
}

async fn send(client: &mut Client, worker: &str, call: &str) {
    let text = call.to_owned();
    client.send(worker, Data::Text { text }, 1).await;
}

/// Has a client call, and waits until it says how that ended.
async fn call(client: &mut Client, typed: &str) -> (String, Values) {
    const ENDS: [&str; 4] = ["returned", "fault", "refused", "unanswered"];
    let before = client.state().seq;
    send(client, "client", typed).await;
    let end = client
        .event("the end of the call", |event| {
            let ours = event
                .worker
                .as_ref()
                .is_some_and(|id| id.as_str() == "client");
            event.seq > before
                && ours
                && matches!(&event.kind, Kind::ProcessSaid { what, .. } if ENDS.contains(&what.as_str()))
        })
        .await;
    match end.kind {
        Kind::ProcessSaid { what, about } => (what, about),
        _ => panic!("a process says it"),
    }
}

async fn returns(client: &mut Client, typed: &str, value: &str) {
    let (what, about) = call(client, typed).await;
    assert_eq!(
        (what.as_str(), text(&about, "value")),
        ("returned", value),
        "{typed}: {about:?}"
    );
}

/// The server listens again after it was started once more.
async fn restart(world: &mut World) {
    let client = &mut world.client;
    let listeners = |state: &RunState| {
        let objects = state.objects.iter();
        objects
            .filter(|object| object.object_type == "listener" && !object.removed)
            .count()
    };
    client
        .until("nobody who listens", |state| listeners(state) == 0)
        .await;
    client.act("restart", "server", json!({})).await;
    client
        .until("a server that listens", |state| {
            listeners(state) == 1
                && state
                    .worker(&"server".into())
                    .is_some_and(shared::state::Worker::alive)
        })
        .await;
}

pub(crate) async fn a_call_returns_what_the_function_returns(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    for (typed, value) in [
        ("square(5)", "25"),
        ("add(1, 2)", "3"),
        ("divide(1, 4)", "0.25"),
        ("reverse([1, 2, 3])", "[3, 2, 1]"),
        ("echo('<&> \\'x\\'')", "\"<&> 'x'\""),
        ("echo({'a': [1, True]})", "{'a': [1, True]}"),
        ("increment()", "1"),
        ("increment()", "2"),
        ("hello", "'hello'"),
    ] {
        returns(client, typed, value).await;
    }
    world.end().await;
}

pub(crate) async fn call_and_answer_are_two_messages_over_one_connection(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    returns(client, "square(5)", "25").await;
    client
        .until("both messages in whole", |state| {
            state.messages.len() == 2 && state.messages.iter().all(|message| message.arrived)
        })
        .await;
    let state = client.state();
    let mut ways = Vec::new();
    for message in &state.messages {
        assert_eq!(message.tie, Tie::Certain, "{message:?}");
        assert_eq!(message.bytes_out, message.len, "{message:?}");
        let (receiver, _) = message.receivers.first().expect("it has arrived");
        ways.push((message.worker.to_string(), receiver.to_string()));
    }
    let way = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    assert_eq!(ways, [way("client", "server"), way("server", "client")]);
    world.end().await;
}

pub(crate) async fn a_tuple_arrives_as_a_list(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    returns(&mut world.client, "echo((1, 2))", "[1, 2]").await;
    let called = said(&world.client, "server", "called");
    assert_eq!(text(&called[0], "call"), "echo([1, 2])");
    world.end().await;
}

pub(crate) async fn a_fault_has_a_code_and_a_text(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    let codes = if subject.variant == "json" {
        [-32_000, -32_601]
    } else {
        [1, 1]
    };
    for ((typed, says), code) in [("divide(1, 0)", "division by zero"), ("cube(3)", "cube")]
        .into_iter()
        .zip(codes)
    {
        let (what, about) = call(client, typed).await;
        assert_eq!(what, "fault", "{about:?}");
        assert_eq!(about.get("code"), Some(&json!(code)), "{about:?}");
        assert!(text(&about, "text").contains(says), "{about:?}");
    }
    // What does not exist was not executed, and the server has survived both.
    assert_eq!(said(client, "server", "executed").len(), 1);
    returns(client, "square(2)", "4").await;
    world.end().await;
}

pub(crate) async fn what_is_no_call_never_leaves(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    let (what, about) = call(client, "square(").await;
    assert_eq!(what, "refused");
    assert!(text(&about, "why").starts_with("SyntaxError"), "{about:?}");
    assert_eq!(asked(client.state()).count(), 0, "{}", client.tail());
    world.end().await;
}

pub(crate) async fn nothing_and_large_numbers_have_no_element_in_xml(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    for typed in ["echo(None)", "square(3000000000)"] {
        let (what, about) = call(client, typed).await;
        assert_eq!(what, "refused", "{typed}: {about:?}");
    }
    assert!(said(client, "server", "called").is_empty());
    let (what, about) = call(client, "square(50000)").await;
    assert_eq!(what, "fault", "{about:?}");
    assert!(
        text(&about, "text").contains("int exceeds XML-RPC limits"),
        "{about:?}"
    );
    let executed = said(client, "server", "executed");
    assert_eq!(text(&executed[0], "value"), "2500000000", "it was executed");
    world.end().await;
}

pub(crate) async fn json_has_a_word_for_nothing_and_large_numbers(subject: Subject) {
    let mut world = subject
        .run(json!({"framing": "length", "transport": "unix"}))
        .await;
    let client = &mut world.client;
    returns(client, "echo(None)", "None").await;
    returns(client, "square(50000)", "2500000000").await;
    world.end().await;
}

/// Connections that were made: each has two ends.
fn connections(state: &RunState) -> usize {
    let ends = state.objects.iter();
    ends.filter(|object| object.object_type == "socket").count() / 2
}

pub(crate) async fn each_call_has_a_connection_unless_it_is_kept(subject: Subject) {
    for (http, wanted) in [("1.0", 2), ("1.1", 1)] {
        let mut world = subject.run(json!({"http": http})).await;
        let client = &mut world.client;
        returns(client, "square(2)", "4").await;
        returns(client, "square(3)", "9").await;
        client
            .until("the connections", |state| connections(state) == wanted)
            .await;
        world.end().await;
    }
}

pub(crate) async fn one_connection_is_kept_for_all_calls(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    returns(client, "square(2)", "4").await;
    returns(client, "square(3)", "9").await;
    assert_eq!(connections(client.state()), 1, "{}", client.tail());
    world.end().await;
}

pub(crate) async fn a_kept_connection_keeps_a_server_of_one_thread(subject: Subject) {
    let mut world = subject.run(json!({"clients": 2})).await;
    returns(&mut world.client, "square(2)", "4").await;
    send(&mut world.client, "client-2", "square(3)").await;
    let waits = |state: &RunState| {
        let listener = state.objects.iter();
        let mut listener = listener.filter(|object| object.object_type == "listener");
        let waiting = listener.next().and_then(|one| one.reading("waiting"));
        waiting.is_some_and(|one| one.value == 1)
    };
    world.client.until("the second on the bench", waits).await;
    assert!(said(&world.client, "client-2", "returned").is_empty());
    kill(&mut world.client, "client").await;
    let answered = |state: &RunState| {
        let client = state.worker(&"client-2".into());
        client.is_some_and(|one| one.said.iter().any(|said| said.what == "returned"))
    };
    world.client.until("its answer", answered).await;
    world.end().await;
}

/// The order of what the server says: `called` and `executed`.
fn course(client: &Client) -> Vec<String> {
    let word = |event: &Event| match &event.kind {
        Kind::ProcessSaid { what, .. } if what == "called" || what == "executed" => {
            Some(what.clone())
        }
        _ => None,
    };
    client.events().iter().filter_map(word).collect()
}

async fn three_callers(subject: Subject, threads: &str, time: &str) -> World {
    let mut world = subject.run(json!({"clients": 3, "threads": threads})).await;
    let client = &mut world.client;
    for worker in ["client", "client-2", "client-3"] {
        send(client, worker, &format!("slow({time})")).await;
    }
    client
        .until("three answers", |state| {
            let mut clients = state.workers.iter().filter(|one| one.role == "client");
            clients.all(|one| one.said.iter().any(|said| said.what == "returned"))
        })
        .await;
    world
}

pub(crate) async fn one_thread_serves_one_after_the_other(subject: Subject) {
    let world = three_callers(subject, "one", "0.3").await;
    let client = &world.client;
    assert_eq!(
        course(client),
        [
            "called", "executed", "called", "executed", "called", "executed"
        ]
    );
    let waiting = client
        .events()
        .iter()
        .filter_map(|event| match &event.kind {
            Kind::Gauge { readings } => readings.iter().find(|one| one.figure == "waiting"),
            _ => None,
        });
    assert_eq!(
        waiting.map(|one| one.value).max(),
        Some(2),
        "two sat on the bench\n{}",
        client.tail()
    );
    world.end().await;
}

pub(crate) async fn a_thread_for_each_serves_side_by_side(subject: Subject) {
    // Long enough for a busy host to start three threads.
    let world = three_callers(subject, "many", "1.5").await;
    let course = course(&world.client);
    assert_eq!(course[..3], ["called", "called", "called"], "{course:?}");
    world.end().await;
}

pub(crate) async fn a_server_that_dies_executes_once_or_not_at_all(subject: Subject) {
    for (dies, executed) in [("before", 0), ("after", 1)] {
        let mut world = subject.run(json!({"dies": dies})).await;
        let (what, _) = call(&mut world.client, "increment()").await;
        assert_eq!(what, "unanswered", "{dies}");
        let killed = Life::Killed { signal: Signal(9) };
        world
            .client
            .until("its death", |state| gone(state, "server", killed))
            .await;
        assert_eq!(said(&world.client, "server", "called").len(), 1, "{dies}");
        let all = said(&world.client, "server", "executed");
        assert_eq!(all.len(), executed, "{dies}");
        restart(&mut world).await;
        let value = (executed + 1).to_string();
        returns(&mut world.client, "increment()", &value).await;
        world.end().await;
    }
}

pub(crate) async fn a_call_that_is_sent_again_is_executed_twice(subject: Subject) {
    let mut world = subject
        .run(json!({"dies": "after", "retry": "again"}))
        .await;
    send(&mut world.client, "client", "increment()").await;
    let killed = Life::Killed { signal: Signal(9) };
    world
        .client
        .until("its death", |state| gone(state, "server", killed))
        .await;
    restart(&mut world).await;
    let answered = |state: &RunState| {
        let client = state.worker(&"client".into());
        client.is_some_and(|one| one.said.iter().any(|said| said.what == "returned"))
    };
    world.client.until("its answer", answered).await;
    let returned = said(&world.client, "client", "returned");
    assert_eq!(text(&returned[0], "value"), "2", "{returned:?}");
    assert_eq!(said(&world.client, "server", "executed").len(), 2);
    let calling = said(&world.client, "client", "calling");
    // A connection may still be made in the moment in which the old server dies.
    let mut sent: Vec<_> = calling
        .iter()
        .filter_map(|about| about.get("msg")?.as_u64())
        .collect();
    let times = sent.len();
    assert!(times >= 2, "{calling:?}");
    sent.sort_unstable();
    sent.dedup();
    assert_eq!(sent.len(), times, "each time is a message of its own");
    world.end().await;
}

pub(crate) async fn a_client_gives_up_and_the_server_does_not(subject: Subject) {
    let mut world = subject.run(json!({"timeout": 200})).await;
    let client = &mut world.client;
    let (what, about) = call(client, "slow(1)").await;
    assert_eq!(
        (what.as_str(), text(&about, "why")),
        ("unanswered", "timed out")
    );
    client
        .event(
            "the end of the function",
            |event| matches!(&event.kind, Kind::ProcessSaid { what, .. } if what == "executed"),
        )
        .await;
    returns(client, "square(5)", "25").await;
    world.end().await;
}

pub(crate) async fn where_nobody_listens_nothing_is_sent(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    kill(&mut world.client, "server").await;
    let (what, about) = call(&mut world.client, "increment()").await;
    assert_eq!(what, "unanswered");
    assert!(text(&about, "why").contains("refused"), "{about:?}");
    assert_eq!(asked(world.client.state()).count(), 0);
    restart(&mut world).await;
    returns(&mut world.client, "increment()", "1").await;
    world.end().await;
}

/// The claims of all variants.
macro_rules! rpc_claims {
    ($subject:expr) => {
        claims! { $subject;
            rpc: a_call_returns_what_the_function_returns
                call_and_answer_are_two_messages_over_one_connection
                a_tuple_arrives_as_a_list
                a_fault_has_a_code_and_a_text
                what_is_no_call_never_leaves
                a_thread_for_each_serves_side_by_side
                a_server_that_dies_executes_once_or_not_at_all
                a_call_that_is_sent_again_is_executed_twice
                a_client_gives_up_and_the_server_does_not
                where_nobody_listens_nothing_is_sent;
        }
    };
}

/// The claims of `rpc/xml`.
macro_rules! xml_claims {
    ($subject:expr) => {
        rpc_claims!($subject);
        claims! { $subject;
            rpc: nothing_and_large_numbers_have_no_element_in_xml
                one_thread_serves_one_after_the_other
                each_call_has_a_connection_unless_it_is_kept;
        }
    };
    (traced $subject:expr) => {};
}

/// The claims of `rpc/json`.
macro_rules! json_claims {
    ($subject:expr) => {
        rpc_claims!($subject);
        claims! { $subject;
            rpc: json_has_a_word_for_nothing_and_large_numbers
                one_connection_is_kept_for_all_calls
                a_kept_connection_keeps_a_server_of_one_thread;
        }
    };
    (traced $subject:expr) => {};
}
