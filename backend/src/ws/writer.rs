//! The writing half of a session.

use super::Farewell;
use crate::lab::{Follower, Step};
use axum::extract::ws::{CloseFrame, Message};
use futures_util::{Sink, SinkExt, future::select_all};
use shared::{codec, command::ServerMessage};
use std::time::Duration;
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout},
};

/// A socket that takes nothing for so long belongs to a browser that is gone or hangs; its run lives on for the grace time.
const STALLED: Duration = Duration::from_secs(10);
/// Often enough to keep a proxy from closing an idle connection; their usual limit is a minute.
const PING: Duration = Duration::from_secs(20);
/// Runs one session may follow at once.
const FOLLOWED: usize = 8;

/// What the writer is to do.
#[derive(Debug)]
pub(super) enum Out {
    /// Send this text.
    Frame(String),
    /// Send the events of this run from now on.
    Follow(Box<Follower>),
    /// Say goodbye and end.
    Close(Farewell),
}

enum Happened {
    Out(Option<Out>),
    Events,
    Ping,
}

/// The connection is of no use any more.
struct Broken;

/// Writes until told to close, or until nobody tells anything, or until the socket breaks.
pub(super) async fn write(sink: impl Sink<Message> + Unpin, mut out: mpsc::Receiver<Out>) {
    let mut writer = Writer {
        sink,
        followers: Vec::new(),
        due: None,
    };
    let mut ping = interval_at(Instant::now() + PING, PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let due = writer.due;
        // Answers first: a freeze must be seen to be taken while events flood.
        let happened = tokio::select! {
            biased;
            order = out.recv() => Happened::Out(order),
            _ = ping.tick() => Happened::Ping,
            () = writer.changed() => Happened::Events,
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => Happened::Events,
        };
        let done = match happened {
            Happened::Out(None) => return,
            Happened::Out(Some(Out::Frame(text))) => writer.send(Message::text(text)).await,
            Happened::Out(Some(Out::Follow(follower))) => writer.follow(*follower).await,
            Happened::Out(Some(Out::Close(farewell))) => {
                let _broken_or_closed = writer.close(farewell).await;
                return;
            }
            Happened::Ping => writer.send(Message::Ping(axum::body::Bytes::new())).await,
            Happened::Events => writer.events().await,
        };
        if done.is_err() {
            return;
        }
    }
}

struct Writer<S> {
    sink: S,
    followers: Vec<Follower>,
    /// When to look at the followers even if nothing changes.
    due: Option<Instant>,
}

impl<S: Sink<Message> + Unpin> Writer<S> {
    async fn send(&mut self, message: Message) -> Result<(), Broken> {
        match timeout(STALLED, self.sink.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Broken),
            Err(_) => {
                tracing::info!("the browser does not read; closing");
                Err(Broken)
            }
        }
    }

    async fn changed(&mut self) {
        if self.followers.is_empty() {
            return std::future::pending().await;
        }
        select_all(
            self.followers
                .iter_mut()
                .map(|follower| Box::pin(follower.changed())),
        )
        .await;
    }

    async fn follow(&mut self, follower: Follower) -> Result<(), Broken> {
        self.followers
            .retain(|known| known.run().id() != follower.run().id());
        if self.followers.len() >= FOLLOWED {
            self.followers.remove(0);
        }
        self.followers.push(follower);
        self.events().await
    }

    /// One frame of each run; if there is more, soon again, but answers go between.
    async fn events(&mut self) -> Result<(), Broken> {
        self.due = None;
        let mut index = 0;
        while let Some(follower) = self.followers.get_mut(index) {
            match follower.step(Instant::now()) {
                Step::Frames(frames) => {
                    self.due = Some(Instant::now());
                    for frame in frames {
                        self.send(Message::text(frame)).await?;
                    }
                }
                Step::Wait(until) => {
                    self.due = [self.due, until].into_iter().flatten().min();
                }
                Step::Over => {
                    self.followers.remove(index);
                    continue;
                }
            }
            index += 1;
        }
        Ok(())
    }

    /// What is there of events, then why, then the close frame.
    async fn close(&mut self, farewell: Farewell) -> Result<(), Broken> {
        self.events().await?;
        let retry_ms = farewell
            .retry
            .map(|retry| retry.as_millis().try_into().unwrap_or(u64::MAX));
        let reason = farewell.failure.message.clone();
        let closing = ServerMessage::Closing {
            failure: farewell.failure,
            retry_ms,
        };
        self.send(Message::text(codec::encode_server(&closing)))
            .await?;
        self.send(Message::Close(Some(CloseFrame {
            code: farewell.code,
            reason: short(reason).into(),
        })))
        .await
    }
}

/// A close reason is at most 123 bytes.
fn short(mut reason: String) -> String {
    let end = (0..=123)
        .rev()
        .find(|end| reason.is_char_boundary(*end))
        .unwrap_or(0);
    reason.truncate(end.min(reason.len()));
    reason
}
