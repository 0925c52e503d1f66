//! The processes come to be.

use super::{Sentence, Tone, facts::Facts};
use crate::mechanism::cast;

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    let state = facts.state;
    let cast = cast(&state.entry, &state.variant, &state.params);
    let all = cast.iter().all(|one| state.worker(&one.id).is_some());
    let pipe = facts.is_of("pipe");
    if all && !(pipe && state.objects.is_empty()) {
        return None;
    }
    let detail = match state.variant.as_str() {
        "fifo" if pipe => {
            "The parent makes a name with `mkfifo` and forks the others; each opens its end by that name."
        }
        "anonymous" => {
            "The parent makes the pipe with `pipe2` and forks the others, who inherit its two ends."
        }
        _ => "The parent makes what they share, and forks the others.",
    };
    Some(Sentence::new(
        Tone::Calm,
        "The processes are starting.",
        detail,
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{sentence, testing::Story};

    #[test]
    fn without_a_reader_it_is_starting() {
        let mut story = Story::empty();
        story.started("parent").started("writer");
        assert_eq!(
            sentence(&story.state).headline,
            "The processes are starting."
        );
    }

    #[test]
    fn with_all_it_is_not() {
        assert_ne!(
            sentence(&Story::pipe().state).headline,
            "The processes are starting."
        );
    }
}
