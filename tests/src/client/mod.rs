//! A client that folds events with the same `apply` as the page, and insists that none is lost or doubled.

mod followed;
mod verbs;
mod waits;
mod watching;

pub use followed::Followed;
pub use verbs::{Plan, decode};

use crate::{
    TestServer,
    raw::{Heard, Raw},
    wait::PATIENCE,
};
use shared::{
    PROTOCOL,
    command::{ClientMessage, Data, Effect, Resume, ServerMessage},
    event::Event,
    failure::Failure,
    ids::{MsgId, RequestId, RunId},
    place::Place,
    state::{RunState, Worker},
};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// A server that has said nothing for so long has nothing to say for the moment.
const SILENCE: Duration = Duration::from_millis(50);

/// The good answer to a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Ack {
    /// The run it is about.
    pub run: Option<RunId>,
    /// First message of a `send`.
    pub message: Option<MsgId>,
    /// Whether it has happened.
    pub effect: Effect,
}

/// One connection and what came over it.
#[derive(Debug)]
pub struct Client {
    /// Secret of the session.
    pub token: String,
    /// Limits in force.
    pub limits: BTreeMap<String, u64>,
    /// How long a run outlives the connection.
    pub grace_ms: u64,
    /// The run that verbs are about: the one started last.
    pub run: RunId,
    /// All runs of this connection.
    pub runs: BTreeMap<RunId, Followed>,
    /// Refusals that name no request.
    pub complaints: Vec<Failure>,
    /// Under which code the run is shown, and how many watch it, as the server said last.
    pub watchers: Option<(String, u64)>,
    /// Where the presenter of the run that it watches is.
    pub place: Option<Place>,
    /// The last words of the server, if it said any.
    pub closing: Option<Failure>,
    /// The close frame, if it came: code and sentence.
    pub closed: Option<(u16, String)>,
    raw: Raw,
    replies: BTreeMap<RequestId, Result<Ack, Failure>>,
    bytes: BTreeMap<RequestId, (u64, Data)>,
    last: RequestId,
    /// What came of a replay; it is not folded again.
    replaying: Option<Vec<Event>>,
}

impl Client {
    /// Connects and says hello.
    pub async fn connect(server: &TestServer) -> Self {
        Self::hello(Raw::connect(server).await, None, None).await
    }

    /// Connects again and takes up what an earlier client knew: nothing is lost and nothing doubled.
    pub async fn resume(server: &TestServer, earlier: Self) -> Self {
        let Self {
            token,
            run,
            runs,
            last,
            ..
        } = earlier;
        let after = runs.get(&run).map_or(0, |followed| followed.state.seq);
        let resume = Resume {
            run: run.clone(),
            after,
        };
        let mut client = Self::hello(Raw::connect(server).await, Some(token), Some(resume)).await;
        client.run = run;
        for (id, followed) in runs {
            client.runs.insert(id, followed);
        }
        client.last = last;
        client
    }

    /// Says hello over a connection.
    ///
    /// # Panics
    /// If the answer is anything else.
    pub async fn hello(mut raw: Raw, token: Option<String>, resume: Option<Resume>) -> Self {
        raw.say_message(&ClientMessage::Hello {
            protocol: PROTOCOL,
            token,
            resume,
        })
        .await;
        let heard = raw.hear().await;
        let Heard::Message(message) = heard else {
            panic!("no hello but {heard:?}")
        };
        let ServerMessage::Hello {
            protocol,
            token,
            limits,
            grace_ms,
            ..
        } = *message
        else {
            panic!("no hello but {message:?}")
        };
        assert_eq!(protocol, PROTOCOL);
        Self {
            token,
            limits,
            grace_ms,
            run: RunId::new(""),
            runs: BTreeMap::new(),
            complaints: Vec::new(),
            watchers: None,
            place: None,
            closing: None,
            closed: None,
            raw,
            replies: BTreeMap::new(),
            bytes: BTreeMap::new(),
            last: 0,
            replaying: None,
        }
    }

