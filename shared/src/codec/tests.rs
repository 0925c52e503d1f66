//! What is written is read; what is not understood is refused in words.

use super::{
    decode_client, decode_event, decode_server, encode_client, encode_event, encode_server,
    parse_hex,
};
use crate::{
    arbitrary,
    command::{Data, MAX_CLIENT_MESSAGE, MAX_FILL, MAX_PAYLOAD},
    event::{Kind, PREVIEW, Preview},
    failure::Code,
};
use proptest::prelude::*;
use serde_json::json;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_client_says_is_read_back(message in arbitrary::client()) {
        prop_assert_eq!(decode_client(&encode_client(&message)), Ok(message));
    }

    #[test]
    fn what_a_server_says_is_read_back(message in arbitrary::server()) {
        prop_assert_eq!(decode_server(&encode_server(&message)), Ok(message));
    }

    #[test]
    fn every_event_is_read_back(event in arbitrary::event()) {
        let line = encode_event(&event);
        prop_assert_eq!(decode_event(&line), Ok(event.clone()));
        // Whoever reads only the kind need not format an event.
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        prop_assert_eq!(json["kind"].as_str(), Some(event.kind.name()));
        prop_assert!(Kind::NAMES.contains(&event.kind.name()));
    }

    #[test]
    fn anything_else_is_refused_and_never_panics(text in "\\PC{0,80}", bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        for text in [text, String::from_utf8_lossy(&bytes).into_owned()] {
            for refused in [decode_client(&text).err().map(|refused| refused.failure), decode_event(&text).err()] {
                prop_assert!(refused.is_none_or(|failure| !failure.message.is_empty() && !failure.hint.is_empty()));
            }
            let _read = decode_server(&text);
            let _read = parse_hex(&text);
        }
    }

    #[test]
    fn a_damaged_message_never_panics(message in arbitrary::client(), at: usize, with: char) {
        let mut text: Vec<char> = encode_client(&message).chars().collect();
        let at = at % text.len();
        text[at] = with;
        let _read = decode_client(&text.into_iter().collect::<String>());
    }

    #[test]
    fn hex_is_read_however_it_is_spaced(bytes in proptest::collection::vec(any::<u8>(), 0..40), gap in "[ ,\n]{0,2}(0x)?") {
        let text: String = bytes.iter().map(|byte| format!("{gap}{byte:02X}")).collect();
        prop_assert_eq!(parse_hex(&text), Ok(bytes));
    }

    #[test]
    fn a_preview_shows_the_first_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600), text in ".{0,300}") {
        for bytes in [bytes, text.into_bytes()] {
            let preview = Preview::of(&bytes, bytes.len() as u64);
            let shown = preview.bytes();
            prop_assert!(bytes.starts_with(&shown) && shown.len() <= PREVIEW);
            // Only a character that the cut has halved is left out.
            prop_assert!(shown.len() + 4 > bytes.len().min(PREVIEW));
        }
    }
}

#[test]
fn a_refusal_names_the_field_and_the_request() {
    for (message, field, word) in [
        (
            json!({"type": "send", "id": 7, "run": "r"}),
            "data",
            "missing",
        ),
        (
            json!({"type": "send", "id": 7, "run": 1, "data": {"text": ""}}),
            "run",
            "text, not that number",
        ),
        (
            json!({"type": "send", "id": 7, "run": "r", "data": {"text": 5}}),
            "data.text",
            "must be text",
        ),
        (
            json!({"type": "send", "id": 7, "run": "r", "data": {}}),
            "data",
            "0 of the three forms",
        ),
        (
            json!({"type": "send", "id": 7, "run": "r", "data": {"text": "", "base64": ""}}),
            "data",
            "2 of the three",
        ),
        (json!({"type": "stop", "id": 7}), "run", "missing"),
        (
            json!({"type": "start", "id": 7, "entry": "pipe", "params": []}),
            "params",
            "a list",
        ),
        (
            json!({"type": "start", "id": 7, "entry": "pipe", "xray": "on"}),
            "xray",
            "true or false",
        ),
        (
            json!({"type": "start", "id": 7, "entry": "pipe", "roles": {"writer": 1}}),
            "roles.writer",
            "text",
        ),
        (
            json!({"type": "fetch", "id": 7, "run": "r", "from": -1, "len": 1}),
            "from",
            "whole number",
        ),
    ] {
        let refused = decode_client(&message.to_string()).unwrap_err();
        assert_eq!(
            (refused.re, refused.failure.code),
            (Some(7), Code::BadMessage),
            "{message}"
        );
        assert_eq!(refused.failure.field.as_deref(), Some(field), "{message}");
        assert!(
            refused.failure.message.contains(word),
            "{}",
            refused.failure.message
        );
    }
    let hello = json!({"type": "hello", "protocol": 1, "resume": {"run": "r", "after": "5"}});
    assert_eq!(
        decode_client(&hello.to_string())
            .unwrap_err()
            .failure
            .field
            .as_deref(),
        Some("resume.after")
    );
}

