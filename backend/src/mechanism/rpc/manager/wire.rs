//! A message on the wire: four bytes that say how long the pickle is, and the pickle. Opened up for who looks at it.

use super::{key::hex, pickle};
use crate::mechanism::{
    pipe::{Connection, Trouble, header_of},
    rpc::{client::short, value::Value},
};
use serde_json::{Map, Value as Json, json};
use shared::pickle::header;

/// Longest message that is received: a length is only a claim.
pub(super) const LONGEST: usize = 1024 * 1024;
/// Bytes of a pickle before its first value: the protocol, and how long the frame is.
const OPENING: usize = 11;

/// Bytes behind their length.
pub(super) fn framed(bytes: &[u8]) -> Vec<u8> {
    let mut wire = header(bytes.len());
    wire.extend_from_slice(bytes);
    wire
}

/// What is behind the length.
pub(super) fn inside(wire: &[u8]) -> &[u8] {
    wire.get(header_of(wire)..).unwrap_or_default()
}

/// `(id, method, args, kwds)`: the request of a proxy, or with no id one to the server itself.
pub(super) fn request(id: Option<&str>, method: &str, args: &[Value]) -> Value {
    let id = id.map_or(Value::None, |id| Value::Text(id.to_owned()));
    let method = Value::Text(method.to_owned());
    let args = Value::Tuple(args.to_vec());
    Value::Tuple(vec![id, method, args, Value::Dict(Vec::new())])
}

/// `('#RETURN', value)`
pub(super) fn answer(kind: &str, value: Value) -> Value {
    Value::Tuple(vec![Value::Text(kind.to_owned()), value])
}

/// A call as one types it: `tasks.get('1')`.
pub(super) fn call(name: &str, method: &str, args: &[Value]) -> String {
    let args = Value::Tuple(args.to_vec()).to_string();
    // A call has no comma behind its only argument.
    let args = args
        .strip_suffix(",)")
        .map_or(args.clone(), |args| format!("{args})"));
    format!("{name}.{method}{args}")
}

/// A message as it is sent.
pub(super) fn written(message: &Value) -> Vec<u8> {
    framed(&pickle::dumps(message))
}

/// The kind and the value of an answer.
pub(super) fn read_answer(wire: &[u8]) -> Result<(String, Value), String> {
    let none = || "what came is no answer".to_owned();
    let Value::Tuple(parts) = pickle::loads(inside(wire)).map_err(|why| why.to_string())? else {
        return Err(none());
    };
    let [kind, value] = <[Value; 2]>::try_from(parts).map_err(|_| none())?;
    let kind = kind.text().ok_or_else(none)?.to_owned();
    Ok((kind, value))
}

/// The message opened: its length, how the pickle begins, and its fields.
pub(super) fn opened(wire: &[u8], message: &Value) -> Map<String, Json> {
    let pickled = inside(wire);
    let begins = pickled.get(..OPENING).unwrap_or(pickled);
    let length = wire.get(..wire.len() - pickled.len()).unwrap_or_default();
    let mut head = format!("{}  length: {} bytes follow", hex(length), pickled.len());
    if let [0x80, version, 0x95, frame @ ..] = begins {
        let [start, rest] = [begins.get(..2), begins.get(2..)].map(Option::unwrap_or_default);
        let frame = frame
            .iter()
            .rev()
            .fold(0, |n, byte| n << 8 | u64::from(*byte));
        head += &format!("\n{}  pickle, protocol {version}", hex(start));
        head += &format!("\n{}  a frame of {frame} bytes", hex(rest));
    }
    let parts = if let Value::Tuple(parts) = message {
        parts.as_slice()
    } else {
        std::slice::from_ref(message)
    };
    let names: &[&str] = if parts.len() == 4 {
        &["id", "method", "args", "kwds"]
    } else {
        &["kind", "value"]
    };
    let lines = names.iter().zip(parts);
    let lines: Vec<_> = lines
        .map(|(name, part)| format!("{name:<6} {}", short(&part.to_string())))
        .collect();
    [
        ("head".to_owned(), json!(head)),
        ("body".to_owned(), json!(lines.join("\n"))),
        ("bytes".to_owned(), json!(wire.len())),
    ]
    .into_iter()
    .collect()
}

/// A connection's trouble in the words of Python's exceptions, roughly.
pub(super) fn why(trouble: &Trouble) -> String {
    if *trouble == Trouble::EndOfFile {
        return "the server has closed the connection".to_owned();
    }
    trouble.to_string()
}

/// A connection to a socket.
pub(super) fn connection(fd: i32) -> Connection {
    Connection::new(fd, true, true)
}

#[cfg(test)]
mod tests {
    use super::{answer, opened, read_answer, request, written};
    use crate::mechanism::rpc::value::Value;

    #[test]
    fn a_message_is_opened_field_by_field() {
        let message = request(Some("7f"), "append", &[Value::Text("x".to_owned())]);
        let wire = written(&message);
        let about = opened(&wire, &message);
        let text = |name: &str| about.get(name).and_then(|text| text.as_str()).unwrap();
        assert_eq!(
            text("head"),
            "00 00 00 25  length: 37 bytes follow\n80 04  pickle, protocol 4\n\
             95 1a 00 00 00 00 00 00 00  a frame of 26 bytes"
        );
        assert_eq!(
            text("body"),
            "id     '7f'\nmethod 'append'\nargs   ('x',)\nkwds   {}"
        );
    }

    #[test]
    fn an_answer_says_what_kind_it_is() {
        let wire = written(&answer("#RETURN", Value::Int(5)));
        assert_eq!(
            read_answer(&wire).unwrap(),
            ("#RETURN".to_owned(), Value::Int(5))
        );
        assert!(read_answer(&written(&Value::Int(5))).is_err());
        assert!(read_answer(b"\0\0\0\x01.").is_err());
    }
}
