//! Many boxes at once: they are there in time, one that dies takes no other with it, and all are gone in time.

use super::long;
use crate::{case::kill, figure};
use harness::{
    Account, Client, TestServer, World,
    client::Plan,
    leftovers,
    procfs::{self, Process},
    wait,
};
use nix::sys::signal::Signal as Sig;
use serde_json::json;
use shared::{event::Outcome, ids::RunId, os::Signal};
use std::{
    fs,
    time::{Duration, Instant},
};

/// From the death of server or spawner to that of everybody below.
const ALL_GONE: Duration = Duration::from_secs(3);
/// The same with `--long`: the promise is as above, but four thousand processes end, and others want the processors too.
const THOUSAND_GONE: Duration = Duration::from_secs(60);
/// For the end of a server that was killed, or whose spawner was.
const PATIENCE: Duration = Duration::from_secs(120);
/// For a server that is started again: the promise is a second, on a machine that does nothing else.
const AGAIN: Duration = Duration::from_secs(10);

/// What boxes could leave on this host, and no other test has.
#[derive(Debug, PartialEq, Eq)]
struct Traces {
    mounts: usize,
    /// User ids that are taken.
    users: usize,
}

impl Traces {
    /// `first` is the first of a thousand user ids that no other server has.
    fn of(first: u32) -> Self {
        let lines = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let user = format!("@ipc-playground-uid-{}", first / 1000);
        Self {
            mounts: lines("/proc/self/mounts").lines().count(),
            users: lines("/proc/net/unix")
                .lines()
                .filter(|line| line.contains(&user))
                .count(),
        }
    }
}

#[tokio::test]
async fn many_boxes_at_once_are_there_in_time_and_gone_in_time() {
    // A thousand are there in 15 s on a machine that does nothing else; with others beside, in a while.
    let (count, limit, gone) = if long() {
        (1000, Duration::from_secs(90), THOUSAND_GONE)
    } else {
        (30, Duration::from_secs(10), ALL_GONE)
    };
    for (turn, account, victim) in [
        (0, Account::Ours, "server"),
        (1, Account::Plain, "server"),
        (2, Account::Ours, "spawner"),
        (3, Account::Plain, "spawner"),
    ] {
        let range = own_range(turn);
        let before = Traces::of(range);
        let (mut world, [last, other]) = many(account, count, limit, range).await;
        world.client.run = last;
        a_worker_dies(&mut world).await;
        world.client.run = other;
        a_supervisor_dies(&mut world).await;
        let family = world.server.family();
        assert!(family.len() >= 4 * (count - 2), "everybody is there");
        match victim {
            "server" => world.server.signal(Sig::SIGKILL),
            _ => kill(world.server.spawner().pid),
        }
        let killed = Instant::now();
        let nobody = || family.iter().all(|process| !lives(process)).then_some(());
        wait::within(gone, "the end of all boxes", nobody).await;
        figure(
            "all of them gone",
            format_args!("{:?} after {victim} was killed", killed.elapsed()),
        );
        world.server.ended(PATIENCE).await;
        let runs: Vec<_> = world.client.runs.keys().cloned().collect();
        let mut names = procfs::names_below(&world.server.place.tmp);
        names.extend(leftovers::names_of(&runs));
        assert!(names.is_empty(), "{names:?}");
        let as_before = || (Traces::of(range) == before).then_some(());
        wait::until("a host as before", as_before).await;
        starts_again(account).await;
    }
}

/// The first of a thousand user ids that are no other test's, above the usual ones.
fn own_range(turn: u32) -> u32 {
    1_900_100_000 + 1000 * (std::process::id() % 30_000 * 4 + turn)
}

