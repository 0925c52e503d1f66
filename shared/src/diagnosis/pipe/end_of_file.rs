//! The reader has come to the end.

use super::{
    Sentence, Tone,
    facts::Facts,
    words::{capital, name},
};
use crate::{ledger::Direction, state::Life};

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    let reader = facts
        .state
        .workers
        .iter()
        .rev()
        .find(|worker| worker.role == "reader")?;
    let ended = facts
        .state
        .calls
        .iter()
        .rev()
        .find(|call| call.worker == reader.id)
        .filter(|_| facts.state.xray);
    let read_nothing = |call: &crate::state::Call| {
        Direction::of(&call.name) == Some(Direction::Receive) && call.ret == Some(0)
    };
    // Calls that end a process do not return, so that its last call is the one before.
    let leaving = reader
        .now
        .as_ref()
        .is_none_or(|now| now.name.starts_with("exit"));
    let saw_end = ended.is_some_and(read_nothing);
    let why = if facts.noun() == "FIFO" {
        "No process has a write end open now: `read` says so by returning 0. Whoever opens the FIFO to write begins anew."
    } else {
        "No process has a write end open any more, so no byte can ever come: `read` says so by returning 0."
    };
    match reader.life {
        Life::Exited { code: 0 } if saw_end => Some(Sentence::new(
            Tone::Ok,
            format!(
                "{} read end-of-file and exited with 0.",
                capital(&name(reader))
            ),
            why,
        )),
        Life::Alive if saw_end && leaving => Some(Sentence::new(
            Tone::Ok,
            format!("`read` returned 0: {} is at end-of-file.", name(reader)),
            why,
        )),
        // Without X-ray we do not see why.
        Life::Exited { code } if !facts.state.xray || code != 0 => Some(Sentence::new(
            if code == 0 { Tone::Ok } else { Tone::Warning },
            format!("{} exited with {code}.", capital(&name(reader))),
            if code == 0 {
                "X-ray is off: its last `read` was not seen. It ends by itself at end-of-file."
            } else {
                ""
            },
        )),
        Life::Exited { .. } | Life::Alive | Life::Killed { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Tone, sentence, testing::Story};

    #[test]
    fn it_says_why_the_reader_ended() {
        let mut story = Story::pipe();
        story
            .holds(&[("reader", 3, "r")])
            .enters("reader", "read", 4096)
            .returns("reader", "read", 0, 4096)
            .exited("reader", 0);
        let said = sentence(&story.state);
        assert_eq!(
            (said.tone, said.headline.as_str()),
            (Tone::Ok, "Reader B read end-of-file and exited with 0.")
        );
    }

    #[test]
    fn a_read_of_something_is_not_the_end() {
        let mut story = Story::pipe();
        story
            .enters("reader", "read", 4096)
            .returns("reader", "read", 5, 4096);
        assert!(!sentence(&story.state).headline.contains("end-of-file"));
    }
}
