//! What a session promises, over a real socket, against boxes that a test plays.

use super::{Farewell, Host, close};
use crate::{
    config::Settings,
    http::{self, App},
    lab::{
        Limits,
        fake::{FakeBox, lab},
    },
    link::{FromBox, ToBox},
};
use clap::{Args, Command, FromArgMatches};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use shared::{
    command::{Effect, MAX_CLIENT_MESSAGE},
    event::Outcome,
    failure::{Code, Failure},
};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
    time::timeout,
};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(10);

struct World {
    address: SocketAddr,
    boxes: mpsc::UnboundedReceiver<FakeBox>,
    farewell: watch::Sender<Option<Farewell>>,
}

impl World {
    async fn new(limits: Limits) -> Self {
        let (lab, boxes) = lab(limits.clone());
        let (farewell, told) = watch::channel(None);
        let arguments = Settings::augment_args(Command::new("serve")).get_matches_from(["serve"]);
        let settings = Settings {
            limits,
            ..Settings::from_arg_matches(&arguments).unwrap()
        };
        let host = Host {
            lab,
            farewell: told,
            protection: "basic",
            sessions: TaskTracker::new(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = http::serve(
            App::new(host, &settings),
            listener,
            CancellationToken::new(),
        );
        TaskTracker::new().spawn(server);
        Self {
            address,
            boxes,
            farewell,
        }
    }

    /// A client that has not said hello.
    async fn stranger(&self) -> Client {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (socket, _) = client_async(format!("ws://{}/api/ws", self.address), stream)
            .await
            .unwrap();
        Client { socket }
    }

    async fn client(&self) -> (Client, String) {
        let mut client = self.stranger().await;
        client.say(json!({"type": "hello", "protocol": 1})).await;
        let hello = client.hear().await;
        assert_eq!(
            (&hello["type"], &hello["protection"]),
            (&json!("hello"), &json!("basic"))
        );
        (client, hello["token"].as_str().unwrap().to_owned())
    }

    /// A client with a run, and the run's box.
    async fn running(&mut self) -> (Client, String, String, FakeBox) {
        let (mut client, token) = self.client().await;
        client
            .say(json!({"type": "start", "id": 1, "entry": "pipe"}))
            .await;
        let ack = client.hear().await;
        assert_eq!((&ack["type"], &ack["re"]), (&json!("ack"), &json!(1)));
        let snapshot = client.hear().await;
        assert_eq!(
            (&snapshot["type"], &snapshot["seq"]),
            (&json!("snapshot"), &json!(0))
        );
        let run = ack["run"].as_str().unwrap().to_owned();
        (client, token, run, self.boxes.recv().await.unwrap())
    }
}

struct Client {
    socket: WebSocketStream<TcpStream>,
}

impl Client {
    async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    async fn send(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    /// The next message; null when the connection has ended.
    async fn hear(&mut self) -> Value {
        loop {
            match timeout(PATIENCE, self.socket.next())
                .await
                .expect("an answer in time")
            {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(Some(frame)))) => {
                    return json!({"closed": u16::from(frame.code)});
                }
                _ => return Value::Null,
            }
        }
    }

    /// The code of the next refusal.
    async fn refused(&mut self) -> (Value, Value) {
        let message = self.hear().await;
        assert_eq!(message["type"], "rejected", "{message}");
        assert!(
            message["failure"]["message"]
                .as_str()
                .is_some_and(|words| words.len() > 5)
        );
        (message["re"].clone(), message["failure"]["code"].clone())
    }

    /// Why the connection ends: the code in words, and the close code.
    async fn closed(&mut self) -> (Value, Value) {
        loop {
            let message = self.hear().await;
            if message["type"] == "closing" {
                return (
                    message["failure"]["code"].clone(),
                    self.hear().await["closed"].clone(),
                );
            }
            assert!(
                message["type"].is_string(),
                "ended without a word: {message}"
            );
        }
    }

    /// The numbers of the next events, `count` of them.
    async fn events(&mut self, count: usize) -> Vec<u64> {
        let mut seen = Vec::new();
        while seen.len() < count {
            let message = self.hear().await;
            assert_eq!(message["type"], "events", "{message}");
            seen.extend(
                message["events"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|event| event["seq"].as_u64().unwrap()),
            );
        }
        seen
    }
}

#[tokio::test]
async fn a_run_is_started_told_and_stopped() {
    let mut world = World::new(Limits::default()).await;
    let (mut client, _, run, mut supervisor) = world.running().await;
    supervisor.events(500).await;
    assert_eq!(client.events(500).await, (1..=500).collect::<Vec<_>>());
    client
        .say(json!({"type": "send", "id": 2, "run": run, "data": {"text": "hi"}}))
        .await;
    let Some(ToBox::Send {
        re: Some(2),
        first: 1,
        ..
    }) = supervisor.heard.recv().await
    else {
        panic!("a send")
    };
    supervisor
        .say
        .send(FromBox::Ack {
            re: 2,
            effect: Effect::Queued,
        })
        .await
        .unwrap();
    assert_eq!(
        client.hear().await,
        json!({"type": "ack", "re": 2, "run": run, "message": 1, "effect": "queued"})
    );
    client
        .say(json!({"type": "fetch", "id": 3, "run": run, "message": 1, "from": 1, "len": 9}))
        .await;
    assert_eq!(
        client.hear().await,
        json!({"type": "bytes", "re": 3, "from": 1, "total": 2, "data": {"base64": "aQ=="}})
    );
    client
        .say(json!({"type": "replay", "id": 4, "run": run, "after": 10, "until": 12}))
        .await;
    assert_eq!(client.events(2).await, [11, 12]);
    assert_eq!(client.hear().await["re"], 4);
    client
        .say(json!({"type": "stop", "id": 5, "run": run}))
        .await;
    assert_eq!(
        supervisor.heard.recv().await,
        Some(ToBox::Stop {
            outcome: Outcome::Stopped
        })
    );
    supervisor.end(Outcome::Stopped).await;
    let (one, other) = (client.hear().await, client.hear().await);
    let last = if one["type"] == "events" { one } else { other };
    assert_eq!(last["events"][0]["kind"], "run.finished");
    client
        .say(json!({"type": "send", "id": 6, "run": run, "data": {"text": "hi"}}))
        .await;
    assert_eq!(client.refused().await, (json!(6), json!("run_over")));
}

#[tokio::test]
async fn a_lost_connection_takes_the_run_up_again() {
    let mut world = World::new(Limits::default()).await;
    let (mut client, token, run, mut supervisor) = world.running().await;
    supervisor.events(10).await;
    client.events(10).await;
    drop(client);
    supervisor.events(10).await;
    let hello = json!({"type": "hello", "protocol": 1, "token": token, "resume": {"run": run, "after": 10}});
    let mut again = world.stranger().await;
    again.say(hello).await;
    assert_eq!(again.hear().await["token"], token);
    assert_eq!(again.events(10).await, (11..=20).collect::<Vec<_>>());
    supervisor.events(1).await;
    assert_eq!(again.events(1).await, [21]);

    let mut thief = world.stranger().await;
    let stolen = json!({"type": "hello", "protocol": 1, "token": "0".repeat(32), "resume": {"run": run, "after": 0}});
    thief.say(stolen).await;
    assert_ne!(thief.hear().await["token"], token);
    assert_eq!(thief.refused().await, (Value::Null, json!("wrong_token")));
    let mut lost = world.stranger().await;
    lost.say(json!({"type": "hello", "protocol": 1, "resume": {"run": "gone", "after": 0}}))
        .await;
    lost.hear().await;
    assert_eq!(lost.refused().await, (Value::Null, json!("unknown_run")));
}

#[tokio::test]
async fn what_cannot_be_understood_is_refused_and_the_session_lives() {
    let world = World::new(Limits::default()).await;
    let (mut client, _) = world.client().await;
    for (text, code, re) in [
        ("{", "bad_message", Value::Null),
        ("[]", "bad_message", Value::Null),
        (r#"{"type":"dance","id":9}"#, "unknown_type", json!(9)),
        (
            r#"{"type":"start","id":7,"entry":"pipe","params":{"writers":"many"}}"#,
            "bad_param",
            json!(7),
        ),
        (
            r#"{"type":"start","id":7,"entry":"socket"}"#,
            "not_supported",
            json!(7),
        ),
        (
            r#"{"type":"start","id":7,"entry":"pipe","roles":{"writer":"python"}}"#,
            "not_supported",
            json!(7),
        ),
        (
            r#"{"type":"stop","id":8,"run":"none"}"#,
            "unknown_run",
            json!(8),
        ),
        (
            r#"{"type":"watch","id":8,"run":"none","key":""}"#,
            "not_supported",
            json!(8),
        ),
        (
            r#"{"type":"hello","protocol":1}"#,
            "bad_message",
            Value::Null,
        ),
    ] {
        client.send(Message::text(text)).await;
        assert_eq!(client.refused().await, (re, json!(code)), "{text}");
    }
    client.send(Message::binary(vec![0; 100])).await;
    assert_eq!(client.refused().await.1, "bad_message");
    client
        .say(json!({"type": "start", "id": 10, "entry": "pipe", "future": [1]}))
        .await;
    assert_eq!(
        client.hear().await["type"],
        "ack",
        "unknown fields are ignored"
    );
}

#[tokio::test]
async fn what_breaks_the_rules_ends_the_connection_in_words() {
    let world = World::new(Limits::default()).await;
    for (first, expected) in [
        (
            json!({"type": "hello", "protocol": 2}),
            ("unsupported_protocol", close::PROTOCOL),
        ),
        (
            json!({"type": "start", "id": 1, "entry": "pipe"}),
            ("bad_message", close::POLICY),
        ),
        (json!("hello"), ("bad_message", close::POLICY)),
    ] {
        let mut client = world.stranger().await;
        client.say(first).await;
        assert_eq!(
            client.closed().await,
            (json!(expected.0), json!(expected.1))
        );
    }
    let (mut client, _) = world.client().await;
    client
        .send(Message::text("x".repeat(MAX_CLIENT_MESSAGE + 1)))
        .await;
    assert_eq!(
        client.closed().await,
        (json!("limit_hit"), json!(close::TOO_LONG))
    );
}

#[tokio::test]
async fn frames_that_are_none_end_the_connection_in_words() {
    let world = World::new(Limits::default()).await;
    let masked = |head: &[u8], payload: &[u8]| [head, &[0, 0, 0, 0], payload].concat();
    for (bytes, code) in [
        (masked(&[0x81, 0x82], &[0xc3, 0x28]), close::POLICY),
        (
            masked(&[0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0], b""),
            close::TOO_LONG,
        ),
        (vec![0x81, 0x01, b'x'], close::POLICY),
        (masked(&[0xf1, 0x81], b"x"), close::POLICY),
    ] {
        let (mut client, _) = world.client().await;
        client.socket.get_mut().write_all(&bytes).await.unwrap();
        assert_eq!(client.closed().await.1, json!(code), "{bytes:?}");
    }
}

#[tokio::test]
async fn a_thousand_commands_a_second_are_answered_one_by_one() {
    let mut world = World::new(Limits::default()).await;
    let (client, _, run, mut supervisor) = world.running().await;
    let (mut sink, mut stream) = client.socket.split();
    let commands = async {
        for id in 0..1000 {
            let command = json!({"type": "send", "id": id, "run": run, "data": {"text": "x"}});
            sink.feed(Message::text(command.to_string())).await.unwrap();
        }
        sink.flush().await.unwrap();
    };
    let supervisor = async {
        while let Some(ToBox::Send { re: Some(re), .. }) = supervisor.heard.recv().await {
            supervisor
                .say
                .send(FromBox::Ack {
                    re,
                    effect: Effect::Done,
                })
                .await
                .unwrap();
        }
    };
    let answers = async {
        let mut kinds = Vec::new();
        while kinds.len() < 1000 {
            let Some(Ok(Message::Text(text))) = stream.next().await else {
                panic!("the connection ended")
            };
            let answer: Value = serde_json::from_str(&text).unwrap();
            kinds.push(
                answer["failure"]["limit"]
                    .as_str()
                    .unwrap_or("taken")
                    .to_owned(),
            );
        }
        kinds
    };
    let kinds = tokio::select! {
        ((), kinds) = async { tokio::join!(commands, answers) } => kinds,
        () = supervisor => panic!("the box went"),
    };
    let taken = kinds.iter().filter(|kind| *kind == "taken").count();
    assert!(
        (50..120).contains(&taken),
        "about two seconds' worth: {taken}"
    );
    assert_eq!(
        kinds
            .iter()
            .filter(|kind| *kind == "commands_per_second")
            .count(),
        1000 - taken
    );
}

#[tokio::test]
async fn a_browser_that_does_not_read_slows_nobody() {
    let limits = Limits {
        events_per_second: 0,
        queue_bytes: 100_000,
        ..Limits::default()
    };
    let mut world = World::new(limits).await;
    let (mut slow, token, run, mut supervisor) = world.running().await;
    let mut quick = world.stranger().await;
    quick.say(json!({"type": "hello", "protocol": 1, "token": token, "resume": {"run": run, "after": 0}})).await;
    quick.hear().await;
    for _ in 0..200 {
        supervisor.events(300).await;
        assert_eq!(quick.events(300).await.len(), 300);
    }
    // Its socket held some; then it was told what it missed, and what is.
    let mut last = 0;
    let lagged = loop {
        let message = slow.hear().await;
        match message["type"].as_str() {
            Some("events") => {
                last = message["events"].as_array().unwrap().last().unwrap()["seq"]
                    .as_u64()
                    .unwrap()
            }
            Some("lagged") => break message,
            _ => panic!("{message}"),
        }
    };
    assert_eq!(lagged["from"], last + 1);
    assert_eq!(slow.hear().await["seq"], lagged["to"]);
}

#[tokio::test]
async fn a_stop_is_said_to_everybody() {
    let mut world = World::new(Limits::default()).await;
    let (mut client, ..) = world.running().await;
    let mut silent = world.stranger().await;
    let failure = Failure::new(Code::Internal, "the server stops", "wait");
    let retry = Some(Duration::from_secs(2));
    world.farewell.send_replace(Some(Farewell {
        code: close::GOING_AWAY,
        failure,
        retry,
    }));
    for client in [&mut client, &mut silent] {
        assert_eq!(
            client.closed().await,
            (json!("internal"), json!(close::GOING_AWAY))
        );
    }
}

#[tokio::test]
async fn a_page_from_elsewhere_is_refused_before_it_is_a_socket() {
    let world = World::new(Limits {
        sockets: 1,
        ..Limits::default()
    })
    .await;
    for (headers, expected) in [
        ("Origin: https://evil.example\r\n", "403"),
        ("Origin: null\r\n", "403"),
        ("Host: evil.example\r\n", "403"),
        ("", "101"),
        ("", "429"),
    ] {
        let mut stream = TcpStream::connect(world.address).await.unwrap();
        let host = if headers.starts_with("Host") {
            String::new()
        } else {
            format!("Host: {}\r\n", world.address)
        };
        let request = format!(
            "GET /api/ws HTTP/1.1\r\n{host}{headers}Connection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(
            String::from_utf8_lossy(&answer),
            format!("HTTP/1.1 {expected}"),
            "{headers}"
        );
        if expected == "101" {
            TaskTracker::new().spawn(async move {
                let _open = stream;
                std::future::pending::<()>().await;
            });
        }
    }
}
