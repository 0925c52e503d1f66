//! Figures, lists and payloads in words.

use crate::{event::Preview, state::Worker};

/// Longest text of a message that is quoted; a longer one is told by its length.
const MAX_QUOTE: usize = 24;

/// `65,536`
pub(super) fn figure(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 byte`, `65,536 bytes`
pub(super) fn count(n: u64, what: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {what}{plural}", figure(n))
}

/// `two`
pub(super) fn number(n: usize) -> String {
    const WORDS: &[&str] = &[
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ];
    WORDS
        .get(n)
        .map_or_else(|| figure(n as u64), |word| (*word).to_owned())
}

/// `writer A`
pub(super) fn name(worker: &Worker) -> String {
    match worker.letter {
        Some(letter) => format!("{} {letter}", worker.role),
        None => format!("the {}", worker.role),
    }
}

/// `writer A and reader B`
pub(super) fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// The first letter of a sentence.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

/// `“hello”`, or `4,096 bytes` where it is long or not text.
pub(super) fn payload(preview: &Preview, len: u64) -> String {
    let short = |text: &&String| text.len() as u64 == len && text.chars().count() <= MAX_QUOTE;
    match preview
        .text
        .as_ref()
        .filter(short)
        .filter(|text| !text.is_empty() && !text.contains(char::is_control))
    {
        Some(text) => format!("“{text}”"),
        None => count(len, "byte"),
    }
}

#[cfg(test)]
mod tests {
    use super::{capital, count, figure, list, payload};
    use crate::event::Preview;

    #[test]
    fn figures_and_lists_read_well() {
        assert_eq!(figure(65_536), "65,536");
        assert_eq!(figure(999), "999");
        assert_eq!(count(1, "byte"), "1 byte");
        assert_eq!(
            list(&["a".to_owned(), "b".to_owned(), "c".to_owned()]),
            "a, b and c"
        );
        assert_eq!(capital("writer A"), "Writer A");
    }

    #[test]
    fn a_payload_is_quoted_if_it_is_short_text() {
        assert_eq!(payload(&Preview::of(b"hello", 5), 5), "“hello”");
        assert_eq!(payload(&Preview::of(b"hello", 500), 500), "500 bytes");
        assert_eq!(payload(&Preview::of(b"\x00\x01", 2), 2), "2 bytes");
    }
}
