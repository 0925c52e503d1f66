//! A writer sleeps, because the pipe is full.

use super::{
    Sentence, Tone,
    facts::{Facts, who_sleeps},
    words::{capital, count, figure, name},
};
use crate::event::Wait;

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    let asleep = facts.asleep(Wait::PipeFull);
    let first = asleep.first()?;
    let pipe = facts.pipe()?;
    // Before the kernel was asked, the books of calls do not know of a write that sleeps half done.
    let live = pipe
        .is_live("bytes")
        .then(|| facts.bytes(pipe))
        .filter(|bytes| *bytes > 0);
    let holds = match (live, facts.capacity(pipe)) {
        (Some(bytes), Some(capacity)) => {
            format!("It holds {} of {} bytes", figure(bytes), figure(capacity))
        }
        (Some(bytes), None) => format!("It holds {}", count(bytes, "byte")),
        (None, _) => "It has no room".to_owned(),
    };
    let reader = facts.living("reader").next();
    let because = match reader {
        Some(reader) if reader.frozen => format!(", and {} is frozen", name(reader)),
        Some(reader) if reader.because == Some(Wait::Command) => {
            format!(", and {} reads only when told", name(reader))
        }
        _ => String::new(),
    };
    let waiting = match first.now.as_ref().and_then(|now| now.len) {
        Some(len) if asleep.len() == 1 => {
            let len = count(len, "byte");
            format!(
                " The {len} of this call are not lost: the kernel lets {} wait until somebody reads.",
                name(first)
            )
        }
        _ => " Nothing is lost: the kernel lets a writer wait until somebody reads.".to_owned(),
    };
    Some(Sentence::new(
        Tone::Moon,
        format!(
            "The {} is full: {} in `write`.",
            facts.noun(),
            who_sleeps(&asleep)
        ),
        format!("{}{because}.{waiting}", capital(&holds)),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{Tone, sentence, testing::Story};

    #[test]
    fn it_says_who_sleeps_and_why() {
        let mut story = Story::pipe();
        story
            .gauge("bytes", 65_536, 65_536)
            .frozen("reader")
            .enters("writer", "write", 4096)
            .sleeps_full("writer");
        let said = sentence(&story.state);
        assert_eq!(
            (said.tone, said.headline.as_str()),
            (Tone::Moon, "The pipe is full: writer A sleeps in `write`.")
        );
        assert!(
            said.detail
                .starts_with("It holds 65,536 of 65,536 bytes, and reader B is frozen."),
            "{}",
            said.detail
        );
    }

    #[test]
    fn a_full_pipe_with_nobody_asleep_is_not_worth_a_word() {
        let mut story = Story::pipe();
        story.gauge("bytes", 65_536, 65_536);
        assert!(!sentence(&story.state).headline.contains("full"));
    }
}
