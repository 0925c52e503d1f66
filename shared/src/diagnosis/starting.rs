//! The processes come to be.

use super::{Sentence, Tone, facts::Facts};

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    let workers = &facts.state.workers;
    let has = |role: &str| workers.iter().any(|worker| worker.role == role);
    if has("writer") && has("reader") && !facts.state.objects.is_empty() {
        return None;
    }
    let detail = if facts.state.variant == "fifo" {
        "The parent makes a name with `mkfifo` and forks the others; each opens its end by that name."
    } else {
        "The parent makes the pipe with `pipe2` and forks the others, who inherit its two ends."
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
