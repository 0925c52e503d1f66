//! What comes over the network: too long, too slow, broken, from elsewhere, and more than there are descriptors for.

mod foreign;
mod frames;
mod giant;
mod many;
mod path;
mod slow;
mod starved;

use harness::{
    Client, TestServer,
    client::Plan,
    raw::{Heard, Raw},
};
use serde_json::json;
use shared::{
    PROTOCOL,
    command::{ClientMessage, Resume, ServerMessage},
};
use std::time::{Duration, Instant};

/// A pipe.
fn pipe(xray: bool) -> Plan {
    Plan::new("pipe", "anonymous", json!({}), xray)
}

/// A connection that has said hello, and follows a run if it is told which.
async fn greeted(server: &TestServer, token: Option<&str>, resume: Option<Resume>) -> Raw {
    let mut raw = Raw::connect(server).await;
    raw.say_message(&ClientMessage::Hello {
        protocol: PROTOCOL,
        token: token.map(str::to_owned),
        resume,
    })
    .await;
    let heard = raw.hear().await;
    assert!(
        matches!(&heard, Heard::Message(message) if matches!(**message, ServerMessage::Hello { .. })),
        "no hello but {heard:?}"
    );
    raw
}

/// The close frame, whatever is said before it.
async fn closed(raw: &mut Raw) -> Option<(u16, String)> {
    loop {
        match raw.hear().await {
            Heard::Message(_) => {}
            Heard::Closed { code, reason } => return Some((code, reason)),
            Heard::Gone => return None,
        }
    }
}

/// Sends a message to the other side of the pipe; how long that took.
async fn echo(client: &mut Client) -> Duration {
    let before = client.state().counts.received;
    let begun = Instant::now();
    client.send_text("writer", "are you there?").await;
    client
        .until("the message on the other side", |state| {
            state.counts.received > before
        })
        .await;
    begun.elapsed()
}

/// Median and 95th percentile of so many echoes.
async fn echoes(client: &mut Client, count: usize) -> (Duration, Duration) {
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        times.push(echo(client).await);
    }
    times.sort_unstable();
    (times[count / 2], times[count * 95 / 100])
}
