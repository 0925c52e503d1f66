//! A process is frozen.

use super::{
    Sentence, Tone,
    facts::Facts,
    words::{capital, count, list, name},
};

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    let frozen: Vec<_> = facts
        .state
        .workers
        .iter()
        .filter(|worker| worker.alive() && worker.frozen)
        .collect();
    let first = frozen.first()?;
    let names: Vec<_> = frozen.iter().map(|worker| name(worker)).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    let inside = match &first.now {
        Some(now) if names.len() == 1 => format!(" It was in `{}`, and will be again.", now.name),
        _ => String::new(),
    };
    let waiting = match facts.pipe().map(|pipe| facts.bytes(pipe)) {
        Some(n) if n > 0 => format!(
            " Meanwhile the {} holds {}.",
            facts.noun(),
            count(n, "byte")
        ),
        _ => String::new(),
    };
    Some(Sentence::new(
        Tone::Ice,
        format!(
            "{} {verb} frozen: alive, and not running.",
            capital(&list(&names))
        ),
        format!(
            "The kernel keeps all it has, but gives it no time until it is resumed.{inside}{waiting}"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{Tone, sentence, testing::Story};

    #[test]
    fn it_says_in_which_call() {
        let mut story = Story::pipe();
        story
            .enters("reader", "read", 4096)
            .sleeps_empty("reader")
            .frozen("reader");
        let said = sentence(&story.state);
        assert_eq!(
            (said.tone, said.headline.as_str()),
            (Tone::Ice, "Reader B is frozen: alive, and not running.")
        );
        assert!(said.detail.contains("It was in `read`"), "{}", said.detail);
    }

    #[test]
    fn who_runs_is_not_frozen() {
        assert_ne!(sentence(&Story::pipe().state).tone, Tone::Ice);
    }
}
