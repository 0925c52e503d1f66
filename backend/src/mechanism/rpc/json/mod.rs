//! A call and its answer as JSON-RPC 2.0, one JSON object each: on a line of its own, or behind its length.

use super::{call::Call, functions::Fault, protocol::Told, value::Value};
use serde_json::{Map, Value as Json, json};
use shared::mechanism::rpc::Framing;

/// Bytes in front of an object that say how long it is, the highest first.
const HEADER: usize = 4;
/// An object is not longer than this: a length is only a claim.
const LONGEST: usize = 1024 * 1024;
/// What the specification calls the errors that have nothing to do with the function.
const PARSE_ERROR: i64 = -32_700;
const INVALID_REQUEST: i64 = -32_600;
const NO_METHOD: i64 = -32_601;
const INVALID_PARAMS: i64 = -32_602;
/// The function itself failed: the first of those that a server may use as it likes.
const RAISED: i64 = -32_000;

/// A request, as far as it is one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) call: Call,
    /// The answer repeats it. `None` of a notification, which has no answer.
    pub(super) id: Option<Json>,
}

/// Puts what separates it from the next around an object.
pub(super) fn frame(framing: Framing, object: &Json) -> Vec<u8> {
    let text = object.to_string().into_bytes();
    match framing {
        Framing::Line => [text.as_slice(), b"\n"].concat(),
        Framing::Length => {
            let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
            [len.to_be_bytes().as_slice(), &text].concat()
        }
    }
}

/// How long the first frame in there is, as soon as that can be said.
pub(super) fn measure(framing: Framing, bytes: &[u8]) -> Result<Option<usize>, String> {
    match framing {
        Framing::Line => match bytes.iter().position(|byte| *byte == b'\n') {
            None if bytes.len() > LONGEST => Err("a line without end".to_owned()),
            end => Ok(end.map(|end| end + 1)),
        },
        Framing::Length => {
            let header = bytes.get(..HEADER).and_then(|four| four.try_into().ok());
            let len = header.map(|four| u32::from_be_bytes(four) as usize);
            match len {
                Some(len) if len > LONGEST => {
                    Err(format!("a length of {len} bytes is not believed"))
                }
                len => Ok(len.map(|len| HEADER + len)),
            }
        }
    }
}

/// The object in a frame, as text.
pub(super) fn inside(framing: Framing, frame: &[u8]) -> &[u8] {
    match framing {
        Framing::Line => frame,
        Framing::Length => frame.get(HEADER..).unwrap_or_default(),
    }
}

/// The object of a call. Why there is none.
pub(super) fn request(call: &Call, id: u64) -> Result<Json, String> {
    let params = call
        .args
        .iter()
        .map(to_json)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(json!({"jsonrpc": "2.0", "method": call.function, "params": params, "id": id}))
}

/// Reads a call.
///
/// # Errors
/// The answer to what is none.
pub(super) fn read_request(text: &[u8]) -> Result<Asked, Json> {
    let object: Json = serde_json::from_slice(text)
        .map_err(|why| error(PARSE_ERROR, &format!("Parse error: {why}"), Json::Null))?;
    let id = object.get("id").cloned();
    let refused = |code, why: &str| error(code, why, id.clone().unwrap_or(Json::Null));
    let method = object.get("method").and_then(Json::as_str);
    let (Some(method), Some("2.0")) = (method, object.get("jsonrpc").and_then(Json::as_str)) else {
        return Err(refused(INVALID_REQUEST, "Invalid Request"));
    };
    let args = match object.get("params") {
        None => Vec::new(),
        Some(Json::Array(params)) => params.iter().map(from_json).collect(),
        Some(_) => return Err(refused(INVALID_PARAMS, "Invalid params: a list, please")),
    };
    let function = method.to_owned();
    Ok(Asked {
        call: Call { function, args },
        id,
    })
}

/// The object of an answer.
pub(super) fn answer(result: &Result<Value, Fault>, id: &Json) -> Json {
    let told = match result {
        Ok(value) => to_json(value).map_err(|why| (RAISED, why)),
        Err(Fault::Unknown(name)) => Err((NO_METHOD, format!("Method not found: {name}"))),
        Err(Fault::Raised(kind, why)) => Err((RAISED, format!("{kind}: {why}"))),
    };
    match told {
        Ok(result) => json!({"jsonrpc": "2.0", "result": result, "id": id}),
        Err((code, why)) => error(code, &why, id.clone()),
    }
}

fn error(code: i64, message: &str, id: Json) -> Json {
    let mut answer = json!({"jsonrpc": "2.0", "error": {"code": code, "message": message}});
    answer["id"] = id;
    answer
}

/// The answer to what is so wrong that nobody can tell where the next begins.
pub(super) fn hopeless(why: &str) -> Json {
    error(PARSE_ERROR, why, Json::Null)
}

