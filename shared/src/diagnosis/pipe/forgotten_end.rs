//! A reader waits for an end that cannot come: the only write ends left are forgotten ones.

use super::{
    Sentence, Tone,
    facts::Facts,
    words::{capital, name},
};
use crate::event::End;

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    let pipe = facts.pipe()?;
    let asleep = facts.waiting_to_read();
    let reader = asleep.iter().find(|worker| worker.role == "reader")?;
    let held = facts.holding(pipe, End::Write);
    let (holder, fd) = held.first()?;
    if held.iter().any(|(worker, _)| worker.role == "writer") {
        return None;
    }
    let headline = if held.iter().all(|(worker, _)| worker.id == reader.id) {
        format!(
            "{} waits for itself: it holds the last write end.",
            capital(&name(reader))
        )
    } else {
        format!(
            "{} waits for an end that does not come: {} still holds a write end.",
            capital(&name(reader)),
            name(holder)
        )
    };
    Some(Sentence::new(
        Tone::Warning,
        headline,
        format!(
            "Descriptor {fd} of {} is a write end that was never closed. While one is open, somebody could still write: \
             `read` cannot return 0 for end-of-file, and the reader sleeps on.",
            name(holder)
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{Tone, sentence, testing::Story};

    #[test]
    fn a_reader_that_waits_for_itself_is_told() {
        let mut story = Story::pipe();
        story
            .holds(&[("reader", 3, "r"), ("reader", 4, "w")])
            .enters("reader", "read", 4096)
            .sleeps_empty("reader");
        let said = sentence(&story.state);
        assert_eq!(said.tone, Tone::Warning);
        assert_eq!(
            said.headline,
            "Reader B waits for itself: it holds the last write end."
        );
        assert!(
            said.detail.starts_with("Descriptor 4 of reader B"),
            "{}",
            said.detail
        );
    }

    #[test]
    fn a_parent_that_forgot_is_named() {
        let mut story = Story::pipe();
        story
            .holds(&[("reader", 3, "r"), ("parent", 4, "w")])
            .enters("reader", "read", 4096)
            .sleeps_empty("reader");
        let said = sentence(&story.state);
        assert_eq!(
            said.headline,
            "Reader B waits for an end that does not come: the parent still holds a write end."
        );
    }

    #[test]
    fn while_a_writer_can_write_nothing_is_wrong() {
        let mut story = Story::pipe();
        story.holds(&[("writer", 4, "w"), ("reader", 3, "r"), ("reader", 4, "w")]);
        story.enters("reader", "read", 4096).sleeps_empty("reader");
        assert_ne!(sentence(&story.state).tone, Tone::Warning);
    }
}
