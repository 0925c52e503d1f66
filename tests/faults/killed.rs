//! SIGKILL, to each kind of process.

use crate::case::{Case, all_gone, host_pid, kill};
use nix::sys::signal::Signal as Sig;
use serde_json::json;
use shared::{event::Outcome, os::Signal};
use std::time::Duration;

/// Longest time for a server whose spawner died to say so and exit.
const SAY_AND_EXIT: Duration = Duration::from_secs(3);

/// Exit code that tells a service manager that the program itself failed (`EX_SOFTWARE` of sysexits.h).
const SOFTWARE_FAILED: i32 = 70;

pub(crate) async fn a_killed_worker_is_told_and_the_others_go_on(case: Case) {
    let mut world = case.world(&[]).await;
    kill(host_pid(&world, "writer"));
    let client = &mut world.client;
    client.killed_by("writer", Signal::SIGKILL).await;
    client.send_text("writer-2", "I am still here").await;
    client
        .until("its message on the other side", |state| {
            state.counts.received == 4
        })
        .await;
    assert!(client.worker("reader").alive());
    world.end().await;
}

pub(crate) async fn a_killed_parent_is_told(case: Case) {
    let mut world = case.world(&[]).await;
    kill(host_pid(&world, "parent"));
    let client = &mut world.client;
    client.killed_by("parent", Signal::SIGKILL).await;
    // Orphans of a dead parent belong to the supervisor now; their ends are told all the same.
    client.act("kill", "reader", json!({})).await;
    client.killed_by("reader", Signal::SIGKILL).await;
    world.end().await;
}

pub(crate) async fn with_the_supervisor_its_run_dies_and_no_other(case: Case) {
    let mut world = case.world(&[]).await;
    let first = world.client.run.clone();
    let known = world.server.supervisors();
    let second = world.client.start(case.plan(json!({}))).await;
    let other = world
        .server
        .supervisors()
        .into_iter()
        .find(|process| known.iter().all(|old| old.pid != process.pid));
    kill(other.expect("the second run has a supervisor").pid);
    let end = world.client.ended().await;
    assert_eq!(end.outcome, Outcome::SupervisorDied);
    assert!(
        world
            .client
            .state()
            .workers
            .iter()
            .all(|worker| { harness::procfs::process(worker.host_pid).is_none() }),
        "run.finished comes when nothing of the run exists any more"
    );
    assert_ne!(first, second);
    world.client.run = first;
    world
        .client
        .send_text("writer", "the other run goes on")
        .await;
    world
        .client
        .until("its message on the other side", |state| {
            state.counts.received == 4
        })
        .await;
    world.end().await;
}

pub(crate) async fn with_the_spawner_everything_dies_and_the_server_says_so(case: Case) {
    let mut world = case.world(&[]).await;
    let before = world.server.family();
    kill(world.server.spawner().pid);
    world.client.end().await;
    let told = world
        .client
        .closing
        .as_ref()
        .expect("the server says why it goes");
    assert!(
        !told.message.is_empty() && !told.hint.is_empty(),
        "{told:?}"
    );
    let status = world.server.ended(SAY_AND_EXIT).await;
    assert_eq!(
        status.code(),
        Some(SOFTWARE_FAILED),
        "{}",
        world.server.log()
    );
    all_gone(&world.server, &before).await;
}

pub(crate) async fn with_the_server_everything_dies(case: Case) {
    let mut world = case.world(&[]).await;
    let before = world.server.family();
    world.server.signal(Sig::SIGKILL);
    world.server.ended(SAY_AND_EXIT).await;
    all_gone(&world.server, &before).await;
}

pub(crate) async fn with_spawner_and_server_at_once_everything_dies(case: Case) {
    let mut world = case.world(&[]).await;
    let before = world.server.family();
    let spawner = world.server.spawner().pid;
    // Stopped first, so that neither can act on the death of the other.
    world.server.signal(Sig::SIGSTOP);
    kill(spawner);
    world.server.signal(Sig::SIGKILL);
    world.server.ended(SAY_AND_EXIT).await;
    all_gone(&world.server, &before).await;
}
