//! What shared memory promises, and what it does not.

use crate::subject::{Subject, by, gone, kill, received, sleeps};
use harness::{Client, World};
use serde_json::{Value, json};
use shared::{
    command::Data,
    event::{Event, Kind, Wait},
    os::{Errno, Signal},
    state::{Life, Object, RunState, Said},
};

/// The two who have it mapped, with the default parameters.
const A: &str = "writer";
const B: &str = "reader";

/// How long the two sides of a race run, ms: many time slices of the scheduler.
const RACE: u64 = 400;

/// The memory; a memfd's run has its sockets beside.
fn memory(state: &RunState) -> Option<&Object> {
    let mut all = state.objects.iter();
    all.find(|object| matches!(object.object_type.as_str(), "memory" | "file"))
}

/// A run in which everybody has it mapped, and who looks only when told.
async fn on_demand(subject: Subject, mut params: Value) -> World {
    params["reader"] = json!("demand");
    let users = subject.cast(&params).len() - 1;
    let mut world = subject.run(params).await;
    world
        .client
        .until("the memory mapped by all", |state| {
            memory(state).is_some_and(|memory| memory.mappings.len() == users)
        })
        .await;
    world
}

/// What a worker has said last about that.
fn said<'a>(state: &'a RunState, worker: &str, what: &str) -> Option<&'a Said> {
    let worker = state.worker(&worker.into())?;
    worker.said.iter().rev().find(|said| said.what == what)
}

/// Has a worker do something, and waits until it says so.
async fn does(client: &mut Client, worker: &str, verb: &str, args: Value, says: &str) -> Said {
    client.act(verb, worker, args).await;
    client
        .until(says, |state| said(state, worker, says).is_some())
        .await;
    let said = said(client.state(), worker, says);
    said.cloned()
        .unwrap_or_else(|| panic!("{worker} says nothing of {says}"))
}

/// Has a worker load bytes, and waits for what it says they are.
async fn loads(client: &mut Client, worker: &str, at: u64, len: u64) -> Vec<u8> {
    let before = client.events().last().map_or(0, |event| event.seq);
    client
        .act("load", worker, json!({"at": at, "len": len}))
        .await;
    let load = client
        .event("a load", |event| {
            event.seq > before && is_load(event, worker)
        })
        .await;
    let Kind::MemoryLoaded { preview, .. } = &load.kind else {
        panic!("{load:?}")
    };
    preview.bytes()
}

fn is_load(event: &Event, worker: &str) -> bool {
    by(event, worker) && matches!(event.kind, Kind::MemoryLoaded { .. })
}

fn loaded(events: &[Event], worker: &str) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for event in events.iter().filter(|event| by(event, worker)) {
        if let Kind::MemoryLoaded { preview, .. } = &event.kind {
            all.push(preview.bytes());
        }
    }
    all
}

async fn send(client: &mut Client, worker: &str, text: &str, sent: u64) {
    client.send_text(worker, text).await;
    client
        .until("the message stored", |state| state.counts.sent == sent)
        .await;
}

pub(crate) async fn it_is_one_memory_at_two_addresses(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    let mapped = memory(client.state())
        .expect("it is there")
        .mappings
        .clone();
    assert_ne!(mapped[0].address, mapped[1].address, "{mapped:?}");
    for (from, to, n) in [(A, B, 1), (B, A, 2)] {
        let text = format!("from {from}");
        send(client, from, &text, n).await;
        let len = text.len() as u64;
        assert_eq!(loads(client, to, 64, len).await, text.as_bytes());
    }
    client
        .until("both messages received", |state| received(state) == 2)
        .await;
    world.end().await;
}

pub(crate) async fn a_store_is_confirmed_by_reading_the_memory(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    send(client, A, "hello", 1).await;
    let stored = client
        .event("a store", |event| {
            by(event, A) && matches!(event.kind, Kind::MemoryStored { .. })
        })
        .await;
    assert_eq!(stored.source, shared::event::Source::Memory, "{stored:?}");
    client
        .until("the bytes shown, and who stored them", |state| {
            let content = memory(state).and_then(|memory| memory.content.as_ref());
            content.is_some_and(|content| {
                let writer = content.writers.iter().find(|wrote| wrote.from == 64);
                content.hex.get(128..138) == Some("68656c6c6f")
                    && writer.is_some_and(|wrote| {
                        wrote.to == 69 && wrote.worker.as_ref().is_some_and(|id| id.as_str() == A)
                    })
            })
        })
        .await;
    world.end().await;
}

