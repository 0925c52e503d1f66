//! A process of the lesson was killed, and nothing stronger can be said.

use super::{
    Sentence, Tone,
    facts::Facts,
    words::{capital, name},
};
use crate::{event::End, limit, os::Signal, state::Life};

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    let (worker, signal) =
        facts
            .state
            .workers
            .iter()
            .rev()
            .find_map(|worker| match worker.life {
                Life::Killed { signal } => Some((worker, signal)),
                Life::Alive | Life::Exited { .. } => None,
            })?;
    let end = if worker.role == "reader" {
        End::Read
    } else {
        End::Write
    };
    let others = facts
        .pipe()
        .map(|pipe| facts.holding(pipe, end))
        .unwrap_or_default();
    let detail = match others.first() {
        Some((holder, fd)) if worker.role == "writer" || worker.role == "reader" => {
            let which = if end == End::Read { "read" } else { "write" };
            format!(
                "The kernel closed its descriptors. A {which} end is still open: descriptor {fd} of {}.",
                name(holder)
            )
        }
        _ => "The kernel closed all its descriptors, as it does for every process that ends."
            .to_owned(),
    };
    let limit = facts.state.limit.as_ref().filter(|limit| {
        let ends = matches!(signal, Signal::SIGXCPU | Signal::SIGXFSZ);
        ends && limit.worker.as_ref() == Some(&worker.id)
    });
    let detail = match limit {
        Some(limit) => {
            let words = limit::words(&limit.limit, limit.value, None, None);
            format!("A limit of the playground: {words}.")
        }
        None => detail,
    };
    Some(Sentence::new(
        Tone::Dead,
        format!("{} was killed by `{signal}`.", capital(&name(worker))),
        detail,
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{Tone, sentence, testing::Story};
    use crate::{
        event::{Kind, Source},
        os::Signal,
    };

    #[test]
    fn it_says_whose_end_is_still_open() {
        let mut story = Story::pipe();
        story
            .holds(&[("writer", 4, "w"), ("writer", 3, "r"), ("reader", 3, "r")])
            .killed("reader", Signal::SIGKILL);
        let said = sentence(&story.state);
        assert_eq!(
            (said.tone, said.headline.as_str()),
            (Tone::Dead, "Reader B was killed by `SIGKILL`.")
        );
        assert!(
            said.detail
                .ends_with("A read end is still open: descriptor 3 of writer A."),
            "{}",
            said.detail
        );
    }

    #[test]
    fn a_limit_that_killed_it_is_named() {
        let mut story = Story::pipe();
        let hit = Kind::LimitHit {
            limit: "cpu_seconds".to_owned(),
            value: 30,
            errno: None,
            signal: Some(Signal::SIGXCPU),
        };
        story
            .tell(Source::Process, Some("writer"), Vec::new(), hit)
            .killed("writer", Signal::SIGXCPU);
        let said = sentence(&story.state);
        assert_eq!(said.headline, "Writer A was killed by `SIGXCPU`.");
        assert_eq!(
            said.detail,
            "A limit of the playground: at most 30 s of processor time for a process."
        );
    }

    #[test]
    fn who_lives_was_not_killed() {
        assert_ne!(sentence(&Story::pipe().state).tone, Tone::Dead);
    }
}
