//! The newest message has arrived, whole.

use super::{
    Sentence, Tone,
    facts::Facts,
    words::{self, capital, list, name, number},
};
use crate::{
    event::Tie,
    ids::CallId,
    state::{Message, Object},
};

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    let whole = |message: &&Message| message.len > 0 && message.bytes_out >= message.len;
    facts.state.messages.back().filter(whole)?;
    // Of several writers' messages, the one that was completed last.
    let message = facts
        .state
        .messages
        .iter()
        .filter(whole)
        .max_by_key(|message| (message.receives.last(), message.id))?;
    let sender = facts.state.worker(&message.worker)?;
    let receivers: Vec<_> = message
        .receivers
        .iter()
        .filter_map(|(id, _)| facts.state.worker(id))
        .map(name)
        .collect();
    let what = words::message(message);
    let to = if receivers.is_empty() {
        "the reader".to_owned()
    } else {
        list(&receivers)
    };
    if !facts.state.xray {
        return Some(Sentence::new(
            Tone::Ok,
            format!(
                "{} reports {what}, which {} reports to have sent.",
                capital(&to),
                name(sender)
            ),
            "X-ray is off: this is known from what the processes say of themselves, not from their system calls.",
        ));
    }
    let (sends, receives) = (message.sends.len(), message.receives.len());
    let kept = crate::state::KEEP_MESSAGE_CALLS;
    let mapped = |object: &Object| !object.mappings.is_empty();
    let detail = if sends == 0 && receives == 0 && facts.state.objects.iter().any(mapped) {
        "No system call carried it: it was stored into memory that both see.".to_owned()
    } else if sends == 0 || receives == 0 || sends >= kept || receives >= kept {
        String::new()
    } else {
        let call = |id: Option<&CallId>| {
            let known = id.and_then(|id| facts.state.call(*id));
            known.map_or("call", |call| call.name.as_str())
        };
        let each = |n: usize, call: &str| match n {
            1 => format!("one `{call}`"),
            n => format!("{} `{call}`s", number(n)),
        };
        let held = if facts.is_of("pipe") {
            " In between the kernel held the bytes."
        } else {
            ""
        };
        format!(
            "{} system calls: {} by {}, {} by {to}.{held}",
            capital(&number(sends + receives)),
            each(sends, call(message.sends.last())),
            name(sender),
            each(receives, call(message.receives.last())),
        )
    };
    let sure = match message.tie {
        Tie::Certain => "",
        Tie::Ambiguous => {
            " Several messages with the same bytes were under way; which is which cannot be told."
        }
        Tie::Unknown => " What arrived cannot be tied to what was sent.",
    };
    Some(Sentence::new(
        Tone::Ok,
        format!("{what} went from {} to {to}.", name(sender)),
        format!("{detail}{sure}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{Tone, sentence, testing::Story};

    #[test]
    fn it_counts_the_calls() {
        let mut story = Story::pipe();
        story
            .sending("writer", 1, "hello")
            .writes("writer", 1, 5)
            .reads("reader", 1, 5);
        let said = sentence(&story.state);
        assert_eq!(
            (said.tone, said.headline.as_str()),
            (Tone::Ok, "#1 “hello” went from writer A to reader B.")
        );
        assert_eq!(
            said.detail,
            "Two system calls: one `write` by writer A, one `read` by reader B. In between the kernel held the bytes."
        );
    }

    #[test]
    fn half_a_message_has_not_arrived() {
        let mut story = Story::pipe();
        story
            .sending("writer", 1, "hello")
            .writes("writer", 1, 5)
            .reads("reader", 1, 3);
        assert!(!sentence(&story.state).headline.contains("went from"));
    }
}