pub(crate) async fn what_is_stored_over_is_lost(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    client
        .send(
            A,
            Data::Text {
                text: "tick".to_owned(),
            },
            20,
        )
        .await;
    client
        .until("all stored", |state| state.counts.sent == 20)
        .await;
    assert_eq!(loads(client, B, 64, 4).await, b"tick");
    client
        .until("the last one received", |state| received(state) == 1)
        .await;
    assert_eq!(client.state().counts.lost, 19, "{}", client.tail());
    world.end().await;
}

pub(crate) async fn a_message_that_does_not_fit_is_refused(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    let args = [("at".to_owned(), json!(4090))].into();
    let data = Data::Text {
        text: "too long".to_owned(),
    };
    client
        .try_send_with(A, data, 1, args)
        .await
        .expect("it is taken");
    client
        .until("it refused", |state| {
            let message = state.messages.back();
            let sent = message.and_then(|message| message.sent.as_ref());
            sent.is_some_and(|sent| sent.errno == Some(Errno(libc_enospc())))
        })
        .await;
    assert_eq!(loads(client, B, 4090, 6).await, [0; 6]);
    world.end().await;
}

/// `ENOSPC`, errno(3), the same on all machines we run on.
const fn libc_enospc() -> i32 {
    28
}

pub(crate) async fn without_a_lock_a_record_can_be_torn(subject: Subject) {
    for guard in ["none", "atomics"] {
        let mut world = on_demand(subject, json!({"guard": guard})).await;
        let client = &mut world.client;
        client.act("fill", A, json!({})).await;
        client
            .event("the whole of A's record", |event| {
                by(event, A) && matches!(event.kind, Kind::MemoryStored { .. })
            })
            .await;
        does(client, B, "fill", json!({"hold": true}), "half").await;
        let record = loads(client, A, 64, 64).await;
        let whose = |letter: u8| record.iter().filter(|byte| **byte == letter).count();
        assert_eq!((whose(b'A'), whose(b'B')), (32, 32), "{guard}");
        does(client, B, "finish", json!({}), "whole").await;
        assert_eq!(loads(client, A, 64, 64).await, [b'B'; 64], "{guard}");
        world.end().await;
    }
}

pub(crate) async fn with_a_lock_no_record_is_torn(subject: Subject) {
    for guard in ["mutex", "robust", "semaphore", "seqlock"] {
        let mut world = on_demand(subject, json!({"guard": guard})).await;
        let client = &mut world.client;
        client.act("overwrite", A, json!({"ms": RACE})).await;
        let checked = does(client, B, "check", json!({"ms": RACE}), "checked").await;
        assert_eq!(checked.about["torn"], 0, "{guard}: {checked:?}");
        assert!(checked.about["records"].as_u64() > Some(100), "{checked:?}");
        world.end().await;
    }
}

pub(crate) async fn who_comes_second_sleeps_until_the_first_is_done(subject: Subject) {
    for guard in ["mutex", "robust", "semaphore"] {
        let mut world = on_demand(subject, json!({"guard": guard})).await;
        let client = &mut world.client;
        does(client, A, "fill", json!({"hold": true}), "half").await;
        client.act("load", B, json!({})).await;
        client
            .until("the second asleep", |state| sleeps(state, B, Wait::Futex))
            .await;
        assert!(loaded(client.events(), B).is_empty(), "{guard}");
        client.act("finish", A, json!({})).await;
        client.event("its load", |event| is_load(event, B)).await;
        assert_eq!(loaded(client.events(), B), [[b'A'; 64]], "{guard}");
        world.end().await;
    }
}

pub(crate) async fn additions_in_three_steps_are_lost_when_steps_mix(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    for did in ["load", "add", "store"] {
        for worker in [A, B] {
            client.act("step", worker, json!({})).await;
            client
                .until("the step done", |state| {
                    said(state, worker, "step").is_some_and(|said| said.about["did"] == did)
                })
                .await;
        }
    }
    assert_eq!(loads(client, A, 64, 8).await, 1_i64.to_le_bytes());
    world.end().await;
}

