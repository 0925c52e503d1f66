//! A call and its answer as XML documents, by `dxr`. What XML-RPC has no element for, it cannot carry.

use super::{call::Call, functions::Fault, protocol::Told, value::Value};
use dxr::{FaultResponse, MethodCall, MethodResponse};
use std::{borrow::Cow, collections::BTreeMap};

/// The document begins with it, as Python's do.
const DECLARATION: &str = "<?xml version=\"1.0\"?>";
/// Code of every fault, as `xmlrpc.server` gives it.
const CODE: i32 = 1;

/// The document of a call; why there is none, in the words of `xmlrpc.client`.
pub(super) fn request(call: &Call) -> Result<String, String> {
    let params = call.args.iter().map(marshal).collect::<Result<_, _>>()?;
    let name = Cow::Borrowed(call.function.as_str());
    document(MethodCall { name, params }.to_xml())
}

/// The document of an answer. A result that XML-RPC cannot carry becomes a fault: the function was executed all the same.
pub(super) fn answer(result: &Result<Value, Fault>) -> String {
    let fault = match result {
        Ok(value) => {
            match marshal(value).map(|value| document(MethodResponse { value }.to_xml())) {
                Ok(Ok(document)) => return document,
                Ok(Err(why)) => why,
                Err(why) => match why.split_once(": ") {
                    Some((kind, why)) => format!("<class '{kind}'>:{why}"),
                    None => why,
                },
            }
        }
        Err(Fault::Unknown(name)) => {
            format!("<class 'Exception'>:method \"{name}\" is not supported")
        }
        Err(Fault::Raised(kind, why)) => format!("<class '{kind}'>:{why}"),
    };
    let fault = dxr::Fault::new(CODE, fault);
    document(FaultResponse { fault }.to_xml()).unwrap_or_default()
}

fn document(xml: Result<String, dxr::Error>) -> Result<String, String> {
    xml.map(|xml| format!("{DECLARATION}{xml}"))
        .map_err(|why| why.to_string())
}

/// Reads a call.
pub(super) fn read_request(body: &[u8]) -> Result<Call, String> {
    let call = MethodCall::from_xml(text(body)?).map_err(|why| why.to_string())?;
    Ok(Call {
        function: call.name.into_owned(),
        args: call.params.into_iter().map(unmarshal).collect(),
    })
}

/// Reads an answer.
pub(super) fn read_answer(body: &[u8]) -> Result<Result<Value, Told>, String> {
    let text = text(body)?;
    if let Ok(answer) = MethodResponse::from_xml(text) {
        return Ok(Ok(unmarshal(answer.value)));
    }
    let answer = FaultResponse::from_xml(text).map_err(|why| why.to_string())?;
    Ok(Err(Told {
        code: answer.fault.code().into(),
        text: answer.fault.string().to_owned(),
    }))
}

fn text(body: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(body).map_err(|_| "the document is not UTF-8".to_owned())
}

/// A value as an element: there is none for nothing, and one for whole numbers of 32 bits.
fn marshal(value: &Value) -> Result<dxr::Value, String> {
    Ok(match value {
        Value::None => {
            return Err("TypeError: cannot marshal None unless allow_none is enabled".to_owned());
        }
        Value::Bool(flag) => dxr::Value::Boolean(*flag),
        Value::Int(n) => dxr::Value::Integer(
            i32::try_from(*n)
                .map_err(|_| "OverflowError: int exceeds XML-RPC limits".to_owned())?,
        ),
        Value::Float(n) => dxr::Value::Double(*n),
        Value::Text(text) => dxr::Value::String(text.clone()),
        Value::List(items) | Value::Tuple(items) => {
            dxr::Value::Array(items.iter().map(marshal).collect::<Result<_, _>>()?)
        }
        Value::Dict(items) => {
            let mut members = BTreeMap::new();
            for (key, value) in items {
                let Value::Text(key) = key else {
                    return Err("TypeError: dictionary key must be string".to_owned());
                };
                members.insert(key.clone(), marshal(value)?);
            }
            dxr::Value::Struct(members)
        }
        Value::Made(class, _) => return Err(format!("TypeError: cannot marshal {class} objects")),
    })
}

