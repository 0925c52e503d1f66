//! Showing a run, watching one, and reading it again.

use super::Client;
use crate::{TestServer, raw::Raw, wait::PATIENCE};
use shared::{command::ClientMessage, event::Event, failure::Failure, ids::Seq};
use tokio::time::Instant;

impl Client {
    /// Events that are in the journal, again.
    ///
    /// # Panics
    /// If the server refuses, or does not say them all.
    pub async fn replay(&mut self, after: Seq, until: Seq) -> Vec<Event> {
        self.replaying = Some(Vec::new());
        self.request(|id, run| ClientMessage::Replay {
            id,
            run,
            after,
            until,
        })
        .await
        .expect("a replay");
        let deadline = Instant::now() + PATIENCE;
        while self
            .replaying
            .as_ref()
            .is_some_and(|events| events.last().is_none_or(|event| event.seq < until))
        {
            self.step(deadline, "all events of a replay").await;
        }
        self.replaying.take().unwrap_or_default()
    }

    /// Lets others watch the current run; the code. With the code of an earlier run, they go on to this one.
    ///
    /// # Errors
    /// What the server refused it with.
    pub async fn show(&mut self, key: Option<&str>) -> Result<String, Failure> {
        self.watchers = None;
        let key = key.map(str::to_owned);
        self.request(|id, run| ClientMessage::Watch {
            id,
            run: Some(run),
            key,
            after: None,
        })
        .await?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some((key, _)) = &self.watchers {
                return Ok(key.clone());
            }
            self.step(deadline, "the code of a run that is shown").await;
        }
    }

    /// Waits until so many watch the run.
    pub async fn watched_by(&mut self, count: u64) {
        let deadline = Instant::now() + PATIENCE;
        while self.watchers.as_ref().map(|told| told.1) != Some(count) {
            self.step(deadline, "the count of those who watch").await;
        }
    }

    /// Watches what a code leads to, and waits until its state came.
    ///
    /// # Errors
    /// What the server refused it with.
    pub async fn watch(&mut self, key: &str) -> Result<(), Failure> {
        let key = key.to_owned();
        let ack = self
            .request(|id, _| ClientMessage::Watch {
                id,
                run: None,
                key: Some(key),
                after: None,
            })
            .await?;
        self.run = ack.run.expect("the answer names the run");
        let deadline = Instant::now() + PATIENCE;
        while !self.runs.contains_key(&self.run) {
            self.step(deadline, "the state of the run that is watched")
                .await;
        }
        Ok(())
    }

    /// Connects again and goes on where an earlier watcher was cut off.
    ///
    /// # Panics
    /// If the code leads nowhere any more.
    pub async fn watch_again(server: &TestServer, earlier: Self, key: &str) -> Self {
        let Self {
            run, runs, last, ..
        } = earlier;
        let after = runs.get(&run).map(|followed| followed.state.seq);
        let mut client = Self::hello(Raw::connect(server).await, None, None).await;
        (client.run, client.runs, client.last) = (run, runs, last);
        let key = key.to_owned();
        client
            .request(|id, run| ClientMessage::Watch {
                id,
                run: Some(run),
                key: Some(key),
                after,
            })
            .await
            .expect("the code still leads there");
        client
    }
}
