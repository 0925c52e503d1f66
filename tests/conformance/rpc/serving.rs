//! Several clients at one server, and connections that are kept.

use super::{returns, said, send};
use crate::subject::{Subject, freeze, kill, resume};
use harness::{Client, World};
use serde_json::json;
use shared::{event::Event, event::Kind, state::RunState};

/// Connections that were made: each has two ends.
fn connections(state: &RunState) -> usize {
    let ends = state.objects.iter();
    ends.filter(|object| object.object_type == "socket").count() / 2
}

/// Connections that nobody has accepted.
fn waiting(state: &RunState) -> Option<u64> {
    let mut objects = state.objects.iter();
    let listener = objects.find(|object| object.object_type == "listener")?;
    Some(listener.reading("waiting")?.value)
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
    let waits = |state: &RunState| waiting(state) == Some(1);
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

/// Three clients call while the server is frozen, and sit on the bench, all of them, whoever is slow; then it goes on.
async fn three_callers(subject: Subject, threads: &str, time: &str) -> World {
    let mut world = subject.run(json!({"clients": 3, "threads": threads})).await;
    let client = &mut world.client;
    freeze(client, "server").await;
    for worker in ["client", "client-2", "client-3"] {
        send(client, worker, &format!("slow({time})")).await;
    }
    client
        .until("three on the bench", |state| waiting(state) == Some(3))
        .await;
    resume(client, "server").await;
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
    assert_eq!(
        course(&world.client),
        [
            "called", "executed", "called", "executed", "called", "executed"
        ]
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
