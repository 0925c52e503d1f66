//! A run that computes as much as it can: another run on the same machine still answers.

use crate::figure;
use harness::{Account, Client, World, client::Plan};
use serde_json::json;
use std::{
    fs,
    time::{Duration, Instant},
};

/// Pairs of a quiet time and a noisy one, so that what else this machine does meanwhile is in both.
const TURNS: usize = 5;
/// Messages in each of those times.
const ECHOES: usize = 40;
/// A machine that does other things meanwhile has slow moments; nobody notices an answer that comes so soon.
const SOON: Duration = Duration::from_millis(50);
/// And nobody waits so much longer, were it not for a bomb that gets all there is. The promise is twice.
const LONGER: f64 = 20.0;

/// Who computes in the bomb: as many as there are cores in most machines that run this test.
const BOMBERS: [&str; 2] = ["writer", "reader"];

#[tokio::test]
async fn a_bomb_of_computing_in_one_run_leaves_another_its_answers() {
    for account in [Account::Ours, Account::Plain] {
        let mut world = World::with(account, &["--commands-per-second", "0"]).await;
        let client = &mut world.client;
        let quiet = client
            .start(Plan::new("pipe", "anonymous", json!({}), false))
            .await;
        all_three(client).await;
        let params = json!({"guard": "none"});
        let bomb = client
            .start(Plan::new("shared-memory", "shm", params, false))
            .await;
        all_three(client).await;
        for worker in BOMBERS {
            // Longer than this test takes; each is frozen until it is its time.
            frozen(client, worker, true).await;
            for _ in 0..60 {
                client
                    .act("add", worker, json!({"times": 100_000_000}))
                    .await;
            }
        }
        let bombers = BOMBERS.map(|worker| client.worker(worker).host_pid);
        let mut ratios = Vec::new();
        let mut worst = Vec::new();
        for _ in 0..TURNS {
            client.run = quiet.clone();
            let before = answers(client).await;
            client.run = bomb.clone();
            for worker in BOMBERS {
                frozen(client, worker, false).await;
            }
            client.run = quiet.clone();
            let meanwhile = answers(client).await;
            client.run = bomb.clone();
            for worker in BOMBERS {
                frozen(client, worker, true).await;
            }
            ratios.push(meanwhile.as_secs_f64() / before.as_secs_f64());
            worst.push(meanwhile);
        }
        let burnt: u64 = bombers.iter().map(|pid| computed_ns(*pid)).sum();
        assert!(burnt > 10_000_000, "the bomb had {burnt} ns of computing");
        ratios.sort_by(f64::total_cmp);
        worst.sort();
        let (ratio, worst) = (ratios[TURNS / 2], worst[TURNS / 2]);
        figure(
            "an answer beside a bomb of computing, 95 of 100",
            format_args!(
                "{worst:?}, {ratio:.2} times as long as without ({account:?}); the bomb computed for {:?}",
                Duration::from_nanos(burnt)
            ),
        );
        assert!(
            ratio < LONGER || worst < SOON,
            "{ratio} times as long, {worst:?}"
        );
        client.run = bomb;
        client.stop().await;
        client.run = quiet;
        world.end().await;
    }
}

/// Stops a process, or lets it go on.
async fn frozen(client: &mut Client, worker: &str, stop: bool) {
    let verb = if stop { "freeze" } else { "resume" };
    client.act(verb, worker, json!({})).await;
    client
        .until(verb, |state| {
            state
                .worker(&worker.into())
                .is_some_and(|worker| worker.can_resume() == stop)
        })
        .await;
}

async fn all_three(client: &mut Client) {
    client.everybody(3).await;
}

/// From the click to the message on the other side, 95 of 100 take at most so long.
async fn answers(client: &mut Client) -> Duration {
    let mut times = Vec::new();
    for _ in 0..ECHOES {
        let received = client.state().counts.received;
        let asked = Instant::now();
        client.send_text("writer", "are you there?").await;
        client
            .until("the message on the other side", |state| {
                state.counts.received > received
            })
            .await;
        times.push(asked.elapsed());
    }
    times.sort();
    times[ECHOES * 95 / 100]
}

/// Nanoseconds that a process has had of processors: the first number of `/proc/PID/schedstat`.
fn computed_ns(pid: i32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/schedstat")).unwrap_or_default();
    let first = stat.split(' ').next().and_then(|ns| ns.parse().ok());
    first.unwrap_or(0)
}
