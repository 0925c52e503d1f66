//! A freeze cut a write short.

use super::{
    Sentence, Tone,
    facts::{Facts, sends, wanted},
    words::{capital, figure, name},
};

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    let frozen = facts
        .state
        .workers
        .iter()
        .filter(|worker| worker.alive() && worker.frozen && worker.now.is_none());
    let short = |worker| {
        let call = facts.last_call_of(worker).filter(|call| sends(call))?;
        let (moved, wanted) = (u64::try_from(call.ret?).ok()?, wanted(call)?);
        (0 < moved && moved < wanted).then_some((worker, call, moved, wanted))
    };
    let (worker, call, moved, wanted) = frozen.into_iter().find_map(short)?;
    Some(Sentence::new(
        Tone::Ice,
        format!(
            "The freeze cut a `{}` short: {} of {} bytes went in.",
            call.name,
            figure(moved),
            figure(wanted)
        ),
        format!(
            "{} slept in the call with part of its bytes written; a signal makes such a call return what it has done. \
             Resumed, it has to write the rest itself.",
            capital(&name(worker))
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{Tone, sentence, testing::Story};

    #[test]
    fn it_says_how_much_went_in() {
        let mut story = Story::pipe();
        story
            .sending("writer", 1, "x")
            .enters("writer", "write", 6000)
            .returns("writer", "write", 4096, 6000)
            .frozen("writer");
        let said = sentence(&story.state);
        assert_eq!(said.tone, Tone::Ice);
        assert_eq!(
            said.headline,
            "The freeze cut a `write` short: 4,096 of 6,000 bytes went in."
        );
    }

    #[test]
    fn a_whole_write_is_not_short() {
        let mut story = Story::pipe();
        story
            .enters("writer", "write", 5)
            .returns("writer", "write", 5, 5)
            .frozen("writer");
        assert!(!sentence(&story.state).headline.contains("short"));
    }
}
