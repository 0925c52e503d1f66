//! What the variants do differently: how a call becomes bytes, and where it ends.

use super::{call::Call, functions::Fault, http, json, value::Value, xml};
use serde_json::{Value as Json, json};
use shared::{
    command::Values,
    mechanism::rpc::{Framing, Http, Params},
};

/// A way to write calls and answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// XML in a POST of HTTP; `host` as the client names the server.
    Xml { host: String, kept: bool },
    /// One JSON object after the other.
    Json { framing: Framing },
}

/// A fault as it arrives at the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) code: i64,
    pub(super) text: String,
}

/// A request that was read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) call: Call,
    /// The caller will use the connection again.
    pub(super) kept: bool,
    /// The answer repeats it. `None`: no answer is wanted.
    id: Option<Json>,
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

    pub(super) fn json(params: &Params) -> Self {
        Self::Json {
            framing: params.framing,
        }
    }

    /// The bytes of a call; `id` is what its answer will repeat. Why there are none.
    pub(super) fn request(&self, call: &Call, id: u64) -> Result<Vec<u8>, String> {
        match self {
            Self::Xml { host, kept } => Ok(http::request(host, *kept, &xml::request(call)?)),
            Self::Json { framing } => Ok(json::frame(*framing, &json::request(call, id)?)),
        }
    }

    /// How long the first request in there is, as soon as that can be said.
    pub(super) fn measure_request(&self, bytes: &[u8]) -> Result<Option<usize>, String> {
        match self {
            Self::Xml { .. } => {
                let head = http::read_request(bytes)?;
                Ok(head.map(|head| head.len + head.body))
            }
            Self::Json { framing } => json::measure(*framing, bytes),
        }
    }

    /// The same, of an answer.
    pub(super) fn measure_answer(&self, bytes: &[u8]) -> Result<Option<usize>, String> {
        match self {
            Self::Xml { .. } => {
                let head = http::read_answer(bytes)?;
                Ok(head.map(|head| head.len + head.body))
            }
            Self::Json { framing } => json::measure(*framing, bytes),
        }
    }

    /// The call in a whole request. What is none is answered with these bytes instead, and whether more may follow.
    pub(super) fn read_request(&self, bytes: &[u8]) -> Result<Asked, (Vec<u8>, bool)> {
        match self {
            Self::Xml { kept, .. } => {
                let refused = |status: &str, why: &str| (http::answer(status, false, why), false);
                let head = http::read_request(bytes);
                let head = head.ok().flatten().unwrap_or_default();
                if head.method != "POST" {
                    return Err(refused("501 Not Implemented", "a call is a POST\n"));
                }
                let call = xml::read_request(bytes.get(head.len..).unwrap_or_default())
                    .map_err(|why| refused("400 Bad Request", &format!("{why}\n")))?;
                Ok(Asked {
                    call,
                    kept: *kept && !head.last,
                    id: Some(Json::Null),
                })
            }
            Self::Json { framing } => match json::read_request(json::inside(*framing, bytes)) {
                Ok(json::Asked { call, id }) => Ok(Asked {
                    call,
                    kept: true,
                    id,
                }),
                Err(answer) => Err((json::frame(*framing, &answer), true)),
            },
        }
    }

    /// The bytes of an answer, where one is wanted.
    pub(super) fn answer(&self, asked: &Asked, result: &Result<Value, Fault>) -> Option<Vec<u8>> {
        let id = asked.id.as_ref()?;
        Some(match self {
            Self::Xml { .. } => http::answer("200 OK", asked.kept, &xml::answer(result)),
            Self::Json { framing } => json::frame(*framing, &json::answer(result, id)),
        })
    }

    /// The answer to bytes of which nobody can tell where a call would end.
    pub(super) fn refusal(&self, why: &str) -> Vec<u8> {
        match self {
            Self::Xml { .. } => http::answer("400 Bad Request", false, &format!("{why}\n")),
            Self::Json { framing } => json::frame(*framing, &json::hopeless(why)),
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
            Self::Json { framing } => Ok((json::read_answer(json::inside(*framing, bytes))?, true)),
        }
    }

    /// The envelope opened: what is around the call, and what is in it.
    pub(super) fn opened(&self, bytes: &[u8]) -> Values {
        let text = String::from_utf8_lossy(bytes);
        let length;
        let (head, body) = match self {
            Self::Xml { .. } => text.split_once("\r\n\r\n").unwrap_or(("", &text)),
            Self::Json {
                framing: Framing::Line,
            } => ("", text.trim_end()),
            Self::Json {
                framing: Framing::Length,
            } => {
                let four: Vec<_> = bytes
                    .iter()
                    .take(4)
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                length = four.join(" ");
                (length.as_str(), text.get(4..).unwrap_or_default())
            }
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
