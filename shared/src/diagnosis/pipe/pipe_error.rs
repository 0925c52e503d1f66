//! A write failed with EPIPE.

use super::{
    Sentence, Tone,
    facts::{Facts, sends},
    words::{capital, count, name},
};
use crate::os::Errno;

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    let (worker, who) = if facts.state.xray {
        let call = facts
            .last_call()
            .filter(|call| call.errno == Some(Errno::EPIPE) && sends(call))?;
        (
            facts.caller(call)?,
            format!("`{}` failed with `EPIPE`", call.name),
        )
    } else {
        let message = facts.state.messages.back()?;
        message
            .sent
            .filter(|sent| sent.errno == Some(Errno::EPIPE))?;
        let worker = facts.state.worker(&message.worker)?;
        (
            worker,
            format!("{} reports `EPIPE`", capital(&name(worker))),
        )
    };
    let went = facts
        .state
        .messages
        .back()
        .filter(|message| message.worker == worker.id)
        .map(|message| match (message.bytes_in, message.len) {
            (0, len) => format!(
                " None of the {} of its message went in.",
                count(len, "byte")
            ),
            (n, len) => format!(
                " {} of the {} of its message had gone in before.",
                count(n, "byte"),
                super::words::figure(len)
            ),
        });
    let ignores = if facts.param_is("sigpipe", "ignore") {
        format!(
            "{} ignores `SIGPIPE`, so it is told by an error instead of being killed.",
            capital(&name(worker))
        )
    } else {
        "`SIGPIPE` comes with it, and kills who does not ignore or handle it.".to_owned()
    };
    Some(Sentence::new(
        Tone::Warning,
        format!("{who}: nobody has a read end of the {} open.", facts.noun()),
        format!("{ignores}{}", went.unwrap_or_default()),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{Tone, sentence, testing::Story};
    use crate::os::{Errno, Signal};

    #[test]
    fn it_says_that_nothing_went_in() {
        let mut story = Story::pipe();
        story
            .killed("reader", Signal::SIGKILL)
            .sending("writer", 1, "hello")
            .fails("writer", "write", Errno::EPIPE);
        let said = sentence(&story.state);
        assert_eq!(said.tone, Tone::Warning);
        assert_eq!(
            said.headline,
            "`write` failed with `EPIPE`: nobody has a read end of the pipe open."
        );
        assert!(
            said.detail
                .ends_with("None of the 5 bytes of its message went in."),
            "{}",
            said.detail
        );
    }

    #[test]
    fn another_error_is_another_matter() {
        let mut story = Story::pipe();
        story.fails("writer", "write", Errno::EAGAIN);
        assert!(!sentence(&story.state).headline.contains("EPIPE"));
    }
}
