//! The writing half of a session.

use super::{Farewell, feed::Feed};
use crate::{counters::Counters, lab::Step};
use axum::extract::ws::{CloseFrame, Message};
use futures_util::{Sink, SinkExt, future::select_all};
use shared::{codec, command::ServerMessage};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout},
};

/// A socket that takes nothing for so long belongs to a browser that is gone or hangs; its run lives on for the grace time.
const STALLED: Duration = Duration::from_secs(10);
/// Often enough to keep a proxy from closing an idle connection; their usual limit is a minute.
const PING: Duration = Duration::from_secs(20);
/// Feeds one session may have at once: its runs, one that it watches, and the count of those who watch.
pub(super) const FEEDS: usize = 8;

/// What the writer is to do.
#[derive(Debug)]
pub(super) enum Out {
    /// Send this text.
    Frame(String),
    /// Send what comes of this from now on.
    Follow(Box<Feed>),
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
pub(super) async fn write(
    sink: impl Sink<Message> + Unpin,
    mut out: mpsc::Receiver<Out>,
    counters: Arc<Counters>,
) {
    let mut writer = Writer {
        sink,
        counters,
        feeds: Vec::new(),
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
            Happened::Out(Some(Out::Follow(feed))) => writer.follow(*feed).await,
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
    counters: Arc<Counters>,
    feeds: Vec<Feed>,
    /// When to look at the feeds even if nothing changes.
    due: Option<Instant>,
}

impl<S: Sink<Message> + Unpin> Writer<S> {
    async fn send(&mut self, message: Message) -> Result<(), Broken> {
        match timeout(STALLED, self.sink.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Broken),
            Err(_) => {
                self.counters.stalled.add(1);
                tracing::info!("the browser does not read; closing");
                Err(Broken)
            }
        }
    }

    async fn changed(&mut self) {
        if self.feeds.is_empty() {
            return std::future::pending().await;
        }
        select_all(self.feeds.iter_mut().map(|feed| Box::pin(feed.changed()))).await;
    }

    async fn follow(&mut self, feed: Feed) -> Result<(), Broken> {
        self.feeds.retain(|known| !feed.replaces(known));
        if self.feeds.len() >= FEEDS {
            let left_out = self.feeds.remove(0).left_out();
            self.send(Message::text(codec::encode_server(&left_out)))
                .await?;
        }
        self.feeds.push(feed);
        self.events().await
    }

    /// One frame of each run; if there is more, soon again, but answers go between.
    async fn events(&mut self) -> Result<(), Broken> {
        self.due = None;
        let mut index = 0;
        while let Some(feed) = self.feeds.get_mut(index) {
            match feed.step(Instant::now()) {
                Step::Frames(frames) => {
                    self.due = Some(Instant::now());
                    for frame in frames {
                        self.send(Message::Text(frame)).await?;
                    }
                }
                Step::Wait(until) => {
                    self.due = [self.due, until].into_iter().flatten().min();
                }
                Step::Last(frame) => {
                    self.feeds.remove(index);
                    self.send(Message::Text(frame)).await?;
                    continue;
                }
                Step::Over => {
                    self.feeds.remove(index);
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
