//! Several at one queue.

use super::{fill, on_demand, send, waits};
use crate::subject::{Subject, gone, kill, living, received};
use harness::Client;
use serde_json::json;
use shared::{
    command::Data,
    state::{Life, RunState},
};

const ENDED_WELL: Life = Life::Exited { code: 0 };

pub(crate) async fn each_message_goes_to_one_consumer(subject: Subject) {
    const CONSUMERS: [&str; 3] = ["consumer", "consumer-2", "consumer-3"];
    let mut world = on_demand(subject, json!({"consumers": 3})).await;
    let client = &mut world.client;
    for consumer in CONSUMERS {
        client.act("receive", consumer, json!({})).await;
    }
    let all_wait = |state: &RunState| CONSUMERS.iter().all(|consumer| waits(state, consumer));
    client.until("all three asleep", all_wait).await;
    for n in 1..=3 {
        send(client, subject, &format!("message {n}"), 1).await;
        client
            .until("one more received", |state| received(state) == n)
            .await;
        let left = |state: &RunState| {
            CONSUMERS
                .iter()
                .filter(|consumer| waits(state, consumer))
                .count()
        };
        let others = 3 - usize::try_from(n).expect("three at most");
        client
            .until("the others asleep", |state| left(state) == others)
            .await;
    }
    let mut got = Vec::new();
    for message in &client.state().messages {
        assert_eq!(message.receivers.len(), 1, "{message:?}");
        got.extend(message.receivers.iter().map(|(who, _)| who.to_string()));
    }
    got.sort();
    assert_eq!(got, CONSUMERS, "one each");
    world.end().await;
}

pub(crate) async fn a_killed_consumer_takes_nothing_with_it(subject: Subject) {
    let mut world = on_demand(subject, json!({"consumers": 2})).await;
    let client = &mut world.client;
    client.act("receive", "consumer", json!({})).await;
    client
        .until("the consumer asleep", |state| waits(state, "consumer"))
        .await;
    kill(client, "consumer").await;
    fill(client, subject, &["for whoever lives"]).await;
    client.act("receive", "consumer-2", json!({})).await;
    client
        .until("the message with the other", |state| received(state) == 1)
        .await;
    assert_eq!(client.state().counts.lost, 0);
    world.end().await;
}

pub(crate) async fn one_stop_ends_one_consumer(subject: Subject) {
    let mut world = subject.run(json!({"consumers": 2, "sentinel": true})).await;
    let client = &mut world.client;
    let asleep = |state: &RunState, most: usize| {
        let all = ["consumer", "consumer-2"];
        all.iter().filter(|consumer| waits(state, consumer)).count() == most
    };
    client.until("both asleep", |state| asleep(state, 2)).await;
    let ended = |state: &RunState| {
        let all = ["consumer", "consumer-2"];
        all.iter()
            .filter(|consumer| gone(state, consumer, ENDED_WELL))
            .count()
    };
    send(client, subject, "STOP", 1).await;
    client
        .until("one ended", |state| ended(state) == 1 && asleep(state, 1))
        .await;
    send(client, subject, "STOP", 1).await;
    client.until("both ended", |state| ended(state) == 2).await;
    assert!(!living(client.state()).is_empty(), "the producer lives");
    world.end().await;
}

/// Every message is received exactly once, whoever sends and whoever receives.
pub(crate) async fn three_producers_and_three_consumers_lose_and_double_nothing(subject: Subject) {
    const EACH: u64 = 12;
    let mut world = subject.run(json!({"producers": 3, "consumers": 3})).await;
    let client = &mut world.client;
    for n in 1..=EACH {
        for producer in ["producer", "producer-2", "producer-3"] {
            numbered(client, producer, n).await;
        }
    }
    client
        .until("all messages sent and received", |state| {
            received(state) == 3 * EACH && state.counts.sent == 3 * EACH
        })
        .await;
    let state = client.state();
    assert_eq!(state.counts.lost, 0);
    for message in &state.messages {
        assert_eq!(
            (message.receivers.len(), message.bytes_out),
            (1, message.len),
            "{message:?}"
        );
    }
    world.end().await;
}

async fn numbered(client: &mut Client, producer: &str, n: u64) {
    let text = format!("{producer} says {n}");
    client.send(producer, Data::Text { text }, 1).await;
}
