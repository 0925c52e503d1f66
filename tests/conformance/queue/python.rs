//! What Python's `multiprocessing.Queue` promises, and what it does not.

use super::{fill_put, on_demand};
use crate::subject::{Subject, gone, kill, received, sleeps};
use serde_json::json;
use shared::{
    command::Data,
    event::{Kind, Wait},
    state::{Life, RunState},
};
use std::collections::BTreeSet;

pub(crate) async fn maxsize_lets_its_producer_sleep(subject: Subject) {
    let mut world = on_demand(subject, json!({"maxsize": 2})).await;
    let client = &mut world.client;
    fill_put(client, &["one", "two"]).await;
    text(client, "more").await;
    client
        .until("the producer asleep", |state| {
            sleeps(state, "producer", Wait::Futex)
        })
        .await;
    assert_eq!(client.state().counts.sent, 2);
    client.act("receive", "consumer", json!({})).await;
    client
        .until("the third put", |state| {
            state.counts.sent == 3 && received(state) == 1
        })
        .await;
    world.end().await;
}

/// The lock of the readers is a number in memory: nobody sets it back for one who is dead.
pub(crate) async fn a_consumer_killed_inside_get_leaves_the_others_waiting(subject: Subject) {
    let mut world = on_demand(subject, json!({"consumers": 2})).await;
    let client = &mut world.client;
    client.act("receive", "consumer", json!({})).await;
    client
        .until("the consumer asleep", |state| {
            sleeps(state, "consumer", Wait::PipeEmpty)
        })
        .await;
    kill(client, "consumer").await;
    fill_put(client, &["for nobody"]).await;
    client.act("receive", "consumer-2", json!({})).await;
    client
        .until("the other waiting for the lock", |state| {
            sleeps(state, "consumer-2", Wait::Futex)
        })
        .await;
    assert_eq!(received(client.state()), 0, "{}", client.tail());
    world.end().await;
}

pub(crate) async fn one_stop_ends_one_who_gets_it(subject: Subject) {
    let mut world = subject.run(json!({"consumers": 2, "sentinel": true})).await;
    let client = &mut world.client;
    let ended = |state: &RunState| {
        let well = Life::Exited { code: 0 };
        let all = ["consumer", "consumer-2"];
        all.iter().filter(|who| gone(state, who, well)).count()
    };
    text(client, "STOP").await;
    let one_waits = |state: &RunState| {
        let all = ["consumer", "consumer-2"];
        let asleep = all.iter().filter(|who| sleeps(state, who, Wait::PipeEmpty));
        ended(state) == 1 && asleep.count() == 1
    };
    client
        .until("one ended, the other waiting", one_waits)
        .await;
    text(client, "STOP").await;
    client.until("both ended", |state| ended(state) == 2).await;
    world.end().await;
}

/// A producer ends after its feeder, and that after somebody has made room.
pub(crate) async fn a_producer_ends_when_all_it_put_is_in_the_pipe(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    let data = Data::Fill {
        fill: "78".to_owned(),
        len: 50_000,
    };
    client.send("producer", data, 4).await;
    client
        .until("all four put", |state| state.counts.sent == 4)
        .await;
    client.act("join", "producer", json!({})).await;
    client
        .until("the producer waiting for its feeder", |state| {
            sleeps(state, "producer", Wait::Futex)
        })
        .await;
    client.act("receive", "consumer", json!({"times": 4})).await;
    client
        .until("the producer at its end", |state| {
            gone(state, "producer", Life::Exited { code: 0 }) && received(state) == 4
        })
        .await;
    world.end().await;
}

/// Seen with X-ray only: it is another thread that writes.
pub(crate) async fn a_thread_of_its_own_writes(subject: Subject) {
    let mut world = on_demand(subject, json!({"producers": 2})).await;
    let client = &mut world.client;
    for producer in ["producer", "producer-2"] {
        for n in 0..3 {
            let text = format!("{producer} says {n}");
            client.send(producer, Data::Text { text }, 1).await;
        }
    }
    client.act("receive", "consumer", json!({"times": 6})).await;
    client
        .until("all six received", |state| received(state) == 6)
        .await;
    let writes: BTreeSet<_> = client
        .events()
        .iter()
        .filter_map(|event| match &event.kind {
            Kind::CallEntered {
                name,
                msg: Some(msg),
                ..
            } if name == "write" => Some((*msg, event.task.is_some())),
            _ => None,
        })
        .collect();
    let messages = &client.state().messages;
    let announced = messages.iter().map(|message| (message.id, true));
    assert_eq!(writes, announced.collect(), "{}", client.tail());
    for message in messages {
        assert_eq!(message.bytes_out, message.len, "{message:?}");
    }
    world.end().await;
}

async fn text(client: &mut harness::Client, text: &str) {
    let text = text.to_owned();
    client.send("producer", Data::Text { text }, 1).await;
}
