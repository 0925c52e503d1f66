//! A connection ends: in order, half, or with a reset.

use super::{
    Sentence, Tone,
    facts::Facts,
    failed, newest_failed, owner, said, sockets,
    words::{capital, count, list, name},
};
use crate::{event::End, os::Errno, state::Object};

/// The other side threw the connection away.
pub(super) fn reset(facts: &Facts<'_>) -> Option<Sentence> {
    let received = failed(facts, "re").filter(|(_, errno)| *errno == Errno::ECONNRESET);
    let sent =
        || newest_failed(facts, Errno::ECONNRESET).map(|(worker, _)| (worker, Errno::ECONNRESET));
    let (worker, _) = received.or_else(sent)?;
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "The connection of {} was reset: `ECONNRESET`.",
            name(worker)
        ),
        "The other side ended it without a goodbye: it was closed with data unread, or with SO_LINGER of 0 seconds, or its \
         machine knows of no such connection. What was under way is gone.",
    ))
}

/// Sent to somebody who receives no more.
pub(super) fn nobody_receives(facts: &Facts<'_>) -> Option<Sentence> {
    let (worker, message) = newest_failed(facts, Errno::EPIPE)?;
    let has = |one: &Object| one.holders.iter().any(|holder| holder.worker == worker.id);
    if !sockets(facts, "socket").any(has) {
        return Some(Sentence::new(
            Tone::Warning,
            format!(
                "{} could not send: `EPIPE`, it is not connected.",
                capital(&name(worker))
            ),
            "Its `connect` was refused, or its connection is over. A new socket and a new `connect` are needed.",
        ));
    }
    let went = if message.bytes_in == 0 {
        "None of the message went in."
    } else {
        "A part of it had gone in before."
    };
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} could not send: `EPIPE`, nobody receives at the other end.",
            capital(&name(worker))
        ),
        format!(
            "The connection is closed in that direction. {went} The roles here ignore `SIGPIPE`, which would come with it."
        ),
    ))
}

/// A receive returned nothing: the end.
pub(super) fn end(facts: &Facts<'_>) -> Option<Sentence> {
    let (worker, _) = said(facts, "end")?;
    let mine = sockets(facts, "socket").find(|one| {
        let mut holders = one.holders.iter();
        holders.any(|holder| holder.worker == worker.id)
    });
    let still = mine.is_some_and(|end| !shut(end, End::Write));
    let detail = if still {
        "0 is the end: no more will come, after all that was sent has been read. The way back is not closed by that: it can still send."
    } else {
        "0 is the end: no more will come, after all that was sent has been read."
    };
    Some(Sentence::new(
        Tone::Ok,
        format!(
            "{} read 0 bytes: the other side sends no more.",
            capital(&name(worker))
        ),
        detail,
    ))
}

fn shut(object: &Object, end: End) -> bool {
    let shut = object.socket.as_ref().and_then(|socket| socket.shut);
    shut.is_some_and(|shut| shut == end || shut == End::Both)
}

/// A side sends no more, and the connection is there.
pub(super) fn half_closed(facts: &Facts<'_>) -> Option<Sentence> {
    let closed = sockets(facts, "socket").find(|one| shut(one, End::Write))?;
    let who = owner(facts, closed)?;
    Some(Sentence::new(
        Tone::Calm,
        format!(
            "{} has closed one direction: it sends no more, and still receives.",
            capital(&name(who))
        ),
        "`shutdown` ends a direction of the connection, whoever has it open. `close` only gives a descriptor back.",
    ))
}

/// Nobody has it open, and the kernel keeps it.
pub(super) fn time_wait(facts: &Facts<'_>) -> Option<Sentence> {
    let waits: Vec<_> = sockets(facts, "socket")
        .filter_map(|one| one.socket.as_ref())
        .filter(|end| end.state == "TIME_WAIT")
        .collect();
    if waits.is_empty() {
        return None;
    }
    let at: Vec<_> = waits.iter().filter_map(|end| end.local.clone()).collect();
    let verb = if waits.len() == 1 { "is" } else { "are" };
    Some(Sentence::new(
        Tone::Calm,
        format!(
            "{} {verb} over, and in TIME_WAIT.",
            capital(&count(waits.len() as u64, "connection"))
        ),
        format!(
            "Nobody has it open. The kernel keeps the address {} for a minute, on the side that closed first, in case a packet was late.",
            list(&at)
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{
        super::{Tone, sentence},
        testing::Story,
    };
    use serde_json::json;

    #[test]
    fn a_reset_is_told_to_who_receives_and_to_who_sends() {
        let mut story = Story::new("tcp");
        story.connected();
        story.fails("client", "recv", "ECONNRESET");
        assert_eq!(
            sentence(&story.run).headline,
            "The connection of client A was reset: `ECONNRESET`."
        );
        let mut story = Story::new("tcp");
        story.sends("client", 1, "hello", 0, Some("EPIPE"));
        assert_eq!(
            sentence(&story.run).headline,
            "Client A could not send: `EPIPE`, it is not connected."
        );
        story.connected();
        assert_eq!(
            sentence(&story.run).headline,
            "Client A could not send: `EPIPE`, nobody receives at the other end."
        );
    }

    #[test]
    fn the_end_in_one_direction_leaves_the_other() {
        let mut story = Story::new("tcp");
        story.connected();
        story.says("server", "end", &json!({"fd": 4}));
        let said = sentence(&story.run);
        assert_eq!(
            (said.tone, said.headline.as_str()),
            (
                Tone::Ok,
                "Server B read 0 bytes: the other side sends no more."
            )
        );
        assert!(said.detail.ends_with("it can still send."));
    }

    #[test]
    fn half_closed_and_over() {
        let mut story = Story::new("tcp");
        story.connected();
        story.shut("socket:[1]", "write");
        assert_eq!(
            sentence(&story.run).headline,
            "Client A has closed one direction: it sends no more, and still receives."
        );
        story.state("socket:[1]", "TIME_WAIT");
        assert_eq!(
            sentence(&story.run).headline,
            "1 connection is over, and in TIME_WAIT."
        );
    }
}
