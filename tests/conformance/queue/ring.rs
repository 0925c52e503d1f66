//! What a queue in shared memory promises: what Python's does, without its pipe.

use super::{fill_put, last_text, on_demand, refused};
use crate::subject::{Pair, Subject, figure, gone, object, received, sleeps};
use harness::{Client, World};
use serde_json::{Value, json};
use shared::{
    command::{Data, Values},
    event::{Origin, Wait},
    os::{Errno, Signal},
    state::{Life, RunState, Said},
};

const KILLED: Life = Life::Killed {
    signal: Signal::SIGKILL,
};

/// What a worker has said last about that.
fn said<'a>(state: &'a RunState, worker: &str, what: &str) -> Option<&'a Said> {
    let worker = state.worker(&worker.into())?;
    worker.said.iter().rev().find(|said| said.what == what)
}

/// Has a worker do something, and waits until it says so.
async fn does(client: &mut Client, worker: &str, verb: &str, says: &str) -> Said {
    client.act(verb, worker, json!({})).await;
    client
        .until(says, |state| said(state, worker, says).is_some())
        .await;
    let said = said(client.state(), worker, says);
    said.cloned()
        .unwrap_or_else(|| panic!("{worker} says nothing of {says}"))
}

async fn text(client: &mut Client, text: &str) {
    let text = text.to_owned();
    client.send("producer", Data::Text { text }, 1).await;
}

fn messages(state: &RunState) -> Option<u64> {
    figure(state, "messages")
}

/// A run in which two texts lie in the ring, and who gets does so only when told.
async fn two_in_it(subject: Subject, params: Value) -> World {
    let mut world = on_demand(subject, params).await;
    fill_put(&mut world.client, &["one", "two"]).await;
    world
        .client
        .until("both in the ring", |state| messages(state) == Some(2))
        .await;
    world
}

pub(crate) async fn without_a_free_slot_its_producer_sleeps(subject: Subject) {
    let mut world = two_in_it(subject, json!({"slots": 2})).await;
    let client = &mut world.client;
    text(client, "more").await;
    client
        .until("the producer asleep", |state| {
            sleeps(state, "producer", Wait::Futex)
        })
        .await;
    assert_eq!(client.state().counts.sent, 2);
    assert_eq!(figure(client.state(), "places"), Some(0));
    client.act("receive", "consumer", json!({})).await;
    client
        .until("the third message in", |state| {
            state.counts.sent == 3 && received(state) == 1 && messages(state) == Some(2)
        })
        .await;
    assert_eq!(last_text(client), "one");
    world.end().await;
}

/// What it holds is read from memory, and what is which is known from those who stored it.
pub(crate) async fn what_lies_in_it_is_read_from_its_memory(subject: Subject) {
    for feeder in ["on", "off"] {
        let mut world = two_in_it(subject, json!({"feeder": feeder})).await;
        let client = &mut world.client;
        // The memory may be read before it was told who stored there.
        client
            .until("two items with names", |state| {
                let items = &object(state).items;
                items.len() == 2 && items.iter().all(|item| item.msg.is_some())
            })
            .await;
        let ring = object(client.state());
        let live = ring.reading("messages").map(|one| (one.value, one.origin));
        assert_eq!(live, Some((2, Origin::Live)));
        assert_eq!(ring.items_origin, Some(Origin::Live));
        let held = ring.items.iter();
        let held: Vec<_> = held
            .map(|item| (item.msg, item.preview.text.as_deref()))
            .collect();
        let ids = client.state().messages.iter();
        let ids: Vec<_> = ids.map(|message| Some(message.id)).collect();
        assert_eq!(held, [(ids[0], Some("one")), (ids[1], Some("two"))]);
        client.act("receive", "consumer", json!({"times": 2})).await;
        client
            .until("nothing in it", |state| {
                let empty = object(state).items.is_empty();
                received(state) == 2 && messages(state) == Some(0) && empty
            })
            .await;
        world.end().await;
    }
}

/// The lock of the readers is a word in memory: nobody sets it back for one who is dead.
pub(crate) async fn a_reader_killed_inside_get_keeps_a_plain_lock(subject: Subject) {
    let mut world = killed_inside_get(subject, "plain").await;
    let client = &mut world.client;
    client
        .until("the other waiting for the lock", |state| {
            sleeps(state, "consumer-2", Wait::Futex)
        })
        .await;
    let dead = client.state().worker(&"consumer".into());
    let dead = dead.and_then(|dead| u64::try_from(dead.pid).ok());
    assert_eq!(figure(client.state(), "readers"), dead, "{}", client.tail());
    assert_eq!(received(client.state()), 0);
    assert_eq!(messages(client.state()), Some(1), "it lies there");
    world.end().await;
}

/// A robust lock tells its next owner, who sets right what it guards.
pub(crate) async fn a_robust_lock_goes_on_to_the_next_reader(subject: Subject) {
    let mut world = killed_inside_get(subject, "robust").await;
    let client = &mut world.client;
    client
        .until("the message", |state| received(state) == 1)
        .await;
    let heard = |what| said(client.state(), "consumer-2", what).is_some();
    assert!(
        heard("owner_died") && heard("consistent"),
        "{}",
        client.tail()
    );
    text(client, "next").await;
    client.act("receive", "consumer-2", json!({})).await;
    client
        .until("the next one as well", |state| received(state) == 2)
        .await;
    world.end().await;
}

