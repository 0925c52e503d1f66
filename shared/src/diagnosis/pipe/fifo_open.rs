//! Somebody sleeps in open(2) of a FIFO.

use super::{
    Sentence, Tone,
    facts::{Facts, who_sleeps_first},
};
use crate::event::Wait;

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    let asleep = facts.asleep(Wait::FifoOpen);
    let reads = asleep.first()?.role == "reader";
    let (other, do_what) = if reads {
        ("writing", "writes")
    } else {
        ("reading", "reads")
    };
    Some(Sentence::new(
        Tone::Moon,
        format!(
            "{} in `open`: nobody has opened the FIFO for {other} yet.",
            who_sleeps_first(&asleep)
        ),
        format!(
            "Opening a FIFO waits for the other side, so that nobody begins before somebody {do_what}."
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{Tone, sentence, testing::Story};
    use crate::event::Wait;

    #[test]
    fn it_says_for_whom_it_waits() {
        let mut story = Story::pipe();
        story
            .enters("writer", "openat", 0)
            .sleeps("writer", Wait::FifoOpen);
        let said = sentence(&story.state);
        assert_eq!(said.tone, Tone::Moon);
        assert_eq!(
            said.headline,
            "Writer A sleeps in `open`: nobody has opened the FIFO for reading yet."
        );
    }

    #[test]
    fn another_sleep_is_another_matter() {
        let mut story = Story::pipe();
        story.sleeps_empty("reader");
        assert!(!sentence(&story.state).headline.contains("open`"));
    }
}
