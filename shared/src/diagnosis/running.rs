//! Nothing special: who is there, and what the pipe holds.

use super::{
    Sentence, Tone,
    facts::Facts,
    words::{self, capital, count, list, name},
};

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    let holds = match facts.pipe().map(|pipe| facts.bytes(pipe)) {
        Some(0) => format!("The {} is empty.", facts.noun()),
        Some(n) => format!("The {} holds {}.", facts.noun(), count(n, "byte")),
        None => String::new(),
    };
    if let Some(message) = facts
        .state
        .messages
        .back()
        .filter(|message| message.sent.is_none())
    {
        let what = words::message(message);
        let sender = facts
            .state
            .worker(&message.worker)
            .filter(|sender| sender.alive());
        if let Some(sender) = sender {
            return Some(Sentence::new(
                Tone::Calm,
                format!("{} sends {what}.", capital(&name(sender))),
                holds,
            ));
        }
    }
    let mut living: Vec<_> = facts
        .state
        .workers
        .iter()
        .filter(|worker| worker.alive())
        .collect();
    crate::sort_few(&mut living, |worker| worker.letter);
    let living: Vec<_> = living.into_iter().map(name).collect();
    if living.is_empty() {
        return Some(Sentence::new(Tone::Calm, "Every process has ended.", ""));
    }
    let verb = if living.len() == 1 { "is" } else { "are" };
    Some(Sentence::new(
        Tone::Calm,
        format!("{} {verb} there.", capital(&list(&living))),
        holds,
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{sentence, testing::Story};

    #[test]
    fn it_says_who_is_there() {
        let said = sentence(&Story::pipe().state);
        assert_eq!(
            said.headline,
            "The parent, writer A and reader B are there."
        );
        assert_eq!(said.detail, "The pipe is empty.");
    }

    #[test]
    fn it_says_what_is_being_sent() {
        let mut story = Story::pipe();
        story.sending("writer", 1, "hello");
        assert_eq!(
            sentence(&story.state).headline,
            "Writer A sends #1 “hello”."
        );
    }

    #[test]
    fn it_gives_way_to_anything_else() {
        let mut story = Story::pipe();
        story.frozen("reader");
        assert!(!sentence(&story.state).headline.contains("are there"));
    }
}
