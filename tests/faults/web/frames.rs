//! Bytes that are no frames, and frames that are no messages, in numbers.

use super::{closed, greeted};
use crate::figure;
use harness::{TestServer, dice::Dice, http, raw::Heard};
use serde_json::json;
use shared::command::ServerMessage;
use std::env;

/// What is tried, and with `cargo xtask test --long`.
fn times(short: usize, long: usize) -> usize {
    if env::var_os("IPC_TEST_LONG").is_some() {
        long
    } else {
        short
    }
}

/// It serves, by the same spawner as before, and nobody panicked.
async fn unimpressed(server: &TestServer, spawner: i32) {
    assert_eq!(http::get(server.address, "/api/health").await.status, 200);
    assert_eq!(server.spawner().pid, spawner);
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[tokio::test]
async fn broken_frames_end_their_connection_with_a_reason_and_nothing_else() {
    let server = TestServer::start();
    let spawner = server.spawner().pid;
    let mut dice = Dice::seeded();
    let (mut reasons, mut silent) = (std::collections::BTreeMap::new(), 0);
    for _ in 0..times(200, 5_000) {
        let mut raw = greeted(&server, None, None).await;
        // A first byte that says enough: an unknown opcode. Or one that is wrong when its frame is whole: reserved bits, a
        // control frame in pieces, a continuation of nothing; that one is, with a short length and all its bytes.
        let early = *dice.one_of(&[0x83, 0x8b]);
        let late = *dice.one_of(&[0xf1, 0xc2, 0x09, 0x08, 0x0a, 0x80]);
        let mut bytes = if dice.below(2) == 0 {
            vec![early, dice.byte()]
        } else {
            vec![late, *dice.one_of(&[0, 0x80]) | (dice.byte() % 126)]
        };
        bytes.extend((0..dice.below(40)).map(|_| dice.byte()));
        bytes.extend([0; 140]);
        raw.say_bytes(&bytes).await;
        match closed(&mut raw).await {
            Some((code, reason)) => {
                assert!(
                    [1002, 1007, 1008, 1009].contains(&code),
                    "{code} {reason} {bytes:?}"
                );
                *reasons.entry(code).or_insert(0_usize) += 1;
            }
            None => silent += 1,
        }
    }
    figure(
        "broken frames, by close code",
        format_args!("{reasons:?}, {silent} without"),
    );
    unimpressed(&server, spawner).await;
}

#[tokio::test]
async fn random_json_is_answered_one_by_one() {
    let server = TestServer::with(harness::Account::Ours, &["--commands-per-second", "0"]);
    let spawner = server.spawner().pid;
    let mut dice = Dice::seeded();
    let mut raw = greeted(&server, None, None).await;
    let words = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"type\"",
        "\"start\"",
        "\"send\"",
        "\"id\"",
        "\"run\"",
        "1",
        "-1e9",
        "null",
        "true",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"x\"",
        "18446744073709551616",
        " ",
    ];
    let count = times(10_000, 100_000);
    let mut refused = 0;
    for _ in 0..count {
        let text: String = (0..dice.below(12)).map(|_| *dice.one_of(&words)).collect();
        raw.say_text(text.clone()).await;
        match raw.hear().await {
            Heard::Message(message) => match *message {
                ServerMessage::Rejected { failure, .. } => {
                    assert!(!failure.hint.is_empty(), "{text}: {failure:?}");
                    refused += 1;
                }
                other => panic!("{text}: {other:?}"),
            },
            other => panic!("{text}: {other:?}"),
        }
    }
    figure(
        "random messages refused in words",
        format_args!("{refused} of {count}"),
    );
    let health = http::get(server.address, "/api/health").await.json();
    assert!(
        health["refusals"]["bad_message"].as_u64() > Some(0),
        "{health}"
    );
    raw.say_text(json!({"type": "stop", "id": 7, "run": "none"}).to_string())
        .await;
    assert!(
        matches!(raw.hear().await, Heard::Message(message)
            if matches!(*message, ServerMessage::Rejected { re: Some(7), .. })),
        "the connection still listens"
    );
    raw.close().await;
    unimpressed(&server, spawner).await;
}
