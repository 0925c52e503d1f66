//! Bad input gets a sentence: `rejected` or a close code. Nothing falls over, and memory stays flat.

use harness::{
    TestServer, World,
    client::Plan,
    procfs,
    raw::{Heard, Raw},
};
use serde_json::{Value, json};
use shared::{
    PROTOCOL,
    command::{MAX_CLIENT_MESSAGE, ServerMessage},
    failure::{Code, Failure},
};
use tokio_tungstenite::tungstenite::{Bytes, Message};

/// A connection that has said hello.
async fn greeted(server: &TestServer) -> Raw {
    let mut raw = Raw::connect(server).await;
    raw.say_text(json!({"type": "hello", "protocol": PROTOCOL}).to_string())
        .await;
    assert!(
        matches!(raw.hear().await, Heard::Message(message) if matches!(*message, ServerMessage::Hello { .. }))
    );
    raw
}

/// The refusal that comes next.
async fn refusal(raw: &mut Raw) -> (Option<u64>, Failure) {
    let heard = raw.hear().await;
    let Heard::Message(message) = heard else {
        panic!("no refusal but {heard:?}")
    };
    let ServerMessage::Rejected { re, failure } = *message else {
        panic!("no refusal but {message:?}")
    };
    assert!(
        failure.message.contains(' ') && !failure.hint.is_empty(),
        "a refusal is a sentence: {failure:?}"
    );
    (re, failure)
}

/// The close frame that comes next, last words before it or not.
async fn closing(raw: &mut Raw) -> (u16, String) {
    loop {
        match raw.hear().await {
            Heard::Message(message) => {
                assert!(
                    matches!(*message, ServerMessage::Closing { .. }),
                    "no last words but {message:?}"
                );
            }
            Heard::Closed { code, reason } => {
                assert!(
                    reason.contains(' '),
                    "a close frame has a sentence: {code} {reason:?}"
                );
                return (code, reason);
            }
            Heard::Gone => panic!("gone without a word"),
        }
    }
}

/// The server still serves somebody new, and its spawner lives.
async fn serves(server: &TestServer) {
    greeted(server).await.close().await;
    drop(server.spawner());
}

