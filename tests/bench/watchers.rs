//! What those who watch a run cost its owner: the time of a message with 500 watchers and with none, in turns.

use crate::figures::{Bound, Goal, median, spread};
use anyhow::{Result, anyhow};
use harness::{
    Account, World,
    client::Plan,
    hall::{Hall, owners_p50},
};
use serde_json::json;

const WATCHERS: u64 = 500;
/// Messages of each side of a pair.
const MESSAGES: usize = 100;
/// Pairs; each brings all of them in and lets them go.
const PAIRS: usize = 5;
/// Five hundred who only look may cost the owner a fifth.
const MOST: f64 = 1.2;

/// Owner's p50 with a lecture hall against none.
pub(crate) fn hall() -> Result<Vec<Goal>> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(pairs())
}

async fn pairs() -> Result<Vec<Goal>> {
    let args = ["--sockets-per-address=0", "--commands-per-second=0"];
    let mut world = World::with(Account::Ours, &args).await;
    let plan = Plan::new("pipe", "anonymous", json!({}), true);
    world.client.start(plan).await;
    let key = world.client.show(None).await;
    let key = key.map_err(|failure| anyhow!("the run cannot be shown: {failure}"))?;
    let (mut ratios, mut alone, mut watched) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..PAIRS {
        let quiet = owners_p50(&mut world.client, MESSAGES).await;
        let hall = Hall::enter(world.server.address, &key, WATCHERS);
        world.client.watched_by(WATCHERS).await;
        let meanwhile = owners_p50(&mut world.client, MESSAGES).await;
        hall.leave();
        world.client.watched_by(0).await;
        ratios.push(meanwhile.as_secs_f64() / quiet.as_secs_f64());
        alone.push(quiet.as_secs_f64() * 1e3);
        watched.push(meanwhile.as_secs_f64() * 1e3);
    }
    world.client.stop().await;
    world.end().await;
    let detail = format!(
        "pairs {}; {:.2} ms, alone {:.2} ms",
        spread(&ratios),
        median(watched),
        median(alone)
    );
    Ok(vec![Goal {
        name: format!("owner's p50 with {WATCHERS} watchers, against none"),
        value: median(ratios),
        unit: "×",
        bound: Bound::AtMost(MOST),
        detail,
    }])
}
