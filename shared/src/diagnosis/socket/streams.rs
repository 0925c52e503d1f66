//! Bytes that run together, come in pieces, or do not all go in.

use super::{
    Sentence, Tone,
    facts::Facts,
    newest_failed, owner, sockets,
    words::{self, capital, count, figure, list, name, number},
};
use crate::{ids::MsgId, os::Errno, state::Call};

/// No room, and the sender does not wait.
pub(super) fn would_wait(facts: &Facts<'_>) -> Option<Sentence> {
    let (worker, message) = newest_failed(facts, Errno::EAGAIN)?;
    let went = message.sent?.n;
    let headline = if went == 0 {
        format!(
            "{} sent nothing: `EAGAIN`, there is no room now.",
            capital(&name(worker))
        )
    } else {
        format!(
            "{} sent {} of {} bytes, then `EAGAIN`: there is no more room now.",
            capital(&name(worker)),
            figure(went),
            figure(message.len)
        )
    };
    Some(Sentence::new(
        Tone::Warning,
        headline,
        "With MSG_DONTWAIT the kernel does not let it sleep. The program has to keep what is left, and try again later.",
    ))
}

/// A send that took less than it was given.
pub(super) fn short(facts: &Facts<'_>) -> Option<Sentence> {
    let message = facts.state.messages.back()?;
    let sent = message
        .sent
        .filter(|sent| sent.errno.is_none() && sent.n < message.len)?;
    let worker = facts.state.worker(&message.worker)?;
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} sent {} of {} bytes, and that is a success.",
            capital(&name(worker)),
            figure(sent.n),
            figure(message.len)
        ),
        "send() says how much it took. Who does not look loses the rest: `sendall` goes on until all is in.",
    ))
}

/// Several messages in one receive.
pub(super) fn together(facts: &Facts<'_>) -> Option<Sentence> {
    if framed(facts) {
        return None;
    }
    let call = last_receive(facts)?;
    let whole = messages(call);
    if whole.len() < 2 {
        return None;
    }
    let who = name(facts.caller(call)?);
    let text = call.data.as_ref().and_then(|data| data.text.as_ref());
    let text = text.filter(|text| text.len() <= 40);
    let got = text.map_or_else(
        || count(call.ret?.unsigned_abs(), "byte").into(),
        |text| Some(format!("“{text}”")),
    )?;
    Some(Sentence::new(
        Tone::Ok,
        format!(
            "{} sends, one `{}`: {who} got {got}.",
            capital(&number(whole.len())),
            call.name
        ),
        "A stream keeps bytes and their order, and not where a send ended. The length before each message would tell: choose framing.",
    ))
}

/// One message in several receives.
pub(super) fn pieces(facts: &Facts<'_>) -> Option<Sentence> {
    if framed(facts) {
        return None;
    }
    let call = last_receive(facts)?;
    let [id] = messages(call)[..] else {
        return None;
    };
    let message = facts.state.message(id)?;
    let receives = message.receives.len();
    let part = call.parts.first()?;
    if receives < 2 || part.from == 0 {
        return None;
    }
    let rest = match message.len.saturating_sub(message.bytes_out) {
        0 => "Now it is complete.".to_owned(),
        1 => "1 byte is still to come.".to_owned(),
        rest => format!("{} are still to come.", count(rest, "byte")),
    };
    Some(Sentence::new(
        Tone::Ok,
        format!(
            "One send, {} receives: {} comes to {} in pieces.",
            number(receives),
            words::message(message),
            name(facts.caller(call)?)
        ),
        format!(
            "`{}` takes what is there, up to what it has room for. {rest}",
            call.name
        ),
    ))
}

fn framed(facts: &Facts<'_>) -> bool {
    facts.param_is("framing", "length")
}

/// The newest call that took bytes out, if nothing was sent since.
fn last_receive<'a>(facts: &Facts<'a>) -> Option<&'a Call> {
    let mut calls = facts.state.calls.iter().rev();
    let last = calls.find(|call| !call.parts.is_empty())?;
    let stream = facts.state.object(last.object.as_ref()?)?;
    let receives =
        crate::ledger::Direction::of(&last.name) == Some(crate::ledger::Direction::Receive);
    (receives && stream.object_type == "socket").then_some(last)
}

/// Messages of which a call moved bytes.
fn messages(call: &Call) -> Vec<MsgId> {
    let mut ids: Vec<_> = call.parts.iter().filter_map(|part| part.msg).collect();
    ids.dedup();
    ids
}

/// Bytes wait to be read.
pub(super) fn unread(facts: &Facts<'_>) -> Option<Sentence> {
    let held: Vec<_> = sockets(facts, "socket")
        .filter_map(|one| Some((super::held(one), owner(facts, one)?)))
        .filter(|(bytes, _)| *bytes > 0)
        .map(|(bytes, who)| format!("{} for {}", count(bytes, "byte"), name(who)))
        .collect();
    if held.is_empty() {
        return None;
    }
    let verb = if held.len() == 1 && held[0].starts_with("1 byte ") {
        "waits"
    } else {
        "wait"
    };
    Some(Sentence::new(
        Tone::Calm,
        format!("{} {verb} to be received.", capital(&list(&held))),
        "The kernel keeps them in the receive buffer. Whoever sent them need not wait for that, while there is room.",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{super::sentence, testing::Story};

    #[test]
    fn two_sends_that_come_as_one() {
        let mut story = Story::new("tcp");
        story.connected();
        story.sends("client", 1, "Hello", 5, None);
        story.sends("client", 2, "World", 5, None);
        assert!(!sentence(&story.run).headline.starts_with("Two sends"));
        story.receives("HelloWorld", &[(1, 0, 5), (2, 0, 5)]);
        assert_eq!(
            sentence(&story.run).headline,
            "Two sends, one `recvfrom`: server B got “HelloWorld”."
        );
    }

    #[test]
    fn one_send_that_comes_in_pieces() {
        let mut story = Story::new("tcp");
        story.connected();
        story.sends("client", 1, "HelloWorld!", 11, None);
        story.receives("Hello", &[(1, 0, 5)]);
        assert!(!sentence(&story.run).headline.contains("pieces"));
        story.receives("World", &[(1, 5, 10)]);
        let said = sentence(&story.run);
        assert_eq!(
            said.headline,
            "One send, two receives: #1 “HelloWorld!” comes to server B in pieces."
        );
        assert!(said.detail.ends_with("1 byte is still to come."));
    }

    #[test]
    fn a_short_send_is_a_success_and_no_room_is_an_error() {
        let mut story = Story::new("tcp");
        story.connected();
        story.sends("client", 1, "HelloWorld", 4, None);
        assert_eq!(
            sentence(&story.run).headline,
            "Client A sent 4 of 10 bytes, and that is a success."
        );
        story.sends("client", 2, "more", 0, Some("EAGAIN"));
        assert_eq!(
            sentence(&story.run).headline,
            "Client A sent nothing: `EAGAIN`, there is no room now."
        );
    }

    #[test]
    fn what_is_unread_is_counted_for_each() {
        let mut story = Story::new("tcp");
        story.connected();
        story.gauge("socket:[2]", &[("bytes", 10, None)]);
        assert_eq!(
            sentence(&story.run).headline,
            "10 bytes for server B wait to be received."
        );
    }
}
