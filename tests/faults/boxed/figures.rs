//! How long boxes take to come and go, how many there can be, and that nothing of them stays.

use super::long;
use crate::{case::kill, figure};
use harness::{Account, TestServer, World, client::Plan, http, procfs, wait};
use serde_json::json;
use shared::os::Signal;
use std::{
    collections::BTreeSet,
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

/// A server that takes as many runs as one wants.
pub(super) const ANY_NUMBER: [&str; 8] = [
    "--runs",
    "2000",
    "--runs-per-address",
    "0",
    "--commands-per-second",
    "0",
    "--starts-per-second",
    "0",
];
/// A half of them took at most so long, and 95 of 100.
fn half_and_most(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    (at(50), at(95))
}

fn plan() -> Plan {
    Plan::new("pipe", "anonymous", json!({}), false)
}

/// What of boxes can be seen from outside.
#[derive(Debug, PartialEq, Eq)]
struct Traces {
    mounts: usize,
    /// Network namespaces that somebody is in.
    networks: BTreeSet<PathBuf>,
    /// User ids that are taken by a server.
    uids: usize,
    queues: Vec<PathBuf>,
    shared_memory: usize,
    segments: usize,
    spawner_descriptors: usize,
}

impl Traces {
    fn of(server: &TestServer) -> Self {
        let lines = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let family = server.family();
        let network = |pid: i32| fs::read_link(format!("/proc/{pid}/ns/net")).ok();
        Self {
            mounts: lines("/proc/self/mounts").lines().count(),
            networks: family
                .iter()
                .filter_map(|process| network(process.pid))
                .collect(),
            // Other servers have theirs.
            uids: procfs::descriptors(server.spawner().pid)
                .get("socket")
                .copied()
                .unwrap_or(0),
            queues: procfs::names_below(std::path::Path::new("/dev/mqueue")),
            shared_memory: fs::read_dir("/dev/shm").map_or(0, Iterator::count),
            segments: ["shm", "msg", "sem"]
                .iter()
                .map(|what| lines(&format!("/proc/sysvipc/{what}")).lines().count())
                .sum(),
            spawner_descriptors: procfs::descriptors(server.spawner().pid).values().sum(),
        }
    }
}

#[tokio::test]
async fn after_many_runs_the_host_is_as_before() {
    let count = if long() { 10_000 } else { 40 };
    // What is told of a run is kept for ten minutes otherwise: at twenty runs a second, that is all of them.
    let args = [&ANY_NUMBER[..], &["--keep-ms", "1000"]].concat();
    let mut world = World::with(Account::Ours, &args).await;
    let before = Traces::of(&world.server);
    let spawner = world.server.spawner().pid;
    let mut resident = (0, 0);
    let begun = Instant::now();
    let mut first = Vec::new();
    for number in 0..count {
        if number == count / 10 {
            resident = (
                procfs::resident_kib(world.server.pid()),
                procfs::resident_kib(spawner),
            );
        }
        let clicked = Instant::now();
        let variant = ["fifo", "anonymous"][number % 2];
        world
            .client
            .start(Plan::new("pipe", variant, json!({}), false))
            .await;
        world
            .client
            .until("the first process", |state| !state.workers.is_empty())
            .await;
        first.push(clicked.elapsed());
        world.client.stop().await;
    }
    let (half, most) = half_and_most(first);
    figure(
        "from the click to the first process, half of them",
        format_args!("{half:?}"),
    );
    figure("… 95 of 100", format_args!("{most:?}"));
    figure(
        "runs in sequence",
        format_args!("{count} in {:?}", begun.elapsed()),
    );
    let grown = |pid, before: u64| procfs::resident_kib(pid).saturating_sub(before);
    let grown = (
        grown(world.server.pid(), resident.0),
        grown(spawner, resident.1),
    );
    figure(
        "KiB that server and spawner grew by",
        format_args!("{grown:?}"),
    );
    wait::until("a host as before", || {
        (Traces::of(&world.server) == before).then_some(())
    })
    .await;
    if long() {
        assert!(grown.0 + grown.1 < 5 * 1024, "{grown:?} KiB");
    }
    let health = http::get(world.server.address, "/api/health").await.json();
    figure("start times, ms", &health["start_ms"]);
    world.end().await;
}

#[tokio::test]
async fn a_killed_worker_is_told_of_soon() {
    let mut world = World::new().await;
    let mut times = Vec::new();
    for _ in 0..10 {
        world.client.start(plan()).await;
        world.client.everybody(3).await;
        let pid = world.client.worker("writer").host_pid;
        let killed = Instant::now();
        kill(pid);
        world.client.killed_by("writer", Signal::SIGKILL).await;
        times.push(killed.elapsed());
        world.client.stop().await;
    }
    let (half, most) = half_and_most(times);
    figure(
        "from SIGKILL to the word of it",
        format_args!("{half:?}, at most {most:?}"),
    );
    // A tenth of it is the promise, on a machine that does nothing else.
    assert!(half < Duration::from_secs(1), "{half:?}");
    world.end().await;
}

#[tokio::test]
async fn with_process_1_of_a_box_everything_in_it_is_gone_and_another_run_can_begin() {
    let mut world = World::with(Account::Ours, &["--isolation", "full"]).await;
    let mut times = Vec::new();
    for _ in 0..5 {
        world.client.start(plan()).await;
        world.client.everybody(3).await;
        let supervisors = world.server.supervisors();
        let below = procfs::descendants(supervisors[0].pid);
        assert_eq!((supervisors.len(), below.len()), (1, 3));
        let killed = Instant::now();
        kill(supervisors[0].pid);
        wait::until("the end of all in the box", || {
            below
                .iter()
                .all(|process| procfs::process(process.pid).is_none())
                .then_some(())
        })
        .await;
        times.push(killed.elapsed());
        world.client.ended().await;
    }
    let (half, most) = half_and_most(times);
    figure(
        "from the death of process 1 to that of all",
        format_args!("{half:?}, at most {most:?}"),
    );
    world.end().await;
}
