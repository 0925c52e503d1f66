//! A call was sent, and there is no answer.

use super::{
    Sentence, Tone,
    facts::Facts,
    newest, server,
    words::{capital, name},
};
use crate::{
    mechanism::rpc::{Fate, work},
    state::Life,
};

/// The last client has a call without answer: who, which call, why.
fn unanswered(facts: &Facts<'_>) -> Option<(String, String, String)> {
    let (client, line) = newest(facts)?;
    let Fate::Unanswered(why) = line.fate else {
        return None;
    };
    Some((name(client), line.call, why))
}

/// The server died in it.
pub(super) fn died(facts: &Facts<'_>) -> Option<Sentence> {
    let server = server(facts).filter(|server| !server.alive())?;
    let (client, call, why) = unanswered(facts)?;
    if why.contains("ECONNREFUSED") || why.contains("refused") {
        return None;
    }
    let work = work(server);
    let executed = work.last.as_ref().is_some_and(|(last, _)| *last == call) && work.now.is_empty();
    let truth = if executed {
        "It was: the server said so before it died, to us and not to the client."
    } else if matches!(server.life, Life::Killed { .. }) && work.now.contains(&call) {
        "The server had begun with it and did not say that it was done."
    } else {
        "The server never said that it had it."
    };
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} cannot know whether `{call}` was executed.",
            capital(&client)
        ),
        format!("{truth} Whoever does not get an answer cannot tell the one from the other."),
    ))
}

/// Its patience was over.
pub(super) fn gave_up(facts: &Facts<'_>) -> Option<Sentence> {
    let (client, call, why) = unanswered(facts)?;
    if why != "timed out" {
        return None;
    }
    let server = server(facts).filter(|server| server.alive())?;
    let busy = work(server).now.contains(&call);
    let detail = if busy {
        "Nobody tells the server: it goes on with the call, and answers into a connection that is closed."
    } else {
        "It may have been executed all the same: giving up takes nothing back."
    };
    Some(Sentence::new(
        Tone::Warning,
        format!("{} has given up waiting for `{call}`.", capital(&client)),
        detail,
    ))
}

/// Nobody listens.
pub(super) fn nobody_there(facts: &Facts<'_>) -> Option<Sentence> {
    let (client, call, why) = unanswered(facts)?;
    if !(why.contains("ECONNREFUSED") || why.contains("refused")) {
        return None;
    }
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} could not call `{call}`: nobody listens there, ECONNREFUSED.",
            capital(&client)
        ),
        "This one was certainly not executed: nothing was sent.",
    ))
}

/// Any other end without an answer.
pub(super) fn other(facts: &Facts<'_>) -> Option<Sentence> {
    let (client, call, why) = unanswered(facts)?;
    Some(Sentence::new(
        Tone::Warning,
        format!("{} has no answer to `{call}`: {why}.", capital(&client)),
        "Whether it was executed, nothing says.",
    ))
}

/// It was sent more than once, and answered.
pub(super) fn again(facts: &Facts<'_>) -> Option<Sentence> {
    let (client, line) = newest(facts)?;
    let Fate::Returned(value) = &line.fate else {
        return None;
    };
    if line.tries < 2 {
        return None;
    }
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "`{}` was sent {} times, and returned {value} to {}.",
            line.call,
            line.tries,
            name(client)
        ),
        "A call that is sent again is executed at least once, and maybe as often as it was sent. For square() that is all the same, for increment() it is not.",
    ))
}
