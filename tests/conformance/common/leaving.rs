//! Who is told to exit ends by itself.

use crate::subject::{Subject, by, freeze, gone, living, resume, sleeps};
use serde_json::json;
use shared::{
    command::Effect,
    event::{Kind, Wait},
    state::Life,
};

/// By itself, in good order.
const ENDED: Life = Life::Exited { code: 0 };

pub(crate) async fn an_idle_worker_told_to_exit_ends_by_itself_at_once(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let sender = subject.sender();
    let client = &mut world.client;
    client
        .until("the sender idle", |state| {
            sleeps(state, &sender, Wait::Command)
        })
        .await;
    let ack = client.act("exit", &sender, json!({})).await;
    assert_eq!(ack.effect, Effect::Done, "it had nothing else to do");
    client
        .until("the sender's own end", |state| gone(state, &sender, ENDED))
        .await;
    let others = living(client.state());
    assert!(
        others.iter().all(|other| other.id.as_str() != sender),
        "{others:?}"
    );
    if subject.xray {
        let called = client.events().iter().any(|event| {
            by(event, &sender)
                && matches!(&event.kind, Kind::CallEntered { name, .. } if name == "exit_group")
        });
        assert!(called, "it ends by a call of its own\n{}", client.tail());
    }
    world.end().await;
}

pub(crate) async fn a_busy_worker_told_to_exit_ends_when_it_comes_back(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let sender = subject.sender();
    let client = &mut world.client;
    client
        .until("the sender idle", |state| {
            sleeps(state, &sender, Wait::Command)
        })
        .await;
    freeze(client, &sender).await;
    let ack = client.act("exit", &sender, json!({})).await;
    assert_eq!(ack.effect, Effect::Queued, "it cannot hear it");
    client
        .until("an exit that waits", |state| {
            let mut waiting = state.waiting.iter();
            waiting.any(|waiting| waiting.verb == "exit" && waiting.worker.as_str() == sender)
        })
        .await;
    for verb in ["exit", "send"] {
        let refused = match verb {
            "send" => client.try_send(&sender, subject.payload(1), 1).await,
            _ => client.try_act(verb, &sender, json!({})).await,
        };
        let refused = refused.expect_err("no other command comes after it");
        assert_eq!(refused.field.as_deref(), Some("worker"), "{refused}");
    }
    assert!(client.worker(&sender).alive(), "{}", client.tail());
    resume(client, &sender).await;
    client
        .until("the sender's own end", |state| {
            gone(state, &sender, ENDED) && state.waiting.is_empty()
        })
        .await;
    world.end().await;
}
