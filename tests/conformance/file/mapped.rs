//! A file that is memory.

use super::{on_demand, read_until, send};
use crate::subject::{Subject, gone, received};
use harness::Client;
use serde_json::json;
use shared::{
    command::{Data, Values},
    event::{Event, Kind, Source, Wait},
    os::Signal,
    state::{Life, RunState},
};

async fn store(client: &mut Client, text: &str, at: u64) {
    let before = client.state().counts.sent;
    let args: Values = [("at".to_owned(), at.into())].into();
    let text = text.to_owned();
    let data = Data::Text { text };
    let sent = client.try_send_with("writer", data, 1, args).await;
    sent.expect("the message is taken");
    client
        .until("the message stored", |state| state.counts.sent > before)
        .await;
}

async fn load(client: &mut Client, at: u64, len: u64) -> Event {
    let from = client.events().last().map_or(0, |event| event.seq);
    client
        .act("load", "reader", json!({"at": at, "len": len}))
        .await;
    let loaded =
        |event: &Event| event.seq > from && matches!(event.kind, Kind::MemoryLoaded { .. });
    client.event("the load", loaded).await
}

pub(crate) async fn a_store_is_seen_where_it_was_put(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    store(client, "left", 0).await;
    store(client, "right", 100).await;
    let event = load(client, 100, 5).await;
    let Kind::MemoryLoaded {
        at,
        preview,
        complete,
        ..
    } = &event.kind
    else {
        unreachable!("it was looked for")
    };
    assert_eq!((*at, preview.text.as_deref()), (100, Some("right")));
    assert_eq!(complete, &[2], "the second message only");
    assert_eq!(event.source, Source::Memory, "that memory was looked at");
    world.end().await;
}

pub(crate) async fn a_read_finds_what_was_stored(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    store(client, "hello", 0).await;
    read_until(client, 1).await;
    world.end().await;
}

pub(crate) async fn a_page_behind_the_end_kills(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    send(client, "writer", "hello").await;
    load(client, 0, 5).await;
    assert_eq!(received(client.state()), 1);
    client.act("truncate", "writer", json!({"len": 0})).await;
    client
        .until("an empty file", |state| {
            let mut sizes = state.objects.iter().filter_map(|it| it.reading("size"));
            sizes.any(|size| size.value == 0)
        })
        .await;
    client.act("load", "reader", json!({})).await;
    let killed = Life::Killed {
        signal: Signal::SIGBUS,
    };
    client
        .until("the reader killed", |state| gone(state, "reader", killed))
        .await;
    world.end().await;
}

pub(crate) async fn a_store_makes_no_call(subject: Subject) {
    assert_eq!(subject.can().copies, 0);
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    let waits = |state: &RunState| {
        let mut workers = state.workers.iter();
        workers.all(|worker| worker.because == Some(Wait::Command))
            && state
                .objects
                .iter()
                .any(|object| object.mappings.len() == 2)
    };
    client.until("everybody ready", waits).await;
    let before = client.state().counts.calls;
    store(client, "hello", 0).await;
    load(client, 0, 5).await;
    assert_eq!(client.state().counts.calls, before, "{}", client.tail());
    world.end().await;
}

pub(crate) async fn msync_is_a_call_of_its_own(subject: Subject) {
    for (how, flag) in [("sync", "MS_SYNC"), ("async", "MS_ASYNC")] {
        let mut world = on_demand(subject, json!({"msync": how})).await;
        let client = &mut world.client;
        store(client, "hello", 0).await;
        let synced = client.events().iter().any(|event| match &event.kind {
            Kind::CallReturned {
                name, args, ret, ..
            } => name == "msync" && *ret == Some(0) && args.iter().any(|arg| arg == flag),
            _ => false,
        });
        assert!(synced, "{how}: {}", client.tail());
        world.end().await;
    }
}
