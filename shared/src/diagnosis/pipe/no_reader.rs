//! The last read end is closed, and nobody has written since.

use super::{
    Sentence, Tone,
    facts::Facts,
    words::{capital, count, name},
};
use crate::{event::End, state::Life};

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    let pipe = facts.pipe()?;
    // A FIFO can be opened again by its name; and before anybody has opened, nobody is missing.
    if !facts.holding(pipe, End::Read).is_empty() || facts.holding(pipe, End::Write).is_empty() {
        return None;
    }
    let reader = facts
        .state
        .workers
        .iter()
        .rev()
        .find(|worker| worker.role == "reader")?;
    let (tone, why) = match reader.life {
        Life::Killed { signal } => (
            Tone::Dead,
            format!("{} was killed by `{signal}`", name(reader)),
        ),
        Life::Exited { code } => (Tone::Dead, format!("{} exited with {code}", name(reader))),
        Life::Alive if facts.state.variant == "fifo" && pipe.written == 0 => return None,
        Life::Alive => (
            Tone::Warning,
            format!("{} has closed its read end", name(reader)),
        ),
    };
    let next = if facts.param_is("sigpipe", "ignore") {
        "The next `write` will fail with `EPIPE`."
    } else {
        "The next `write` will be answered with `SIGPIPE`, which kills the writer."
    };
    let left = match facts.bytes(pipe) {
        0 => String::new(),
        n if facts.state.variant == "fifo" => format!(" It still holds {}.", count(n, "byte")),
        n => format!(" Nobody will ever get the {} in it.", count(n, "byte")),
    };
    Some(Sentence::new(
        tone,
        match facts.noun() {
            "FIFO" => format!(
                "{}, and nobody has the FIFO open for reading.",
                capital(&why)
            ),
            _ => format!("{}, and nobody else can read this pipe.", capital(&why)),
        },
        format!("{next}{left}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{Tone, sentence, testing::Story};
    use crate::os::Signal;

    #[test]
    fn it_says_what_the_next_write_will_do() {
        let mut story = Story::pipe();
        story.killed("reader", Signal::SIGKILL);
        let said = sentence(&story.state);
        assert_eq!(said.tone, Tone::Dead);
        assert_eq!(
            said.headline,
            "Reader B was killed by `SIGKILL`, and nobody else can read this pipe."
        );
        assert_eq!(
            said.detail,
            "The next `write` will be answered with `SIGPIPE`, which kills the writer."
        );
    }

    #[test]
    fn a_forgotten_read_end_is_a_reader() {
        let mut story = Story::pipe();
        story
            .holds(&[("writer", 4, "w"), ("writer", 3, "r"), ("reader", 3, "r")])
            .killed("reader", Signal::SIGKILL);
        assert!(!sentence(&story.state).headline.contains("nobody else"));
    }
}
