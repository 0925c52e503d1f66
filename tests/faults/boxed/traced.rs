//! Whatever a traced process has become, it dies with its tracer, and the events up to then are in order.

use crate::{case::kill, figure};
use harness::{Account, Client, World, client::Plan, procfs, wait};
use serde_json::json;
use shared::event::Outcome;
use std::time::{Duration, Instant};

/// From the death of the tracer, which is process 1 of the box, to that of all that it traced.
const ALL_GONE: Duration = Duration::from_secs(3);

/// The processes of the run so far, once there are so many and X-ray sees them.
async fn there(client: &mut Client, count: usize) -> Vec<i32> {
    client
        .until("everybody, traced", |state| {
            state.workers.len() == count && state.xray
        })
        .await;
    let workers = client.state().workers.iter();
    workers.map(|worker| worker.host_pid).collect()
}

/// Waits until a process is that program.
async fn is(pid: i32, name: &str) {
    let is_it = || procfs::process(pid).filter(|process| process.name == name);
    wait::until(&format!("process {pid} as {name}"), is_it).await;
}

#[tokio::test]
async fn another_program_a_frozen_one_and_one_with_threads_die_with_their_tracer() {
    for account in [Account::Ours, Account::Plain] {
        let mut world = World::with(account, &["--isolation", "full"]).await;
        let client = &mut world.client;
        let params = json!({"reader": "demand"});
        let pipe = client
            .start(Plan::new("pipe", "anonymous", params, true))
            .await;
        let mut all = there(client, 3).await;
        client.act("exec", "reader", json!({"program": "wc"})).await;
        is(client.worker("reader").host_pid, "wc").await;
        client.act("freeze", "writer", json!({})).await;
        let params = json!({"threads": "many", "http": "1.1"});
        let rpc = client.start(Plan::new("rpc", "xml", params, true)).await;
        all.extend(there(client, 3).await);
        client.send_text("client", "increment()").await;
        client
            .until("an answer of a thread", |state| state.counts.received >= 1)
            .await;
        let killed = Instant::now();
        for process in world.server.supervisors() {
            kill(process.pid);
        }
        let nobody = || {
            let lives = |pid: &i32| procfs::process(*pid).is_some_and(|one| one.state != 'Z');
            (!all.iter().any(lives)).then_some(())
        };
        wait::within(ALL_GONE, "the end of all that was traced", nobody).await;
        figure(
            "from the death of two tracers to that of all they traced",
            format_args!("{:?}", killed.elapsed()),
        );
        for run in [pipe, rpc] {
            world.client.run = run;
            let end = world.client.ended().await;
            assert_eq!(end.outcome, Outcome::SupervisorDied);
            let seqs = world.client.events().iter().map(|event| event.seq);
            assert!(
                seqs.eq(1..=world.client.state().seq),
                "every event, in order"
            );
        }
        for pid in all {
            assert!(procfs::process(pid).is_none(), "{pid} is left");
        }
        let client = &mut world.client;
        client
            .start(Plan::new("pipe", "anonymous", json!({}), true))
            .await;
        there(client, 3).await;
        world.end().await;
    }
}
