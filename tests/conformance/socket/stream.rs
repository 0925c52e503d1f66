//! Bytes in order, and nothing else: where a message ends is for the programs to say.

use super::{about, sent, served, text};
use crate::subject::{Subject, received, sleeps};
use serde_json::json;
use shared::{
    command::Data,
    event::{Kind, Wait},
    mechanism::Seat,
    os::Errno,
    state::RunState,
};

impl Subject {
    /// Who sends at the right: the server, or one side of a pair.
    pub(super) fn answerer(self) -> String {
        let cast = self.cast(&json!({}));
        let right = cast.iter().find(|member| member.seat == Seat::Right);
        right.expect("somebody is there").id.to_string()
    }
}

/// Waits for a connection: what is told to receive without one fails.
async fn connected(subject: Subject, params: serde_json::Value) -> harness::World {
    let demand = params.get("takes").is_some();
    let mut world = served(subject, params).await;
    if demand && subject.listens() {
        world.client.act("accept", "server", json!({})).await;
        super::said(&mut world.client, "accepted", 1).await;
    }
    world
}

pub(crate) async fn both_directions_are_apart(subject: Subject) {
    let mut world = connected(subject, json!({"takes": "demand"})).await;
    let client = &mut world.client;
    let (left, right) = (subject.sender(), subject.answerer());
    text(client, &left, "there").await;
    client
        .until("the first sent", |state| sent(state) == 1)
        .await;
    text(client, &right, "and back").await;
    client.until("both sent", |state| sent(state) == 2).await;
    client.act("receive", &left, json!({})).await;
    client
        .until("the answer", |state| received(state) == 1)
        .await;
    let arrived = |state: &RunState| -> Vec<bool> {
        state
            .messages
            .iter()
            .map(|message| message.arrived)
            .collect()
    };
    assert_eq!(arrived(client.state()), [false, true]);
    client.act("receive", &right, json!({})).await;
    client
        .until("the first one", |state| received(state) == 2)
        .await;
    world.end().await;
}

/// What the receives of a worker got, one text each.
fn taken(client: &harness::Client, worker: &str, xray: bool) -> Vec<String> {
    let mut all = Vec::new();
    for event in client.events() {
        if !crate::subject::by(event, worker) {
            continue;
        }
        // The bytes are those of the call, where calls are seen; else only how many they were is told.
        match &event.kind {
            Kind::CallReturned {
                name,
                data: Some(data),
                ..
            } if xray && name.starts_with("recv") => {
                all.push(data.text.clone().unwrap_or_default());
            }
            Kind::MessageReceived { len, .. } if !xray => {
                all.push("x".repeat(usize::try_from(*len).expect("short")));
            }
            _ => {}
        }
    }
    all
}

fn expected(text: &str, xray: bool) -> String {
    if xray {
        text.to_owned()
    } else {
        "x".repeat(text.len())
    }
}

pub(crate) async fn two_sends_are_one_receive(subject: Subject) {
    let mut world = connected(subject, json!({"takes": "demand"})).await;
    let client = &mut world.client;
    let (left, right) = (subject.sender(), subject.answerer());
    text(client, &left, "Hello").await;
    text(client, &left, "World").await;
    client.until("both sent", |state| sent(state) == 2).await;
    client.act("receive", &right, json!({})).await;
    client
        .until("both received", |state| received(state) == 2)
        .await;
    let taken = taken(client, &right, subject.xray);
    assert_eq!(taken, [expected("HelloWorld", subject.xray)]);
    world.end().await;
}

pub(crate) async fn a_receive_takes_as_much_as_it_asked_for(subject: Subject) {
    let mut world = connected(subject, json!({"takes": "demand"})).await;
    let client = &mut world.client;
    let (left, right) = (subject.sender(), subject.answerer());
    text(client, &left, "Hello").await;
    client.until("it is sent", |state| sent(state) == 1).await;
    client
        .act("receive", &right, json!({"len": 2, "times": 3}))
        .await;
    client
        .until("all of it", |state| received(state) == 1)
        .await;
    let parts = ["He", "ll", "o"].map(|part| expected(part, subject.xray));
    assert_eq!(taken(client, &right, subject.xray), parts);
    world.end().await;
}

