//! Somebody sleeps at a socket.

use super::{
    Sentence, Tone,
    facts::{Facts, who_sleeps_first},
    owner,
    words::{capital, count, figure, name},
};
use crate::{
    event::Wait,
    state::{Object, Worker},
};

/// A sender sleeps: the other side does not read.
pub(super) fn full(facts: &Facts<'_>) -> Option<Sentence> {
    let asleep = facts.asleep(Wait::SocketFull);
    let sender = *asleep.first()?;
    let call = sender.now.as_ref().map_or("send", |now| now.name.as_str());
    let [mine, theirs] = ends(facts, sender);
    let who = theirs.and_then(|end| owner(facts, end));
    let mut held = theirs.map_or_else(String::new, |end| {
        format!("{} are unread. ", capital(&count(super::held(end), "byte")))
    });
    let tcp = mine.filter(|end| end.reading("unacked").is_some());
    if let Some(unsent) = tcp
        .and_then(|end| end.reading("outgoing"))
        .filter(|one| one.value > 0)
    {
        held.push_str(&format!(
            "{} more wait in its own send buffer. ",
            capital(&count(unsent.value, "byte"))
        ));
    }
    if let Some(memory) = theirs.and_then(|end| end.reading("memory")) {
        held.push_str(&format!(
            "What is unread takes {} of the {} bytes of memory that it may. ",
            figure(memory.value),
            figure(memory.max.unwrap_or_default())
        ));
    }
    let because = who.map_or_else(
        || "the other side does not receive".to_owned(),
        |who| format!("{} does not receive", name(who)),
    );
    Some(Sentence::new(
        Tone::Moon,
        format!("{} in `{call}`: {because}.", who_sleeps_first(&asleep)),
        format!("{held}Nothing is lost: it goes on as soon as there is room."),
    ))
}

/// The end that a sender sleeps at, and the other one. What is sent lies at the other end: a call may be told about either.
fn ends<'a>(facts: &Facts<'a>, sender: &Worker) -> [Option<&'a Object>; 2] {
    let object = |id| facts.state.object(id);
    let at = sender
        .now
        .as_ref()
        .and_then(|call| object(call.object.as_ref()?));
    let peer = at.and_then(|at| object(at.peer.as_ref()?));
    let its_own = |one: &Object| one.holders.iter().any(|holder| holder.worker == sender.id);
    if at.is_some_and(its_own) {
        [at, peer]
    } else {
        [peer, at]
    }
}

/// Nobody has anything to do.
pub(super) fn nothing(facts: &Facts<'_>) -> Option<Sentence> {
    let accepts = facts.asleep(Wait::Accept);
    if let [first, ..] = accepts.as_slice() {
        return Some(Sentence::new(
            Tone::Moon,
            format!(
                "{} in `accept` until somebody connects.",
                who_sleeps_first(&accepts)
            ),
            format!(
                "The kernel makes connections without {}: it only fetches them.",
                name(first)
            ),
        ));
    }
    let mut asleep = facts.asleep(Wait::SocketEmpty);
    asleep.extend(facts.asleep(Wait::Poll));
    asleep.first()?;
    Some(Sentence::new(
        Tone::Moon,
        format!("{} until something comes.", who_sleeps_first(&asleep)),
        "The kernel wakes who has something to receive; until then a sleeper takes no processor time.",
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
    fn who_sends_to_somebody_who_does_not_read_sleeps() {
        let mut story = Story::new("tcp");
        story.connected();
        story.gauge("socket:[2]", &[("bytes", 90_000, None)]);
        story.gauge(
            "socket:[1]",
            &[("outgoing", 20_000, None), ("unacked", 1, None)],
        );
        story.tell(
            "call",
            Some("client"),
            json!({"kind": "call.entered", "object": "socket:[2]", "name": "sendto", "args": [], "fd": 3, "len": 200_000}),
        );
        story.asleep("client", "socket_full");
        let said = sentence(&story.run);
        assert_eq!(
            (said.tone, said.headline.as_str()),
            (
                Tone::Moon,
                "Client A sleeps in `sendto`: server B does not receive."
            )
        );
        assert!(
            said.detail
                .starts_with("90,000 bytes are unread. 20,000 bytes more wait"),
            "{}",
            said.detail
        );
    }

    #[test]
    fn who_accepts_and_who_receives_sleep_until_something_comes() {
        let mut story = Story::new("tcp");
        story.asleep("server", "accept");
        assert_eq!(
            sentence(&story.run).headline,
            "Server B sleeps in `accept` until somebody connects."
        );
        story.asleep("server", "socket_empty");
        assert_eq!(
            sentence(&story.run).headline,
            "Server B sleeps until something comes."
        );
    }
}
