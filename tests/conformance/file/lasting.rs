//! What lies in a file stays there.

use super::{file, holds, on_demand, read, send};
use crate::subject::{Subject, by, living, received};
use serde_json::json;
use shared::{event::Kind, os::Errno, state::RunState};

pub(crate) async fn a_read_takes_nothing_away(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    send(client, "writer", "hello").await;
    // A writer that replaces has sent it before the name leads to it.
    holds(client, "hello").await;
    for _ in 0..2 {
        let got = read(client).await;
        let bytes: u64 = got
            .iter()
            .flat_map(|event| &event.parts)
            .filter(|part| part.msg == Some(1))
            .map(|part| part.to - part.from)
            .sum();
        assert_eq!(bytes, 5, "{}", client.tail());
    }
    assert_eq!(received(client.state()), 1, "it is the same message");
    assert_eq!(super::content(client.state()).as_deref(), Some("hello"));
    world.end().await;
}

pub(crate) async fn it_is_there_when_everybody_is_gone(subject: Subject) {
    assert!(subject.can().survives);
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    client.send(&subject.sender(), subject.payload(1), 1).await;
    client
        .until("the message on the other side", |state| {
            received(state) >= 1
        })
        .await;
    client.act("kill", "writer", json!({})).await;
    client
        .until("the writer gone", |state| living(state).len() == 2)
        .await;
    let unheld = |state: &RunState| {
        file(state).is_some_and(|file| {
            let mut holders = file.holders.iter();
            holders.all(|held| held.worker.as_str() != "writer")
        })
    };
    client
        .until("the file, which the writer has left", unheld)
        .await;
    // Still read by those who are left.
    if subject.variant != "watched" {
        let from = client.events().len() as u64;
        client.act("read", "reader", json!({})).await;
        client
            .until("it read again", |state| state.seq > from)
            .await;
    }
    assert!(file(client.state()).is_some_and(|file| !file.names.is_empty()));
    world.end().await;
}

pub(crate) async fn before_the_first_write_there_is_no_file(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    client.act("read", "reader", json!({})).await;
    let failed = |event: &shared::event::Event| {
        by(event, "reader")
            && match &event.kind {
                Kind::CallReturned { errno, .. } => *errno == Some(Errno::ENOENT),
                Kind::ProcessOutput { text, .. } => text.contains("ENOENT"),
                _ => false,
            }
    };
    client.event("the open that failed", failed).await;
    send(client, "writer", "hello").await;
    holds(client, "hello").await;
    super::read_until(client, 1).await;
    world.end().await;
}

pub(crate) async fn fsync_is_a_call_of_its_own(subject: Subject) {
    let mut world = on_demand(subject, json!({"fsync": true})).await;
    let client = &mut world.client;
    send(client, "writer", "hello").await;
    let synced = client.events().iter().any(|event| {
        matches!(&event.kind, Kind::CallReturned { name, ret, .. } if name == "fsync" && *ret == Some(0))
    });
    assert!(synced, "{}", client.tail());
    world.end().await;
}
