//! All wait, and nothing is wrong.

use super::{
    Sentence, Tone,
    facts::{Facts, call_of, who_sleeps},
};
use crate::event::End;

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    let asleep = facts.waiting_to_read();
    let first = asleep.first()?;
    let pipe = facts.pipe()?;
    if facts.bytes(pipe) > 0 {
        return None;
    }
    let why = if facts.holding(pipe, End::Write).is_empty() {
        ""
    } else {
        "Somebody has a write end open, so bytes can still come; until then the kernel gives a sleeper no time."
    };
    Some(Sentence::new(
        Tone::Moon,
        format!(
            "The {} is empty: {} in `{}` until somebody writes.",
            facts.noun(),
            who_sleeps(&asleep),
            call_of(first)
        ),
        why,
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{Tone, sentence, testing::Story};

    #[test]
    fn an_empty_pipe_lets_its_reader_sleep() {
        let mut story = Story::pipe();
        story.enters("reader", "read", 4096).sleeps_empty("reader");
        let said = sentence(&story.state);
        assert_eq!(said.tone, Tone::Moon);
        assert_eq!(
            said.headline,
            "The pipe is empty: reader B sleeps in `read` until somebody writes."
        );
    }

    #[test]
    fn a_pipe_that_holds_something_is_not_empty() {
        let mut story = Story::pipe();
        story
            .enters("reader", "read", 4096)
            .sleeps_empty("reader")
            .gauge("bytes", 5, 65_536);
        assert!(!sentence(&story.state).headline.contains("empty"));
    }
}
