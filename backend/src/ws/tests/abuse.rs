//! What a client can do wrong.

use super::World;
use crate::{
    lab::Limits,
    link::{FromBox, ToBox},
    ws::close,
};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use shared::command::{Effect, MAX_CLIENT_MESSAGE};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::task::TaskTracker;

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
            r#"{"type":"start","id":7,"entry":"deadlock"}"#,
            "not_supported",
            json!(7),
        ),
        (
            r#"{"type":"start","id":7,"entry":"pipe","roles":{"writer":"cobol"}}"#,
            "bad_param",
            json!(7),
        ),
        (
            r#"{"type":"stop","id":8,"run":"none"}"#,
            "unknown_run",
            json!(8),
        ),
        (
            r#"{"type":"watch","id":8,"run":"none","key":""}"#,
            "unknown_run",
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
