//! What goes in comes out: the same bytes, in the same order, once.

use crate::subject::{Subject, by, figure, received};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use harness::{Client, client::decode};
use serde_json::json;
use shared::{
    command::Data,
    event::{Event, Kind, Part, Tie},
    state::RunState,
};

/// What a receive said: which bytes of which messages, and how sure.
fn receives(events: &[Event]) -> impl Iterator<Item = (&[Part], Tie, Option<u64>)> {
    events.iter().filter_map(|event| match &event.kind {
        Kind::MessageReceived { tie, call, .. } => Some((event.parts.as_slice(), *tie, *call)),
        _ => None,
    })
}

/// All bytes that the reader's calls returned, in order.
async fn bytes_read(client: &mut Client) -> Vec<u8> {
    let calls: Vec<_> = receives(client.events())
        .filter_map(|(_, _, call)| call)
        .collect();
    let mut all = Vec::new();
    for call in calls {
        all.extend(client.bytes_of(call).await);
    }
    all
}

pub(crate) async fn delivers_what_was_sent_byte_for_byte(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    // Every byte there is, text beyond ASCII, a single byte, and more than one page.
    let all_bytes: Vec<u8> = (0..=255).collect();
    let payloads = [
        Data::Base64 {
            base64: BASE64.encode(&all_bytes),
        },
        Data::Text {
            text: "Grüße, \u{1f9ea}\n\"quoted\"\0".to_owned(),
        },
        Data::Fill {
            fill: "00".to_owned(),
            len: 1,
        },
        Data::Fill {
            fill: "ff".to_owned(),
            len: 10_000,
        },
    ];
    for (count, data) in (1..).zip(&payloads) {
        client.send("writer", data.clone(), 1).await;
        client
            .until("the message on the other side", |state| {
                received(state) == count
            })
            .await;
    }
    // A reader can be back, and say so, before the writer whose bytes it got.
    client
        .until("the writer's own word on all of them", |state| {
            state.messages.iter().all(|message| message.sent.is_some())
        })
        .await;
    assert!(
        receives(client.events()).all(|(_, tie, _)| tie == Tie::Certain),
        "{}",
        client.tail()
    );
    for (message, data) in client.state().messages.iter().zip(&payloads) {
        let len = u64::try_from(decode(data).len()).expect("short");
        assert_eq!(
            (
                message.len,
                message.bytes_in,
                message.bytes_out,
                message.bytes_lost
            ),
            (len, len, len, 0)
        );
        assert_eq!(message.receivers, [("reader".into(), len)]);
    }
    if subject.xray {
        let sent: Vec<u8> = payloads.iter().flat_map(decode).collect();
        assert_eq!(bytes_read(client).await, sent);
    }
    world.end().await;
}

pub(crate) async fn keeps_the_order(subject: Subject) {
    const MESSAGES: u32 = 50;
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    for number in 1..=MESSAGES {
        client
            .send_text("writer", &format!("message {number}"))
            .await;
    }
    client
        .until("all messages on the other side", |state| {
            received(state) == u64::from(MESSAGES)
        })
        .await;
    let parts: Vec<Part> = receives(client.events())
        .flat_map(|(parts, _, _)| parts.to_vec())
        .collect();
    assert!(
        parts.is_sorted_by_key(|part| (part.msg, part.from)),
        "{parts:?}"
    );
    let received: u64 = parts.iter().map(|part| part.to - part.from).sum();
    let sent: u64 = (1..=MESSAGES)
        .map(|number| format!("message {number}").len() as u64)
        .sum();
    assert_eq!(received, sent, "nothing is received twice");
    world.end().await;
}

pub(crate) async fn reads_as_much_as_was_asked_for(subject: Subject) {
    let mut world = subject.run(json!({"reader": "demand"})).await;
    let client = &mut world.client;
    client.send_text("writer", "one message").await;
    client
        .until("the message in the pipe", |state| {
            figure(state, "bytes") == Some(11)
        })
        .await;
    client.act("read", "reader", json!({"len": 3})).await;
    client.act("read", "reader", json!({"len": 4096})).await;
    client
        .until("the message on the other side", |state| {
            received(state) == 1
        })
        .await;
    let parts: Vec<_> = receives(client.events())
        .map(|(parts, _, _)| parts.to_vec())
        .collect();
    let msg = client.state().messages[0].id;
    let part = |from, to| {
        vec![Part {
            msg: Some(msg),
            from,
            to,
        }]
    };
    assert_eq!(parts, [part(0, 3), part(3, 11)]);
    world.end().await;
}

pub(crate) async fn two_writers_do_not_mix_messages_of_pipe_buf(subject: Subject) {
    const EACH: u32 = 40;
    let mut world = subject.run(json!({"writers": 2, "chunk": 4096})).await;
    let client = &mut world.client;
    for (writer, fill) in [("writer", "61"), ("writer-2", "62")] {
        client
            .send(
                writer,
                Data::Fill {
                    fill: fill.to_owned(),
                    len: 4096,
                },
                EACH,
            )
            .await;
    }
    client
        .until("all messages on the other side", |state| {
            received(state) == u64::from(2 * EACH)
        })
        .await;
    for (parts, tie, _) in receives(client.events()) {
        assert_eq!(
            (parts.len(), tie),
            (1, Tie::Certain),
            "a read of PIPE_BUF bytes gets one whole message: {parts:?}"
        );
        assert_eq!((parts[0].from, parts[0].to), (0, 4096));
    }
    world.end().await;
}

pub(crate) async fn packets_keep_their_boundaries(subject: Subject) {
    let mut world = subject
        .run(json!({"reader": "demand", "packets": true}))
        .await;
    let client = &mut world.client;
    for text in ["one", "two", "three"] {
        client.send_text("writer", text).await;
    }
    let three = |state: &RunState| figure(state, "bytes") == Some(11) && state.counts.sent == 3;
    client.until("three packets in the pipe", three).await;
    client.act("read", "reader", json!({"len": 4096})).await;
    client
        .until("the first packet on the other side", |state| {
            received(state) == 1
        })
        .await;
    let first = client
        .event("a receive", |event| {
            by(event, "reader") && !event.parts.is_empty()
        })
        .await;
    assert_eq!(
        first
            .parts
            .iter()
            .map(|part| part.to - part.from)
            .collect::<Vec<_>>(),
        [3],
        "one packet a read"
    );
    world.end().await;
}
