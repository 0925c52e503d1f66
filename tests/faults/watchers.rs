//! A whole lecture hall watches one run.

use futures_util::{SinkExt as _, StreamExt as _};
use harness::{Account, World, client::Plan};
use serde_json::json;
use std::{
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, runtime, task::JoinSet, time::timeout};
use tokio_tungstenite::{client_async, tungstenite::Message};

const WATCHERS: u64 = 500;
/// Messages whose way is timed before, while and after they watch.
const ROUNDS: usize = 100;
/// Far more than a hall needs to come in, or to hear the end.
const PATIENCE: Duration = Duration::from_secs(60);

/// What one of them saw.
struct Seen {
    /// Events that came one by one, and the event of the state it began with.
    events: u64,
    state: u64,
    lagged: bool,
    /// The end of the run came.
    end: bool,
}

/// Watches until the end of the run. Reads without understanding more than it must: they all share the machine with the run.
async fn watch(address: SocketAddr, key: String) -> Option<Seen> {
    let stream = TcpStream::connect(address).await.ok()?;
    let (mut socket, _) = client_async(format!("ws://{address}/api/ws"), stream)
        .await
        .ok()?;
    for said in [
        json!({"type": "hello", "protocol": 1}),
        json!({"type": "watch", "id": 1, "key": key}),
    ] {
        socket.send(Message::text(said.to_string())).await.ok()?;
    }
    let mut seen = Seen {
        events: 0,
        state: 0,
        lagged: false,
        end: false,
    };
    while !seen.end {
        let Message::Text(text) = socket.next().await?.ok()? else {
            continue;
        };
        if text.starts_with(r#"{"type":"events""#) {
            seen.events += text.matches(r#"{"seq":"#).count() as u64;
            seen.end = text.contains(r#""kind":"run.finished""#);
        } else if text.starts_with(r#"{"type":"snapshot""#) {
            if seen.state == 0 {
                let (_, rest) = text.split_once(r#""seq":"#)?;
                seen.state = rest.split(',').next()?.parse().ok()?;
            }
            // Whoever lags at the end hears of it this way.
            seen.end = text.contains(r#""finished":{"#);
        }
        seen.lagged |= text.starts_with(r#"{"type":"lagged""#);
    }
    Some(seen)
}

/// A hall of them, in a thread of their own: the one who presents has another.
fn hall(address: SocketAddr, key: &str) -> Vec<Option<Seen>> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut all = JoinSet::new();
        for _ in 0..WATCHERS {
            let watching = timeout(PATIENCE, watch(address, key.to_owned()));
            all.spawn(async { watching.await.ok().flatten() });
        }
        all.join_all().await
    })
}

/// Sends messages one by one, each when the one before has arrived; the time in the middle, microseconds.
async fn p50(world: &mut World, received: &mut u64) -> u128 {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        world.client.send_text("writer", "hello").await;
        *received += 1;
        let wanted = *received;
        world
            .client
            .until("the message on the other side", |state| {
                state.counts.received == wanted
            })
            .await;
        times.push(begun.elapsed().as_micros());
    }
    times.sort_unstable();
    times[ROUNDS / 2]
}

#[tokio::test]
async fn a_lecture_hall_that_watches_misses_nothing_and_costs_the_run_next_to_nothing() {
    let args = ["--sockets-per-address=0", "--commands-per-second=0"];
    let mut world = World::with(Account::Ours, &args).await;
    world
        .client
        .start(Plan::new("pipe", "anonymous", json!({}), true))
        .await;
    let mut received = 0;
    let before = p50(&mut world, &mut received).await;
    let key = world.client.show(None).await.expect("a run can be shown");
    let address = world.server.address;
    let all = thread::spawn(move || hall(address, &key));
    world.client.watched_by(WATCHERS).await;
    let meanwhile = p50(&mut world, &mut received).await;
    world.client.stop().await;
    let all = all.join().expect("nobody in the hall panics");
    let last = world.client.state().seq;
    let lagged = all.iter().flatten().filter(|seen| seen.lagged).count();
    let whole = all
        .iter()
        .flatten()
        .filter(|seen| seen.end && (seen.lagged || seen.state + seen.events == last))
        .count();
    // The figure is what this is for; a busy machine must not fail it.
    println!(
        "500 watchers: owner's p50 {meanwhile} µs, alone {before} µs; {lagged} of them lagged; {last} events"
    );
    assert_eq!(
        whole as u64, WATCHERS,
        "each saw each event once, or was told what it did not see"
    );
    assert!(
        world.client.runs[&world.client.run].lagged.is_empty(),
        "the owner missed nothing"
    );
    world.end().await;
}
