//! Figures, lists and payloads in words.

use crate::state::{Message, Worker};

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

/// `#1 “hello”`, or `#1 (4,096 bytes)` where it is long or not text.
pub(super) fn message(message: &Message) -> String {
    let len = message.len;
    let short = |text: &&String| text.len() as u64 == len && text.chars().count() <= MAX_QUOTE;
    let text = message.preview.text.as_ref().filter(short);
    // A line is quoted without its end.
    let text = text.map(|text| text.strip_suffix('\n').unwrap_or(text));
    match text.filter(|text| !text.is_empty() && !text.contains(char::is_control)) {
        Some(text) => format!("#{} “{text}”", message.id),
        None => format!("#{} ({})", message.id, count(len, "byte")),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing::Story, capital, count, figure, list, message};

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
    fn a_message_is_quoted_if_it_is_short_text() {
        let mut story = Story::pipe();
        story
            .sending("writer", 1, "hello")
            .sending("writer", 2, &"x".repeat(500))
            .sending("writer", 3, "a\nb");
        let said: Vec<_> = story.state.messages.iter().map(message).collect();
        assert_eq!(said, ["#1 “hello”", "#2 (500 bytes)", "#3 (3 bytes)"]);
    }
}