/// Consumer 1 is killed while it waits in get(); then there is something, and consumer 2 asks for it.
async fn killed_inside_get(subject: Subject, guard: &str) -> World {
    let params = json!({"consumers": 2, "guard": guard});
    let mut world = on_demand(subject, params).await;
    let client = &mut world.client;
    client.act("receive", "consumer", json!({})).await;
    client
        .until("the consumer asleep, with the lock", |state| {
            let owner = figure(state, "readers").is_some_and(|owner| owner != 0);
            owner && sleeps(state, "consumer", Wait::Futex)
        })
        .await;
    client.act("kill", "consumer", json!({})).await;
    client
        .until("the consumer killed", |state| {
            gone(state, "consumer", KILLED)
        })
        .await;
    fill_put(client, &["task"]).await;
    client
        .until("the message in the ring", |state| {
            messages(state) == Some(1)
        })
        .await;
    client.act("receive", "consumer-2", json!({})).await;
    world
}

/// What was put is in a row of its producer, until its feeder stores it.
pub(crate) async fn put_is_back_before_anything_is_stored(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    does(client, "producer", "hold", "held").await;
    fill_put(client, &["later"]).await;
    let empty = does(client, "consumer", "empty", "empty").await;
    assert_eq!(
        empty.about.get("empty"),
        Some(&json!(true)),
        "nothing lies there"
    );
    assert_eq!(
        empty.about.get("qsize"),
        Some(&json!(1)),
        "a place is taken"
    );
    assert_eq!(messages(client.state()), Some(0));
    does(client, "producer", "release", "released").await;
    client
        .until("it in the ring", |state| messages(state) == Some(1))
        .await;
    client.act("receive", "consumer", json!({})).await;
    client
        .until("it received", |state| received(state) == 1)
        .await;
    world.end().await;
}

/// A producer in Python can change what it has put; one in Rust has given it away.
pub(crate) async fn what_is_changed_after_put_arrives_changed(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    does(client, "producer", "hold", "held").await;
    let args: Values = [("mutate".to_owned(), true.into())].into();
    let text = "apple".to_owned();
    let data = Data::Text { text };
    let sent = client.try_send_with("producer", data, 1, args).await;
    sent.expect("the message is taken");
    does(client, "producer", "release", "released").await;
    client
        .until("something in the ring", |state| {
            object(state).items.len() == 1
        })
        .await;
    let item = object(client.state()).items.first();
    let text = item.and_then(|item| item.preview.text.clone());
    let python = matches!(subject.pair, Pair::Python | Pair::PythonToRust);
    let expected = if python { "apple changed" } else { "apple" };
    assert_eq!(text.as_deref(), Some(expected));
    let moved = said(client.state(), "producer", "refused").is_some();
    assert_eq!(moved, !python, "who has moved it says so");
    world.end().await;
}

pub(crate) async fn what_is_longer_than_a_slot_is_refused_in_words(subject: Subject) {
    let mut world = on_demand(subject, json!({"slot": 4})).await;
    let client = &mut world.client;
    text(client, "hello").await;
    client
        .until("the refusal", |state| {
            refused(state) == Some(Errno::EMSGSIZE)
        })
        .await;
    let why = said(client.state(), "producer", "refused");
    let why = why.and_then(|why| why.about.get("why")).cloned();
    assert_eq!(why, Some(json!("5 bytes do not fit into a slot of 4")));
    text(client, "four").await;
    client
        .until("what fits in the ring", |state| messages(state) == Some(1))
        .await;
    world.end().await;
}

/// A dead producer takes its row along; what is in the ring stays.
pub(crate) async fn a_killed_producer_loses_its_row_and_no_more(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    text(client, "stored").await;
    client
        .until("the first in the ring", |state| messages(state) == Some(1))
        .await;
    does(client, "producer", "hold", "held").await;
    text(client, "waiting").await;
    client
        .until("both put", |state| state.counts.sent == 2)
        .await;
    client.act("kill", "producer", json!({})).await;
    client
        .until("the second lost", |state| state.counts.lost == 1)
        .await;
    client.act("receive", "consumer", json!({})).await;
    client
        .until("the first received", |state| received(state) == 1)
        .await;
    assert_eq!(last_text(client), "stored");
    world.end().await;
}

pub(crate) async fn one_stop_is_for_one_reader(subject: Subject) {
    let mut world = subject.run(json!({"consumers": 2, "sentinel": true})).await;
    let client = &mut world.client;
    let ended = |state: &RunState| {
        let well = Life::Exited { code: 0 };
        let all = ["consumer", "consumer-2"];
        all.iter().filter(|who| gone(state, who, well)).count()
    };
    text(client, "STOP").await;
    client.until("one ended", |state| ended(state) == 1).await;
    text(client, "STOP").await;
    client.until("both ended", |state| ended(state) == 2).await;
    world.end().await;
}

/// A producer that is told to end stores what is in its row first.
pub(crate) async fn a_producer_ends_when_all_it_put_is_in_the_ring(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    does(client, "producer", "hold", "held").await;
    fill_put(client, &["one", "two", "three"]).await;
    assert_eq!(messages(client.state()), Some(0));
    client.act("join", "producer", json!({})).await;
    client
        .until("the producer at its end", |state| {
            gone(state, "producer", Life::Exited { code: 0 }) && messages(state) == Some(3)
        })
        .await;
    world.end().await;
}

/// The name keeps the memory, with all that is in it.
pub(crate) async fn what_lies_in_it_outlives_its_users(subject: Subject) {
    let mut world = two_in_it(subject, json!({})).await;
    let client = &mut world.client;
    for worker in ["producer", "consumer"] {
        client.act("kill", worker, json!({})).await;
        client
            .until("it killed", |state| gone(state, worker, KILLED))
            .await;
    }
    client
        .until("nobody who has it mapped", |state| {
            object(state).mappings.is_empty()
        })
        .await;
    let ring = object(client.state());
    assert!(!ring.removed && !ring.names.is_empty(), "{ring:?}");
    assert_eq!(ring.items.len(), 2);
    world.end().await;
}
