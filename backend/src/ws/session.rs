//! The reading half of a session.

use super::{Farewell, close, handshake, rate::Rate, writer, writer::Out};
use crate::lab::{Command, Done, Follower, Lab, Order, Run, Token, events_frame};
use axum::{
    Error,
    extract::ws::{Message, WebSocket},
};
use futures_util::{FutureExt, Stream, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use shared::{
    codec,
    command::{ClientMessage, Effect, MAX_CLIENT_MESSAGE, MAX_EVENTS_FRAME, ServerMessage},
    event::Outcome,
    failure::{Code, Failure},
    ids::{RequestId, RunId, Seq},
};
use std::{net::IpAddr, sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until, timeout},
};
use tokio_tungstenite::tungstenite;
use tokio_util::task::TaskTracker;

/// A page says hello at once; whoever does not is no client.
const HELLO: Duration = Duration::from_secs(5);
/// Two pings without an answer, and some.
const SILENCE: Duration = Duration::from_secs(45);
/// Making a box takes a millisecond; a spawner that takes so long hangs.
const START: Duration = Duration::from_secs(5);
/// For the other side to answer our close frame.
const GOODBYE: Duration = Duration::from_secs(2);
/// Answers and farewells on their way to the writer. When they are not taken, the session stops reading.
const OUT: usize = 32;
/// Commands whose answer the session awaits.
const UNANSWERED: usize = 64;

/// What all sessions of a server share.
#[derive(Clone, Debug)]
pub struct Host {
    /// All runs.
    pub lab: Lab,
    /// Set once, when all sessions must end.
    pub farewell: watch::Receiver<Option<Farewell>>,
    /// How well runs are isolated.
    pub protection: &'static str,
    /// Counts the sessions, so that a stop can wait for their goodbyes.
    pub sessions: TaskTracker,
}

/// Who is on the other side.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// Whose share of the runs is taken.
    pub address: Option<IpAddr>,
}

pub(super) struct Session {
    pub(super) host: Host,
    pub(super) token: Token,
    peer: Peer,
    out: mpsc::Sender<Out>,
    rate: Rate,
    answers: FuturesUnordered<BoxFuture<'static, ServerMessage>>,
}

enum Happened {
    Text(String),
    Answer(ServerMessage),
    /// The other side closed, or the writer found the socket broken.
    Over,
    Farewell(Farewell),
    /// A ping or pong: somebody is there.
    Sign,
}

/// Talks to one client until either side ends it.
pub async fn serve(socket: WebSocket, host: Host, peer: Peer) {
    let (sink, stream) = socket.split();
    let (out, orders) = mpsc::channel(OUT);
    let writer = writer::write(sink, orders);
    let rate = Rate::new(
        host.lab.limits().commands_per_second,
        std::time::Instant::now(),
    );
    let session = Session {
        host,
        peer,
        token: Token::random(),
        out,
        rate,
        answers: FuturesUnordered::new(),
    };
    // One task for both halves: they end together.
    tokio::join!(writer, session.work(stream));
}

impl Session {
    async fn work(mut self, mut stream: impl Stream<Item = Result<Message, Error>> + Unpin) {
        let reason = self.listen(&mut stream).await;
        let Some(farewell) = reason else { return };
        self.tell(Out::Close(farewell)).await;
        drop(self);
        let rest = async { while let Some(Ok(_)) = stream.next().await {} };
        let _gone_or_silent = timeout(GOODBYE, rest).await;
    }

    /// Hears the client until the end; why we end it, if we do.
    async fn listen(
        &mut self,
        stream: &mut (impl Stream<Item = Result<Message, Error>> + Unpin),
    ) -> Option<Farewell> {
        let mut patience = Instant::now() + HELLO;
        let mut greeted = false;
        loop {
            let happened = match self.wait(stream, patience).await {
                Some(happened) => happened,
                None if greeted => {
                    return Some(policy(
                        "nothing was heard for 45 seconds",
                        "reload the page",
                    ));
                }
                None => return Some(policy("no hello came within 5 seconds", "say hello first")),
            };
            match happened {
                Happened::Over => return None,
                Happened::Farewell(farewell) => return Some(farewell),
                Happened::Answer(message) => self.say(&message).await,
                Happened::Sign if !greeted => {}
                Happened::Sign => patience = Instant::now() + SILENCE,
                Happened::Text(text) if greeted => {
                    patience = Instant::now() + SILENCE;
                    self.hear(&text).await;
                }
                Happened::Text(text) => {
                    if let Err(farewell) = handshake::greet(self, &text).await {
                        return Some(farewell);
                    }
                    (greeted, patience) = (true, Instant::now() + SILENCE);
                }
            }
        }
    }

