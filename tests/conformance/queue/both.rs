//! What both kinds of queue of the kernel promise.

use super::{fill, on_demand, receive, refused, send, waits};
use crate::subject::{Subject, figure, gone, kill, object, received, sleeps};
use serde_json::{Value, json};
use shared::{
    event::{Kind, Origin, Wait},
    os::{Errno, Signal},
    state::Life,
};

/// A queue with room for two messages of four bytes.
fn small(subject: Subject) -> Value {
    if subject.variant == "sysv" {
        json!({"qbytes": 8})
    } else {
        json!({"maxmsg": 2})
    }
}

pub(crate) async fn a_full_queue_lets_its_sender_sleep(subject: Subject) {
    let mut world = on_demand(subject, small(subject)).await;
    let client = &mut world.client;
    fill(client, subject, &["one.", "two."]).await;
    send(client, subject, "more", 1).await;
    client
        .until("the producer asleep", |state| {
            sleeps(state, "producer", Wait::QueueFull)
        })
        .await;
    assert_eq!(client.state().counts.sent, 2);
    assert_eq!(figure(client.state(), "messages"), Some(2));
    assert_eq!(receive(client, json!({})).await, "one.");
    client
        .until("the third message in", |state| {
            state.counts.sent == 3 && figure(state, "messages") == Some(2)
        })
        .await;
    world.end().await;
}

pub(crate) async fn without_waiting_a_full_queue_says_eagain(subject: Subject) {
    let mut params = small(subject);
    params["nonblock"] = true.into();
    let mut world = on_demand(subject, params).await;
    let client = &mut world.client;
    fill(client, subject, &["one.", "two."]).await;
    send(client, subject, "more", 1).await;
    client
        .until("the refusal", |state| refused(state) == Some(Errno::EAGAIN))
        .await;
    assert_eq!(
        figure(client.state(), "messages"),
        Some(2),
        "nothing of it went in"
    );
    world.end().await;
}

pub(crate) async fn an_empty_queue_lets_its_reader_sleep(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    client.act("receive", "consumer", json!({})).await;
    client
        .until("the consumer asleep", |state| waits(state, "consumer"))
        .await;
    send(client, subject, "wake up", 1).await;
    client
        .until("the message on the other side", |state| {
            received(state) == 1
        })
        .await;
    world.end().await;
}

pub(crate) async fn what_it_holds_is_what_the_kernel_counts(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    fill(client, subject, &["a", "bb", "ccc"]).await;
    client
        .until("three items", |state| object(state).items.len() == 3)
        .await;
    let queue = object(client.state());
    let reading = |figure: &str| {
        queue
            .reading(figure)
            .map(|reading| (reading.value, reading.origin))
    };
    assert_eq!(reading("messages"), Some((3, Origin::Live)));
    assert_eq!(reading("bytes"), Some((6, Origin::Live)));
    assert_eq!(queue.items_origin, Some(Origin::Model));
    let held: Vec<_> = queue
        .items
        .iter()
        .map(|item| (item.msg, item.len, item.key))
        .collect();
    let ids: Vec<_> = client
        .state()
        .messages
        .iter()
        .map(|message| Some(message.id))
        .collect();
    assert_eq!(
        held,
        [
            (ids[0], 1, Some(1)),
            (ids[1], 2, Some(1)),
            (ids[2], 3, Some(1))
        ]
    );
    assert_eq!(receive(client, json!({})).await, "a");
    client
        .until("two left, by both", |state| {
            object(state).items.len() == 2 && figure(state, "bytes") == Some(5)
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_killed_producer_is_no_end_of_file(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    client
        .until("the consumer asleep", |state| waits(state, "consumer"))
        .await;
    kill(client, "producer").await;
    assert!(waits(client.state(), "consumer"), "{}", client.tail());
    world.end().await;
}

pub(crate) async fn messages_of_a_killed_producer_stay(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    fill(client, subject, &["first", "second"]).await;
    kill(client, "producer").await;
    assert_eq!(receive(client, json!({})).await, "first");
    assert_eq!(receive(client, json!({})).await, "second");
    assert_eq!(client.state().counts.lost, 0);
    world.end().await;
}

/// A producer is killed somewhere in a burst: what its calls put in, comes out.
pub(crate) async fn a_cut_off_burst_loses_nothing_that_went_in(subject: Subject) {
    let mut world = subject.run(json!({"pace": 500})).await;
    let client = &mut world.client;
    client.flood("producer", 4, 5_000).await;
    client
        .until("the burst under way", |state| received(state) >= 20)
        .await;
    client.act("kill", "producer", json!({})).await;
    let killed = Life::Killed {
        signal: Signal::SIGKILL,
    };
    client
        .until("the producer killed and the queue empty", |state| {
            gone(state, "producer", killed)
                && figure(state, "messages") == Some(0)
                && waits(state, "consumer")
        })
        .await;
    let counts = &client.state().counts;
    let (sent, came) = (counts.bytes_sent / 4, counts.bytes_received / 4);
    // It can have died between its call and its return; and of what it only reports, its last words may find no room.
    let most = if subject.xray { sent + 1 } else { u64::MAX };
    assert!(
        (sent..=most).contains(&came),
        "{sent} sent, {came} received\n{}",
        client.tail()
    );
    assert!(came < 5_000, "it was killed in the middle");
    let lost = client
        .events()
        .iter()
        .any(|event| matches!(event.kind, Kind::MessageLost { .. }));
    assert!(!lost, "{}", client.tail());
    world.end().await;
}