#[tokio::test]
async fn a_message_that_cannot_be_read_is_rejected_and_the_connection_goes_on() {
    let server = TestServer::start();
    let mut raw = greeted(&server).await;
    let deep = "[".repeat(10_000);
    let bad = [
        ("{", Code::BadMessage),
        ("", Code::BadMessage),
        ("hello", Code::BadMessage),
        ("null", Code::BadMessage),
        ("42", Code::BadMessage),
        ("[]", Code::BadMessage),
        ("{}", Code::BadMessage),
        (r#"{"type":7}"#, Code::BadMessage),
        (r#"{"type":"dance"}"#, Code::UnknownType),
        (r#"{"type":"stop"}"#, Code::BadMessage),
        (r#"{"type":"stop","id":-1,"run":"x"}"#, Code::BadMessage),
        (r#"{"type":"stop","id":1e400,"run":"x"}"#, Code::BadMessage),
        (deep.as_str(), Code::BadMessage),
    ];
    for (text, code) in bad {
        raw.say_text(text).await;
        let (_, failure) = refusal(&mut raw).await;
        assert_eq!(failure.code, code, "{text:.60}: {failure}");
    }
    raw.close().await;
    serves(&server).await;
}

#[tokio::test]
async fn a_wrong_request_is_rejected_with_its_number_and_the_wrong_field() {
    let mut world = World::running(Plan::new("pipe", "anonymous", json!({}), false)).await;
    let run = world.client.run.clone();
    let mut raw = greeted(&world.server).await;
    let send = |data: Value| json!({"type": "send", "id": 7, "run": run, "data": data});
    let long = "x".repeat(32 * 1024 + 1);
    let bad = [
        (
            json!({"type": "start", "id": 7, "entry": "telepathy"}),
            Code::BadParam,
            Some("entry"),
        ),
        (
            json!({"type": "start", "id": 7, "entry": "pipe", "variant": "silver"}),
            Code::BadParam,
            Some("variant"),
        ),
        (
            json!({"type": "start", "id": 7, "entry": "pipe", "params": {"writers": 5}}),
            Code::BadParam,
            Some("writers"),
        ),
        (
            json!({"type": "start", "id": 7, "entry": "pipe", "params": {"magic": 1}}),
            Code::BadParam,
            Some("magic"),
        ),
        (
            json!({"type": "start", "id": 7, "entry": "deadlock"}),
            Code::NotSupported,
            None,
        ),
        (
            json!({"type": "start", "id": 7, "entry": "pipe", "roles": {"writer": "cobol"}}),
            Code::BadParam,
            Some("roles"),
        ),
        (
            json!({"type": "start", "id": 7, "entry": "pipe", "roles": {"somebody": "python"}}),
            Code::BadParam,
            Some("roles"),
        ),
        (
            json!({"type": "stop", "id": 7, "run": "no-such-run"}),
            Code::UnknownRun,
            None,
        ),
        (send(json!({"text": long})), Code::BadParam, Some("data")),
        (send(json!({"base64": "?"})), Code::BadParam, Some("data")),
        (
            send(json!({"fill": "xyz", "len": 4})),
            Code::BadParam,
            Some("data"),
        ),
        (
            send(json!({"fill": "61", "len": 1_u64 << 40})),
            Code::BadParam,
            Some("data"),
        ),
    ];
    for (message, code, field) in bad {
        raw.say_text(message.to_string()).await;
        let (re, failure) = refusal(&mut raw).await;
        assert_eq!(
            (re, failure.code),
            (Some(7), code),
            "{message:.80}: {failure}"
        );
        let names = |field: &str| {
            failure
                .field
                .as_deref()
                .is_some_and(|named| named.starts_with(field))
        };
        assert!(
            field.is_none_or(names),
            "{message:.80} is wrong in {field:?}: {failure:?}"
        );
    }
    raw.close().await;
    world.client.stop().await;
    world.end().await;
}

#[tokio::test]
async fn what_is_no_text_is_refused() {
    let server = TestServer::start();
    let mut raw = greeted(&server).await;
    raw.say(Message::Binary(Bytes::from_static(b"\x00\x01\x02")))
        .await;
    let (_, failure) = refusal(&mut raw).await;
    assert_eq!(failure.code, Code::BadMessage);
    raw.close().await;
    serves(&server).await;
}

#[tokio::test]
async fn a_message_that_is_too_long_closes_with_1009_and_the_limit() {
    let server = TestServer::start();
    for len in [MAX_CLIENT_MESSAGE + 1, 16 << 20] {
        let mut raw = greeted(&server).await;
        raw.say_text("x".repeat(len)).await;
        let (code, reason) = closing(&mut raw).await;
        assert_eq!(code, 1009, "{len} bytes: {reason}");
        assert!(reason.contains(&MAX_CLIENT_MESSAGE.to_string()), "{reason}");
    }
    serves(&server).await;
}

#[tokio::test]
async fn another_version_of_the_protocol_closes_with_4406() {
    let server = TestServer::start();
    for protocol in [json!(0), json!(2), json!(4_000_000_000_u32)] {
        let mut raw = Raw::connect(&server).await;
        raw.say_text(json!({"type": "hello", "protocol": protocol}).to_string())
            .await;
        let (code, reason) = closing(&mut raw).await;
        assert_eq!(code, 4406, "{reason}");
    }
    serves(&server).await;
}

#[tokio::test]
async fn whoever_does_not_say_hello_first_is_told_so() {
    let server = TestServer::start();
    let mut raw = Raw::connect(&server).await;
    raw.say_text(json!({"type": "start", "id": 1, "entry": "pipe"}).to_string())
        .await;
    match raw.hear().await {
        Heard::Message(message) => match *message {
            ServerMessage::Rejected { failure, .. } | ServerMessage::Closing { failure, .. } => {
                assert!(failure.to_string().contains("hello"), "{failure}");
            }
            other => panic!("{other:?}"),
        },
        Heard::Closed { code, reason } => {
            assert!(code == 1008 && reason.contains("hello"), "{code} {reason}");
        }
        Heard::Gone => panic!("gone without a word"),
    }
    serves(&server).await;
}

/// A frame of RFC 6455 by hand: first byte, then a short payload, masked with zeros or not at all.
fn frame(first: u8, payload: &[u8], masked: bool) -> Vec<u8> {
    let len = u8::try_from(payload.len()).expect("short");
    let mut frame = vec![first, len | if masked { 0x80 } else { 0 }];
    if masked {
        frame.extend([0; 4]);
    }
    frame.extend_from_slice(payload);
    frame
}

#[tokio::test]
async fn broken_frames_end_the_connection_and_nothing_else() {
    let server = TestServer::start();
    let broken = [
        ("invalid UTF-8", frame(0x81, b"\xff\xfe\xfd", true)),
        ("unmasked", frame(0x81, b"{}", false)),
        ("reserved bits", frame(0xf1, b"{}", true)),
        ("unknown opcode", frame(0x83, b"{}", true)),
        ("a fragmented ping", frame(0x09, b"{}", true)),
        ("a continuation of nothing", frame(0x80, b"{}", true)),
        (
            "a declared length of 2^62",
            [&[0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0][..], &[0; 4], b"xx"].concat(),
        ),
    ];
    for (what, bytes) in broken {
        let mut raw = greeted(&server).await;
        raw.say_bytes(&bytes).await;
        match raw.hear().await {
            Heard::Message(message) => match *message {
                ServerMessage::Rejected { failure, .. }
                | ServerMessage::Closing { failure, .. } => {
                    assert!(
                        matches!(failure.code, Code::BadMessage | Code::LimitHit),
                        "{what}: {failure}"
                    );
                }
                other => panic!("{what}: {other:?}"),
            },
            Heard::Closed { code, reason } => {
                assert!(
                    [1002, 1007, 1008, 1009].contains(&code) && reason.contains(' '),
                    "{what}: {code} {reason:?}"
                );
            }
            Heard::Gone => panic!("{what}: gone without a word"),
        }
        serves(&server).await;
    }
}

#[tokio::test]
async fn bytes_after_a_close_are_not_heard() {
    let server = TestServer::start();
    server.settled().await;
    let mut raw = greeted(&server).await;
    raw.say_bytes(
        &[
            frame(0x88, &1000_u16.to_be_bytes(), true),
            frame(0x81, b"{\"type\":\"start\"}", true),
        ]
        .concat(),
    )
    .await;
    let heard = raw.hear().await;
    assert!(
        matches!(heard, Heard::Closed { .. } | Heard::Gone),
        "an answer after the close: {heard:?}"
    );
    serves(&server).await;
    assert!(server.supervisors().is_empty());
}

#[tokio::test]
async fn memory_stays_flat_under_bad_input() {
    /// What an allocator may keep for itself.
    const SLACK_KIB: u64 = 6 * 1024;
    let server = TestServer::start();
    let large = "x".repeat(MAX_CLIENT_MESSAGE - 100);
    let round = async |server: &TestServer| {
        let mut raw = greeted(server).await;
        for _ in 0..20 {
            raw.say_text(large.clone()).await;
            refusal(&mut raw).await;
        }
        raw.close().await;
    };
    round(&server).await;
    let before = procfs::resident_kib(server.pid());
    for _ in 0..10 {
        round(&server).await;
    }
    let after = procfs::resident_kib(server.pid());
    assert!(
        after < before + SLACK_KIB,
        "200 bad messages of 256 KiB: {before} KiB before, {after} KiB after"
    );
}
