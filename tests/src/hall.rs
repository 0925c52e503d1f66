//! A lecture hall: hundreds of connections that watch one run, in a thread of their own.

use crate::Client;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use std::{
    net::SocketAddr,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, runtime, sync::oneshot, task::JoinSet, time::timeout};
use tokio_tungstenite::{client_async, tungstenite::Message};

/// Far more than a hall needs to come in, and to hear the end.
const PATIENCE: Duration = Duration::from_secs(60);

/// What one of them saw.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// Events that came one by one.
    pub events: u64,
    /// The event of the state that it began with.
    pub state: u64,
    /// It was told that something was left out.
    pub lagged: bool,
    /// The end of the run came.
    pub end: bool,
}

impl Seen {
    /// It saw each event up to that one once, or was told what it did not see.
    pub fn whole(&self, last: u64) -> bool {
        self.end && (self.lagged || self.state + self.events == last)
    }
}

/// All who watch.
#[derive(Debug)]
pub struct Hall {
    thread: JoinHandle<Vec<Option<Seen>>>,
    leave: oneshot::Sender<()>,
}

impl Hall {
    /// So many come in and watch what the code leads to.
    pub fn enter(address: SocketAddr, key: &str, watchers: u64) -> Self {
        let (leave, told) = oneshot::channel();
        let key = key.to_owned();
        let thread = thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let mut all = JoinSet::new();
                for _ in 0..watchers {
                    let watching = timeout(PATIENCE, watch(address, key.clone()));
                    all.spawn(async { watching.await.ok().flatten() });
                }
                tokio::select! {
                    seen = all.join_all() => seen,
                    Ok(()) = told => Vec::new(),
                }
            })
        });
        Self { thread, leave }
    }

    /// Waits until the run has ended for each of them: what they saw, where they could watch at all.
    ///
    /// # Panics
    /// If one of them did.
    pub fn seen(self) -> Vec<Option<Seen>> {
        let seen = self.thread.join().expect("nobody in the hall panics");
        drop(self.leave);
        seen
    }

    /// All go at once.
    ///
    /// # Panics
    /// If one of them did.
    pub fn leave(self) {
        // Whoever has gone already need not be told.
        self.leave.send(()).ok();
        self.thread.join().expect("nobody in the hall panics");
    }
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
    let mut seen = Seen::default();
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

/// Sends messages one by one, each when the one before has arrived; the time in the middle.
pub async fn owners_p50(owner: &mut Client, rounds: usize) -> Duration {
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let wanted = owner.state().counts.received + 1;
        let begun = Instant::now();
        owner.send_text("writer", "hello").await;
        owner
            .until("the message on the other side", |state| {
                state.counts.received == wanted
            })
            .await;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    times.get(rounds / 2).copied().unwrap_or_default()
}
