//! Counters: eventfd and named semaphores.

use super::{act, failed, said};
use crate::subject::{Subject, figure, kill, received, sleeps};
use harness::Client;
use serde_json::json;
use shared::{
    command::Data,
    event::{Kind, Tie, Wait},
    os::Errno,
};

async fn add(client: &mut Client, value: u64) {
    let before = client.state().messages.len();
    let text = value.to_string();
    client.send("sender", Data::Text { text }, 1).await;
    client
        .until("it is added, or not", |state| {
            state.messages.len() > before && state.messages.iter().all(|one| one.sent.is_some())
        })
        .await;
}

pub(crate) async fn what_is_added_is_taken_as_one_sum(subject: Subject) {
    let mut world = subject.run(json!({"takes": "demand", "initial": 5})).await;
    let client = &mut world.client;
    add(client, 3).await;
    add(client, 4).await;
    client
        .until("the sum", |state| figure(state, "value") == Some(12))
        .await;
    act(client, "take", json!({})).await;
    client
        .until("both in one read, and nothing left", |state| {
            received(state) == 2 && figure(state, "value") == Some(0)
        })
        .await;
    let reads = client.events().iter().filter(|event| {
        matches!(&event.kind, Kind::MessageReceived { complete, tie: Tie::Certain, .. } if complete.len() == 2)
    });
    assert_eq!(reads.count(), 1, "{}", client.tail());
    world.end().await;
}

