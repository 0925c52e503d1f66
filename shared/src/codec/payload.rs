//! Payloads: from what a learner writes down to bytes, and from bytes to what an event shows of them.

use crate::{
    command::{Data, MAX_FILL, MAX_PAYLOAD},
    event::{PREVIEW, Preview},
    failure::Failure,
};
use base64::{Engine, engine::general_purpose::STANDARD};

/// Reads bytes as a learner types them: `68 65 6c`, `0x6865`; spaces, commas and line breaks may stand between bytes.
///
/// # Errors
/// `bad_param` for `data`, naming the position and the character.
pub fn parse_hex(text: &str) -> Result<Vec<u8>, Failure> {
    let refuse = |message: String, hint: &str| Failure::bad_param("data", message, hint);
    let mut bytes = Vec::new();
    // First digit of a byte and its position, while the second is awaited.
    let mut half: Option<(u32, usize)> = None;
    let mut chars = text
        .chars()
        .enumerate()
        .map(|(at, c)| (at + 1, c))
        .peekable();
    while let Some((at, c)) = chars.next() {
        let follows_x = matches!(chars.peek(), Some((_, 'x' | 'X')));
        if c == '0' && half.is_none() && follows_x {
            let _x = chars.next();
            continue;
        }
        match (c.to_digit(16), half) {
            (Some(digit), None) => half = Some((digit, at)),
            (Some(digit), Some((first, _))) => {
                bytes.push(
                    u8::try_from(first * 16 + digit).expect("two hex digits are at most 255"),
                );
                half = None;
            }
            (None, Some((_, at))) if c.is_whitespace() || c == ',' => return Err(one_digit(at)),
            (None, _) if c.is_whitespace() || c == ',' => {}
            (None, _) => {
                let message = format!(
                    "character {at}, \"{}\", is not a hex digit",
                    c.escape_debug()
                );
                return Err(refuse(
                    message,
                    "use 0-9 and a-f, two for each byte: 68 65 6c",
                ));
            }
        }
        if bytes.len() > MAX_PAYLOAD {
            return Err(too_long("more", MAX_PAYLOAD as u64));
        }
    }
    half.map_or(Ok(bytes), |(_, at)| Err(one_digit(at)))
}

fn one_digit(at: usize) -> Failure {
    Failure::bad_param(
        "data",
        format!("the byte at character {at} has only one digit"),
        "a byte is two hex digits: write 0a, not a",
    )
}

fn too_long(len: impl std::fmt::Display, most: u64) -> Failure {
    let hint = format!("send at most {most} bytes at a time; more can be given as fill and len");
    Failure::bad_param(
        "data",
        format!("a payload of {len} bytes is too long"),
        hint,
    )
    .limit("payload", most)
}

impl Data {
    /// Text as it is.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// Any bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::Base64 {
            base64: STANDARD.encode(bytes),
        }
    }

    /// How many bytes it stands for, if it may be sent.
    ///
    /// # Errors
    /// `bad_param` for `data` if it is not what it says or too long.
    pub fn check(&self) -> Result<u64, Failure> {
        match self {
            Self::Text { text } if text.len() > MAX_PAYLOAD => {
                Err(too_long(text.len(), MAX_PAYLOAD as u64))
            }
            Self::Text { text } => Ok(text.len() as u64),
            Self::Base64 { .. } => self.bytes().map(|bytes| bytes.len() as u64),
            Self::Fill { fill, len } => {
                fill_byte(fill)?;
                if *len > MAX_FILL {
                    let hint =
                        format!("at most {MAX_FILL} bytes, a pipe holds no more than half of that");
                    return Err(Failure::bad_param(
                        "data",
                        format!("a payload of {len} bytes is too long"),
                        hint,
                    )
                    .limit("fill", MAX_FILL));
                }
                Ok(*len)
            }
        }
    }

    /// The bytes it stands for.
    ///
    /// # Errors
    /// `bad_param` for `data` if it is not what it says or too long.
    pub fn bytes(&self) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Text { text } => self.check().map(|_| text.as_bytes().to_vec()),
            Self::Base64 { base64 } => {
                // Four characters for three bytes: refuse before decoding what can only be too long.
                if base64.len() > MAX_PAYLOAD.div_ceil(3) * 4 {
                    return Err(too_long(base64.len() / 4 * 3, MAX_PAYLOAD as u64));
                }
                let bytes = STANDARD.decode(base64).map_err(|error| {
                    let hint = "use the standard alphabet (A-Z a-z 0-9 + /) with padding";
                    Failure::bad_param("data", format!("that is not base64: {error}"), hint)
                })?;
                if bytes.len() > MAX_PAYLOAD {
                    return Err(too_long(bytes.len(), MAX_PAYLOAD as u64));
                }
                Ok(bytes)
            }
            Self::Fill { fill, .. } => {
                let len = usize::try_from(self.check()?).expect("MAX_FILL fits in memory");
                Ok(vec![fill_byte(fill)?; len])
            }
        }
    }
}

/// The byte of a `fill`.
fn fill_byte(fill: &str) -> Result<u8, Failure> {
    match parse_hex(fill)?.as_slice() {
        [byte] => Ok(*byte),
        bytes => Err(Failure::bad_param(
            "data",
            format!("fill is one byte, not {}", bytes.len()),
            "two hex digits: 61 is the letter a",
        )),
    }
}

impl Preview {
    /// The first of `bytes`, of a payload of `len` bytes.
    pub fn of(bytes: &[u8], len: u64) -> Self {
        let cut = bytes.len() > PREVIEW;
        let shown = bytes.get(..PREVIEW).unwrap_or(bytes);
        let text = match std::str::from_utf8(shown) {
            Ok(text) => Some(text),
            // A character that only our cut has halved is left out; one that came so is not text.
            Err(error) if cut && error.error_len().is_none() => shown
                .get(..error.valid_up_to())
                .and_then(|valid| std::str::from_utf8(valid).ok()),
            Err(_) => None,
        };
        match text.filter(|text| text.chars().all(printable)) {
            Some(text) => Self {
                text: Some(text.to_owned()),
                base64: None,
                len,
            },
            None => Self {
                text: None,
                base64: Some(STANDARD.encode(shown)),
                len,
            },
        }
    }

    /// The bytes it carries: the first of the payload.
    pub fn bytes(&self) -> Vec<u8> {
        match (&self.text, &self.base64) {
            (Some(text), _) => text.as_bytes().to_vec(),
            // A preview comes from outside as well; what is not base64 shows nothing.
            (None, Some(base64)) => STANDARD.decode(base64).unwrap_or_default(),
            (None, None) => Vec::new(),
        }
    }
}

fn printable(c: char) -> bool {
    !c.is_control() || matches!(c, '\n' | '\t' | '\r')
}
