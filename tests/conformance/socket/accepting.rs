//! Connections: they wait, are accepted, and are apart from each other.

use super::{RECEIVES, fails, said, sent, served, text, text_with};
use crate::subject::{Subject, received, sleeps};
use serde_json::json;
use shared::{event::Wait, os::Errno, state::RunState};

pub(crate) async fn every_client_has_a_connection_of_its_own(subject: Subject) {
    let mut world = served(subject, json!({"clients": 3})).await;
    let client = &mut world.client;
    for (n, who) in (1..).zip(["client", "client-2", "client-3"]) {
        text(client, who, who).await;
        client
            .until("it arrives", |state| received(state) == n)
            .await;
    }
    // Which is the first depends on who came first; each answer goes to another one.
    for (n, to) in (4..).zip(1..=3) {
        text_with(client, "server", "an answer", json!({"to": to})).await;
        client
            .until("it arrives", |state| received(state) == n)
            .await;
    }
    let state = client.state();
    let mut to: Vec<String> = state
        .messages
        .iter()
        .filter(|message| message.worker.as_str() == "server")
        .flat_map(|message| &message.receivers)
        .map(|(who, _)| who.to_string())
        .collect();
    to.sort();
    assert_eq!(to, ["client", "client-2", "client-3"]);
    world.end().await;
}

/// How many connections wait to be accepted, by the kernel's word.
fn waiting(state: &RunState) -> Option<u64> {
    let mut objects = state.objects.iter();
    let listener = objects.find(|object| object.object_type == "listener" && !object.removed)?;
    Some(listener.reading("waiting")?.value)
}

pub(crate) async fn connections_wait_until_they_are_accepted(subject: Subject) {
    let mut world = served(subject, json!({"clients": 3, "takes": "demand"})).await;
    let client = &mut world.client;
    client
        .until("three that wait", |state| waiting(state) == Some(3))
        .await;
    // What is sent before anybody accepts is kept.
    text(client, "client", "early").await;
    client.until("it is sent", |state| sent(state) == 1).await;
    client.act("accept", "server", json!({"times": 3})).await;
    client
        .until("nobody that waits", |state| waiting(state) == Some(0))
        .await;
    said(client, "accepted", 3).await;
    client.act("accept", "server", json!({})).await;
    client
        .until("the server asleep in accept", |state| {
            sleeps(state, "server", Wait::Accept)
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_full_accept_queue_lets_connect_sleep(subject: Subject) {
    let params = json!({"clients": 4, "takes": "demand", "backlog": 1, "connect": "demand"});
    let mut world = served(subject, params).await;
    let client = &mut world.client;
    for (n, who) in (1..).zip(["client", "client-2"]) {
        client.act("connect", who, json!({})).await;
        said(client, "connected", n).await;
    }
    client
        .until("two that wait: one more than the backlog", |state| {
            waiting(state) == Some(2)
        })
        .await;
    client.act("connect", "client-3", json!({})).await;
    client
        .until("the third asleep in connect", |state| {
            sleeps(state, "client-3", Wait::Connect)
        })
        .await;
    client.act("accept", "server", json!({})).await;
    // TCP tries again after a second; a Unix socket is woken at once.
    said(client, "connected", 3).await;
    world.end().await;
}

pub(crate) async fn nobody_listening_is_a_refusal(subject: Subject) {
    let mut world = served(subject, json!({})).await;
    let client = &mut world.client;
    client.act("stop-listening", "server", json!({})).await;
    client
        .until("no listener", |state| {
            let mut objects = state.objects.iter();
            !objects.any(|object| object.object_type == "listener" && !object.removed)
        })
        .await;
    // The connection that was accepted goes on.
    text(client, "client", "still there").await;
    client
        .until("it arrives", |state| received(state) == 1)
        .await;
    client.act("connect", "client", json!({})).await;
    fails(client, "client", &["connect"], Errno::ECONNREFUSED).await;
    world.end().await;
}

pub(crate) async fn another_address_of_the_machine_is_not_listened_at(subject: Subject) {
    let mut world = subject.run(json!({"bind": "second"})).await;
    let client = &mut world.client;
    fails(client, "client", &["connect"], Errno::ECONNREFUSED).await;
    let listens = said(client, "listening", 1).await;
    let at = listens["at"].as_str().expect("an address");
    assert!(at.starts_with("127.") && at.ends_with(":5000"), "{at}");
    world.end().await;
}

pub(crate) async fn any_address_is_all_of_them(subject: Subject) {
    let mut world = served(subject, json!({"bind": "any"})).await;
    let client = &mut world.client;
    let listens = said(client, "listening", 1).await;
    let at = listens["at"].as_str().expect("an address");
    assert!(at.starts_with("0.0.0.0:"), "{at}");
    text(client, "client", "found").await;
    client
        .until("it arrives", |state| received(state) == 1)
        .await;
    world.end().await;
}

pub(crate) async fn half_closed_the_other_direction_goes_on(subject: Subject) {
    let mut world = served(subject, json!({})).await;
    let client = &mut world.client;
    text(client, "client", "my last word").await;
    client
        .until("it arrives", |state| received(state) == 1)
        .await;
    client
        .act("shutdown", "client", json!({"end": "write"}))
        .await;
    said(client, "end", 1).await;
    text(client, "server", "the answer").await;
    client
        .until("it arrives", |state| received(state) == 2)
        .await;
    text(client, "client", "too late").await;
    client
        .until("refused", |state| {
            let last = state.messages.back().and_then(|message| message.sent);
            last.is_some_and(|sent| sent.errno == Some(Errno::EPIPE))
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_close_is_the_end_of_what_comes(subject: Subject) {
    let mut world = served(subject, json!({})).await;
    let client = &mut world.client;
    text(client, "client", "before").await;
    client
        .until("it arrives", |state| received(state) == 1)
        .await;
    client.act("close", "client", json!({})).await;
    said(client, "end", 1).await;
    world.end().await;
}

pub(crate) async fn a_killed_client_is_the_end_of_what_comes(subject: Subject) {
    let mut world = served(subject, json!({"clients": 2})).await;
    let client = &mut world.client;
    crate::subject::kill(client, "client").await;
    said(client, "end", 1).await;
    text(client, "client-2", "the other one goes on").await;
    client
        .until("it arrives", |state| received(state) == 1)
        .await;
    world.end().await;
}

pub(crate) async fn what_was_not_read_is_broken_off(subject: Subject) {
    let mut world = served(subject, json!({"takes": "demand"})).await;
    let client = &mut world.client;
    client.act("accept", "server", json!({})).await;
    said(client, "accepted", 1).await;
    text(client, "client", "nobody reads this").await;
    client.until("it is sent", |state| sent(state) == 1).await;
    client.act("close", "server", json!({})).await;
    client.act("receive", "client", json!({})).await;
    fails(client, "client", RECEIVES, Errno::ECONNRESET).await;
    world.end().await;
}

pub(crate) async fn a_reset_is_told_to_the_other_side(subject: Subject) {
    let mut world = served(subject, json!({})).await;
    let client = &mut world.client;
    client.act("close", "client", json!({"how": "reset"})).await;
    fails(client, "server", RECEIVES, Errno::ECONNRESET).await;
    world.end().await;
}
