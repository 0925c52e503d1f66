//! A JSON Schema of every message and every kind of event.
//!
//! Made from one full example of each: the types are those of the example, and a field is required if the message cannot
//! be read without it. So the schema cannot say anything that serde does not do.

mod examples;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use shared::{
    PROTOCOL,
    command::{ClientMessage, ServerMessage},
    event::Event,
};

/// The schema, with an example of everything in it.
pub(super) fn schema() -> Value {
    let events: Vec<_> = examples::events()
        .iter()
        .map(|event| message::<Event>(&json!(event), "kind"))
        .collect();
    let client: Vec<_> = examples::client()
        .iter()
        .map(|said| message::<ClientMessage>(&json!(said), "type"))
        .collect();
    let server: Vec<_> = examples::server()
        .iter()
        .map(|said| message::<ServerMessage>(&json!(said), "type"))
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("The protocol of IPC Playground, version {PROTOCOL}"),
        "description": "Each frame of the WebSocket /api/ws is one JSON text object. Fields, types and kinds that are not \
                        here must be ignored: newer servers say more. Limits are told by hello.",
        "$defs": {
            "client": {"description": "What a client says.", "oneOf": client},
            "server": {"description": "What the server says.", "oneOf": server},
            "event": {"description": "What happened in a run; one line of a recording.", "oneOf": events},
        },
        "oneOf": [{"$ref": "#/$defs/client"}, {"$ref": "#/$defs/server"}],
    })
}

/// One message by its example; `tag` is the field that tells the messages apart.
fn message<T: DeserializeOwned>(example: &Value, tag: &str) -> Value {
    let fields = example.as_object().cloned().unwrap_or_default();
    let is_required = |name: &String| {
        let mut rest = fields.clone();
        rest.remove(name);
        name == tag || serde_json::from_value::<T>(Value::Object(rest)).is_err()
    };
    let required: Vec<_> = fields
        .keys()
        .filter(|name| is_required(name))
        .cloned()
        .collect();
    let mut properties: Map<_, _> = fields
        .iter()
        .map(|(name, value)| (name.clone(), type_of(value)))
        .collect();
    if let Some(value) = fields.get(tag) {
        properties.insert(tag.to_owned(), json!({"const": value}));
    }
    json!({
        "title": fields.get(tag),
        "type": "object",
        "properties": properties,
        "required": required,
        "examples": [example],
    })
}

fn type_of(value: &Value) -> Value {
    match value {
        Value::Null => json!({}),
        Value::Bool(_) => json!({"type": "boolean"}),
        Value::Number(number) if number.is_i64() || number.is_u64() => json!({"type": "integer"}),
        Value::Number(_) => json!({"type": "number"}),
        Value::String(_) => json!({"type": "string"}),
        Value::Array(items) => match items.first() {
            Some(first) => json!({"type": "array", "items": type_of(first)}),
            None => json!({"type": "array"}),
        },
        Value::Object(_) => json!({"type": "object"}),
    }
}

#[cfg(test)]
mod tests {
    use super::schema;
    use serde_json::Value;

    fn titles(part: &str) -> Vec<String> {
        let all = schema()["$defs"][part]["oneOf"].clone();
        all.as_array()
            .unwrap()
            .iter()
            .map(|one| one["title"].as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn every_message_is_there() {
        assert_eq!(
            titles("client"),
            [
                "hello", "start", "send", "act", "fetch", "replay", "stop", "watch", "place"
            ]
        );
        assert_eq!(
            titles("server"),
            [
                "hello", "ack", "rejected", "snapshot", "events", "lagged", "bytes", "watchers",
                "place", "closing"
            ]
        );
        assert!(titles("event").contains(&"call.returned".to_owned()));
    }

    #[test]
    fn required_is_what_cannot_be_left_out() {
        let schema = schema();
        let send = &schema["$defs"]["client"]["oneOf"][2];
        assert_eq!(
            send["required"],
            serde_json::json!(["type", "id", "run", "data"]).sorted()
        );
        assert_eq!(send["properties"]["times"]["type"], "integer");
    }

    trait Sorted {
        fn sorted(self) -> Value;
    }

    impl Sorted for Value {
        fn sorted(mut self) -> Value {
            if let Some(items) = self.as_array_mut() {
                items.sort_by_key(ToString::to_string);
            }
            self
        }
    }
}