    async fn wait(
        &mut self,
        stream: &mut (impl Stream<Item = Result<Message, Error>> + Unpin),
        patience: Instant,
    ) -> Option<Happened> {
        let happened = tokio::select! {
            farewell = told_to_end(self.host.farewell.clone()) => farewell.map_or(Happened::Over, Happened::Farewell),
            () = self.out.closed() => Happened::Over,
            Some(message) = self.answers.next() => Happened::Answer(message),
            frame = stream.next() => self.read(frame).await,
            () = sleep_until(patience) => return None,
        };
        Some(happened)
    }

    async fn read(&mut self, frame: Option<Result<Message, Error>>) -> Happened {
        match frame {
            None | Some(Ok(Message::Close(_))) => Happened::Over,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Happened::Sign,
            Some(Ok(Message::Text(text))) if text.len() > MAX_CLIENT_MESSAGE => {
                Happened::Farewell(too_long())
            }
            Some(Ok(Message::Text(text))) => Happened::Text(text.as_str().to_owned()),
            Some(Ok(Message::Binary(_))) => {
                let failure = Failure::new(
                    Code::BadMessage,
                    "a binary frame",
                    "send each message as one text frame",
                );
                self.say(&ServerMessage::Rejected { re: None, failure })
                    .await;
                Happened::Sign
            }
            Some(Err(error)) => broken_frame(error),
        }
    }

    pub(super) async fn say(&mut self, message: &ServerMessage) {
        self.tell(Out::Frame(codec::encode_server(message))).await;
    }

    pub(super) async fn tell(&mut self, out: Out) {
        // When the writer is gone, `Happened::Over` comes next.
        let _writer_gone = self.out.send(out).await;
    }

    async fn hear(&mut self, text: &str) {
        let decoded = codec::decode_client(text);
        let allowed = self.rate.take(std::time::Instant::now());
        let (re, result) = match (decoded, allowed) {
            (Ok(message), Ok(())) => (number(&message), self.obey(message).await),
            (Ok(message), Err(failure)) => (number(&message), Err(failure)),
            (Err(refused), Ok(())) => (refused.re, Err(refused.failure)),
            (Err(refused), Err(failure)) => (refused.re, Err(failure)),
        };
        match result {
            Ok(Some(message)) => self.say(&message).await,
            Ok(None) => {}
            Err(failure) => self.say(&ServerMessage::Rejected { re, failure }).await,
        }
    }

    /// The answer, if it is there already.
    async fn obey(&mut self, message: ClientMessage) -> Result<Option<ServerMessage>, Failure> {
        match message {
            ClientMessage::Hello { .. } => Err(Failure::new(
                Code::BadMessage,
                "hello was said already",
                "open another connection",
            )),
            ClientMessage::Start {
                id,
                entry,
                variant,
                params,
                roles,
                xray,
            } => {
                self.start(
                    id,
                    Order {
                        entry,
                        variant,
                        params,
                        roles,
                        xray,
                    },
                )
                .await
            }
            ClientMessage::Send {
                id,
                run,
                worker,
                data,
                times,
            } => self.command(
                id,
                run,
                Command::Send {
                    worker,
                    data,
                    times: times.unwrap_or(1),
                },
            ),
            ClientMessage::Act {
                id,
                run,
                worker,
                object: _,
                verb,
                args,
            } => self.command(id, run, Command::Act { worker, verb, args }),
            ClientMessage::Fetch {
                id,
                run,
                call,
                message,
                from,
                len,
            } => match (call, message) {
                (Some(call), None) => self.command(id, run, Command::Fetch { call, from, len }),
                (None, Some(message)) => {
                    let done = self.find(&run)?.payload(message, from, len)?;
                    Ok(Some(answer(id, run, Ok(done))))
                }
                (Some(_), Some(_)) | (None, None) => Err(Failure::bad_param(
                    "call",
                    "fetch is for a call or for a message",
                    "name one of the two",
                )),
            },
            ClientMessage::Replay {
                id,
                run,
                after,
                until,
            } => {
                let found = self.find(&run)?;
                self.replay(&found, after, until).await;
                let done = Done::Ack {
                    message: None,
                    effect: Effect::Done,
                };
                Ok(Some(answer(id, run, Ok(done))))
            }
            ClientMessage::Stop { id, run } => self.stop(id, run),
            ClientMessage::Watch { .. } => Err(Failure::new(
                Code::NotSupported,
                "runs of others cannot be watched yet",
                "start a run of your own",
            )),
        }
    }

    fn find(&self, run: &RunId) -> Result<Arc<Run>, Failure> {
        self.host.lab.find(run, &self.token)
    }

    fn promise(
        &mut self,
        answer: impl Future<Output = ServerMessage> + Send + 'static,
    ) -> Result<(), Failure> {
        if self.answers.len() >= UNANSWERED {
            let message = format!("{UNANSWERED} commands have no answer yet");
            return Err(Failure::new(
                Code::WorkerBusy,
                message,
                "wait until some of them are done",
            ));
        }
        self.answers.push(answer.boxed());
        Ok(())
    }

