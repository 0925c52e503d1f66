//! A pipe is full though it could hold more bytes: its slots are used up.

use super::{
    Sentence, Tone,
    facts::{Facts, who_sleeps_first},
    words::figure,
};
use crate::event::Wait;

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    let asleep = facts.asleep(Wait::PipeFull);
    let pipe = facts.pipe().filter(|_| !asleep.is_empty())?;
    let slots = pipe.reading("slots")?;
    let (bytes, capacity) = (facts.bytes(pipe), facts.capacity(pipe)?);
    if Some(slots.value) != slots.max || bytes >= capacity || bytes == 0 {
        return None;
    }
    Some(Sentence::new(
        Tone::Moon,
        format!(
            "The {} is full at {} of {} bytes: {}.",
            facts.noun(),
            figure(bytes),
            figure(capacity),
            all_taken(slots.value)
        ),
        format!(
            "{} {} in `write` until somebody reads.",
            why(facts),
            who_sleeps_first(&asleep)
        ),
    ))
}

fn why(facts: &Facts<'_>) -> &'static str {
    let packets = facts
        .state
        .params
        .get("packets")
        .and_then(serde_json::Value::as_bool);
    if packets == Some(true) {
        "A slot is a page of 4,096 bytes. In packet mode each write begins a new one, and the rest stays empty."
    } else {
        "A slot is a page of 4,096 bytes. A write that does not fit into what is left of the last page begins a new \
         one, and the rest stays empty."
    }
}

fn all_taken(slots: u64) -> String {
    match slots {
        1 => "its only slot is taken".to_owned(),
        n => format!("all {} slots are taken", figure(n)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{sentence, testing::Story};

    #[test]
    fn it_says_why() {
        let mut story = Story::pipe();
        story
            .gauge("bytes", 48_000, 65_536)
            .gauge("slots", 16, 16)
            .enters("writer", "write", 3000)
            .sleeps_full("writer");
        assert_eq!(
            sentence(&story.state).headline,
            "The pipe is full at 48,000 of 65,536 bytes: all 16 slots are taken."
        );
    }

    #[test]
    fn a_pipe_full_to_the_last_byte_needs_no_explanation() {
        let mut story = Story::pipe();
        story
            .gauge("bytes", 65_536, 65_536)
            .gauge("slots", 16, 16)
            .enters("writer", "write", 3000)
            .sleeps_full("writer");
        assert!(!sentence(&story.state).headline.contains("slots"));
    }
}
