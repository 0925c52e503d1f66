//! The message that is being composed.

use crate::mechanism::{Payload, count};
use shared::{
    codec::parse_hex,
    command::{Data, MAX_FILL, MAX_TIMES, Values},
    failure::Failure,
    ids::WorkerId,
};

/// How a payload is written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// UTF-8.
    #[default]
    Text,
    /// Two digits a byte.
    Hex,
    /// One byte again and again.
    Fill,
}

/// The message that is being composed; fields hold what was typed, right or wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composer {
    /// Which field counts.
    pub mode: Mode,
    /// For `Mode::Text`.
    pub text: String,
    /// For `Mode::Hex`.
    pub hex: String,
    /// For `Mode::Fill`: how many bytes.
    pub len: String,
    /// Where a message is a number.
    pub number: String,
    /// How many messages.
    pub times: String,
    /// Who sends; the first writer if absent.
    pub worker: Option<WorkerId>,
    /// What the message says beside its payload, as typed.
    pub args: Values,
}

impl Default for Composer {
    fn default() -> Self {
        Self {
            mode: Mode::Text,
            text: "hello".to_owned(),
            hex: "68 65 6c 6c 6f".to_owned(),
            len: "4096".to_owned(),
            number: "1".to_owned(),
            times: "1".to_owned(),
            worker: None,
            args: Values::new(),
        }
    }
}

/// The byte that "N bytes" are made of: `a`.
const FILL: &str = "61";

impl Composer {
    /// The payload, and how many times. `empty`: a message without a byte is a message, where it is of bytes.
    ///
    /// # Errors
    /// `bad_param` for `data`, `len` or `times`, with what would fit.
    pub fn data(&self, kind: Payload, empty: bool) -> Result<(Data, u32), Failure> {
        let times = number(&self.times)
            .and_then(|n| u32::try_from(n).ok())
            .filter(|n| (1..=MAX_TIMES).contains(n))
            .ok_or_else(|| {
                Failure::bad_param(
                    "times",
                    format!(
                        "a burst cannot have \u{201c}{}\u{201d} messages",
                        self.times
                    ),
                    format!("a whole number from 1 to {}", count(MAX_TIMES.into())),
                )
            })?;
        match kind {
            Payload::Nothing => return Ok((Data::text(""), times)),
            Payload::Number => {
                let text = self.number.trim();
                if text.parse::<i64>().is_err() {
                    return Err(Failure::bad_param(
                        "data",
                        format!("\u{201c}{text}\u{201d} is not a number"),
                        "a whole number",
                    ));
                }
                return Ok((Data::text(text), times));
            }
            Payload::Bytes => {}
        }
        let data = match self.mode {
            Mode::Text => Data::text(self.text.clone()),
            Mode::Hex => Data::of(&parse_hex(&self.hex)?),
            Mode::Fill => {
                let len = number(&self.len)
                    .filter(|n| (1..=MAX_FILL).contains(n))
                    .ok_or_else(|| {
                        Failure::bad_param(
                            "len",
                            format!("a message cannot have \u{201c}{}\u{201d} bytes", self.len),
                            format!("a whole number from 1 to {}", count(MAX_FILL)),
                        )
                    })?;
                Data::Fill {
                    fill: FILL.to_owned(),
                    len,
                }
            }
        };
        if data.check()? == 0 && !empty {
            return Err(Failure::bad_param(
                "data",
                "an empty message changes nothing: storing 0 bytes leaves all as it is",
                "type something",
            ));
        }
        Ok((data, times))
    }
}

/// A whole number as people write it: `65,536`.
fn number(text: &str) -> Option<u64> {
    text.replace([',', ' ', '_'], "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Composer, Data, Mode};
    use crate::mechanism::Payload;

    #[test]
    fn the_composer_makes_what_was_typed_or_says_what_is_wrong() {
        let composer = Composer {
            mode: Mode::Fill,
            len: "65,536".into(),
            times: "20".into(),
            ..Composer::default()
        };
        assert_eq!(
            composer.data(Payload::Bytes, false),
            Ok((
                Data::Fill {
                    fill: "61".into(),
                    len: 65_536
                },
                20
            ))
        );
        let empty = Composer {
            text: String::new(),
            ..Composer::default()
        };
        assert_eq!(empty.data(Payload::Bytes, true), Ok((Data::text(""), 1)));
        assert_eq!(
            empty.data(Payload::Number, false),
            Ok((Data::text("1"), 1)),
            "a number stands in a field of its own"
        );
        assert_eq!(empty.data(Payload::Nothing, false), Ok((Data::text(""), 1)));
        for (composer, field) in [
            (
                Composer {
                    mode: Mode::Hex,
                    hex: "6g".into(),
                    ..Composer::default()
                },
                "data",
            ),
            (
                Composer {
                    text: String::new(),
                    ..Composer::default()
                },
                "data",
            ),
            (
                Composer {
                    text: "x".repeat(40_000),
                    ..Composer::default()
                },
                "data",
            ),
            (
                Composer {
                    times: "0".into(),
                    ..Composer::default()
                },
                "times",
            ),
            (
                Composer {
                    mode: Mode::Fill,
                    len: "many".into(),
                    ..Composer::default()
                },
                "len",
            ),
        ] {
            assert_eq!(
                composer
                    .data(Payload::Bytes, false)
                    .unwrap_err()
                    .field
                    .as_deref(),
                Some(field),
                "{composer:?}"
            );
        }
    }
}
