//! Reads that meet a write.

use super::{content, file, holds, on_demand, read, read_until, send};
use crate::subject::{Subject, received};
use serde_json::json;
use shared::{
    command::Data,
    event::Kind,
    state::{Object, RunState},
};

/// A file that nobody can open by a name any more.
fn nameless(state: &RunState) -> Option<&Object> {
    state
        .objects
        .iter()
        .find(|object| !object.removed && object.reading("links").is_some_and(|it| it.value == 0))
}

fn figure(state: &RunState, name: &str) -> u64 {
    let figures = state
        .objects
        .iter()
        .filter_map(|object| object.reading(name));
    figures.map(|reading| reading.value).max().unwrap_or(0)
}

pub(crate) async fn a_read_between_open_and_write_finds_nothing(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    send(client, "writer", "version 1").await;
    read_until(client, 1).await;
    client.act("open", "writer", json!({})).await;
    holds(client, "").await;
    assert_eq!(read(client).await, [], "the open has emptied it");
    client
        .until("the empty read counted", |state| {
            figure(state, "empty") == 1
        })
        .await;
    send(client, "writer", "version 2").await;
    client.act("close", "writer", json!({})).await;
    read_until(client, 2).await;
    world.end().await;
}

pub(crate) async fn a_version_that_nobody_read_is_lost(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    send(client, "writer", "version 1").await;
    holds(client, "version 1").await;
    send(client, "writer", "version two").await;
    client
        .until("the first version lost", |state| {
            state
                .message(1)
                .is_some_and(|message| message.bytes_lost == 9)
        })
        .await;
    read_until(client, 1).await;
    let second = client.state().message(2).expect("it was sent");
    assert_eq!((second.bytes_lost, second.bytes_out), (0, 11));
    world.end().await;
}

pub(crate) async fn at_full_speed_reads_are_torn(subject: Subject) {
    let params = json!({"reader": "loop", "poll": 0, "gap": 300});
    let mut world = subject.run(params).await;
    let client = &mut world.client;
    let text = "version".to_owned();
    client.send("writer", Data::Text { text }, 100).await;
    client
        .until("empty reads", |state| figure(state, "empty") >= 5)
        .await;
    world.end().await;
}

pub(crate) async fn at_full_speed_no_read_is_torn(subject: Subject) {
    let params = json!({"reader": "loop", "poll": 0, "gap": 300});
    let mut world = subject.run(params).await;
    let client = &mut world.client;
    let text = "version".to_owned();
    client.send("writer", Data::Text { text }, 50).await;
    client
        .until("all versions written", |state| state.counts.sent == 50)
        .await;
    client
        .until("some of them read", |state| received(state) > 5)
        .await;
    for event in client.events() {
        if let Kind::Gauge { readings } = &event.kind {
            let bad = readings
                .iter()
                .find(|it| ["empty", "torn"].contains(&it.figure.as_str()) && it.value > 0);
            assert_eq!(bad, None);
        }
    }
    world.end().await;
}

pub(crate) async fn a_reader_gets_all_of_one_or_all_of_the_other(subject: Subject) {
    assert!(subject.can().boundaries);
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    send(client, "writer", "version 1").await;
    // It is sent before the name leads to it.
    holds(client, "version 1").await;
    read_until(client, 1).await;
    client.act("open", "writer", json!({})).await;
    send(client, "writer", "version 2").await;
    let got = read(client).await;
    let of: Vec<_> = got.iter().flat_map(|event| &event.parts).collect();
    assert!(of.iter().all(|part| part.msg == Some(1)), "{of:?}");
    client.act("close", "writer", json!({})).await;
    holds(client, "version 2").await;
    read_until(client, 2).await;
    world.end().await;
}

pub(crate) async fn the_old_one_lives_while_it_is_open(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    send(client, "writer", "version 1").await;
    holds(client, "version 1").await;
    client.act("open", "reader", json!({})).await;
    client
        .until("the reader has it open", |state| {
            file(state).is_some_and(|file| !file.holders.is_empty())
        })
        .await;
    send(client, "writer", "version 2").await;
    client
        .until("a file without a name", |state| nameless(state).is_some())
        .await;
    read_until(client, 1).await;
    let old = client.state().message(1).expect("it was sent");
    assert_eq!(
        (old.bytes_out, old.bytes_lost),
        (9, 0),
        "read without a name"
    );
    client.act("close", "reader", json!({})).await;
    client
        .until("the old one gone", |state| nameless(state).is_none())
        .await;
    read_until(client, 2).await;
    assert_eq!(content(client.state()).as_deref(), Some("version 2"));
    world.end().await;
}