    async fn start(
        &mut self,
        re: RequestId,
        order: Order,
    ) -> Result<Option<ServerMessage>, Failure> {
        let start = self.host.lab.start(&self.token, self.peer.address, order);
        let started = timeout(START, start).await.unwrap_or_else(|_| {
            Err(Failure::new(
                Code::Internal,
                "no processes could be started in time",
                "try again, the server is busy",
            ))
        })?;
        let run = started.run.id().clone();
        self.say(&answer(
            re,
            run,
            Ok(Done::Ack {
                message: None,
                effect: Effect::Done,
            }),
        ))
        .await;
        let limits = self.host.lab.limits();
        let follower = Follower::new(
            started.run,
            None,
            limits.queue_bytes,
            limits.events_per_second,
        );
        self.tell(Out::Follow(Box::new(follower))).await;
        drop(started.attached);
        Ok(None)
    }

    fn command(
        &mut self,
        re: RequestId,
        run: RunId,
        command: Command,
    ) -> Result<Option<ServerMessage>, Failure> {
        let receiver = self.find(&run)?.request(re, command)?;
        self.promise(async move {
            let lost = |_| {
                Err(Failure::new(
                    Code::RunOver,
                    "this run has ended",
                    "start another",
                ))
            };
            answer(re, run, receiver.await.unwrap_or_else(lost))
        })?;
        Ok(None)
    }

    fn stop(&mut self, re: RequestId, id: RunId) -> Result<Option<ServerMessage>, Failure> {
        let run = self.find(&id)?;
        if run.is_finished() {
            return Err(Failure::new(
                Code::RunOver,
                "this run has ended",
                "start another",
            ));
        }
        run.end(Outcome::Stopped);
        self.promise(async move {
            run.over().await;
            answer(
                re,
                id,
                Ok(Done::Ack {
                    message: None,
                    effect: Effect::Done,
                }),
            )
        })?;
        Ok(None)
    }

    async fn replay(&mut self, run: &Run, mut after: Seq, until: Seq) {
        // A little less than the frame, for the text around the events.
        const ROOM: usize = MAX_EVENTS_FRAME - 128;
        while let Some((json, last)) = run.read(|journal| journal.between(after, until, ROOM)) {
            self.tell(Out::Frame(events_frame(run.id(), &json))).await;
            after = last;
        }
    }
}

/// Why all sessions end; nothing if the server is gone without a word.
async fn told_to_end(mut farewell: watch::Receiver<Option<Farewell>>) -> Option<Farewell> {
    let told = farewell.wait_for(Option::is_some).await;
    told.ok().and_then(|farewell| farewell.clone())
}

fn answer(re: RequestId, run: RunId, done: Result<Done, Failure>) -> ServerMessage {
    match done {
        Ok(Done::Ack { message, effect }) => ServerMessage::Ack {
            re,
            run: Some(run),
            message,
            effect,
        },
        Ok(Done::Bytes { from, total, data }) => ServerMessage::Bytes {
            re,
            from,
            total,
            data,
        },
        Err(failure) => ServerMessage::Rejected {
            re: Some(re),
            failure,
        },
    }
}

fn number(message: &ClientMessage) -> Option<RequestId> {
    match message {
        ClientMessage::Hello { .. } => None,
        ClientMessage::Start { id, .. }
        | ClientMessage::Send { id, .. }
        | ClientMessage::Act { id, .. }
        | ClientMessage::Fetch { id, .. }
        | ClientMessage::Replay { id, .. }
        | ClientMessage::Stop { id, .. }
        | ClientMessage::Watch { id, .. } => Some(*id),
    }
}

fn policy(message: &str, hint: &str) -> Farewell {
    Farewell {
        code: close::POLICY,
        failure: Failure::new(Code::BadMessage, message, hint),
        retry: None,
    }
}

fn too_long() -> Farewell {
    let limit = u64::try_from(MAX_CLIENT_MESSAGE).unwrap_or(u64::MAX);
    let failure = Failure::new(
        Code::LimitHit,
        format!("a message of more than {limit} bytes"),
        "send less, or use fill",
    );
    Farewell {
        code: close::TOO_LONG,
        failure: failure.limit("message_bytes", limit),
        retry: None,
    }
}

/// What cannot be read at all: too long by far, not UTF-8, or no WebSocket frame.
fn broken_frame(error: Error) -> Happened {
    match error.into_inner().downcast_ref() {
        Some(tungstenite::Error::Capacity(_)) => Happened::Farewell(too_long()),
        Some(tungstenite::Error::Utf8(_)) => Happened::Farewell(policy(
            "a text frame that is not UTF-8",
            "send UTF-8, or base64 for any bytes",
        )),
        Some(tungstenite::Error::Protocol(error)) => Happened::Farewell(policy(
            &format!("this is no WebSocket frame: {error}"),
            "see RFC 6455",
        )),
        _ => Happened::Over,
    }
}
