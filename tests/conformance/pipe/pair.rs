//! What Python's pipe promises: whole objects, both ways, and an end that comes only when everybody has closed.

use crate::subject::{Subject, by, gone, received, sleeps};
use harness::{Client, World};
use serde_json::{Value, json};
use shared::{
    command::Data,
    event::{Kind, Wait},
    state::{Life, RunState},
};

const ENDED_WELL: Life = Life::Exited { code: 0 };

/// A run in which nobody keeps what it does not need.
async fn closed(subject: Subject, more: Value) -> World {
    let mut params = json!({"unused": "closed"});
    for (name, value) in more.as_object().into_iter().flatten() {
        params[name] = value.clone();
    }
    let mut world = subject.run(params).await;
    let one_each = |state: &RunState| {
        state
            .objects
            .iter()
            .all(|object| object.holders.len() == 2 - usize::from(object.object_type == "socket"))
    };
    world.client.until("one holder of each end", one_each).await;
    world
}

/// What a side has said of the objects it received, as Python prints them.
fn objects(client: &Client, worker: &str) -> Vec<String> {
    let said = client.events().iter().filter(|event| by(event, worker));
    said.filter_map(|event| match &event.kind {
        Kind::ProcessSaid { what, about } if what == "object" => {
            Some(about["repr"].as_str()?.to_owned())
        }
        _ => None,
    })
    .collect()
}

pub(crate) async fn both_sides_send_and_receive(subject: Subject) {
    let mut world = closed(subject, json!({"reader": "demand"})).await;
    let client = &mut world.client;
    client.send_text("sender", "there").await;
    client.act("recv", "receiver", json!({})).await;
    client
        .until("the object there", |state| received(state) == 1)
        .await;
    client.send_text("receiver", "and back").await;
    client.act("recv", "sender", json!({})).await;
    client
        .until("the object back", |state| received(state) == 2)
        .await;
    let receivers: Vec<_> = client
        .state()
        .messages
        .iter()
        .map(|message| message.receivers[0].0.to_string())
        .collect();
    assert_eq!(receivers, ["receiver", "sender"]);
    client
        .until("both have said what they got", |state| {
            !state.messages.is_empty()
        })
        .await;
    world.end().await;
}

pub(crate) async fn objects_of_any_size_come_out_whole_and_one_by_one(subject: Subject) {
    let mut world = closed(subject, json!({})).await;
    let client = &mut world.client;
    // One byte, the last length with a header of the same call, the first without, and more than a socket's buffer.
    let lengths = [1, 16_000, 17_000, 300_000];
    for (count, len) in (1..).zip(lengths) {
        let data = Data::Fill {
            fill: "61".to_owned(),
            len,
        };
        client.send("sender", data, 1).await;
        client
            .until("the object on the other side", |state| {
                received(state) == count && state.messages.iter().all(|m| m.sent.is_some())
            })
            .await;
    }
    for (message, len) in client.state().messages.iter().zip(lengths) {
        assert!(message.len > len, "a header and a pickle around it");
        assert_eq!(
            (message.bytes_in, message.bytes_out),
            (message.len, message.len)
        );
    }
    let first = objects(client, "receiver").first().cloned();
    assert_eq!(first.as_deref(), Some("'a'"));
    world.end().await;
}

pub(crate) async fn a_receiver_with_both_connections_never_sees_the_end(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    client
        .until("the receiver asleep", |state| {
            sleeps(state, "receiver", Wait::SocketEmpty)
        })
        .await;
    client.act("kill", "sender", json!({})).await;
    let killed = |state: &RunState| {
        let sender = state.worker(&"sender".into());
        sender.is_some_and(|sender| !sender.alive())
    };
    client.until("the sender is gone", killed).await;
    client
        .act("hang-up", "parent", json!({"which": "both"}))
        .await;
    let alone = |state: &RunState| {
        let mut objects = state.objects.iter();
        objects.all(|object| {
            object.holders.len() == 1 && object.holders[0].worker.as_str() == "receiver"
        })
    };
    client.until("only the receiver holds both", alone).await;
    assert!(sleeps(client.state(), "receiver", Wait::SocketEmpty));
    world.end().await;
}

pub(crate) async fn with_the_unused_closed_the_end_is_seen(subject: Subject) {
    let mut world = closed(subject, json!({})).await;
    let client = &mut world.client;
    client.act("kill", "sender", json!({})).await;
    client
        .until("the receiver ended by itself", |state| {
            gone(state, "receiver", ENDED_WELL)
        })
        .await;
    let eof = |kind: &Kind| matches!(kind, Kind::ProcessSaid { what, about } if what == "refused" && about["why"] == "EOFError");
    assert!(
        client.events().iter().any(|event| eof(&event.kind)),
        "{}",
        client.tail()
    );
    // Nobody is left who could do anything: the parent waits for its children and goes.
    client.ended().await;
    world.end().await;
}

pub(crate) async fn one_way_refuses_the_other_way_without_a_call(subject: Subject) {
    let params = json!({"duplex": false, "reader": "demand"});
    let mut world = closed(subject, params).await;
    let client = &mut world.client;
    client.send_text("receiver", "and back").await;
    let refused = client
        .event("a refusal", |event| {
            by(event, "receiver") && matches!(event.kind, Kind::ProcessSaid { .. })
        })
        .await;
    let Kind::ProcessSaid { about, .. } = refused.kind else {
        panic!("it is one")
    };
    assert_eq!(about["why"], "connection is read-only");
    client
        .until("its word that nothing went", |state| {
            state
                .messages
                .iter()
                .all(|message| message.sent.is_some_and(|sent| sent.n == 0))
        })
        .await;
    let wrote =
        |kind: &Kind| matches!(kind, Kind::CallEntered { name, .. } if name.starts_with("write"));
    assert!(
        !client
            .events()
            .iter()
            .any(|event| by(event, "receiver") && wrote(&event.kind))
    );
    world.end().await;
}

pub(crate) async fn a_sender_waits_while_too_much_is_unread(subject: Subject) {
    let mut world = closed(subject, json!({})).await;
    let client = &mut world.client;
    client.act("freeze", "receiver", json!({})).await;
    let data = Data::Fill {
        fill: "61".to_owned(),
        len: 10_000,
    };
    client.send("sender", data, 100).await;
    client
        .until("the sender asleep", |state| {
            sleeps(state, "sender", Wait::SocketFull)
        })
        .await;
    client.act("resume", "receiver", json!({})).await;
    client
        .until("all on the other side", |state| received(state) == 100)
        .await;
    world.end().await;
}
