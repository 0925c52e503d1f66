//! What a learner does to a run, and what it may cost.

use crate::subject::{FULL, Subject, by, figure, freeze, frozen, received, sleeps};
use harness::World;
use serde_json::json;
use shared::{
    command::Effect,
    event::{Kind, Wait},
    state::RunState,
};

pub(crate) async fn a_freeze_shortens_a_blocked_write_at_most_once(subject: Subject) {
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
    freeze(client, "writer").await;
    client.act("resume", "writer", json!({})).await;
    client
        .until("the writer asleep again", |state| {
            !frozen(state, "writer") && full(state)
        })
        .await;
    client
        .act("read", "reader", json!({"len": FULL, "times": 1}))
        .await;
    client
        .until("the writer through", |state| {
            state.messages[0].sent.is_some_and(|sent| sent.n == LEN)
        })
        .await;
    client
        .act("read", "reader", json!({"len": FULL, "times": 1}))
        .await;
    client
        .until("the message on the other side", |state| {
            received(state) == 1
        })
        .await;
    assert_eq!(
        client.state().messages[0].bytes_out,
        LEN,
        "a freeze doubles nothing"
    );
    if subject.xray {
        let write = |kind: &Kind| match kind {
            Kind::CallReturned { name, ret, .. } if name == "write" => *ret,
            _ => None,
        };
        let writes: Vec<_> = client
            .events()
            .iter()
            .filter(|event| by(event, "writer"))
            .filter_map(|event| write(&event.kind))
            .collect();
        let rest = i64::try_from(LEN - FULL).expect("short");
        assert_eq!(
            writes,
            [65_536, rest],
            "the frozen write returned short, and the rest followed\n{}",
            client.tail()
        );
    }
    world.end().await;
}

pub(crate) async fn a_frozen_worker_says_so_and_goes_on(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    let ack = client.act("freeze", "reader", json!({})).await;
    assert_eq!(ack.effect, Effect::Done, "a freeze never waits");
    client
        .until("the reader frozen", |state| frozen(state, "reader"))
        .await;
    assert!(client.worker("reader").can_resume());
    client.send_text("writer", "wait for it").await;
    client
        .until("the message in the pipe", |state| {
            figure(state, "bytes") == Some(11)
        })
        .await;
    assert_eq!(received(client.state()), 0);
    client.act("resume", "reader", json!({})).await;
    client
        .until("the message on the other side", |state| {
            !frozen(state, "reader") && received(state) == 1
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_command_to_a_sleeping_worker_waits(subject: Subject) {
    let mut world = subject.run(json!({"reader": "demand"})).await;
    let client = &mut world.client;
    client.act("read", "reader", json!({"len": 10})).await;
    client
        .until("the reader asleep in read", |state| {
            sleeps(state, "reader", Wait::PipeEmpty)
        })
        .await;
    client.act("read", "reader", json!({"len": 20})).await;
    let waits = |state: &RunState| {
        state
            .waiting
            .iter()
            .any(|waiting| waiting.worker.as_str() == "reader")
    };
    client.until("a command that waits", waits).await;
    client.send_text("writer", "first").await;
    client
        .until("the first message on the other side", |state| {
            received(state) == 1
        })
        .await;
    client
        .until("no command that waits", |state| state.waiting.is_empty())
        .await;
    client.send_text("writer", "second").await;
    client
        .until("the second message on the other side", |state| {
            received(state) == 2
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_message_right_after_the_start_is_not_lost(subject: Subject) {
    let mut world = World::new().await;
    let client = &mut world.client;
    let started = client
        .try_start(subject.plan(json!({})))
        .await
        .expect("the run starts");
    client.run = started.run.expect("an ack of start names the run");
    // Nobody has been born yet.
    client.send_text("writer", "early").await;
    client
        .until("the message on the other side", |state| {
            received(state) == 1
        })
        .await;
    world.end().await;
}