/// Reads an answer.
pub(super) fn read_answer(text: &[u8]) -> Result<Result<Value, Told>, String> {
    let object: Json = serde_json::from_slice(text).map_err(|why| why.to_string())?;
    if let Some(result) = object.get("result") {
        return Ok(Ok(from_json(result)));
    }
    let fault = object.get("error").ok_or("neither result nor error")?;
    let message = fault.get("message").and_then(Json::as_str);
    Ok(Err(Told {
        code: fault.get("code").and_then(Json::as_i64).unwrap_or_default(),
        text: message.unwrap_or_default().to_owned(),
    }))
}

/// JSON has a word for nothing, and numbers of any size; it has no tuples.
fn to_json(value: &Value) -> Result<Json, String> {
    Ok(match value {
        Value::None => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Int(n) => Json::from(*n),
        Value::Float(n) if !n.is_finite() => {
            return Err("ValueError: Out of range float values are not JSON compliant".to_owned());
        }
        Value::Float(n) => Json::from(*n),
        Value::Text(text) => Json::from(text.as_str()),
        Value::List(items) | Value::Tuple(items) => {
            Json::Array(items.iter().map(to_json).collect::<Result<_, _>>()?)
        }
        Value::Dict(items) => {
            let mut object = Map::new();
            for (key, value) in items {
                object.insert(key_of(key)?, to_json(value)?);
            }
            Json::Object(object)
        }
        Value::Made(class, _) => {
            return Err(format!(
                "TypeError: Object of type {class} is not JSON serializable"
            ));
        }
    })
}

/// Keys are text, whatever they were: `{1: 2}` arrives as `{'1': 2}`.
fn key_of(key: &Value) -> Result<String, String> {
    match key {
        Value::Text(text) => Ok(text.clone()),
        Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) => {
            to_json(key).map(|key| key.to_string())
        }
        Value::List(_) | Value::Tuple(_) | Value::Dict(_) | Value::Made(..) => Err(format!(
            "TypeError: keys must be str, int, float, bool or None, not {}",
            key.kind()
        )),
    }
}

fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::None,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(n) => match n.as_i64() {
            Some(n) => Value::Int(n),
            None => Value::Float(n.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(from_json).collect()),
        Json::Object(object) => Value::Dict(
            object
                .iter()
                .map(|(key, value)| (Value::Text(key.clone()), from_json(value)))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{answer, frame, inside, measure, read_answer, read_request, request};
    use crate::mechanism::rpc::{call::Call, functions::Fault, value::Value};
    use serde_json::json;
    use shared::mechanism::rpc::Framing;

    fn call(typed: &str) -> Call {
        Call::parse(typed.as_bytes()).unwrap()
    }

    #[test]
    fn what_is_framed_is_found_again() {
        for framing in [Framing::Line, Framing::Length] {
            let object = request(&call("square(5)"), 7).unwrap();
            let bytes = frame(framing, &object);
            for end in 0..bytes.len() {
                let known = measure(framing, &bytes[..end]).unwrap();
                assert!(known.is_none_or(|len| len > end), "{framing:?} {end}");
            }
            assert_eq!(measure(framing, &bytes).unwrap(), Some(bytes.len()));
            let asked = read_request(inside(framing, &bytes)).unwrap();
            assert_eq!((asked.call, asked.id), (call("square(5)"), Some(json!(7))));
        }
        assert!(measure(Framing::Length, &[0xff; 4]).is_err());
    }

    #[test]
    fn json_carries_nothing_and_large_numbers_and_no_tuples() {
        let object = request(&call("echo([None, 3000000000, (1, 2), {1: 'x'}])"), 1).unwrap();
        let asked = read_request(object.to_string().as_bytes()).unwrap();
        assert_eq!(
            asked.call.to_string(),
            "echo([None, 3000000000, [1, 2], {'1': 'x'}])"
        );
        assert!(request(&call("echo({(1, 2): 3})"), 1).is_err());
    }

    #[test]
    fn errors_have_the_codes_of_the_specification() {
        for (text, code) in [
            ("{", -32_700),
            ("{\"method\": \"x\"}", -32_600),
            ("[]", -32_600),
            (
                "{\"jsonrpc\": \"2.0\", \"method\": \"x\", \"params\": {}}",
                -32_602,
            ),
        ] {
            let answer = read_request(text.as_bytes()).unwrap_err();
            assert_eq!(answer["error"]["code"], code, "{text}");
        }
        let unknown = answer(&Err(Fault::Unknown("cube".to_owned())), &json!(1));
        let told = read_answer(unknown.to_string().as_bytes())
            .unwrap()
            .unwrap_err();
        assert_eq!(
            (told.code, told.text.as_str()),
            (-32_601, "Method not found: cube")
        );
    }

    #[test]
    fn an_answer_has_the_id_of_its_call() {
        let told = answer(&Ok(Value::Int(25)), &json!("abc"));
        assert_eq!(told, json!({"jsonrpc": "2.0", "result": 25, "id": "abc"}));
        let read = read_answer(told.to_string().as_bytes()).unwrap();
        assert_eq!(read, Ok(Value::Int(25)));
    }

    #[test]
    fn a_notification_has_no_id() {
        let text = br#"{"jsonrpc": "2.0", "method": "increment"}"#;
        assert_eq!(read_request(text).unwrap().id, None);
    }
}
