//! Bytes lie in the pipe, and nobody takes them.

use super::{
    Sentence, Tone,
    facts::Facts,
    words::{capital, count, name},
};
use crate::event::Wait;

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    let pipe = facts.pipe()?;
    let bytes = facts.bytes(pipe);
    let reader = facts
        .living("reader")
        .find(|reader| reader.because == Some(Wait::Command))
        .filter(|_| bytes > 0)?;
    Some(Sentence::new(
        Tone::Calm,
        format!(
            "{} wait{} in the {}.",
            capital(&count(bytes, "byte")),
            if bytes == 1 { "s" } else { "" },
            facts.noun()
        ),
        format!(
            "They are in the kernel's memory, in neither process. {} reads only when told: try Read.",
            capital(&name(reader))
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{Tone, sentence, testing::Story};
    use crate::event::Wait;

    #[test]
    fn it_says_where_they_are() {
        let mut story = Story::pipe();
        story
            .sending("writer", 1, "hello")
            .writes("writer", 1, 5)
            .sleeps("reader", Wait::Command);
        let said = sentence(&story.state);
        assert_eq!(
            (said.tone, said.headline.as_str()),
            (Tone::Calm, "5 bytes wait in the pipe.")
        );
    }

    #[test]
    fn an_empty_pipe_has_nothing_waiting() {
        let mut story = Story::pipe();
        story.sleeps("reader", Wait::Command);
        assert!(!sentence(&story.state).headline.contains("wait in"));
    }
}
