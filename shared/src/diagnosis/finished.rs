//! The run is over: how, and how each process ended.

use super::{
    Sentence, Tone,
    facts::Facts,
    words::{capital, count, list, name},
};
use crate::{
    event::Outcome,
    os::Signal,
    state::{Life, RunState},
};

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    let finished = facts.state.finished.as_ref()?;
    let said = finished.message.as_deref();
    let ends = match finished.outcome {
        Outcome::Completed | Outcome::LimitHit | Outcome::Failed => ends(facts.state),
        Outcome::Stopped
        | Outcome::Idle
        | Outcome::Abandoned
        | Outcome::SupervisorDied
        | Outcome::ServerStopping => {
            Some("Its processes were killed, and nothing of them is left.".to_owned())
        }
    };
    let signaled = |worker: &crate::state::Worker| matches!(worker.life, Life::Killed { signal } if signal != Signal::SIGKILL);
    let (tone, headline) = match finished.outcome {
        Outcome::Completed if facts.state.workers.iter().any(signaled) => {
            (Tone::Dead, "The run is over.")
        }
        Outcome::Completed => (Tone::Ok, "The run is over: every process has ended."),
        Outcome::Stopped => (Tone::Calm, "The run was ended."),
        Outcome::Idle => (
            Tone::Calm,
            "The run was ended, because nobody did anything for a while.",
        ),
        Outcome::Abandoned => (Tone::Calm, "The run was ended, because its page was gone."),
        Outcome::SupervisorDied => (
            Tone::Warning,
            "The supervisor of this run died, and all its processes with it.",
        ),
        Outcome::LimitHit => (Tone::Warning, "The run was ended at a limit."),
        Outcome::ServerStopping => (Tone::Calm, "The run was ended, because the server stops."),
        Outcome::Failed => (
            Tone::Warning,
            "The playground failed in this run; it is not your fault.",
        ),
    };
    let detail = match (said, &facts.state.limit) {
        (Some(said), _) => said.to_owned(),
        (None, Some(limit)) if finished.outcome == Outcome::LimitHit => {
            format!(
                "The limit: {}.",
                crate::limit::words(&limit.limit, limit.value, None, None)
            )
        }
        (None, _) => [ends, messages(facts.state)]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" "),
    };
    Some(Sentence::new(tone, headline, detail))
}

/// `Writer A was killed by `SIGPIPE` and reader B exited with 0.`
fn ends(state: &RunState) -> Option<String> {
    let end = |worker: &crate::state::Worker| match worker.life {
        Life::Alive => None,
        Life::Exited { code } => Some(format!("{} exited with {code}", name(worker))),
        Life::Killed { signal } => Some(format!("{} was killed by `{signal}`", name(worker))),
    };
    let ends: Vec<_> = state
        .workers
        .iter()
        .filter(|worker| worker.role != "parent")
        .filter_map(end)
        .collect();
    (!ends.is_empty()).then(|| format!("{}.", capital(&list(&ends))))
}

fn messages(state: &RunState) -> Option<String> {
    let counts = &state.counts;
    let lost = match counts.lost {
        0 => String::new(),
        lost => format!(", bytes of {} lost", count(lost, "message")),
    };
    (counts.sent > 0).then(|| {
        format!(
            "{} sent, {} received whole{lost}.",
            count(counts.sent, "message"),
            counts.received
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Tone, sentence, testing::Story};
    use crate::{event::Outcome, os::Signal};

    #[test]
    fn it_says_how_everybody_ended() {
        let mut story = Story::pipe();
        story
            .killed("writer", Signal::SIGPIPE)
            .killed("reader", Signal::SIGKILL)
            .finished(Outcome::Completed);
        let said = sentence(&story.state);
        assert_eq!(
            (said.tone, said.headline.as_str()),
            (Tone::Dead, "The run is over.")
        );
        assert_eq!(
            said.detail,
            "Writer A was killed by `SIGPIPE` and reader B was killed by `SIGKILL`."
        );
    }

    #[test]
    fn it_is_silent_while_the_run_goes_on() {
        assert!(!sentence(&Story::pipe().state).headline.contains("over"));
    }
}