    /// Makes a request about the current run and waits for its answer.
    ///
    /// # Errors
    /// What the server refused it with.
    pub async fn request(
        &mut self,
        make: impl FnOnce(RequestId, RunId) -> ClientMessage,
    ) -> Result<Ack, Failure> {
        let id = self.ask(make).await;
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(reply) = self.replies.remove(&id) {
                return reply;
            }
            self.step(deadline, &format!("the answer to request {id}"))
                .await;
        }
    }

    /// Makes a request about the current run; its number.
    pub async fn ask(&mut self, make: impl FnOnce(RequestId, RunId) -> ClientMessage) -> RequestId {
        self.last += 1;
        let message = make(self.last, self.run.clone());
        self.raw.say_message(&message).await;
        self.last
    }

    /// Waits until the state of the run satisfies.
    ///
    /// # Panics
    /// If that takes longer than [`PATIENCE`].
    pub async fn until(&mut self, what: &str, satisfies: impl Fn(&RunState) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !self
            .runs
            .get(&self.run)
            .is_some_and(|followed| satisfies(&followed.state))
        {
            self.step(deadline, what).await;
        }
    }

    /// The first event of the run that satisfies, whether it came already or not.
    ///
    /// # Panics
    /// If none comes within [`PATIENCE`].
    pub async fn event(&mut self, what: &str, satisfies: impl Fn(&Event) -> bool) -> Event {
        let deadline = Instant::now() + PATIENCE;
        let mut looked = 0;
        loop {
            let events = self.events();
            if let Some(event) = events[looked..].iter().find(|event| satisfies(event)) {
                return event.clone();
            }
            looked = events.len();
            self.step(deadline, what).await;
        }
    }

    /// Takes the next frames, as many as that, whatever is in them; fewer where the server falls silent.
    pub async fn take_frames(&mut self, frames: usize) {
        for _ in 0..frames {
            let deadline = Instant::now() + SILENCE;
            let Ok(heard) = timeout_at(deadline, self.raw.listen()).await else {
                return;
            };
            self.take(heard);
        }
    }

    /// Waits until the connection has ended.
    ///
    /// # Panics
    /// If that takes longer than [`PATIENCE`].
    pub async fn end(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while self.closed.is_none() {
            let heard = timeout_at(deadline, self.raw.listen())
                .await
                .expect("the connection ends");
            self.take(heard);
        }
    }

    /// The run, as far as it is known.
    ///
    /// # Panics
    /// If it was never started.
    pub fn state(&self) -> &RunState {
        &self.runs.get(&self.run).expect("the run was started").state
    }

    /// All events of the run that came.
    pub fn events(&self) -> &[Event] {
        self.runs
            .get(&self.run)
            .map_or(&[], |followed| &followed.events)
    }

    /// A worker of the run.
    ///
    /// # Panics
    /// If there is none of that name.
    pub fn worker(&self, id: &str) -> &Worker {
        self.state()
            .worker(&id.into())
            .unwrap_or_else(|| panic!("there is no {id}\n{}", self.tail()))
    }

    /// Says goodbye.
    pub async fn close(self) {
        self.raw.close().await;
    }

    /// The newest events, for the message of a failure.
    pub fn tail(&self) -> String {
        let events = self.events();
        let newest = events[events.len().saturating_sub(25)..].iter();
        let lines: Vec<_> = newest
            .map(|event| serde_json::to_string(event).expect("events become JSON"))
            .collect();
        format!(
            "newest of {} events:\n{}\n{:?} {:?}",
            events.len(),
            lines.join("\n"),
            self.complaints,
            self.closing
        )
    }

    /// Takes the next thing that the server says.
    async fn step(&mut self, deadline: Instant, what: &str) {
        match timeout_at(deadline, self.raw.listen()).await {
            Ok(heard) => {
                self.take(heard);
                assert!(
                    self.closed.is_none(),
                    "the connection ended before {what}: {:?}\n{}",
                    self.closed,
                    self.tail()
                );
            }
            Err(_) => panic!("not seen within {PATIENCE:?}: {what}\n{}", self.tail()),
        }
    }

    fn take(&mut self, heard: Heard) {
        match heard {
            Heard::Message(message) => self.take_message(*message),
            Heard::Closed { code, reason } => self.closed = Some((code, reason)),
            Heard::Gone => self.closed = Some((1006, "gone without a word".to_owned())),
        }
    }

    fn take_message(&mut self, message: ServerMessage) {
        match message {
            ServerMessage::Hello { .. } => panic!("hello comes once"),
            ServerMessage::Ack {
                re,
                run,
                message,
                effect,
            } => {
                self.answer(
                    re,
                    Ok(Ack {
                        run,
                        message,
                        effect,
                    }),
                );
            }
            ServerMessage::Rejected {
                re: Some(re),
                failure,
            } => self.answer(re, Err(failure)),
            ServerMessage::Rejected { re: None, failure } => self.complaints.push(failure),
            ServerMessage::Snapshot {
                run, seq, state, ..
            } => {
                let followed = self.runs.entry(run).or_default();
                assert!(
                    seq >= followed.state.seq,
                    "a snapshot goes back from {} to {seq}",
                    followed.state.seq
                );
                assert_eq!(seq, state.seq, "a snapshot knows its place");
                followed.state = *state;
                followed.snapshots += 1;
                followed.hole = false;
            }
            ServerMessage::Events { run, events } => {
                let followed = self.runs.entry(run.clone()).or_default();
                // Which run it is, no event says: whoever asked for it knows.
                followed.state.run.get_or_insert(run);
                for event in events {
                    match &mut self.replaying {
                        Some(again) if event.seq <= followed.state.seq => again.push(event),
                        _ => followed.fold(event),
                    }
                }
            }
            ServerMessage::Lagged { run, from, to } => {
                let followed = self.runs.entry(run).or_default();
                assert_eq!(
                    from,
                    followed.state.seq + 1,
                    "a hole begins after the last event that came"
                );
                assert!(from <= to);
                followed.lagged.push((from, to));
                followed.hole = true;
            }
            ServerMessage::Bytes {
                re, total, data, ..
            } => {
                self.bytes.insert(re, (total, data));
            }
            ServerMessage::Watchers { key, count, .. } => self.watchers = Some((key, count)),
            ServerMessage::Place { at, .. } => self.place = Some(at),
            ServerMessage::Closing { failure, .. } => self.closing = Some(failure),
        }
    }

    fn answer(&mut self, re: RequestId, reply: Result<Ack, Failure>) {
        assert!(
            self.replies.insert(re, reply).is_none(),
            "request {re} is answered once"
        );
    }
}