/// An element as a value: an array is a list, whatever it was before.
fn unmarshal(value: dxr::Value) -> Value {
    match value {
        dxr::Value::Integer(n) => Value::Int(n.into()),
        dxr::Value::Boolean(flag) => Value::Bool(flag),
        dxr::Value::String(text) => Value::Text(text),
        dxr::Value::Double(n) => Value::Float(n),
        dxr::Value::Base64(bytes) => Value::Text(String::from_utf8_lossy(&bytes).into_owned()),
        dxr::Value::Array(items) => Value::List(items.into_iter().map(unmarshal).collect()),
        dxr::Value::Struct(members) => Value::Dict(
            members
                .into_iter()
                .map(|(key, value)| (Value::Text(key), unmarshal(value)))
                .collect(),
        ),
        // A time, or what a later version of the library adds.
        other @ (dxr::Value::DateTime(_) | _) => Value::Text(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{answer, read_answer, read_request, request};
    use crate::mechanism::rpc::{call::Call, functions::Fault, protocol::Told, value::Value};

    fn call(typed: &str) -> Call {
        Call::parse(typed.as_bytes()).unwrap()
    }

    #[test]
    fn a_call_is_a_document() {
        assert_eq!(
            request(&call("square(5)")).unwrap(),
            "<?xml version=\"1.0\"?><methodCall><methodName>square</methodName><params><param><value><i4>5</i4></value>\
             </param></params></methodCall>"
        );
    }

    #[test]
    fn what_arrives_is_what_was_called_but_for_tuples() {
        for (typed, arrives) in [
            ("echo({'a': [1, 2.5, True]})", "echo({'a': [1, 2.5, True]})"),
            ("echo((1, 2))", "echo([1, 2])"),
            ("echo('<&>')", "echo('<&>')"),
            ("increment()", "increment()"),
        ] {
            let document = request(&call(typed)).unwrap();
            assert_eq!(
                read_request(document.as_bytes()).unwrap().to_string(),
                arrives
            );
        }
    }

    #[test]
    fn nothing_and_large_numbers_have_no_element() {
        assert!(request(&call("echo(None)")).unwrap_err().contains("None"));
        assert!(request(&call("echo([3000000000])")).is_err());
        let told = answer(&Ok(Value::Int(2_500_000_000)));
        let read = read_answer(told.as_bytes()).unwrap().unwrap_err();
        assert_eq!(
            read,
            Told {
                code: 1,
                text: "<class 'OverflowError'>:int exceeds XML-RPC limits".to_owned()
            }
        );
    }

    #[test]
    fn a_fault_has_a_code_and_a_text() {
        let fault = Fault::Raised("ZeroDivisionError", "division by zero".to_owned());
        let told = answer(&Err(fault));
        let read = read_answer(told.as_bytes()).unwrap().unwrap_err();
        assert_eq!(read.text, "<class 'ZeroDivisionError'>:division by zero");
        let told = answer(&Ok(Value::Text("x".to_owned())));
        assert_eq!(
            read_answer(told.as_bytes()).unwrap(),
            Ok(Value::Text("x".to_owned()))
        );
    }

    #[test]
    fn python_s_documents_are_read() {
        let python = "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><array><data>\n<value><int>1\
                      </int></value>\n<value><boolean>1</boolean></value>\n</data></array></value></param>\n</params>\n\
                      </methodResponse>\n";
        let read = read_answer(python.as_bytes()).unwrap().unwrap();
        assert_eq!(read.to_string(), "[1, True]");
        let python = "<?xml version='1.0'?>\n<methodCall>\n<methodName>square</methodName>\n<params>\n<param>\n<value>\
                      <int>5</int></value>\n</param>\n</params>\n</methodCall>\n";
        assert_eq!(read_request(python.as_bytes()).unwrap(), call("square(5)"));
        assert!(read_request(b"<methodCall>").is_err());
    }
}
