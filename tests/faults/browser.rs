//! The browser goes away.

use crate::{case::Case, figure};
use harness::{Client, wait};
use std::time::{Duration, Instant};

/// How long a run waits for its browser in the test of reclaiming; long enough to see that it waits at all.
const SHORT_GRACE_MS: u64 = 300;

pub(crate) async fn a_run_outlives_its_connection_and_is_taken_up_again(case: Case) {
    let mut world = case.world(&[]).await;
    let processes = world.server.family();
    let seen = world.client.state().seq;
    // Without a word: the connection just ends, with everything of it that was under way.
    world.client = Client::resume(&world.server, world.client).await;
    let client = &mut world.client;
    client.flood("writer-2", 100, 5).await;
    client
        .until("the messages after the break", |state| {
            state.counts.received == 8
        })
        .await;
    assert_eq!(
        client.runs[&client.run].snapshots, 1,
        "the journal fills the hole, so no second snapshot is needed"
    );
    assert!(client.state().seq > seen);
    let pids = |list: &[harness::procfs::Process]| {
        list.iter().map(|process| process.pid).collect::<Vec<_>>()
    };
    assert_eq!(
        pids(&world.server.family()),
        pids(&processes),
        "the same processes go on"
    );
    world.end().await;
}

pub(crate) async fn a_run_that_nobody_comes_back_to_is_reclaimed(case: Case) {
    let grace = SHORT_GRACE_MS.to_string();
    let world = case.world(&["--grace-ms", &grace]).await;
    let harness::World { server, client, .. } = world;
    assert_eq!(client.grace_ms, SHORT_GRACE_MS);
    let left = Instant::now();
    drop(client);
    let reclaimed = || server.supervisors().is_empty().then_some(());
    wait::until("the end of a run whose browser is gone", reclaimed).await;
    let after = left.elapsed();
    figure(
        "from the end of a connection to that of its run",
        format_args!("{after:?} at a grace of {SHORT_GRACE_MS} ms"),
    );
    assert!(
        after >= Duration::from_millis(SHORT_GRACE_MS),
        "it was not waited for: {after:?}"
    );
    wait::until("no process but server and spawner", || {
        (server.family().len() == 1).then_some(())
    })
    .await;
}
