//! Lines that several add.

use super::{holds, on_demand, read, read_until, send};
use crate::subject::{Subject, received};
use serde_json::json;
use shared::{command::Data, ids::MsgId};

pub(crate) async fn two_that_append_lose_no_line(subject: Subject) {
    const LINES: u32 = 40;
    let mut world = on_demand(subject, json!({"writers": 2})).await;
    let client = &mut world.client;
    for (worker, text) in [("writer", "from A"), ("writer-2", "from B")] {
        let text = text.to_owned();
        client.send(worker, Data::Text { text }, LINES).await;
    }
    client
        .until("all lines written", |state| {
            state.counts.sent == u64::from(2 * LINES)
        })
        .await;
    if subject.xray {
        read_until(client, u64::from(2 * LINES)).await;
    } else {
        // Of two that append at once, nobody but the kernel knows whose line came first.
        client.act("read", "reader", json!({})).await;
        client
            .until("all bytes on the other side", |state| {
                state.counts.bytes_received == 7 * u64::from(2 * LINES)
            })
            .await;
    }
    assert_eq!(client.state().counts.lost, 0);
    assert_eq!(client.state().counts.bytes_sent, 7 * u64::from(2 * LINES));
    world.end().await;
}

pub(crate) async fn without_o_append_each_writes_over_the_other(subject: Subject) {
    let mut world = on_demand(subject, json!({"writers": 2, "append": false})).await;
    let client = &mut world.client;
    send(client, "writer", "first line").await;
    holds(client, "first line\n").await;
    send(client, "writer-2", "me").await;
    holds(client, "me\nst line\n").await;
    client
        .until("the bytes written over lost", |state| {
            state
                .message(1)
                .is_some_and(|message| message.bytes_lost == 3)
        })
        .await;
    let got = read(client).await;
    let parts: Vec<(Option<MsgId>, u64, u64)> = got
        .iter()
        .flat_map(|event| &event.parts)
        .map(|part| (part.msg, part.from, part.to))
        .collect();
    assert_eq!(parts, [(Some(2), 0, 3), (Some(1), 3, 11)]);
    world.end().await;
}

pub(crate) async fn the_end_of_a_file_is_the_end_for_now(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    send(client, "writer", "one").await;
    read_until(client, 1).await;
    assert_eq!(read(client).await, [], "it stands at the end");
    send(client, "writer", "two").await;
    read_until(client, 2).await;
    assert_eq!(received(client.state()), 2);
    world.end().await;
}
