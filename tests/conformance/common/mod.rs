//! What every variant of every mechanism keeps, as far as the catalog says that it can.

mod calls;
mod capable;
mod leaving;

pub(crate) use calls::*;
pub(crate) use capable::*;
pub(crate) use leaving::*;

use crate::subject::{Subject, asked, freeze, frozen, kill, living, received};
use harness::World;
use serde_json::{Value, json};
use shared::{
    command::Data,
    event::{Event, Kind, Outcome, Part, Tie},
    failure::Code,
    state::{Message, RunState},
};
/// What each receive said: which bytes of which messages, and how sure.
fn receives(events: &[Event]) -> Vec<(Vec<Part>, Tie)> {
    let mut all = Vec::new();
    for event in events {
        if let Kind::MessageReceived { tie, .. } | Kind::MemoryLoaded { tie, .. } = &event.kind
            && !event.parts.is_empty()
        {
            all.push((event.parts.clone(), *tie));
        }
    }
    all
}

async fn send(world: &mut World, subject: Subject, worker: &str, n: u64) {
    world.client.send(worker, subject.payload(n), 1).await;
}

/// Sends messages 1 to `count`, one after the other, each when the one before has arrived.
async fn one_by_one(world: &mut World, subject: Subject, count: u64) {
    let sender = subject.sender();
    for n in 1..=count {
        send(world, subject, &sender, n).await;
        world
            .client
            .until("the message on the other side", |state| {
                received(state) >= n
            })
            .await;
    }
}

pub(crate) async fn what_is_sent_arrives(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    one_by_one(&mut world, subject, 3).await;
    world
        .client
        .until("the sender's own word on all of them", |state| {
            asked(state).all(|message| message.sent.is_some())
        })
        .await;
    let state = world.client.state();
    for (n, message) in (1..).zip(asked(state)) {
        let Data::Text { text } = subject.payload(n) else {
            panic!("payloads are text here")
        };
        // What has no bytes, a signal or a post, has arrived all the same.
        assert!(message.arrived, "{text}: {message:?}");
        assert!(
            message.bytes_out >= message.len || subject.entry == "signal",
            "{text}: {message:?}"
        );
        assert_eq!(message.bytes_lost, 0, "{text}: {message:?}");
        let receivers: Vec<_> = message
            .receivers
            .iter()
            .map(|(who, _)| who.as_str())
            .collect();
        assert_eq!(receivers, [subject.receiver()], "{text}");
    }
    let receives = receives(world.client.events());
    assert!(
        receives.iter().all(|(_, tie)| *tie == Tie::Certain),
        "{receives:?}\n{}",
        world.client.tail()
    );
    world.end().await;
}

pub(crate) async fn the_order_is_kept_where_that_is_promised(subject: Subject) {
    const MESSAGES: u64 = 8;
    let mut world = subject.run(json!({})).await;
    if subject.can().ordered && !subject.answers() {
        let (sender, receiver) = (subject.sender(), subject.receiver());
        world.client.act("freeze", &receiver, json!({})).await;
        for n in 1..=MESSAGES {
            send(&mut world, subject, &sender, n).await;
        }
        world.client.act("resume", &receiver, json!({})).await;
        world
            .client
            .until("all messages on the other side", |state| {
                received(state) == MESSAGES
            })
            .await;
    } else {
        one_by_one(&mut world, subject, MESSAGES).await;
    }
    let parts: Vec<Part> = receives(world.client.events())
        .into_iter()
        .flat_map(|(parts, _)| parts)
        .filter(|part| part.msg.is_some())
        .collect();
    assert!(!parts.is_empty());
    let (parts, _answers): (Vec<_>, Vec<_>) = parts
        .into_iter()
        .partition(|part| !subject.answers() || part.msg <= Some(MESSAGES));
    assert!(
        parts.is_sorted_by_key(|part| (part.msg, part.from)),
        "{parts:?}"
    );
    world.end().await;
}

pub(crate) async fn one_send_is_one_receive_where_that_is_promised(subject: Subject) {
    const MESSAGES: u64 = 4;
    let mut world = subject.run(json!({})).await;
    let (sender, receiver) = (subject.sender(), subject.receiver());
    if !subject.can().ordered || subject.answers() {
        // What is overwritten or merged cannot wait for a frozen receiver, and who waits for an answer sends no more.
        one_by_one(&mut world, subject, MESSAGES).await;
        world.end().await;
        return;
    }
    world.client.act("freeze", &receiver, json!({})).await;
    for n in 1..=MESSAGES {
        send(&mut world, subject, &sender, n).await;
    }
    world
        .client
        .until("all messages sent", |state| state.counts.sent == MESSAGES)
        .await;
    world.client.act("resume", &receiver, json!({})).await;
    world
        .client
        .until("all messages on the other side", |state| {
            received(state) == MESSAGES
        })
        .await;
    let receives = receives(world.client.events());
    let whole = |(parts, _): &(Vec<Part>, Tie)| {
        let first = parts.first().map(|part| part.msg);
        parts.iter().all(|part| Some(part.msg) == first)
    };
    if subject.can().boundaries {
        assert!(receives.iter().all(whole), "{receives:?}");
        // A connection reads each object in two parts: how long it is, and then that much.
        let msg = |(parts, _): &(Vec<Part>, Tie)| parts.first().and_then(|part| part.msg);
        let messages = receives.chunk_by(|a, b| msg(a) == msg(b)).count();
        assert_eq!(messages as u64, MESSAGES, "{receives:?}");
        if subject.variant != "python" {
            assert_eq!(receives.len(), messages, "{receives:?}");
        }
    } else {
        assert!(
            !receives.iter().all(whole),
            "without boundaries, what waits together is read together: {receives:?}"
        );
    }
    world.end().await;
}

