//! The shape of a client's messages, as a table, so that a refusal can name the field that is wrong.

use super::SEE_SCHEMA;
use crate::failure::{Code, Failure};
use serde_json::{Map, Value};

/// What a field can be.
#[derive(Clone, Copy)]
enum Shape {
    Number,
    SmallNumber,
    Text,
    Flag,
    Values,
    Texts,
    Data,
    Fields(&'static [Field]),
}

/// Name, shape, and whether it must be there.
type Field = (&'static str, Shape, bool);

const RESUME: &[Field] = &[("run", Shape::Text, true), ("after", Shape::Number, true)];

const PLACE: &[Field] = &[
    ("lesson", Shape::Text, false),
    ("beat", Shape::SmallNumber, false),
    ("phase", Shape::Text, false),
    ("chosen", Shape::SmallNumber, false),
    ("call", Shape::Number, false),
    ("message", Shape::Number, false),
];

/// Every message a client can send.
const MESSAGES: &[(&str, &[Field])] = &[
    (
        "hello",
        &[
            ("protocol", Shape::SmallNumber, true),
            ("token", Shape::Text, false),
            ("resume", Shape::Fields(RESUME), false),
        ],
    ),
    (
        "start",
        &[
            ("id", Shape::Number, true),
            ("entry", Shape::Text, true),
            ("variant", Shape::Text, false),
            ("params", Shape::Values, false),
            ("roles", Shape::Texts, false),
            ("xray", Shape::Flag, false),
        ],
    ),
    (
        "send",
        &[
            ("id", Shape::Number, true),
            ("run", Shape::Text, true),
            ("worker", Shape::Text, false),
            ("data", Shape::Data, true),
            ("times", Shape::SmallNumber, false),
        ],
    ),
    (
        "act",
        &[
            ("id", Shape::Number, true),
            ("run", Shape::Text, true),
            ("worker", Shape::Text, false),
            ("object", Shape::Text, false),
            ("do", Shape::Text, true),
            ("args", Shape::Values, false),
        ],
    ),
    (
        "fetch",
        &[
            ("id", Shape::Number, true),
            ("run", Shape::Text, true),
            ("call", Shape::Number, false),
            ("message", Shape::Number, false),
            ("from", Shape::Number, true),
            ("len", Shape::Number, true),
        ],
    ),
    (
        "replay",
        &[
            ("id", Shape::Number, true),
            ("run", Shape::Text, true),
            ("after", Shape::Number, true),
            ("until", Shape::Number, true),
        ],
    ),
    (
        "stop",
        &[("id", Shape::Number, true), ("run", Shape::Text, true)],
    ),
    (
        "watch",
        &[
            ("id", Shape::Number, true),
            ("run", Shape::Text, false),
            ("key", Shape::Text, false),
            ("after", Shape::Number, false),
        ],
    ),
    (
        "place",
        &[
            ("id", Shape::Number, true),
            ("run", Shape::Text, true),
            ("at", Shape::Fields(PLACE), true),
        ],
    ),
];

/// Refuses a message of the wrong shape.
pub(super) fn message(value: &Value) -> Result<(), Failure> {
    let Value::Object(object) = value else {
        return Err(bad("a message is a JSON object", "send {\"type\": …}"));
    };
    let types = || {
        MESSAGES
            .iter()
            .map(|row| row.0)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let name = match object.get("type") {
        Some(Value::String(name)) => name,
        Some(other) => {
            let message = format!("`type` must be text, not {}", kind_of(other));
            return Err(bad(message, format!("use one of: {}", types())).field("type"));
        }
        None => {
            return Err(bad(
                "the message has no `type`",
                format!("use one of: {}", types()),
            )
            .field("type"));
        }
    };
    let Some((_, fields)) = MESSAGES.iter().find(|row| row.0 == name) else {
        let shown: String = name.chars().take(40).collect();
        let message = format!("there is no message of the type \"{shown}\"");
        return Err(Failure::new(
            Code::UnknownType,
            message,
            format!("use one of: {}", types()),
        )
        .field("type"));
    };
    all_fields(object, fields, "")
}

fn all_fields(object: &Map<String, Value>, fields: &[Field], within: &str) -> Result<(), Failure> {
    for (name, shape, required) in fields {
        let path = format!("{within}{name}");
        match object.get(*name) {
            // An optional field may be null; a required one may not.
            Some(Value::Null) | None if !required => {}
            None => {
                return Err(bad(format!("`{path}` is missing"), SEE_SCHEMA).field(path));
            }
            Some(value) => field(value, *shape, &path)?,
        }
    }
    Ok(())
}

fn field(value: &Value, shape: Shape, path: &str) -> Result<(), Failure> {
    let wanted = match (shape, value) {
        (Shape::Number, value) if value.is_u64() => return Ok(()),
        (Shape::SmallNumber, value) if value.as_u64().is_some_and(|n| u32::try_from(n).is_ok()) => {
            return Ok(());
        }
        (Shape::Text, Value::String(_))
        | (Shape::Flag, Value::Bool(_))
        | (Shape::Values, Value::Object(_)) => {
            return Ok(());
        }
        (Shape::Texts, Value::Object(texts)) => {
            match texts.iter().find(|(_, text)| !text.is_string()) {
                None => return Ok(()),
                Some((name, other)) => {
                    let message = format!("`{path}.{name}` must be text, not {}", kind_of(other));
                    return Err(bad(message, SEE_SCHEMA).field(format!("{path}.{name}")));
                }
            }
        }
        (Shape::Fields(fields), Value::Object(object)) => {
            return all_fields(object, fields, &format!("{path}."));
        }
        (Shape::Data, Value::Object(object)) => return data(object, path),
        (Shape::Number, _) => "a whole number from 0",
        (Shape::SmallNumber, _) => "a whole number from 0 to 4294967295",
        (Shape::Text, _) => "text",
        (Shape::Flag, _) => "true or false",
        (Shape::Values | Shape::Texts | Shape::Fields(_) | Shape::Data, _) => "an object",
    };
    Err(bad(
        format!("`{path}` must be {wanted}, not {}", kind_of(value)),
        SEE_SCHEMA,
    )
    .field(path))
}

/// The three forms of a payload, of which one must be used.
fn data(object: &Map<String, Value>, path: &str) -> Result<(), Failure> {
    const FORMS: &[(&str, &[Field])] = &[
        ("text", &[("text", Shape::Text, true)]),
        ("base64", &[("base64", Shape::Text, true)]),
        (
            "fill",
            &[("fill", Shape::Text, true), ("len", Shape::Number, true)],
        ),
    ];
    let used: Vec<_> = FORMS
        .iter()
        .filter(|form| object.contains_key(form.0))
        .collect();
    match used.as_slice() {
        [(_, fields)] => all_fields(object, fields, &format!("{path}.")),
        forms => {
            let message = format!(
                "`{path}` has {} of the three forms of a payload",
                forms.len()
            );
            let hint = "use one: {\"text\"} or {\"base64\"} or {\"fill\", \"len\"}";
            Err(bad(message, hint).field(path))
        }
    }
}

fn bad(message: impl Into<String>, hint: impl Into<String>) -> Failure {
    Failure::new(Code::BadMessage, message, hint)
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "that number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