#[test]
fn an_unknown_type_is_told_those_there_are() {
    let failure = decode_client(r#"{"type": "sned", "id": 1}"#)
        .unwrap_err()
        .failure;
    assert_eq!(failure.code, Code::UnknownType);
    assert!(
        failure.message.contains("sned") && failure.hint.contains("send"),
        "{failure}"
    );
    assert!(
        decode_client("[]")
            .unwrap_err()
            .failure
            .message
            .contains("object")
    );
    assert!(
        decode_client("{")
            .unwrap_err()
            .failure
            .message
            .contains("not JSON")
    );
}

#[test]
fn lengths_have_limits() {
    let long = format!(
        r#"{{"type": "hello", "protocol": 1, "token": "{}"}}"#,
        "x".repeat(MAX_CLIENT_MESSAGE)
    );
    assert_eq!(
        decode_client(&long).unwrap_err().failure.limit.as_deref(),
        Some("client_message")
    );
    let send = |data: serde_json::Value, times: u32| {
        let message = json!({"type": "send", "id": 1, "run": "r", "data": data, "times": times});
        decode_client(&message.to_string()).map_err(|refused| refused.failure)
    };
    assert!(send(json!({"text": "x".repeat(MAX_PAYLOAD)}), 1).is_ok());
    assert_eq!(
        send(json!({"text": "x".repeat(MAX_PAYLOAD + 1)}), 1)
            .unwrap_err()
            .field
            .as_deref(),
        Some("data")
    );
    assert!(send(json!({"fill": "61", "len": MAX_FILL}), 1).is_ok());
    assert!(send(json!({"fill": "61", "len": MAX_FILL + 1}), 1).is_err());
    assert!(send(json!({"fill": "6162", "len": 1}), 1).is_err());
    assert!(
        send(json!({"base64": "####"}), 1)
            .unwrap_err()
            .message
            .contains("base64")
    );
    assert_eq!(
        send(json!({"text": ""}), 0).unwrap_err().field.as_deref(),
        Some("times")
    );
    assert_eq!(
        send(json!({"text": ""}), 10_001)
            .unwrap_err()
            .field
            .as_deref(),
        Some("times")
    );
}

#[test]
fn bytes_are_what_was_written_down() {
    assert_eq!(Data::text("hé").bytes().unwrap(), "hé".as_bytes());
    assert_eq!(Data::of(&[0, 255]).bytes().unwrap(), [0, 255]);
    assert_eq!(
        Data::Fill {
            fill: "0a".to_owned(),
            len: 3
        }
        .bytes()
        .unwrap(),
        [10; 3]
    );
}

#[test]
fn hex_that_is_not_is_refused_with_its_place() {
    for (text, word) in [
        ("68 6x", "character 5, \"x\""),
        ("68 6 6c", "character 4"),
        ("686", "character 3"),
        ("0xg", "\"g\""),
    ] {
        let failure = parse_hex(text).unwrap_err();
        assert!(failure.message.contains(word), "{text}: {failure}");
        assert_eq!(failure.field.as_deref(), Some("data"));
    }
}

#[test]
fn a_newer_servers_event_is_kept_unknown() {
    let event =
        decode_event(r#"{"seq":1,"at_ns":2,"source":"run","kind":"weather.changed","rain":true}"#)
            .unwrap();
    assert_eq!(event.kind, Kind::Unknown);
    // The same name may be something else there.
    let event = decode_event(
        r#"{"seq":1,"at_ns":2,"source":"run","kind":"weather.changed","state":["rain"]}"#,
    );
    assert_eq!(event.unwrap().kind, Kind::Unknown);
    let missing = decode_event(r#"{"seq":1,"at_ns":2,"source":"run","kind":"gauge"}"#).unwrap_err();
    assert!(missing.message.contains("readings"), "{missing}");
}

/// One line for everything that can be said, frozen: what is in here, programs and recordings out there rely on.
const PROTOCOL: &str = include_str!("protocol.jsonl");

#[test]
fn the_protocol_is_what_it_was() {
    let mut seen = std::collections::BTreeSet::new();
    for line in PROTOCOL.lines() {
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        let from_client = decode_client(line).map(|message| encode_client(&message));
        let from_server = decode_server(line).map(|message| encode_server(&message));
        let event = decode_event(line).map(|event| encode_event(&event));
        let again = [from_client.ok(), from_server.ok(), event.ok()];
        assert!(
            again.iter().flatten().any(|again| again == line),
            "{line}\n{again:?}"
        );
        seen.extend(
            ["type", "kind"]
                .iter()
                .filter_map(|key| json[*key].as_str().map(str::to_owned)),
        );
    }
    let missing: Vec<_> = Kind::NAMES
        .iter()
        .filter(|name| !seen.contains(**name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    for message in [
        "hello", "start", "send", "act", "fetch", "replay", "stop", "watch", "place", "watchers",
        "ack", "rejected", "events",
    ] {
        assert!(seen.contains(message), "{message}");
    }
}
