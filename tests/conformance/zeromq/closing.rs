//! What becomes of a full shelf when its socket is closed: zmq_close(3), zmq_ctx_term(3), ZMQ_LINGER.

use super::{big, connected, received, says};
use crate::subject::{Subject, freeze, gone, resume};
use harness::{Client, World};
use serde_json::json;
use shared::state::{Life, Message};

/// Messages of 32 kB, several times what a connection has room for.
const BURST: u32 = 60;

/// A burst that is more than the kernel has room for, to one who is frozen; then the sender's socket is closed.
async fn closed_with_a_full_shelf(subject: Subject, linger: u64) -> World {
    let mut world = subject.run(json!({"linger": linger})).await;
    let (sender, receiver) = (subject.sender(), subject.receiver());
    connected(&mut world, &sender, &receiver).await;
    let client = &mut world.client;
    freeze(client, &receiver).await;
    client.send(&sender, big(), BURST).await;
    let sent = u64::from(BURST) + 1;
    client
        .until("all of it on the shelf", |state| {
            let by = |message: &&Message| message.worker.as_str() == sender;
            let done = |message: &&Message| message.sent.is_some();
            state.messages.iter().filter(by).filter(done).count() as u64 == sent
        })
        .await;
    client.act("close", &sender, json!({})).await;
    says(client, &sender, "closing").await;
    world
}

/// Its process has ended by itself.
async fn ends(client: &mut Client, who: &str) {
    client
        .until("the end of who has closed", |state| {
            gone(state, who, Life::Exited { code: 0 })
        })
        .await;
}

pub(crate) async fn what_is_on_the_shelf_of_a_closed_socket_is_sent(subject: Subject) {
    let mut world = closed_with_a_full_shelf(subject, 60_000).await;
    let (sender, receiver) = (subject.sender(), subject.receiver());
    let client = &mut world.client;
    // It sleeps in zmq_ctx_term() until there is room.
    assert!(!gone(client.state(), &sender, Life::Exited { code: 0 }));
    resume(client, &receiver).await;
    client
        .until("all of it", |state| {
            received(state, &receiver) == BURST as usize + 1
        })
        .await;
    ends(client, &sender).await;
    world.end().await;
}

pub(crate) async fn without_linger_it_is_gone_with_the_socket(subject: Subject) {
    let mut world = closed_with_a_full_shelf(subject, 0).await;
    let (sender, receiver) = (subject.sender(), subject.receiver());
    let client = &mut world.client;
    // Who was to get it is frozen still, and nobody waits for that.
    ends(client, &sender).await;
    resume(client, &receiver).await;
    says(client, &receiver, "disconnected").await;
    let came = received(client.state(), &receiver);
    assert!(came < BURST as usize, "{came} came\n{}", client.tail());
    world.end().await;
}

pub(crate) async fn who_closes_its_socket_ends(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let (sender, receiver) = (subject.sender(), subject.receiver());
    connected(&mut world, &sender, &receiver).await;
    for who in [&receiver, &sender] {
        let client = &mut world.client;
        client.act("close", who, json!({})).await;
        says(client, who, "closed").await;
        ends(client, who).await;
    }
    world.end().await;
}
