//! A server that comes back.

use super::{fails, said, served, text};
use crate::subject::{Subject, gone, kill, received};
use harness::Client;
use serde_json::json;
use shared::{os::Errno, state::Life};

async fn restart(client: &mut Client, worker: &str) {
    client.act("restart", worker, json!({})).await;
}

pub(crate) async fn a_server_that_comes_back_finds_its_address_taken(subject: Subject) {
    let mut world = served(subject, json!({})).await;
    let client = &mut world.client;
    text(client, "client", "before").await;
    client
        .until("it arrives", |state| received(state) == 1)
        .await;
    kill(client, "server").await;
    restart(client, "server").await;
    fails(client, "server", &["bind"], Errno::EADDRINUSE).await;
    client
        .until("the new one at its end", |state| {
            gone(state, "server", Life::Exited { code: 1 })
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_server_that_takes_it_over_is_found_again(subject: Subject) {
    let mut world = served(subject, json!({"reuse": true})).await;
    let client = &mut world.client;
    kill(client, "server").await;
    restart(client, "server").await;
    said(client, "listening", 2).await;
    client.act("connect", "client", json!({})).await;
    said(client, "accepted", 2).await;
    text(client, "client", "here again").await;
    client
        .until("it arrives", |state| received(state) == 1)
        .await;
    world.end().await;
}
