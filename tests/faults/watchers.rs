//! A whole lecture hall watches one run.

use crate::figure;
use harness::{
    Account, World,
    client::Plan,
    hall::{Hall, owners_p50},
};
use serde_json::json;
use std::time::Instant;

const WATCHERS: u64 = 500;
/// Messages whose way is timed before and while they watch. Each is some six kibibytes for each of them, and here all of them
/// read in one thread.
const ROUNDS: usize = 40;

#[tokio::test]
async fn a_lecture_hall_that_watches_misses_nothing_and_costs_the_run_next_to_nothing() {
    let args = ["--sockets-per-address=0", "--commands-per-second=0"];
    let mut world = World::with(Account::Ours, &args).await;
    world
        .client
        .start(Plan::new("pipe", "anonymous", json!({}), true))
        .await;
    let before = owners_p50(&mut world.client, ROUNDS).await;
    let key = world.client.show(None).await.expect("a run can be shown");
    let hall = Hall::enter(world.server.address, &key, WATCHERS);
    world.client.watched_by(WATCHERS).await;
    let meanwhile = owners_p50(&mut world.client, ROUNDS).await;
    world.client.stop().await;
    let ended = Instant::now();
    let all = hall.seen();
    let heard = ended.elapsed();
    let last = world.client.state().seq;
    let lagged = all.iter().flatten().filter(|seen| seen.lagged).count();
    let whole = all.iter().flatten().filter(|seen| seen.whole(last));
    // The figure is what this is for; a busy machine must not fail it.
    figure(
        "500 watchers",
        format_args!(
            "owner's p50 {meanwhile:?}, alone {before:?}; {lagged} of them lagged; {last} events; all knew of the end {heard:?} after it"
        ),
    );
    assert_eq!(
        whole.count() as u64,
        WATCHERS,
        "each saw each event once, or was told what it did not see"
    );
    assert!(
        world.client.runs[&world.client.run].lagged.is_empty(),
        "the owner missed nothing"
    );
    world.end().await;
}