/// A server with so many boxes, the users of which are of that range.
///
/// Also the two runs that were started last, which the client still follows.
async fn many(account: Account, count: usize, limit: Duration, range: u32) -> (World, [RunId; 2]) {
    let uids = format!("{range}-{}", range + 999);
    // Most of them are followed by nobody, and still they go on.
    let more = ["--box-uids", &uids, "--grace-ms", "3600000"];
    let args = [&super::figures::ANY_NUMBER[..], &more].concat();
    let mut world = World::with(account, &args).await;
    let begun = Instant::now();
    let mut runs = Vec::new();
    for _ in 0..count {
        let plan = Plan::new("pipe", "anonymous", json!({}), false);
        runs.push(world.client.start(plan).await);
    }
    // Supervisor, parent, writer and reader of each, below the spawner; one connection follows a few runs only.
    let everybody = || {
        let family = procfs::descendants(world.server.spawner().pid);
        (family.len() == 4 * count).then_some(())
    };
    wait::within(PATIENCE, "everybody of every run", everybody).await;
    let took = begun.elapsed();
    let family = procfs::descendants(world.server.spawner().pid);
    let memory: u64 = family
        .iter()
        .map(|process| proportional_kib(process.pid))
        .sum();
    figure(
        "boxes at once",
        format_args!("{count} in {took:?}, {} KiB each", memory / count as u64),
    );
    assert!(took < limit, "{count} boxes took {took:?}");
    let last = [runs[count - 1].clone(), runs[count - 2].clone()];
    for run in &last {
        world.client.run = run.clone();
        world.client.everybody(3).await;
    }
    (world, last)
}

/// One worker of them: its run hears of it, and nobody else dies.
async fn a_worker_dies(world: &mut World) {
    let family = world.server.family();
    let victim = world.client.worker("writer").host_pid;
    let killed = Instant::now();
    kill(victim);
    world.client.killed_by("writer", Signal::SIGKILL).await;
    figure(
        "a worker's end told",
        format_args!("{:?}", killed.elapsed()),
    );
    let run = world.client.run.clone();
    world.client.stop().await;
    let others = but(&family, &world.client.runs[&run].state);
    assert!(others.iter().all(lives), "nobody of another run died");
}

/// One supervisor of them: its box is gone, and no other.
async fn a_supervisor_dies(world: &mut World) {
    let family = world.server.family();
    let parent = procfs::process(world.client.worker("parent").host_pid).expect("it lives");
    let killed = Instant::now();
    kill(parent.parent);
    let end = world.client.ended().await;
    figure(
        "a supervisor's end told, with nothing left of its box",
        format_args!("{:?}", killed.elapsed()),
    );
    assert_eq!(end.outcome, Outcome::SupervisorDied);
    let state = world.client.state();
    for worker in &state.workers {
        assert!(procfs::process(worker.host_pid).is_none(), "{worker:?}");
    }
    let others: Vec<_> = but(&family, state)
        .into_iter()
        .filter(|process| process.pid != parent.parent)
        .collect();
    assert!(others.iter().all(lives), "nobody of another box died");
}

/// All but those of that run, and its supervisor.
fn but(family: &[Process], run: &shared::state::RunState) -> Vec<Process> {
    let of_run = |pid: i32| run.workers.iter().any(|worker| worker.host_pid == pid);
    let supervisors: Vec<_> = family
        .iter()
        .filter(|process| of_run(process.pid))
        .map(|process| process.parent)
        .collect();
    let others = family
        .iter()
        .filter(|process| !of_run(process.pid) && !supervisors.contains(&process.pid));
    others.cloned().collect()
}

/// The same process still runs; a zombie of somebody who adopted it does not.
fn lives(process: &Process) -> bool {
    procfs::process(process.pid)
        .is_some_and(|now| now.name == process.name && !"ZX".contains(now.state))
}

/// As a service manager would start it: it serves a run at once.
async fn starts_again(account: Account) {
    let begun = Instant::now();
    let server = TestServer::with(account, &[]);
    let mut client = Client::connect(&server).await;
    client
        .start(Plan::new("pipe", "anonymous", json!({}), false))
        .await;
    client
        .until("the first process", |state| !state.workers.is_empty())
        .await;
    let took = begun.elapsed();
    figure(
        "from the start of another server to its first process",
        format_args!("{took:?}"),
    );
    assert!(took < AGAIN, "{took:?}");
    client.stop().await;
}

/// PSS of `/proc/PID/smaps_rollup`: what is shared is counted once, by halves and thirds.
fn proportional_kib(pid: i32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
