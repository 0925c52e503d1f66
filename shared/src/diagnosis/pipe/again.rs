//! A call would have had to wait, and was told not to.

use super::{
    Sentence, Tone,
    facts::{Facts, sends, wanted},
    words::{capital, count, name},
};
use crate::{ledger::Direction, os::Errno};

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    if !facts.state.xray {
        let message = facts.state.messages.back()?;
        message
            .sent
            .filter(|sent| sent.errno == Some(Errno::EAGAIN))?;
        let worker = facts.state.worker(&message.worker)?;
        return Some(Sentence::new(
            Tone::Moon,
            format!(
                "{} reports `EAGAIN`: there was no room in the {}.",
                capital(&name(worker)),
                facts.noun()
            ),
            "`O_NONBLOCK` is on, so that `write` fails where it would otherwise sleep.",
        ));
    }
    let call = facts
        .last_call()
        .filter(|call| call.errno == Some(Errno::EAGAIN))?;
    let worker = facts.caller(call)?;
    let why = match Direction::of(&call.name)? {
        Direction::Send => {
            let bytes = wanted(call).map_or_else(|| "its bytes".to_owned(), |n| count(n, "byte"));
            format!("the {} has no room for {bytes}", facts.noun())
        }
        Direction::Receive | Direction::Move | Direction::Copy => {
            format!("the {} is empty", facts.noun())
        }
    };
    let instead = if sends(call) {
        "until there is room"
    } else {
        "until somebody writes"
    };
    Some(Sentence::new(
        Tone::Moon,
        format!("`{}` failed with `EAGAIN`: {why}.", call.name),
        format!(
            "`O_NONBLOCK` is on: {} is told to try again, where it would otherwise sleep {instead}.",
            name(worker)
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{Tone, sentence, testing::Story};
    use crate::os::Errno;

    #[test]
    fn it_says_what_the_call_would_have_waited_for() {
        let mut story = Story::pipe();
        story.fails("writer", "write", Errno::EAGAIN);
        let said = sentence(&story.state);
        assert_eq!(said.tone, Tone::Moon);
        assert_eq!(
            said.headline,
            "`write` failed with `EAGAIN`: the pipe has no room for 4,096 bytes."
        );
        story.fails("reader", "read", Errno::EAGAIN);
        assert_eq!(
            sentence(&story.state).headline,
            "`read` failed with `EAGAIN`: the pipe is empty."
        );
    }

    #[test]
    fn a_call_that_works_is_silent() {
        let mut story = Story::pipe();
        story
            .fails("writer", "write", Errno::EAGAIN)
            .enters("writer", "write", 5)
            .returns("writer", "write", 5, 5);
        assert!(!sentence(&story.state).headline.contains("EAGAIN"));
    }
}
