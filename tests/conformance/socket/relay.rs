//! Somebody in the middle.

use super::{about, said, sent, served, text};
use crate::subject::{Subject, received};
use serde_json::json;
use shared::state::RunState;

/// Messages that somebody has received, by who sent them.
fn arrived(state: &RunState, worker: &str) -> usize {
    let all = state.messages.iter();
    all.filter(|message| message.worker.as_str() == worker && message.arrived)
        .count()
}

pub(crate) async fn a_relay_passes_on_both_ways(subject: Subject) {
    let mut world = served(subject, json!({"relay": "delay", "delay": 30})).await;
    let client = &mut world.client;
    for n in 1..=2 {
        text(client, "client", "there").await;
        client
            .until("through the relay", |state| arrived(state, "relay") == n)
            .await;
    }
    text(client, "server", "and back").await;
    client
        .until("through the relay", |state| arrived(state, "relay") == 3)
        .await;
    let fates: Vec<_> = about(client, "relayed")
        .iter()
        .map(|about| about["what"].clone())
        .collect();
    assert_eq!(fates, ["passed", "delayed", "passed"]);
    // It is a message of its own that goes on.
    assert_eq!(received(client.state()), 6);
    client.act("close", "client", json!({})).await;
    // The end goes through as well.
    said(client, "end", 1).await;
    world.end().await;
}

pub(crate) async fn a_relay_that_swaps_changes_the_order_of_bytes(subject: Subject) {
    let params = json!({"relay": "reorder", "percent": 50, "delay": 10_000});
    let mut world = served(subject, params).await;
    let client = &mut world.client;
    for (n, word) in (1..).zip(["one", "two", "three"]) {
        text(client, "client", word).await;
        said(client, "relayed", n).await;
    }
    client
        .until("all three through", |state| arrived(state, "relay") == 3)
        .await;
    let state = client.state();
    let mine = state.messages.iter();
    let order: Vec<_> = mine
        .filter(|message| message.worker.as_str() == "relay")
        .filter_map(|message| message.preview.text.clone())
        .collect();
    assert_eq!(order, ["one", "three", "two"]);
    world.end().await;
}

pub(crate) async fn a_relay_throws_away_its_share(subject: Subject) {
    let params = json!({"relay": "drop", "percent": 50});
    let mut world = served(subject, params).await;
    let client = &mut world.client;
    for n in 1..=4 {
        text(client, "client", "once").await;
        said(client, "relayed", n).await;
    }
    client
        .until("half of them through", |state| arrived(state, "relay") == 2)
        .await;
    assert_eq!(arrived(client.state(), "client"), 4, "the relay had all");
    client
        .until("six that say they sent", |state| sent(state) >= 6)
        .await;
    world.end().await;
}

pub(crate) async fn a_relay_that_waits_changes_nothing_else(subject: Subject) {
    let params = json!({"relay": "delay", "percent": 100, "delay": 20});
    let mut world = served(subject, params).await;
    let client = &mut world.client;
    text(client, "client", "there").await;
    client
        .until("through the relay", |state| arrived(state, "relay") == 1)
        .await;
    text(client, "server", "and back").await;
    client
        .until("through the relay", |state| arrived(state, "relay") == 2)
        .await;
    world.end().await;
}
