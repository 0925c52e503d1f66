//! What the server says.

use super::{Lean, Wrong, field, field_or, get, lean_struct, lean_words, word};
use crate::{
    command::{Data, Effect, ServerMessage},
    failure::{Code, Failure},
    place::{Phase, Place},
    recording::Header,
};
use serde_json::Value;

lean_words! { Effect { "done" => Done, "queued" => Queued } }
lean_words! { Code {
    "bad_message" => BadMessage, "unknown_type" => UnknownType, "unsupported_protocol" => UnsupportedProtocol,
    "bad_param" => BadParam, "unknown_run" => UnknownRun, "wrong_token" => WrongToken, "run_over" => RunOver,
    "limit_hit" => LimitHit, "not_supported" => NotSupported, "worker_busy" => WorkerBusy, "internal" => Internal,
} }
lean_words! { Phase {
    "ready" => Ready, "doing" => Doing, "watching" => Watching, "done" => Done, "missed" => Missed,
} }
lean_struct! { Place { lesson, beat, phase, chosen, call, message } }
lean_struct! { Failure { code, message, hint, field, limit, value } }
lean_struct! { Header { format, version, server, run, started_unix_ms, oldest, base } }

impl Lean for Data {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        let value = value.ok_or("data")?;
        // The order is that of the variants, as serde tries them.
        if let Some(text) = get(value, "text").and_then(Value::as_str) {
            return Ok(Self::Text {
                text: text.to_owned(),
            });
        }
        if let Some(base64) = get(value, "base64").and_then(Value::as_str) {
            return Ok(Self::Base64 {
                base64: base64.to_owned(),
            });
        }
        Ok(Self::Fill {
            fill: field(value, "fill")?,
            len: field(value, "len")?,
        })
    }
}

/// Reads a message by its type.
macro_rules! lean_messages {
    ($value:ident: $($name:literal => $kind:ident { $($field:ident),* $(,)? } $(or { $($may:ident),* })?)*) => {
        match word($value.get("type")) {
            $($name => Ok(ServerMessage::$kind {
                $($field: field($value, stringify!($field))?,)*
                $($($may: field_or($value, stringify!($may))?,)*)?
            }),)*
            _ => Err("type"),
        }
    };
}

impl Lean for ServerMessage {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        let value = value.ok_or("type")?;
        lean_messages! { value:
            "hello" => Hello { protocol, server, token, protection, limits, grace_ms, python } or { no_python }
            "ack" => Ack { re, run, message, effect }
            "rejected" => Rejected { re, failure }
            "snapshot" => Snapshot { run, seq, at_ns, started_unix_ms, oldest, state }
            "events" => Events { run, events }
            "lagged" => Lagged { run, from, to }
            "bytes" => Bytes { re, from, total, data }
            "watchers" => Watchers { run, key, count }
            "place" => Place { run, at }
            "closing" => Closing { failure, retry_ms }
        }
    }
}
