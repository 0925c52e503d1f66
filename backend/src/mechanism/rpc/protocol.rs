//! What the variants do differently: how a call becomes bytes, and where it ends.

use super::{
    call::Call,
    functions::Fault,
    http,
    value::Value,
    xml::{self, Told},
};
use serde_json::json;
use shared::{
    command::Values,
    mechanism::rpc::{Http, Params},
};

/// A way to write calls and answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// XML in a POST of HTTP; `host` as the client names the server.
    Xml { host: String, kept: bool },
}

/// Bytes of a document that are shown beside the call.
const SHOWN: usize = 1500;

impl Protocol {
    pub(super) fn xml(params: &Params, host: String) -> Self {
        Self::Xml {
            host,
            kept: params.http == Http::Kept,
        }
    }

    /// The connection is used for the next call as well.
    pub(super) fn keeps(&self) -> bool {
        match self {
            Self::Xml { kept, .. } => *kept,
        }
    }

    /// The bytes of a call. Why there are none.
    pub(super) fn request(&self, call: &Call) -> Result<Vec<u8>, String> {
        match self {
            Self::Xml { host, kept } => Ok(http::request(host, *kept, &xml::request(call)?)),
        }
    }

    /// How long the first request in there is, as soon as that can be said.
    pub(super) fn measure_request(&self, bytes: &[u8]) -> Result<Option<usize>, String> {
        match self {
            Self::Xml { .. } => {
                let head = http::read_request(bytes)?;
                Ok(head.map(|head| head.len + head.body))
            }
        }
    }

    /// The same, of an answer.
    pub(super) fn measure_answer(&self, bytes: &[u8]) -> Result<Option<usize>, String> {
        match self {
            Self::Xml { .. } => {
                let head = http::read_answer(bytes)?;
                Ok(head.map(|head| head.len + head.body))
            }
        }
    }

    /// The call in a whole request, and whether the caller will use the connection again.
    pub(super) fn read_request(&self, bytes: &[u8]) -> Result<(Call, bool), String> {
        match self {
            Self::Xml { kept, .. } => {
                let head = http::read_request(bytes)?.unwrap_or_default();
                if head.method != "POST" {
                    return Err(format!("501 {} is no call", head.method));
                }
                let call = xml::read_request(bytes.get(head.len..).unwrap_or_default())?;
                Ok((call, *kept && !head.last))
            }
        }
    }

    /// The bytes of an answer.
    pub(super) fn answer(&self, result: &Result<Value, Fault>) -> Vec<u8> {
        match self {
            Self::Xml { kept, .. } => http::answer("200 OK", *kept, &xml::answer(result)),
        }
    }

    /// The answer to what is no call.
    pub(super) fn refusal(&self, why: &str) -> Vec<u8> {
        match self {
            Self::Xml { .. } => {
                let status = if why.starts_with("501") {
                    "501 Not Implemented"
                } else {
                    "400 Bad Request"
                };
                http::answer(status, false, why)
            }
        }
    }

    /// What a whole answer says, and whether the connection can be used again.
    pub(super) fn read_answer(&self, bytes: &[u8]) -> Result<(Result<Value, Told>, bool), String> {
        match self {
            Self::Xml { kept, .. } => {
                let head = http::read_answer(bytes)?.unwrap_or_default();
                let body = bytes.get(head.len..).unwrap_or_default();
                if head.status != 200 {
                    return Err(format!("HTTP {}", head.status));
                }
                Ok((xml::read_answer(body)?, *kept && !head.last))
            }
        }
    }

    /// The envelope opened: what is around the call, and what is in it.
    pub(super) fn opened(&self, bytes: &[u8]) -> Values {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = match self {
            Self::Xml { .. } => text.split_once("\r\n\r\n").unwrap_or(("", &text)),
        };
        [
            ("head".to_owned(), json!(cut(head))),
            ("body".to_owned(), json!(cut(body))),
            ("bytes".to_owned(), json!(bytes.len())),
        ]
        .into_iter()
        .collect()
    }
}

/// The first characters: a report is a line, not a document.
fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