pub(crate) async fn as_a_semaphore_it_gives_one_at_a_time(subject: Subject) {
    let mut world = subject.run(json!({"takes": "demand", "units": true})).await;
    let client = &mut world.client;
    add(client, 3).await;
    act(client, "take", json!({})).await;
    client
        .until("one is taken", |state| figure(state, "value") == Some(2))
        .await;
    assert_eq!(received(client.state()), 0, "two of its three are still in");
    act(client, "take", json!({"times": 2})).await;
    client
        .until("all are taken", |state| {
            received(state) == 1 && figure(state, "value") == Some(0)
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_counter_at_zero_lets_its_reader_sleep(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    client
        .until("the receiver asleep", |state| {
            sleeps(state, "receiver", Wait::Event)
        })
        .await;
    add(client, 1).await;
    client
        .until("it is woken", |state| received(state) == 1)
        .await;
    world.end().await;
    let mut world = subject
        .run(json!({"takes": "demand", "nonblock": true}))
        .await;
    let client = &mut world.client;
    act(client, "take", json!({})).await;
    client
        .until("EAGAIN", |state| failed(state, "receiver", Errno::EAGAIN))
        .await;
    world.end().await;
}

pub(crate) async fn a_full_counter_refuses_or_lets_sleep(subject: Subject) {
    const MOST: u64 = u64::MAX - 1;
    let mut world = subject
        .run(json!({"takes": "demand", "nonblock": true}))
        .await;
    let client = &mut world.client;
    add(client, MOST).await;
    add(client, 1).await;
    let last = client.state().messages.back().and_then(|one| one.sent);
    assert_eq!(last.and_then(|sent| sent.errno), Some(Errno::EAGAIN));
    act(client, "take", json!({})).await;
    client
        .until("the first is taken", |state| received(state) == 1)
        .await;
    add(client, 1).await;
    act(client, "take", json!({})).await;
    client
        .until("there is room again", |state| received(state) == 2)
        .await;
    let arrived: Vec<_> = client
        .state()
        .messages
        .iter()
        .map(|one| one.arrived)
        .collect();
    assert_eq!(
        arrived,
        [true, false, true],
        "the one that was refused never comes"
    );
    world.end().await;

    let mut world = subject.run(json!({"takes": "demand"})).await;
    let client = &mut world.client;
    add(client, MOST).await;
    client
        .send(
            "sender",
            Data::Text {
                text: "1".to_owned(),
            },
            1,
        )
        .await;
    client
        .until("the sender asleep", |state| {
            sleeps(state, "sender", Wait::Event)
        })
        .await;
    act(client, "take", json!({})).await;
    client
        .until("it is let in", |state| {
            received(state) == 1 && state.counts.sent == 2
        })
        .await;
    world.end().await;
}

pub(crate) async fn what_is_no_number_is_not_sent(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    let args = if subject.variant == "eventfd" {
        shared::command::Values::new()
    } else {
        [("via".to_owned(), "sigqueue".into())].into()
    };
    let text = "hello".to_owned();
    let taken = client
        .try_send_with("sender", Data::Text { text }, 1, args)
        .await;
    taken.expect("the sender is asked");
    client
        .until("the sender's word", |state| {
            let sender = state.worker(&"sender".into());
            sender.is_some_and(|one| one.said.iter().any(|said| said.what == "no_number"))
        })
        .await;
    assert!(client.state().messages.is_empty(), "nothing was sent");
    world.end().await;
}

pub(crate) async fn each_post_lets_one_through(subject: Subject) {
    let mut world = subject
        .run(json!({"receivers": 3, "takes": "demand"}))
        .await;
    let client = &mut world.client;
    let waiters = ["receiver", "receiver-2", "receiver-3"];
    for waiter in waiters {
        client.act("take", waiter, json!({})).await;
    }
    client
        .until("three asleep", |state| {
            waiters
                .iter()
                .all(|waiter| sleeps(state, waiter, Wait::Futex))
                && figure(state, "sleepers") == Some(3)
        })
        .await;
    for n in 1..=3 {
        client.send("sender", subject.payload(n), 1).await;
        client
            .until("one is woken", |state| received(state) == n)
            .await;
    }
    client
        .until("nobody sleeps at it", |state| {
            (figure(state, "value"), figure(state, "sleepers")) == (Some(0), Some(0))
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_killed_holder_gives_nothing_back(subject: Subject) {
    let params = json!({"receivers": 2, "takes": "demand", "initial": 1});
    let mut world = subject.run(params).await;
    let client = &mut world.client;
    client.act("take", "receiver", json!({})).await;
    client
        .until("the one permit is taken", |state| {
            figure(state, "value") == Some(0)
        })
        .await;
    client.act("take", "receiver-2", json!({})).await;
    client
        .until("the other sleeps", |state| {
            sleeps(state, "receiver-2", Wait::Futex)
        })
        .await;
    kill(client, "receiver").await;
    client.act("value", "sender", json!({})).await;
    client
        .until("the sender's word on its value", |state| {
            let sender = state.worker(&"sender".into());
            sender.is_some_and(|one| one.said.iter().any(|said| said.what == "value"))
        })
        .await;
    let value = said(client, "value");
    assert_eq!(super::number(&value[0], "value"), Some(0));
    assert!(sleeps(client.state(), "receiver-2", Wait::Futex));
    client.send("sender", subject.payload(1), 1).await;
    client
        .until("a post of anybody wakes it", |state| {
            !sleeps(state, "receiver-2", Wait::Futex)
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_semaphore_outlives_its_name_and_who_posted(subject: Subject) {
    let mut world = subject.run(json!({"takes": "demand"})).await;
    let client = &mut world.client;
    let names = |state: &shared::state::RunState| {
        let object = state.objects.first();
        object.map_or(0, |object| object.names.len())
    };
    client.send("sender", subject.payload(1), 1).await;
    client
        .until("it is posted", |state| figure(state, "value") == Some(1))
        .await;
    kill(client, "sender").await;
    act(client, "take", json!({})).await;
    client
        .until("what it posted is taken all the same", |state| {
            received(state) == 1 && figure(state, "value") == Some(0)
        })
        .await;
    world.end().await;

    let mut world = subject.run(json!({"takes": "demand"})).await;
    let client = &mut world.client;
    client
        .until("it has a name, and is open", |state| {
            let open = state
                .objects
                .first()
                .is_some_and(|one| one.mappings.len() >= 2);
            open && names(state) == 1
        })
        .await;
    client.act("unlink", "parent", json!({})).await;
    client
        .until("its name is gone", |state| names(state) == 0)
        .await;
    act(client, "take", json!({})).await;
    client.send("sender", subject.payload(1), 1).await;
    client
        .until("those who have it go on", |state| received(state) == 1)
        .await;
    world.end().await;
}

pub(crate) async fn without_anybody_asleep_there_is_no_call(subject: Subject) {
    let mut world = subject.run(json!({"takes": "demand"})).await;
    let client = &mut world.client;
    client
        .until("everybody between commands", |state| {
            let ready = |name| sleeps(state, name, Wait::Command);
            ready("sender") && ready("receiver")
        })
        .await;
    let calls = |client: &Client| client.state().counts.calls;
    let before = calls(client);
    client.send("sender", subject.payload(1), 1).await;
    client
        .until("it is posted", |state| figure(state, "value") == Some(1))
        .await;
    act(client, "take", json!({})).await;
    client
        .until("it is taken", |state| received(state) == 1)
        .await;
    assert_eq!(calls(client), before, "{}", client.tail());
    world.end().await;
}
