//! A pipe holds only so much.

use crate::subject::{FULL, Subject, by, figure, freeze, object, received, sleeps};
use serde_json::json;
use shared::{
    event::{Kind, Wait},
    os::Errno,
    state::RunState,
};

fn sent_whole(state: &RunState) -> usize {
    let whole =
        |message: &&shared::state::Message| message.sent.is_some_and(|sent| sent.n == message.len);
    state.messages.iter().filter(whole).count()
}

pub(crate) async fn blocks_when_full_and_drains_after_resume(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    freeze(client, "reader").await;
    client.flood("writer", 4096, 20).await;
    let full = |state: &RunState| {
        // Asked of the kernel, not counted.
        let live = state.objects.iter().any(|object| object.is_live("bytes"));
        live && figure(state, "bytes") == Some(FULL) && sleeps(state, "writer", Wait::PipeFull)
    };
    client
        .until(
            "65,536 bytes in the pipe, by the kernel's word, and the writer asleep",
            full,
        )
        .await;
    let reading = object(client.state()).reading("bytes").expect("just seen");
    assert_eq!(reading.max, Some(FULL));
    // Reports may be behind what the kernel says now.
    client
        .until("16 messages of 4,096 bytes are 65,536", |state| {
            sent_whole(state) == 16
        })
        .await;
    assert_eq!(received(client.state()), 0);
    client.act("resume", "reader", json!({})).await;
    client
        .until("all messages on the other side", |state| {
            received(state) == 20
        })
        .await;
    client
        .until("an empty pipe", |state| figure(state, "bytes") == Some(0))
        .await;
    world.end().await;
}

pub(crate) async fn a_smaller_capacity_is_full_earlier(subject: Subject) {
    let mut world = subject
        .run(json!({"reader": "demand", "capacity": 4096}))
        .await;
    let client = &mut world.client;
    client.flood("writer", 4096, 2).await;
    let full = |state: &RunState| {
        figure(state, "bytes") == Some(4096) && sleeps(state, "writer", Wait::PipeFull)
    };
    client
        .until("4,096 bytes in the pipe and the writer asleep", full)
        .await;
    assert_eq!(
        object(client.state())
            .reading("bytes")
            .and_then(|reading| reading.max),
        Some(4096)
    );
    client
        .act("read", "reader", json!({"len": 4096, "times": 2}))
        .await;
    client
        .until("both messages on the other side", |state| {
            received(state) == 2
        })
        .await;
    world.end().await;
}

pub(crate) async fn without_waiting_a_full_pipe_says_eagain(subject: Subject) {
    let mut world = subject
        .run(json!({"reader": "demand", "nonblock": true}))
        .await;
    let client = &mut world.client;
    client.flood("writer", 4096, 17).await;
    let refused = |kind: &Kind| {
        matches!(
            kind,
            Kind::MessageSent {
                n: 0,
                errno: Some(Errno::EAGAIN),
                ..
            }
        )
    };
    client
        .event("the message that does not fit", |event| {
            by(event, "writer") && refused(&event.kind)
        })
        .await;
    assert_eq!(sent_whole(client.state()), 16);
    assert!(
        !sleeps(client.state(), "writer", Wait::PipeFull),
        "O_NONBLOCK never sleeps"
    );
    client
        .act("read", "reader", json!({"len": 1_048_576}))
        .await;
    client
        .until("what fitted on the other side", |state| {
            received(state) == 16
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_message_larger_than_the_pipe_goes_in_parts(subject: Subject) {
    const LEN: u64 = 100_000;
    let mut world = subject.run(json!({"reader": "demand"})).await;
    let client = &mut world.client;
    client.flood("writer", LEN, 1).await;
    let full = |state: &RunState| {
        figure(state, "bytes") == Some(FULL) && sleeps(state, "writer", Wait::PipeFull)
    };
    client
        .until("a full pipe and the writer asleep", full)
        .await;
    assert_eq!(sent_whole(client.state()), 0, "the call has not returned");
    client
        .act("read", "reader", json!({"len": FULL, "times": 1}))
        .await;
    client
        .until("the writer through", |state| sent_whole(state) == 1)
        .await;
    client
        .act("read", "reader", json!({"len": FULL, "times": 1}))
        .await;
    client
        .until("the message on the other side", |state| {
            received(state) == 1
        })
        .await;
    let message = &client.state().messages[0];
    assert_eq!((message.bytes_in, message.bytes_out), (LEN, LEN));
    world.end().await;
}

pub(crate) async fn small_writes_share_a_page(subject: Subject) {
    let mut world = subject.run(json!({"reader": "demand"})).await;
    let client = &mut world.client;
    client.flood("writer", 100, 10).await;
    client
        .until("all bytes in the pipe", |state| {
            figure(state, "bytes") == Some(1000)
        })
        .await;
    client
        .until("slots that are pages, not messages", |state| {
            figure(state, "slots") == Some(1)
        })
        .await;
    assert_eq!(
        object(client.state())
            .reading("slots")
            .and_then(|reading| reading.max),
        Some(16)
    );
    world.end().await;
}
