//! A limit that is hit is told in the run, with what the program got, and in words.

use crate::{
    case::{Case, host_pid, kill},
    figure,
};
use harness::{World, client::Plan, http, procfs, program, wait};
use serde_json::json;
use shared::{
    event::{Event, Kind},
    limit,
    os::{Errno, Signal},
};
use std::{
    fs,
    os::unix::{fs::MetadataExt as _, process::CommandExt as _},
};

/// Bytes allowed: pages, so that a file system can be that large.
const FEW: u64 = 64 * 1024;
/// Bytes sent.
const MANY: u64 = 4 * FEW;

/// A file that is written to, on a server with one limit that is lower.
async fn writes(case: Case, limit: &str) -> World {
    let mut world = World::with(case.account, &[limit, &FEW.to_string()]).await;
    let plan = Plan::new("file", "write", json!({}), case.xray);
    world.client.start(plan).await;
    world
        .client
        .until("the writer", |state| {
            state.worker(&"writer".into()).is_some()
        })
        .await;
    world.client.flood("writer", MANY, 1).await;
    world
}

/// The limit that was hit, checked by its name, its value, and who hit it.
async fn hit(
    world: &mut World,
    name: &str,
    most: u64,
    who: &str,
) -> (Option<Errno>, Option<Signal>) {
    let is_hit = |event: &Event| matches!(event.kind, Kind::LimitHit { .. });
    let event = world.client.event("the limit", is_hit).await;
    let Kind::LimitHit {
        limit,
        value,
        errno,
        signal,
    } = event.kind
    else {
        panic!("just seen");
    };
    assert_eq!((limit.as_str(), value), (name, most));
    assert_eq!(event.worker, Some(who.into()));
    let words = limit::words(&limit, value, errno, signal);
    let got = errno
        .map(|errno| errno.to_string())
        .or_else(|| signal.map(|signal| signal.to_string()));
    assert!(got.is_some_and(|got| words.ends_with(&got)), "{words}");
    figure("a limit in words", words);
    (errno, signal)
}

/// Lets a worker have less from now on, as it could itself: prlimit(1), as the user it is.
fn allow(world: &World, worker: &str, option: &str, most: u64) {
    let pid = host_pid(world, worker);
    let about = fs::metadata(format!("/proc/{pid}")).expect("it lives");
    let done = program::command("prlimit")
        .arg(format!("--pid={pid}"))
        .arg(format!("--{option}={most}"))
        .uid(about.uid())
        .gid(about.gid())
        .status();
    assert!(
        done.expect("prlimit of util-linux is there").success(),
        "{worker} has {option} of {most}"
    );
}

/// Shared memory by a name, which everybody has mapped.
async fn memory(case: Case) -> World {
    let mut world = World::with(case.account, &[]).await;
    let plan = Plan::new("shared-memory", "shm", json!({}), case.xray);
    world.client.start(plan).await;
    world.client.everybody(3).await;
    let reader = host_pid(&world, "reader");
    let has = |mappings: usize| move || (procfs::shared_mappings(reader) == mappings).then_some(());
    let mappings = procfs::shared_mappings(reader);
    assert!(mappings > 0, "the reader has it mapped");
    // Twice, so that its stack and its heap are as large as they will be.
    for _ in 0..2 {
        world.client.act("close", "reader", json!({})).await;
        wait::until("a reader without it", has(mappings - 1)).await;
        world.client.act("attach", "reader", json!({})).await;
        wait::until("a reader that has it again", has(mappings)).await;
    }
    world.client.act("close", "reader", json!({})).await;
    wait::until("a reader without it", has(mappings - 1)).await;
    world
}

pub(crate) async fn a_file_that_grows_too_large_is_told(case: Case) {
    let mut world = writes(case, "--file-bytes").await;
    let got = hit(&mut world, "file_bytes", FEW, "writer").await;
    assert!(
        got.0 == Some(Errno::EFBIG) || got.1 == Some(Signal::SIGXFSZ),
        "{got:?}"
    );
    world.end().await;
}

pub(crate) async fn a_full_tmp_of_a_box_is_told(case: Case) {
    let mut world = writes(case, "--tmp-bytes").await;
    let health = http::get(world.server.address, "/api/health").await.json();
    if health["protection"]["level"] == "full" {
        let got = hit(&mut world, "tmp_bytes", FEW, "writer").await;
        assert_eq!(got, (Some(Errno::ENOSPC), None));
    } else {
        figure("a full /tmp", "not tried: this host permits no box");
    }
    world.end().await;
}

pub(crate) async fn a_process_that_opens_too_much_is_told(case: Case) {
    let mut world = memory(case).await;
    // Standard input, output and error.
    allow(&world, "reader", "nofile", 3);
    world.client.act("attach", "reader", json!({})).await;
    let got = hit(&mut world, "open_files", 3, "reader").await;
    assert_eq!(got, (Some(Errno::EMFILE), None));
    world.end().await;
}

pub(crate) async fn a_process_that_maps_too_much_is_told(case: Case) {
    let mut world = memory(case).await;
    let mapped = procfs::mapped_bytes(host_pid(&world, "reader"));
    allow(&world, "reader", "as", mapped);
    world.client.act("attach", "reader", json!({})).await;
    let got = hit(&mut world, "memory_bytes", mapped, "reader").await;
    assert_eq!(got, (Some(Errno::ENOMEM), None));
    world.end().await;
}

pub(crate) async fn a_run_that_forks_too_much_is_told(case: Case) {
    let mut world = World::with(case.account, &[]).await;
    let plan = Plan::new("socket", "tcp", json!({}), case.xray);
    world.client.start(plan).await;
    world.client.everybody(3).await;
    kill(host_pid(&world, "client"));
    world.client.killed_by("client", Signal::SIGKILL).await;
    // The run has more already: supervisor, parent and server.
    allow(&world, "parent", "nproc", 2);
    world.client.act("restart", "client", json!({})).await;
    let got = hit(&mut world, "processes", 2, "parent").await;
    assert_eq!(got, (Some(Errno::EAGAIN), None));
    world.end().await;
}

pub(crate) async fn a_process_that_computes_too_long_is_told(case: Case) {
    let mut world = World::with(case.account, &["--cpu-seconds", "1"]).await;
    let params = json!({"guard": "none"});
    let plan = Plan::new("shared-memory", "shm", params, case.xray);
    world.client.start(plan).await;
    world.client.everybody(3).await;
    // Much more than a second of additions, however fast the machine is.
    for _ in 0..20 {
        let taken = world
            .client
            .try_act("add", "writer", json!({"times": 100_000_000}))
            .await;
        // It may be over already.
        if taken.is_err() {
            break;
        }
    }
    let got = hit(&mut world, "cpu_seconds", 1, "writer").await;
    assert_eq!(got, (None, Some(Signal::SIGXCPU)));
    world.client.killed_by("writer", Signal::SIGXCPU).await;
    world.end().await;
}
