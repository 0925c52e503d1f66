//! What the tracer adds, and that nothing of it is shown when it is off.

use crate::subject::{Subject, received};
use serde_json::json;
use shared::{
    event::{Event, Kind, Source},
    state::Life,
};
use std::collections::BTreeMap;

/// Descriptors on which the playground talks to its workers; not part of the lesson.
const OURS: [i32; 2] = [126, 127];

fn descriptor(event: &Event) -> Option<i32> {
    match &event.kind {
        Kind::CallEntered { fd, .. } | Kind::CallReturned { fd, .. } => *fd,
        _ => None,
    }
}

pub(crate) async fn every_call_that_is_entered_returns_once_or_dies_with_its_process(
    subject: Subject,
) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    for _ in 0..10 {
        client.send_text("writer", "hello").await;
    }
    client
        .until("all messages on the other side", |state| {
            received(state) == 10
        })
        .await;
    client.act("close", "writer", json!({"end": "write"})).await;
    client.stop().await;
    let mut open = BTreeMap::new();
    for event in client.events() {
        match &event.kind {
            Kind::CallEntered { name, .. } => {
                assert_eq!(event.source, Source::Call);
                open.insert(event.seq, (name.clone(), event.pid));
            }
            Kind::CallReturned { call, name, .. } => {
                assert_eq!(
                    open.remove(call),
                    Some((name.clone(), event.pid)),
                    "{event:?}"
                );
            }
            _ => {}
        }
    }
    let mut in_a_call: Vec<_> = open.values().map(|(_, pid)| *pid).collect();
    let calls = in_a_call.len();
    in_a_call.dedup();
    assert_eq!(
        in_a_call.len(),
        calls,
        "a process dies in one call at most: {open:?}"
    );
    assert!(
        client
            .state()
            .workers
            .iter()
            .all(|worker| worker.life != Life::Alive)
    );
    assert!(client.state().counts.calls >= 20, "{}", client.tail());
    world.end().await;
}

pub(crate) async fn a_message_knows_its_calls_on_both_sides(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    client.send_text("writer", "hello").await;
    client
        .until("the message on the other side", |state| {
            received(state) == 1
        })
        .await;
    let message = &client.state().messages[0];
    let names = |calls: &[u64]| -> Vec<_> {
        calls
            .iter()
            .filter_map(|call| client.state().call(*call))
            .map(|call| call.name.clone())
            .collect()
    };
    assert_eq!(
        (names(&message.sends), names(&message.receives)),
        (vec!["write".to_owned()], vec!["read".to_owned()])
    );
    world.end().await;
}

pub(crate) async fn descriptors_of_the_playground_are_never_shown(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    client.send_text("writer", "hello").await;
    client
        .until("the message on the other side", |state| {
            received(state) == 1
        })
        .await;
    client.stop().await;
    let shown = client
        .events()
        .iter()
        .find(|event| descriptor(event).is_some_and(|fd| OURS.contains(&fd)));
    assert!(shown.is_none(), "{shown:?}");
    world.end().await;
}

pub(crate) async fn without_it_no_call_is_shown(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    client.send_text("writer", "hello").await;
    client
        .until("the message on the other side", |state| {
            received(state) == 1
        })
        .await;
    client.stop().await;
    let call = client
        .events()
        .iter()
        .find(|event| event.source == Source::Call);
    assert!(call.is_none(), "{call:?}");
    assert_eq!(client.state().counts.calls, 0);
    world.end().await;
}