pub(crate) async fn several_can_send_where_that_is_promised(subject: Subject) {
    let Some(param) = subject.senders_param() else {
        assert!(
            !subject.can().many_to_many,
            "it says that several can send, and has no parameter for it"
        );
        return;
    };
    let mut params = json!({param: 2});
    if subject.entry == "rpc" {
        // A kept connection keeps a server of one thread.
        params["threads"] = "many".into();
    }
    let mut world = subject.run(params.clone()).await;
    let senders: Vec<_> = subject
        .cast(&params)
        .into_iter()
        .filter(|member| member.sends)
        .map(|member| member.id.to_string())
        .take(2)
        .collect();
    assert_eq!(senders.len(), 2);
    for (n, sender) in (1..).zip(&senders) {
        send(&mut world, subject, sender, n).await;
        world
            .client
            .until("the message on the other side", |state| {
                received(state) >= n
            })
            .await;
    }
    let from: Vec<_> = asked(world.client.state())
        .map(|message| message.worker.to_string())
        .collect();
    assert_eq!(from, senders);
    world.end().await;
}

pub(crate) async fn a_frozen_receiver_goes_on_where_it_was(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let receiver = subject.receiver();
    freeze(&mut world.client, &receiver).await;
    send(&mut world, subject, &subject.sender(), 1).await;
    world
        .client
        .until("the sender done", |state| {
            asked(state).any(|message| message.sent.is_some())
        })
        .await;
    assert_eq!(received(world.client.state()), 0, "it is frozen");
    world.client.act("resume", &receiver, json!({})).await;
    world
        .client
        .until("the message on the other side", |state| {
            !frozen(state, &receiver) && received(state) == 1
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_killed_worker_is_reported(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let receiver = subject.receiver();
    one_by_one(&mut world, subject, 1).await;
    kill(&mut world.client, &receiver).await;
    let held = |state: &RunState| {
        state
            .objects
            .iter()
            .flat_map(|object| &object.holders)
            .any(|holder| holder.worker.as_str() == receiver)
    };
    assert!(
        !held(world.client.state()),
        "the kernel has closed all it held"
    );
    let refused = world
        .client
        .try_act("freeze", &receiver, json!({}))
        .await
        .expect_err("it is dead");
    assert_eq!(refused.field.as_deref(), Some("worker"), "{refused}");
    world.end().await;
}

pub(crate) async fn stop_twice_is_the_same_as_once(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let receiver = subject.receiver();
    let client = &mut world.client;
    client.stop().await;
    assert_eq!(
        client.state().finished.as_ref().map(|end| end.outcome),
        Some(Outcome::Stopped)
    );
    if let Err(failure) = client.try_stop().await {
        assert_eq!(failure.code, Code::RunOver, "{failure}");
    }
    let refused = client
        .try_act("freeze", &receiver, json!({}))
        .await
        .expect_err("there is nobody any more");
    assert_eq!(refused.code, Code::RunOver, "{refused}");
    assert!(living(client.state()).is_empty(), "{}", client.tail());
    let ends = client
        .events()
        .iter()
        .filter(|event| matches!(event.kind, Kind::RunFinished { .. }));
    assert_eq!(ends.count(), 1);
    world.end().await;
}

pub(crate) async fn what_does_not_exist_is_refused_by_name(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let (sender, receiver) = (subject.sender(), subject.receiver());
    let cast = subject.cast(&json!({}));
    let client = &mut world.client;
    let mut wrong: Vec<(&str, &str, Value, &str)> = vec![
        ("freeze", "nobody", json!({}), "worker"),
        ("sing", &receiver, json!({}), "do"),
    ];
    for act in subject.card().acts_of(subject.variant) {
        // Roles that other parameters would bring are not here.
        let able = cast.iter().find(|member| act.roles.contains(&member.role));
        if let Some(able) = able.filter(|member| member.role != "parent") {
            wrong.push((act.id, able.id.as_str(), json!({"no_such": 3}), "no_such"));
        }
        if !act.roles.contains(&"parent") {
            wrong.push((act.id, "parent", json!({}), "worker"));
        }
    }
    for (verb, worker, args, field) in wrong {
        let refused = client
            .try_act(verb, worker, args)
            .await
            .expect_err("it does not exist");
        assert_eq!(
            (refused.code, refused.field.as_deref()),
            (Code::BadParam, Some(field)),
            "{verb} {worker}: {refused}"
        );
        assert!(
            refused.message.len() > 10 && refused.hint.len() > 3,
            "a refusal is a sentence: {refused}"
        );
    }
    for worker in ["nobody", "parent"] {
        let refused = client
            .try_send(worker, subject.payload(1), 1)
            .await
            .expect_err("it cannot send");
        assert_eq!(
            (refused.code, refused.field.as_deref()),
            (Code::BadParam, Some("worker")),
            "{refused}"
        );
    }
    // What was refused did no harm.
    client.send(&sender, subject.payload(1), 1).await;
    client
        .until("the message on the other side", |state| {
            received(state) == 1
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_run_that_is_stopped_in_the_middle_leaves_nothing(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let sender = subject.sender();
    let client = &mut world.client;
    client.send(&sender, subject.payload(1), 1_000).await;
    client
        .until("some messages on the other side", |state| {
            // Posts look alike: of many that are open, which one was taken is not known.
            let some = |message: &Message| message.arrived || message.tie == Tie::Ambiguous;
            let all = state.counts.bytes_received + state.counts.received;
            all > 0 || state.counts.sent > 100 || state.messages.iter().any(some)
        })
        .await;
    client.stop().await;
    world.end().await;
}
