//! Strings as strace prints them.

use std::fmt::Write as _;

/// Bytes of a buffer that are shown, strace's default.
pub(super) const SHOWN: usize = 32;

/// `"hello\n"`: C escapes, octal for what cannot be printed, as short as the next character allows.
pub(super) fn quoted(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 2);
    text.push('"');
    for (i, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            b'\r' => text.push_str("\\r"),
            0x0b => text.push_str("\\v"),
            0x0c => text.push_str("\\f"),
            b' '..=b'~' => text.push(char::from(*byte)),
            _ if bytes.get(i + 1).is_some_and(u8::is_ascii_digit) => {
                push(&mut text, format_args!("\\{byte:03o}"));
            }
            _ => push(&mut text, format_args!("\\{byte:o}")),
        }
    }
    text.push('"');
    text
}

/// The first [`SHOWN`] bytes, with dots if there are more.
pub(super) fn excerpt(bytes: &[u8], len: u64) -> String {
    let mut text = quoted(&bytes[..bytes.len().min(SHOWN)]);
    if usize::try_from(len).map_or(true, |len| len > SHOWN) {
        text.push_str("...");
    }
    text
}

/// `text`, or its beginning and dots.
pub(super) fn cut(mut text: String, most: usize) -> String {
    if text.len() > most {
        let end = (0..=most)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        text.truncate(end);
        text.push_str("...");
    }
    text
}

pub(super) fn push(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("a String takes all");
}
