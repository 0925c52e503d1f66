//! A writer died of SIGPIPE.

use super::{
    Sentence, Tone,
    facts::Facts,
    words::{capital, name},
};
use crate::{os::Signal, state::Life};

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    let dead = |worker: &&crate::state::Worker| {
        worker.life
            == Life::Killed {
                signal: Signal::SIGPIPE,
            }
    };
    let worker = facts.state.workers.iter().rev().find(dead)?;
    Some(Sentence::new(
        Tone::Dead,
        format!(
            "{} was killed by `SIGPIPE`: it wrote to a {} that nobody can read.",
            capital(&name(worker)),
            facts.noun()
        ),
        "No process has a read end open. Who writes all the same gets this signal, and dies of it unless it ignores or \
         handles it. Set SIGPIPE to \u{201c}is ignored\u{201d}, and `write` fails with `EPIPE` instead.",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{Tone, sentence, testing::Story};
    use crate::os::Signal;

    #[test]
    fn it_names_the_dead_writer() {
        let mut story = Story::pipe();
        story
            .killed("reader", Signal::SIGKILL)
            .killed("writer", Signal::SIGPIPE);
        let said = sentence(&story.state);
        assert_eq!(said.tone, Tone::Dead);
        assert_eq!(
            said.headline,
            "Writer A was killed by `SIGPIPE`: it wrote to a pipe that nobody can read."
        );
    }

    #[test]
    fn another_signal_is_another_matter() {
        let mut story = Story::pipe();
        story.killed("writer", Signal::SIGKILL);
        assert!(!sentence(&story.state).headline.contains("SIGPIPE"));
    }
}
