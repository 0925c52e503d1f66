//! Too fast, too much, too slow: one bad neighbor does not hurt the others.

use harness::{
    Account, Client, TestServer, World,
    client::Plan,
    raw::{Heard, Raw},
};
use serde_json::json;
use shared::{
    command::{ClientMessage, Resume, ServerMessage},
    event::Wait,
    state::RunState,
};
use std::time::{Duration, Instant};

fn pipe(xray: bool) -> Plan {
    Plan::new("pipe", "anonymous", json!({}), xray)
}

#[tokio::test]
async fn a_thousand_commands_a_second_are_answered_or_refused_one_by_one() {
    const COMMANDS: usize = 1_000;
    let server = TestServer::start();
    let mut other = Client::connect(&server).await;
    other.start(pipe(true)).await;
    other
        .until("the neighbor's writer", |state| {
            state.worker(&"writer".into()).is_some()
        })
        .await;
    let mut raw = Raw::connect(&server).await;
    raw.say_text(json!({"type": "hello", "protocol": 1}).to_string())
        .await;
    raw.hear().await;
    for id in 1..=COMMANDS {
        raw.say_text(json!({"type": "stop", "id": id, "run": "none"}).to_string())
            .await;
    }
    let mut answered = Vec::new();
    while answered.len() < COMMANDS {
        match raw.hear().await {
            Heard::Message(message) => match *message {
                ServerMessage::Ack { re, .. } | ServerMessage::Rejected { re: Some(re), .. } => {
                    answered.push(re);
                }
                ServerMessage::Rejected { re: None, failure }
                | ServerMessage::Closing { failure, .. } => {
                    assert!(!failure.hint.is_empty(), "{failure:?}");
                }
                other => panic!("{other:?}"),
            },
            Heard::Closed { code, reason } => {
                assert!(
                    [1008, 1013].contains(&code) && reason.contains(' '),
                    "{code} {reason}"
                );
                break;
            }
            Heard::Gone => panic!("gone without a word after {} answers", answered.len()),
        }
    }
    assert!(
        answered.is_sorted(),
        "answers come in the order of the requests"
    );
    // The neighbor has noticed nothing.
    other.send_text("writer", "hello").await;
    other
        .until("the neighbor's message on the other side", |state| {
            state.counts.received == 1
        })
        .await;
    other.stop().await;
}

/// The flood is over: most of it was reported (a report that finds no room is only counted), and the writer is idle.
fn flooded(state: &RunState) -> bool {
    let idle = state
        .worker(&"writer".into())
        .is_some_and(|writer| writer.because == Some(Wait::Command));
    idle && state.counts.sent > u64::from(FLOOD) / 2
}

/// Messages of a flood: far more events than a socket is allowed in the ten seconds that a test may wait, however few of
/// them a busy machine has room for.
const FLOOD: u32 = 10_000;
/// Events a second to a socket, four seconds' worth at once.
const ALLOWED: &str = "300";

#[tokio::test]
async fn a_slow_reader_is_told_what_it_missed_and_slows_nobody() {
    /// Messages of the neighbor, each awaited; every one takes well below a second while nobody is slowed.
    const NEIGHBORS: u64 = 20;
    let allowed = ["--events-per-second", ALLOWED];
    let mut world = World::with(Account::Ours, &allowed).await;
    let raw = Raw::narrow(&world.server, 64 * 1024).await;
    let mut slow = Client::hello(raw, None, None).await;
    slow.start(pipe(false)).await;
    slow.flood("writer", 16, FLOOD).await;
    // It reads nothing now. Another one plays, …
    let begun = Instant::now();
    world.client.start(pipe(true)).await;
    for count in 1..=NEIGHBORS {
        world.client.send_text("writer", "quick").await;
        world
            .client
            .until("the neighbor's message", |state| {
                state.counts.received == count
            })
            .await;
    }
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "the neighbor was slowed: {:?}",
        begun.elapsed()
    );
    // … and a second view of the same run sees all of it to its end.
    let resume = Resume {
        run: slow.run.clone(),
        after: 0,
    };
    let raw = Raw::connect(&world.server).await;
    let mut quick = Client::hello(raw, Some(slow.token.clone()), Some(resume)).await;
    quick.run = slow.run.clone();
    quick.until("the end of the flood", flooded).await;
    // It reads again, and folds to the truth: `Client` insists on a snapshot after each hole.
    slow.until("the end of the flood", flooded).await;
    let followed = &slow.runs[&slow.run];
    assert!(
        !followed.lagged.is_empty(),
        "{} events came without a hole",
        followed.events.len()
    );
    slow.stop().await;
    quick.ended().await;
    assert_eq!(
        quick.state(),
        slow.state(),
        "whatever each was told one by one, they agree"
    );
    quick.close().await;
    slow.close().await;
    world.end().await;
}

#[tokio::test]
async fn a_hole_can_be_asked_for_afterwards() {
    let mut world = World::running(pipe(true)).await;
    let client = &mut world.client;
    client.send_text("writer", "hello").await;
    client
        .until("the message on the other side", |state| {
            state.counts.received == 1
        })
        .await;
    client.stop().await;
    let known = client.events().to_vec();
    let again = client.replay(0, known.len() as u64).await;
    assert_eq!(again, known);
    let refused = client
        .request(|id, _| ClientMessage::Replay {
            id,
            run: "none".into(),
            after: 0,
            until: 1,
        })
        .await;
    assert!(refused.is_err());
    world.end().await;
}
