//! Messages that stay whole: cut, lost, refused, or kept waiting.

use super::{fails, said, sent, served, text};
use crate::subject::{Subject, freeze, received, resume, sleeps};
use serde_json::json;
use shared::{event::Wait, os::Errno, state::RunState};

pub(crate) async fn a_buffer_that_is_too_small_cuts_the_message(subject: Subject) {
    let mut world = served(subject, json!({"chunk": 4})).await;
    let client = &mut world.client;
    text(client, "client", "too long for it").await;
    assert_eq!(said(client, "truncated", 1).await["len"], 4);
    let lost = |state: &RunState| {
        let first = state.messages.front();
        first.is_some_and(|message| message.bytes_lost == 11)
    };
    client.until("the rest lost", lost).await;
    text(client, "client", "next").await;
    client
        .until("the next one, which fits", |state| {
            let next = state.messages.get(1);
            next.is_some_and(|message| message.bytes_out == 4 && message.bytes_lost == 0)
        })
        .await;
    world.end().await;
}

pub(crate) async fn an_answer_comes_back(subject: Subject) {
    let mut world = served(subject, json!({})).await;
    let client = &mut world.client;
    text(client, "client", "a question").await;
    client
        .until("the question", |state| received(state) == 1)
        .await;
    text(client, "server", "an answer").await;
    client
        .until("the answer", |state| received(state) == 2)
        .await;
    let answer = &client.state().messages[1];
    let receivers: Vec<_> = answer
        .receivers
        .iter()
        .map(|(who, _)| who.as_str())
        .collect();
    assert_eq!(receivers, ["client"]);
    world.end().await;
}

pub(crate) async fn a_full_receiver_loses_what_comes(subject: Subject) {
    const MESSAGES: u32 = 40;
    let mut world = served(subject, json!({"rcvbuf": 4096})).await;
    let client = &mut world.client;
    freeze(client, "server").await;
    client.flood("client", 1000, MESSAGES).await;
    client
        .until("all sent, without an error", |state| {
            let done = state.messages.iter().filter_map(|message| message.sent);
            done.filter(|sent| sent.errno.is_none()).count() == MESSAGES as usize
        })
        .await;
    resume(client, "server").await;
    // Nobody but the kernel knows how many it has thrown away.
    let accounted = |state: &RunState| {
        let drops = state.objects.iter().find_map(|object| {
            let value = object.reading("drops")?.value;
            (value > 0).then_some(value)
        });
        drops.is_some_and(|drops| {
            1000 * drops + state.counts.bytes_received == 1000 * u64::from(MESSAGES)
        })
    };
    client
        .until("every one received or dropped", accounted)
        .await;
    world.end().await;
}

pub(crate) async fn nobody_there_is_told_to_a_connected_socket_only(subject: Subject) {
    let mut world = served(subject, json!({"bind": "second"})).await;
    let client = &mut world.client;
    for n in 1..=2 {
        text(client, "client", "into nothing").await;
        client.until("it is sent", |state| sent(state) == n).await;
    }
    let fine = |state: &RunState| {
        let mut all = state.messages.iter().filter_map(|message| message.sent);
        all.all(|sent| sent.errno.is_none())
    };
    assert!(fine(client.state()), "sendto() knows nothing of it");
    world.end().await;

    let params = json!({"bind": "second", "connected": true});
    let mut world = served(subject, params).await;
    let client = &mut world.client;
    text(client, "client", "into nothing").await;
    fails(client, "client", super::RECEIVES, Errno::ECONNREFUSED).await;
    world.end().await;
}

pub(crate) async fn what_is_too_long_for_a_datagram_is_refused(subject: Subject) {
    let mut world = served(subject, json!({})).await;
    let client = &mut world.client;
    client.flood("client", 70_000, 1).await;
    client
        .until("refused", |state| {
            let sent = state.messages.front().and_then(|message| message.sent);
            sent.is_some_and(|sent| sent.errno == Some(Errno::EMSGSIZE))
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_sender_waits_for_room(subject: Subject) {
    const MESSAGES: u32 = 60;
    let mut world = served(subject, json!({"sndbuf": 8192})).await;
    let client = &mut world.client;
    freeze(client, "server").await;
    client.flood("client", 1000, MESSAGES).await;
    client
        .until("the client asleep", |state| {
            sleeps(state, "client", Wait::SocketFull)
        })
        .await;
    assert!(client.state().counts.sent < u64::from(MESSAGES));
    resume(client, "server").await;
    client
        .until("all of them, none lost", |state| {
            // They look alike: which of them it was is not always known.
            state.counts.bytes_received == 1000 * u64::from(MESSAGES)
        })
        .await;
    world.end().await;
}
