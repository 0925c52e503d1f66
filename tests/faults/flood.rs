//! More happens than the server can take, and none of it may be left out.

use crate::{case::host_pid, figure};
use harness::{Account, World, client::Plan, procfs::resident_kib, wait};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::json;
use std::{
    fs,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// Far more than it takes until four mebibytes wait for the server, even on a busy machine.
const LONG: Duration = Duration::from_secs(25);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(1);
/// Looks at which a worker with a signal pending has not moved: somebody holds it.
const STILL: u32 = 400;
/// Four mebibytes wait for the server; twice that for answers, and what the allocator keeps for itself.
const SLACK_KIB: u64 = 12 * 1024;

/// How often the kernel has turned from a process to another: it has moved when this is another number.
fn moves(pid: i32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it lives");
    let switches = status.lines().filter(|line| line.contains("ctxt_switches"));
    let counts = switches.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    counts.sum()
}

#[tokio::test]
async fn a_worker_that_drowns_in_signals_waits_for_a_server_that_takes_nothing() {
    let mut world = World::with(Account::Ours, &["--events-per-second=0"]).await;
    let plan = Plan::new("signal", "signals", json!({}), true);
    world.client.start(plan).await;
    world
        .client
        .until("the receiver", |state| {
            state.worker(&"receiver".into()).is_some()
        })
        .await;
    let supervisor = world.server.supervisors()[0].pid;
    let receiver = host_pid(&world, "receiver");
    let before = resident_kib(supervisor);
    world.server.signal(Signal::SIGSTOP);
    let begun = Instant::now();
    let (mut known, mut still) = (moves(receiver), 0);
    while still < STILL {
        assert!(
            begun.elapsed() < LONG,
            "each signal is told, and nobody takes what is told"
        );
        for _ in 0..50 {
            kill(Pid::from_raw(receiver), Signal::SIGUSR1).expect("it is there");
        }
        sleep(LOOK).await;
        let now = moves(receiver);
        still = if now == known { still + 1 } else { 0 };
        known = now;
    }
    let grown = resident_kib(supervisor).saturating_sub(before);
    figure(
        "a supervisor whose server takes nothing",
        format_args!(
            "{grown} KiB more when it let nobody go on, {:?} later",
            begun.elapsed()
        ),
    );
    assert!(grown < SLACK_KIB, "{grown} KiB more");
    world.server.signal(Signal::SIGCONT);
    let goes_on = || (moves(receiver) != known).then_some(());
    wait::until("the receiver, which goes on", goes_on).await;
    world.client.stop().await;
    world.end().await;
}