pub(crate) async fn a_mutex_does_not_notice_that_its_owner_died(subject: Subject) {
    let mut world = on_demand(subject, json!({"guard": "mutex"})).await;
    let client = &mut world.client;
    does(client, A, "lock", json!({}), "locked").await;
    kill(client, A).await;
    client.act("load", B, json!({})).await;
    client
        .until("the other asleep", |state| sleeps(state, B, Wait::Futex))
        .await;
    world.end().await;
}

pub(crate) async fn a_robust_mutex_tells_the_next_owner(subject: Subject) {
    let mut world = on_demand(subject, json!({"guard": "robust"})).await;
    let client = &mut world.client;
    does(client, A, "lock", json!({}), "locked").await;
    client.act("load", B, json!({})).await;
    client
        .until("the other asleep", |state| sleeps(state, B, Wait::Futex))
        .await;
    kill(client, A).await;
    client
        .until("the other told, and on its way", |state| {
            said(state, B, "owner_died").is_some() && said(state, B, "consistent").is_some()
        })
        .await;
    client.event("its load", |event| is_load(event, B)).await;
    world.end().await;
}

pub(crate) async fn it_outlives_its_users_if_it_has_a_name(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    send(client, A, "left behind", 1).await;
    for worker in [A, B] {
        kill(client, worker).await;
    }
    if subject.can().survives {
        client
            .until("the name alone", |state| {
                memory(state).is_some_and(|memory| {
                    memory.mappings.is_empty() && memory.names.len() == 1 && !memory.removed
                })
            })
            .await;
        does(client, "parent", "attach", json!({}), "mapped").await;
        assert_eq!(loads(client, "parent", 64, 11).await, b"left behind");
    } else {
        client
            .until("it gone with the last mapping", |state| {
                memory(state).is_some_and(|memory| memory.removed)
            })
            .await;
    }
    world.end().await;
}

pub(crate) async fn a_name_that_nothing_has_is_enoent(subject: Subject) {
    if !subject.can().survives {
        return;
    }
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    let refused = does(
        client,
        "parent",
        "attach",
        json!({"name": "wrong"}),
        "refused",
    )
    .await;
    assert_eq!(refused.about["errno"], "ENOENT");
    does(client, A, "unlink", json!({}), "unlinked").await;
    send(client, A, "still", 1).await;
    assert_eq!(loads(client, B, 64, 5).await, b"still");
    does(client, "parent", "attach", json!({}), "refused").await;
    world.end().await;
}

pub(crate) async fn a_load_after_closing_ends_the_process(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    does(client, A, "close", json!({}), "unmapped").await;
    client.act("touch", A, json!({})).await;
    let signal = Signal::SIGSEGV;
    client
        .until("it ended by SIGSEGV", |state| {
            gone(state, A, Life::Killed { signal })
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_message_takes_no_call(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    let before = client.state().counts.calls;
    send(client, A, "hello", 1).await;
    assert_eq!(loads(client, B, 64, 5).await, b"hello");
    client
        .until("it received", |state| received(state) == 1)
        .await;
    assert_eq!(client.state().counts.calls, before, "{}", client.tail());
    world.end().await;
}

/// The claims of every variant.
macro_rules! memory_claims {
    ($subject:expr) => {
        claims! { $subject;
            memory: it_is_one_memory_at_two_addresses
                a_store_is_confirmed_by_reading_the_memory
                what_is_stored_over_is_lost
                a_message_that_does_not_fit_is_refused
                without_a_lock_a_record_can_be_torn
                with_a_lock_no_record_is_torn
                who_comes_second_sleeps_until_the_first_is_done
                additions_in_three_steps_are_lost_when_steps_mix
                a_mutex_does_not_notice_that_its_owner_died
                a_robust_mutex_tells_the_next_owner
                it_outlives_its_users_if_it_has_a_name
                a_name_that_nothing_has_is_enoent
                a_load_after_closing_ends_the_process;
        }
    };
    (traced $subject:expr) => {
        claims! { $subject;
            memory: a_message_takes_no_call;
        }
    };
}
