//! What a System V queue promises. msgop(2), sysvipc(7).

use super::{failed, fill, on_demand, receive, refused, send, waits};
use crate::subject::{Subject, figure, object, received};
use serde_json::json;
use shared::{event::Kind, os::Errno};

pub(crate) async fn a_reader_gets_the_type_it_asks_for(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    for (text, kind) in [("a1", 1), ("b2", 2), ("c1", 1), ("d3", 3)] {
        send(client, subject, text, kind).await;
    }
    client
        .until("four in the queue", |state| {
            figure(state, "messages") == Some(4)
        })
        .await;
    assert_eq!(receive(client, json!({"type": 3})).await, "d3");
    assert_eq!(receive(client, json!({"type": 1})).await, "a1");
    assert_eq!(
        receive(client, json!({})).await,
        "b2",
        "0 is the oldest of all"
    );
    client.act("receive", "consumer", json!({"type": 7})).await;
    client
        .until("asleep beside a message of another type", |state| {
            waits(state, "consumer")
        })
        .await;
    assert_eq!(figure(client.state(), "messages"), Some(1));
    send(client, subject, "e7", 7).await;
    client
        .until("what it asked for", |state| received(state) == 4)
        .await;
    assert_eq!(super::last_text(client), "e7");
    world.end().await;
}

pub(crate) async fn the_lowest_type_can_be_asked_for(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    for (text, kind) in [("five", 5), ("two", 2), ("nine", 9), ("two again", 2)] {
        send(client, subject, text, kind).await;
    }
    client
        .until("four in the queue", |state| {
            figure(state, "messages") == Some(4)
        })
        .await;
    let lowest = json!({"type": 5, "lowest": true});
    let mut came = Vec::new();
    for _ in 0..3 {
        came.push(receive(client, lowest.clone()).await);
    }
    assert_eq!(came, ["two", "two again", "five"]);
    client.act("receive", "consumer", lowest).await;
    client
        .until("nothing up to 5 is left", |state| waits(state, "consumer"))
        .await;
    world.end().await;
}

pub(crate) async fn two_readers_of_their_own_types_do_not_disturb_each_other(subject: Subject) {
    let mut world = subject.run(json!({"consumers": 2, "want": "own"})).await;
    let client = &mut world.client;
    for n in 0..6 {
        send(client, subject, &format!("message {n}"), 1 + n % 2).await;
    }
    client
        .until("all received", |state| received(state) == 6)
        .await;
    for message in &client.state().messages {
        let wanted = if message.key == Some(2) {
            "consumer-2"
        } else {
            "consumer"
        };
        let got: Vec<_> = message
            .receivers
            .iter()
            .map(|(who, _)| who.as_str())
            .collect();
        assert_eq!(got, [wanted], "{message:?}");
    }
    world.end().await;
}

pub(crate) async fn removing_it_wakes_who_sleeps_in_it(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    client
        .until("the consumer asleep", |state| waits(state, "consumer"))
        .await;
    client.act("unlink", "parent", json!({})).await;
    client
        .until("the consumer woken with EIDRM", |state| {
            failed(state, "consumer", Errno::EIDRM) && object(state).removed
        })
        .await;
    send(client, subject, "late", 1).await;
    client
        .until("no such queue any more", |state| {
            refused(state) == Some(Errno::EINVAL)
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_message_is_cut_only_where_that_is_asked_for(subject: Subject) {
    let mut world = on_demand(subject, json!({"buffer": 4, "noerror": true})).await;
    let client = &mut world.client;
    fill(client, subject, &["abcdefghij"]).await;
    client.act("receive", "consumer", json!({})).await;
    client
        .until("four of ten bytes", |state| {
            state.counts.bytes_received == 4
        })
        .await;
    client
        .until("the rest told as lost", |state| state.counts.lost == 1)
        .await;
    let lost = client.events().iter().find_map(|event| match event.kind {
        Kind::MessageLost { from, to, .. } => Some((from, to)),
        _ => None,
    });
    assert_eq!((lost, received(client.state())), (Some((4, 10)), 0));
    world.end().await;
}

pub(crate) async fn a_message_that_does_not_fit_stays(subject: Subject) {
    let mut world = on_demand(subject, json!({"buffer": 4})).await;
    let client = &mut world.client;
    fill(client, subject, &["abcdefghij"]).await;
    client.act("receive", "consumer", json!({})).await;
    client
        .until("the refusal", |state| {
            failed(state, "consumer", Errno::E2BIG)
        })
        .await;
    assert_eq!(figure(client.state(), "messages"), Some(1));
    assert_eq!(receive(client, json!({"len": 10})).await, "abcdefghij");
    world.end().await;
}

pub(crate) async fn nobody_holds_it(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    send(client, subject, "hello", 1).await;
    client
        .until("the message on the other side", |state| {
            received(state) == 1
        })
        .await;
    let queue = object(client.state());
    assert!(queue.holders.is_empty() && !queue.removed, "{queue:?}");
    assert_eq!(queue.names.len(), 1, "its key: {queue:?}");
    world.end().await;
}