/// The messages that came out whole, by the receiver's own word.
fn messages(client: &harness::Client) -> Vec<String> {
    let all = about(client, "message");
    all.iter()
        .map(|about| about["text"].as_str().unwrap_or_default().to_owned())
        .collect()
}

pub(crate) async fn a_length_before_each_message_keeps_them_apart(subject: Subject) {
    let params = json!({"takes": "demand", "framing": "length"});
    let mut world = connected(subject, params).await;
    let client = &mut world.client;
    let (left, right) = (subject.sender(), subject.answerer());
    text(client, &left, "Hello").await;
    text(client, &left, "World").await;
    client.until("both sent", |state| sent(state) == 2).await;
    client.act("receive", &right, json!({})).await;
    super::said(client, "message", 2).await;
    assert_eq!(messages(client), ["Hello", "World"]);
    assert_eq!(client.state().messages[0].len, 9, "four bytes more");
    world.end().await;
}

pub(crate) async fn a_length_is_found_however_the_bytes_are_cut(subject: Subject) {
    let mut world = connected(subject, json!({"chunk": 3, "framing": "length"})).await;
    let client = &mut world.client;
    let left = subject.sender();
    text(client, &left, "Hello").await;
    text(client, &left, "a longer one").await;
    super::said(client, "message", 2).await;
    assert_eq!(messages(client), ["Hello", "a longer one"]);
    world.end().await;
}

pub(crate) async fn a_sender_sleeps_when_nobody_receives(subject: Subject) {
    const LEN: u64 = 2_000_000;
    let params = json!({"takes": "demand", "sndbuf": 8192, "rcvbuf": 8192, "chunk": 1_048_576});
    let mut world = connected(subject, params).await;
    let client = &mut world.client;
    let (left, right) = (subject.sender(), subject.answerer());
    client.flood(&left, LEN, 1).await;
    client
        .until("the sender asleep", |state| {
            sleeps(state, &left, Wait::SocketFull)
        })
        .await;
    assert_eq!(client.state().counts.sent, 0);
    client
        .act("receive", &right, json!({"times": 10_000}))
        .await;
    client
        .until("all of it on the other side", |state| {
            let whole = state.messages.front();
            whole.is_some_and(|whole| whole.bytes_out == LEN) && state.counts.sent == 1
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_send_that_must_not_wait_is_short(subject: Subject) {
    const LEN: u64 = 2_000_000;
    let params = json!({"takes": "demand", "nonblock": true, "sndbuf": 8192, "rcvbuf": 8192});
    let mut world = connected(subject, params).await;
    let client = &mut world.client;
    let left = subject.sender();
    client.flood(&left, LEN, 1).await;
    client.until("it is back", |state| sent(state) == 1).await;
    let first = client.state().messages[0].sent.expect("it is back");
    assert!(first.errno.is_none() && first.n > 0, "{first:?}");
    assert!(first.n < LEN, "a short send: {first:?}");
    // The kernel may move bytes on meanwhile, and have room again; not without end.
    for n in 2..100 {
        let data = Data::Fill {
            fill: "62".to_owned(),
            len: 100_000,
        };
        client.send(&left, data, 1).await;
        client.until("it is back", |state| sent(state) == n).await;
        let last = client
            .state()
            .messages
            .back()
            .and_then(|message| message.sent);
        if let Some(errno) = last.and_then(|sent| sent.errno) {
            assert_eq!(errno, Errno::EAGAIN);
            world.end().await;
            return;
        }
    }
    panic!("it never was full\n{}", client.tail());
}
