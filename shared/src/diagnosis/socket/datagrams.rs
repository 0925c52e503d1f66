//! Messages that stay whole: lost, cut, waiting.

use super::{
    Sentence, Tone,
    facts::Facts,
    newest_failed, owner, said, sockets,
    words::{self, capital, count, figure, name},
};
use crate::os::Errno;
use serde_json::Value;

/// The other machine said that nobody is there.
pub(super) fn unreachable(facts: &Facts<'_>) -> Option<Sentence> {
    let (worker, _) = newest_failed(facts, Errno::ECONNREFUSED)?;
    let detail = if facts.state.variant == "udp" {
        "An earlier datagram came to a port where nobody is, and the kernel there said so (ICMP). Only a socket that is connected hears of it, at its next call."
    } else {
        "The file is there, and nobody has the socket open any more."
    };
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} was told that nobody is there: `ECONNREFUSED`.",
            capital(&name(worker))
        ),
        detail,
    ))
}

/// A datagram was longer than the buffer.
pub(super) fn truncated(facts: &Facts<'_>) -> Option<Sentence> {
    let (worker, said) = said(facts, "truncated")?;
    let len = said.about.get("len").and_then(Value::as_u64);
    let got = facts.state.params.get("chunk").and_then(Value::as_u64);
    let detail = match (len, got) {
        (Some(len), Some(got)) if len > got => format!(
            "It had {}, and `recv` had room for {}. Of a datagram the rest is thrown away; of a stream it would come next.",
            count(len, "byte"),
            figure(got)
        ),
        _ => "Of a datagram the rest is thrown away; of a stream it would come next.".to_owned(),
    };
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} got the beginning of a message: the rest is gone.",
            capital(&name(worker))
        ),
        detail,
    ))
}

/// A mailbox had no room.
pub(super) fn thrown_away(facts: &Facts<'_>) -> Option<Sentence> {
    let mailbox = sockets(facts, "datagram").find(|one| {
        let drops = one.reading("drops");
        drops.is_some_and(|drops| drops.value > 0)
    })?;
    let drops = mailbox.reading("drops")?.value;
    // What arrived since is told by others.
    let newest = facts.state.messages.back()?;
    if newest.bytes_out > 0 || newest.arrived {
        return None;
    }
    let whose = owner(facts, mailbox).map_or_else(|| "somebody".to_owned(), name);
    let were = if drops == 1 { "was" } else { "were" };
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} for {whose} {were} thrown away: its mailbox is full.",
            capital(&count(drops, "message"))
        ),
        "The kernel counts them, and tells nobody: for the sender every send was a success.",
    ))
}

/// The relay threw a piece away.
pub(super) fn dropped(facts: &Facts<'_>) -> Option<Sentence> {
    let (worker, said) = said(facts, "relayed")?;
    let what = said.about.get("what").and_then(Value::as_str)?;
    let len = said.about.get("len").and_then(Value::as_u64);
    let piece = len.map_or_else(
        || "a piece".to_owned(),
        |len| format!("a piece of {}", count(len, "byte")),
    );
    let (tone, headline, detail) = match what {
        "dropped" => (
            Tone::Warning,
            format!("{} has thrown away {piece}.", capital(&name(worker))),
            "A network may do that at any time, and tells nobody.",
        ),
        "held" => (
            Tone::Calm,
            format!(
                "{} keeps {piece} back, to let the next one pass.",
                capital(&name(worker))
            ),
            "Packets of a network may take different ways.",
        ),
        "delayed" => (
            Tone::Calm,
            format!("{} has passed on {piece}, late.", capital(&name(worker))),
            "For the sender nothing has changed: its send returned long ago.",
        ),
        _ => return None,
    };
    Some(Sentence::new(tone, headline, detail))
}

/// Messages wait to be received.
pub(super) fn waiting(facts: &Facts<'_>) -> Option<Sentence> {
    let mailbox = sockets(facts, "datagram").find(|one| !one.items.is_empty())?;
    let held = mailbox.items.len() as u64 + mailbox.more;
    let whose = owner(facts, mailbox).map_or_else(|| "nobody yet".to_owned(), name);
    let next = mailbox
        .items
        .first()
        .and_then(|item| facts.state.message(item.msg?));
    let next = next.map_or_else(String::new, |next| {
        format!("{} is next. ", words::message(next))
    });
    let verb = if held == 1 { "waits" } else { "wait" };
    Some(Sentence::new(
        Tone::Calm,
        format!("{} {verb} for {whose}.", capital(&count(held, "message"))),
        format!("{next}Each stays whole: one send is one receive."),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{super::sentence, testing::Story};
    use serde_json::json;

    #[test]
    fn what_the_kernel_throws_away_is_counted() {
        let mut story = Story::new("udp");
        story.mailbox(&[(1, "one")]);
        story.sends("client", 2, "two", 3, None);
        assert_eq!(
            sentence(&story.run).headline,
            "1 message waits for server B."
        );
        story.gauge("datagram:[9]", &[("drops", 2, None)]);
        assert_eq!(
            sentence(&story.run).headline,
            "2 messages for server B were thrown away: its mailbox is full."
        );
    }

    #[test]
    fn a_cut_datagram_says_how_much_there_was() {
        let mut story = Story::new("udp");
        story.run.params.insert("chunk".to_owned(), 1024.into());
        story.says("server", "truncated", &json!({"len": 2000}));
        let said = sentence(&story.run);
        assert_eq!(
            said.headline,
            "Server B got the beginning of a message: the rest is gone."
        );
        assert!(
            said.detail
                .starts_with("It had 2,000 bytes, and `recv` had room for 1,024.")
        );
    }

    #[test]
    fn a_relay_says_what_it_did() {
        let mut story = Story::new("udp");
        story.born("relay", "relay");
        story.says("relay", "relayed", &json!({"len": 5, "what": "dropped"}));
        assert_eq!(
            sentence(&story.run).headline,
            "Relay C has thrown away a piece of 5 bytes."
        );
        story.says("relay", "relayed", &json!({"len": 5, "what": "passed"}));
        assert!(!sentence(&story.run).headline.contains("Relay"));
    }

    #[test]
    fn nobody_there_is_heard_of_later() {
        let mut story = Story::new("udp");
        story.sends("client", 1, "again", 0, Some("ECONNREFUSED"));
        assert_eq!(
            sentence(&story.run).headline,
            "Client A was told that nobody is there: `ECONNREFUSED`."
        );
    }
}
