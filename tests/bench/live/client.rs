//! A lean client: decodes only what a figure needs, when it needs it.

use anyhow::{Context as _, Result, bail, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use harness::TestServer;
use serde::Deserialize;
use shared::{
    PROTOCOL,
    command::{ClientMessage, Data, ServerMessage, Values},
    event::{Event, Kind},
    ids::{RequestId, RunId, Seq},
};
use std::time::Duration;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

/// A server on this machine that says nothing for so long is broken.
const PATIENCE: Duration = Duration::from_secs(20);
/// Nothing has come for so long: the run has come to rest.
const REST: Duration = Duration::from_millis(300);

/// One connection, one run at a time.
pub(super) struct Client {
    /// The run that was started last.
    pub(super) run: RunId,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last: RequestId,
    waiting: Vec<Event>,
}

/// CLOCK_MONOTONIC, nanoseconds.
pub(super) fn monotonic_ns() -> u64 {
    let now = nix::time::clock_gettime(nix::time::ClockId::CLOCK_MONOTONIC).map(Duration::from);
    now.map_or(0, |now| u64::try_from(now.as_nanos()).unwrap_or(0))
}

impl Client {
    pub(super) async fn connect(server: &TestServer) -> Result<Self> {
        let url = server.url("/api/ws").replacen("http", "ws", 1);
        let (socket, _) = connect_async(&url).await.context(url)?;
        let mut client = Self {
            run: RunId::new(""),
            socket,
            last: 0,
            waiting: Vec::new(),
        };
        client
            .say(&ClientMessage::Hello {
                protocol: PROTOCOL,
                token: None,
                resume: None,
            })
            .await?;
        client.text().await?;
        Ok(client)
    }

    pub(super) fn id(&mut self) -> RequestId {
        self.last += 1;
        self.last
    }

    pub(super) async fn say(&mut self, message: &ClientMessage) -> Result<()> {
        Ok(self
            .socket
            .send(Message::text(serde_json::to_string(message)?))
            .await?)
    }

    /// Starts a pipe run and waits for the answer.
    pub(super) async fn start(&mut self, params: &Values, xray: bool) -> Result<()> {
        let id = self.id();
        self.waiting.clear();
        let start = ClientMessage::Start {
            id,
            entry: "pipe".to_owned(),
            variant: None,
            params: params.clone(),
            roles: std::collections::BTreeMap::new(),
            xray,
        };
        self.say(&start).await?;
        loop {
            match self.message().await? {
                ServerMessage::Ack {
                    re, run: Some(run), ..
                } if re == id => {
                    self.run = run;
                    return Ok(());
                }
                ServerMessage::Rejected { failure, .. } => bail!("{failure}"),
                _ => {}
            }
        }
    }

    pub(super) async fn send(&mut self, data: Data, times: u32) -> Result<()> {
        let (id, run) = (self.id(), self.run.clone());
        self.say(&ClientMessage::Send {
            id,
            run,
            worker: None,
            data,
            times: Some(times),
            args: Default::default(),
        })
        .await
    }

    /// Ends the run and waits until nothing of it exists.
    pub(super) async fn stop(&mut self) -> Result<()> {
        let (id, run) = (self.id(), self.run.clone());
        self.say(&ClientMessage::Stop { id, run }).await?;
        self.until(|event| matches!(event.kind, Kind::RunFinished { .. }))
            .await
            .map(drop)
    }

    /// The first event from now on that satisfies.
    pub(super) async fn until(&mut self, satisfies: impl Fn(&Event) -> bool) -> Result<Event> {
        loop {
            let events = self.next().await?;
            if let Some(at) = events.iter().position(&satisfies) {
                let mut events = events;
                self.waiting = events.split_off(at + 1);
                return events.pop().context("it is there");
            }
        }
    }

    /// The events of the next frame that has any.
    pub(super) async fn next(&mut self) -> Result<Vec<Event>> {
        if !self.waiting.is_empty() {
            return Ok(std::mem::take(&mut self.waiting));
        }
        loop {
            match self.message().await? {
                ServerMessage::Events { run, events } if run == self.run => return Ok(events),
                ServerMessage::Snapshot { run, seq, .. } if run == self.run && seq > 0 => {
                    bail!("a snapshot at {seq}: this figure needs every event")
                }
                ServerMessage::Lagged { from, to, .. } => {
                    bail!("events {from} to {to} were dropped")
                }
                ServerMessage::Rejected { failure, .. } => bail!("{failure}"),
                _ => {}
            }
        }
    }

    /// Counts events up to `last`, reading nothing of them but their `seq`.
    pub(super) async fn count_until(&mut self, last: Seq) -> Result<u64> {
        #[derive(Deserialize)]
        struct Frame {
            #[serde(default)]
            events: Vec<Numbered>,
        }
        #[derive(Deserialize)]
        struct Numbered {
            seq: Seq,
        }
        let mut expected = 1;
        while expected <= last {
            let text = self.text().await?;
            let frame: Frame = serde_json::from_str(&text)?;
            for event in frame.events {
                ensure!(
                    event.seq == expected,
                    "event {} where {expected} was due",
                    event.seq
                );
                expected += 1;
            }
        }
        Ok(expected - 1)
    }

    /// Reads until nothing comes any more.
    pub(super) async fn quiet(&mut self) {
        while matches!(timeout(REST, self.socket.next()).await, Ok(Some(Ok(_)))) {}
    }

    async fn message(&mut self) -> Result<ServerMessage> {
        Ok(serde_json::from_str(&self.text().await?)?)
    }

    async fn text(&mut self) -> Result<String> {
        loop {
            match timeout(PATIENCE, self.socket.next())
                .await
                .context("the server is silent")?
            {
                Some(Ok(Message::Text(text))) => return Ok(text.to_string()),
                Some(Ok(_)) => {}
                Some(Err(why)) => return Err(why.into()),
                None => bail!("the server closed the connection"),
            }
        }
    }
}
