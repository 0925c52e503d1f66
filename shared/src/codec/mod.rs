//! The one codec: JSON text, with refusals that say what is wrong and where.
//!
//! A client's message is checked field by field before it is read, because "expected u64" helps nobody who does not
//! know which of seven numbers it was.

mod check;
mod payload;

#[cfg(test)]
mod tests;

pub use payload::parse_hex;

use crate::{
    command::{ClientMessage, MAX_CLIENT_MESSAGE, MAX_TIMES, ServerMessage},
    event::Event,
    failure::{Code, Failure},
    ids::{RequestId, RunId},
};
use serde::Deserialize;
use serde_json::Value;

/// A frame that was refused: the request it was, where that could be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Number of the request.
    pub re: Option<RequestId>,
    /// Why.
    pub failure: Failure,
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self { re: None, failure }
    }
}

/// Reads what a client says, payload lengths included.
///
/// # Errors
/// `bad_message`, `unknown_type` or `bad_param`, naming the field or the types there are.
#[expect(
    clippy::result_large_err,
    reason = "a refusal is rare, and at once sent"
)]
pub fn decode_client(text: &str) -> Result<ClientMessage, Refused> {
    if text.len() > MAX_CLIENT_MESSAGE {
        return Err(Failure::new(
            Code::BadMessage,
            format!("a message of {} bytes is too long", text.len()),
            format!("send at most {MAX_CLIENT_MESSAGE} bytes; long payloads can be given as fill and len"),
        )
        .limit("client_message", MAX_CLIENT_MESSAGE as u64)
        .into());
    }
    let value: Value = serde_json::from_str(text).map_err(|error| not_json(&error))?;
    let re = value.get("id").and_then(Value::as_u64);
    let refused = |failure| Refused { re, failure };
    check::message(&value).map_err(refused)?;
    let message: ClientMessage = serde_json::from_value(value).map_err(|error| {
        refused(Failure::new(
            Code::BadMessage,
            error.to_string(),
            SEE_SCHEMA,
        ))
    })?;
    if let ClientMessage::Send { data, times, .. } = &message {
        data.check().map_err(refused)?;
        if times.is_some_and(|times| !(1..=MAX_TIMES).contains(&times)) {
            let failure = Failure::bad_param(
                "times",
                "that is too often, or not at all",
                format!("from 1 to {MAX_TIMES} times"),
            );
            return Err(refused(failure.limit("times", u64::from(MAX_TIMES))));
        }
    }
    if let ClientMessage::Place { at, .. } = &message {
        at.check().map_err(refused)?;
    }
    Ok(message)
}

/// What to do about a message of the wrong shape.
pub(crate) const SEE_SCHEMA: &str = "see /api/schema for the shape of every message";

fn not_json(error: &serde_json::Error) -> Failure {
    Failure::new(
        Code::BadMessage,
        format!("that is not JSON: {error}"),
        "send one JSON object a frame, as text",
    )
}

/// Writes what a client says.
pub fn encode_client(message: &ClientMessage) -> String {
    serde_json::to_string(message).expect("every message can be JSON: all keys are text")
}

/// Reads what the server says.
///
/// # Errors
/// `bad_message`.
pub fn decode_server(text: &str) -> Result<ServerMessage, Failure> {
    // By far the most frequent, and the largest: read without first copying it into a tree, as a tagged enum would be.
    if text.starts_with(EVENTS)
        && let Ok(Events { run, events }) = serde_json::from_str(text)
    {
        return Ok(ServerMessage::Events { run, events });
    }
    serde_json::from_str(text).map_err(|error| from_server(&error))
}

/// How a frame of events begins.
const EVENTS: &str = "{\"type\":\"events\",";

/// A frame of events, without its type.
#[derive(Deserialize)]
struct Events {
    run: RunId,
    events: Vec<Event>,
}

/// Writes what the server says.
pub fn encode_server(message: &ServerMessage) -> String {
    serde_json::to_string(message).expect("every message can be JSON: all keys are text")
}

/// Reads one line of a recording.
///
/// # Errors
/// `bad_message`.
pub fn decode_event(line: &str) -> Result<Event, Failure> {
    serde_json::from_str(line).map_err(|error| {
        Failure::new(
            Code::BadMessage,
            format!("that is not an event: {error}"),
            "a recording has one event a line, as `run --record` writes them",
        )
    })
}

/// Writes one line of a recording, without its end.
pub fn encode_event(event: &Event) -> String {
    serde_json::to_string(event).expect("every event can be JSON: all keys are text")
}

fn from_server(error: &serde_json::Error) -> Failure {
    Failure::new(
        Code::BadMessage,
        format!("the server said something this page does not understand: {error}"),
        "reload the page",
    )
}
