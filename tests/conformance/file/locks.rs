//! Locks, by the kernel's table.

use super::{file, on_demand, read_until, send};
use crate::subject::{Subject, sleeps};
use harness::Client;
use serde_json::{Value, json};
use shared::{
    event::{LockKind, Wait},
    state::RunState,
};

/// How a writer can lock, and what the kernel's table calls it.
const KINDS: [(&str, LockKind); 3] = [
    ("flock", LockKind::Flock),
    ("ofd", LockKind::Ofd),
    ("posix", LockKind::Posix),
];

/// Who has a lock, and who waits.
fn table(state: &RunState) -> Vec<(String, bool)> {
    let locks = file(state).map(|file| file.locks.as_slice());
    let mut all: Vec<_> = locks
        .unwrap_or_default()
        .iter()
        .map(|lock| {
            let who = lock.worker.as_ref().map(ToString::to_string);
            (who.unwrap_or_default(), lock.waiting)
        })
        .collect();
    all.sort();
    all
}

async fn table_is(client: &mut Client, expected: &[(&str, bool)]) {
    client
        .until(&format!("locks {expected:?}"), |state| {
            let table = table(state);
            table
                .iter()
                .map(|(who, waits)| (who.as_str(), *waits))
                .eq(expected.iter().copied())
        })
        .await;
}

async fn lock(client: &mut Client, worker: &str, args: Value) {
    client.act("lock", worker, args).await;
}

pub(crate) async fn who_wants_a_lock_waits_until_it_is_free(subject: Subject) {
    for (with, kind) in KINDS {
        let mut world = on_demand(subject, json!({"writers": 2, "lock": with})).await;
        let client = &mut world.client;
        lock(client, "writer", json!({})).await;
        table_is(client, &[("writer", false)]).await;
        client.send_text("writer-2", "polite").await;
        table_is(client, &[("writer", false), ("writer-2", true)]).await;
        let kinds = file(client.state()).map(|file| file.locks.iter().map(|lock| lock.kind));
        assert!(kinds.is_some_and(|mut kinds| kinds.all(|it| it == kind)));
        client
            .until("the second asleep", |state| {
                sleeps(state, "writer-2", Wait::FileLock)
            })
            .await;
        assert_eq!(client.state().counts.sent, 0);
        client.act("unlock", "writer", json!({})).await;
        client
            .until("its line written", |state| state.counts.sent == 1)
            .await;
        table_is(client, &[]).await;
        world.end().await;
    }
}

pub(crate) async fn a_stranger_writes_all_the_same(subject: Subject) {
    let params = json!({"writers": 1, "stranger": true, "lock": "flock"});
    let mut world = on_demand(subject, params).await;
    let client = &mut world.client;
    lock(client, "writer", json!({})).await;
    table_is(client, &[("writer", false)]).await;
    send(client, "stranger", "what lock?").await;
    read_until(client, 1).await;
    assert_eq!(table(client.state()), [("writer".to_owned(), false)]);
    world.end().await;
}

pub(crate) async fn a_dead_owner_has_no_lock(subject: Subject) {
    for (with, _) in KINDS {
        let mut world = on_demand(subject, json!({"writers": 2, "lock": with})).await;
        let client = &mut world.client;
        lock(client, "writer-2", json!({})).await;
        table_is(client, &[("writer-2", false)]).await;
        lock(client, "writer", json!({})).await;
        table_is(client, &[("writer", true), ("writer-2", false)]).await;
        client.act("kill", "writer-2", json!({})).await;
        table_is(client, &[("writer", false)]).await;
        world.end().await;
    }
}

pub(crate) async fn ranges_that_do_not_meet_do_not_wait(subject: Subject) {
    for with in ["ofd", "posix"] {
        let mut world = on_demand(subject, json!({"writers": 2, "lock": with})).await;
        let client = &mut world.client;
        lock(client, "writer", json!({"from": 0, "len": 10})).await;
        lock(client, "writer-2", json!({"from": 10, "len": 10})).await;
        table_is(client, &[("writer", false), ("writer-2", false)]).await;
        let ranges = file(client.state()).map(|file| {
            let mut ranges: Vec<_> = file.locks.iter().map(|it| (it.from, it.to)).collect();
            ranges.sort_unstable();
            ranges
        });
        assert_eq!(ranges, Some(vec![(0, Some(10)), (10, Some(20))]));
        world.end().await;
    }
}

pub(crate) async fn shared_locks_go_together(subject: Subject) {
    let mut world = on_demand(subject, json!({"writers": 3, "lock": "flock"})).await;
    let client = &mut world.client;
    for worker in ["writer", "writer-2"] {
        lock(client, worker, json!({"mode": "shared"})).await;
    }
    table_is(client, &[("writer", false), ("writer-2", false)]).await;
    lock(client, "writer-3", json!({"mode": "exclusive"})).await;
    table_is(
        client,
        &[("writer", false), ("writer-2", false), ("writer-3", true)],
    )
    .await;
    world.end().await;
}
