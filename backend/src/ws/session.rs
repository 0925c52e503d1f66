//! The reading half of a session.

use super::{Farewell, close, handshake, rate::Rate, writer, writer::Out};
use crate::lab::{Audience, Lab, Token};
use axum::{
    Error,
    extract::ws::{Message, WebSocket},
};
use futures_util::{Stream, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use shared::{
    codec,
    command::{MAX_CLIENT_MESSAGE, ServerMessage},
    failure::{Code, Failure},
};
use std::{
    net::IpAddr,
    sync::{Arc, Weak},
    time::Duration,
};
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
/// For the other side to answer our close frame.
const GOODBYE: Duration = Duration::from_secs(2);
/// Answers and farewells on their way to the writer. When they are not taken, the session stops reading.
const OUT: usize = 32;

/// What all sessions of a server share.
#[derive(Clone, Debug)]
pub struct Host {
    /// All runs.
    pub lab: Lab,
    /// Set once, when all sessions must end.
    pub farewell: watch::Receiver<Option<Farewell>>,
    /// How well runs are isolated.
    pub protection: &'static str,
    /// What that means, or why it is not better.
    pub protection_reason: Arc<str>,
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
    pub(super) peer: Peer,
    /// What it watches, or watched last.
    pub(super) watching: Weak<Audience>,
    out: mpsc::Sender<Out>,
    pub(super) rate: Rate,
    pub(super) answers: FuturesUnordered<BoxFuture<'static, ServerMessage>>,
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
    let counters = Arc::clone(host.lab.counted());
    let counted = counters.sessions.one();
    let writer = writer::write(sink, orders, counters);
    let rate = Rate::new(
        host.lab.limits().commands_per_second,
        std::time::Instant::now(),
    );
    let session = Session {
        host,
        peer,
        token: Token::random(),
        watching: Weak::new(),
        out,
        rate,
        answers: FuturesUnordered::new(),
    };
    // One task for both halves: they end together.
    tokio::join!(writer, session.work(stream));
    drop(counted);
}

impl Session {
    async fn work(mut self, mut stream: impl Stream<Item = Result<Message, Error>> + Unpin) {
        let reason = self.listen(&mut stream).await;
        let Some(farewell) = reason else { return };
        if farewell.failure.code != Code::Internal {
            self.host.lab.counted().refused(&farewell.failure);
        }
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
                Happened::Answer(message) => {
                    if let ServerMessage::Rejected { failure, .. } = &message {
                        self.host.lab.counted().refused(failure);
                    }
                    self.say(&message).await;
                }
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
                self.refuse(None, failure).await;
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
}

/// Why all sessions end; nothing if the server is gone without a word.
async fn told_to_end(mut farewell: watch::Receiver<Option<Farewell>>) -> Option<Farewell> {
    let told = farewell.wait_for(Option::is_some).await;
    told.ok().and_then(|farewell| farewell.clone())
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
