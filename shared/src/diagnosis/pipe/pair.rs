//! Python's pipe: two sides of which each can send, and the connections that nobody closed.

use super::{
    Sentence, Tone,
    facts::Facts,
    words::{capital, count, figure, name},
};
use crate::{
    event::{End, Wait},
    state::{Life, Object, Worker},
};

pub(super) fn check(facts: &Facts<'_>) -> Option<Sentence> {
    if facts.state.variant != "python" || !facts.is_of("pipe") {
        return None;
    }
    ended(facts)
        .or_else(|| refused(facts))
        .or_else(|| forgotten(facts))
        .or_else(|| full(facts))
        .or_else(|| idle(facts))
}

/// What a process has said last of something it could not do.
fn refusal<'a>(worker: &'a Worker, what: &str) -> Option<&'a str> {
    let said = worker.said.back().filter(|said| said.what == "refused")?;
    let about = |name: &str| said.about.get(name).and_then(serde_json::Value::as_str);
    about("why").filter(|_| about("what") == Some(what))
}

/// `recv` has come to the end.
fn ended(facts: &Facts<'_>) -> Option<Sentence> {
    let mut workers = facts.state.workers.iter();
    let who = workers.find(|worker| refusal(worker, "recv") == Some("EOFError"))?;
    let headline = match who.life {
        Life::Exited { code: 0 } => format!("{} got `EOFError` and ended.", capital(&name(who))),
        Life::Alive => format!("{} got `EOFError`.", capital(&name(who))),
        Life::Exited { .. } | Life::Killed { .. } => return None,
    };
    let why = "Nobody has the other connection open any more: `read` returned 0, and Python makes an exception of it.";
    Some(Sentence::new(Tone::Ok, headline, why))
}

/// Python said no, before the kernel was asked.
fn refused(facts: &Facts<'_>) -> Option<Sentence> {
    let mut alive = facts.state.workers.iter().filter(|worker| worker.alive());
    let (who, why) = alive.find_map(|worker| Some((worker, refusal(worker, "send")?)))?;
    Some(Sentence::new(
        Tone::Warning,
        format!("{} could not send: “{why}”.", capital(&name(who))),
        "Python refused by itself. No system call was made, and nothing was sent.",
    ))
}

/// A receiver waits though nobody is left who would send: the connections left are copies from the forks.
fn forgotten(facts: &Facts<'_>) -> Option<Sentence> {
    let receiver = sleeping(facts, &[Wait::SocketEmpty, Wait::PipeEmpty])?;
    let mut all = facts.state.workers.iter();
    let sender = all.find(|worker| worker.role == "sender")?;
    if sender.alive() || receiver.role != "receiver" {
        return None;
    }
    let (holder, fd) = *sending(facts).first()?;
    let headline = if holder.id == receiver.id {
        format!(
            "{} waits for itself: it holds a copy of the sender's connection.",
            capital(&name(receiver))
        )
    } else {
        format!(
            "{} waits for an end that does not come: {} still holds the sender's connection.",
            capital(&name(receiver)),
            name(holder)
        )
    };
    let detail = format!(
        "Descriptor {fd} of {} was inherited from the fork and never closed. While one copy is open, somebody could still \
         send, and `recv` cannot raise `EOFError`.",
        name(holder)
    );
    Some(Sentence::new(Tone::Warning, headline, detail))
}

/// Who could still send to the receiver, the parent last.
fn sending<'a>(facts: &Facts<'a>) -> Vec<(&'a Worker, i32)> {
    // The sender's end of a pair is made first.
    let of_sender = facts.state.objects.first();
    let mut held = of_sender.map_or_else(Vec::new, |object| facts.holding(object, End::Write));
    crate::sort_few(&mut held, |(worker, _)| worker.role == "receiver");
    held
}

/// A sender sleeps, because too much is unread.
fn full(facts: &Facts<'_>) -> Option<Sentence> {
    let sender = sleeping(facts, &[Wait::SocketFull, Wait::PipeFull])?;
    let into = sender.now.as_ref().and_then(|now| now.object.as_ref());
    let into = into.and_then(|id| facts.state.object(id));
    let held = |object: &Object| object.reading("bytes").map(|reading| reading.value);
    let holds = into.and_then(held).map_or_else(
        || "Too much is unread.".to_owned(),
        |bytes| format!("{} are unread.", capital(&count(bytes, "byte"))),
    );
    let memory = into
        .and_then(|object| object.reading("memory"))
        .and_then(|reading| {
            let (taken, most) = (figure(reading.value), figure(reading.max?));
            Some(format!(
                " They take {taken} bytes of the kernel's memory, and the sender may take {most}: each `write` costs more than its bytes."
            ))
        });
    Some(Sentence::new(
        Tone::Moon,
        format!(
            "{} sleeps in `send` until the other side receives.",
            capital(&name(sender))
        ),
        format!("{holds}{}", memory.unwrap_or_default()),
    ))
}

/// Nothing has come.
fn idle(facts: &Facts<'_>) -> Option<Sentence> {
    let receiver = sleeping(facts, &[Wait::SocketEmpty, Wait::PipeEmpty])?;
    Some(Sentence::new(
        Tone::Moon,
        format!(
            "{} sleeps in `recv` until something comes.",
            capital(&name(receiver))
        ),
        "It reads four bytes first: they say how long the object is.",
    ))
}

fn sleeping<'a>(facts: &Facts<'a>, why: &[Wait]) -> Option<&'a Worker> {
    why.iter()
        .find_map(|why| facts.asleep(*why).first().copied())
}

#[cfg(test)]
mod tests {
    use super::super::{Tone, sentence, testing::Story};
    use crate::{
        event::{Kind, Source, Wait},
        os::Signal,
    };
    use serde_json::json;

    fn story() -> Story {
        let mut story = Story::empty();
        story.state.variant = "python".to_owned();
        story
            .started("parent")
            .started("sender")
            .started("receiver");
        story.tell(
            Source::Call,
            None,
            Vec::new(),
            Kind::ObjectCreated {
                object_type: "socket".to_owned(),
                name: None,
            },
        );
        story
    }

    fn refused(story: &mut Story, worker: &str, what: &str, why: &str) {
        let about = serde_json::from_value(json!({"what": what, "why": why})).unwrap();
        let kind = Kind::ProcessSaid {
            what: "refused".to_owned(),
            about,
        };
        story.tell(Source::Report, Some(worker), Vec::new(), kind);
    }

    #[test]
    fn a_receiver_that_waits_for_itself_is_told() {
        let mut story = story();
        story
            .holds(&[("receiver", 3, "rw"), ("parent", 3, "rw")])
            .killed("sender", Signal::SIGKILL)
            .enters("receiver", "read", 4)
            .sleeps("receiver", Wait::SocketEmpty);
        assert_eq!(
            sentence(&story.state).headline,
            "Receiver B waits for an end that does not come: the parent still holds the sender's connection."
        );
        story.holds(&[("receiver", 3, "rw")]);
        let said = sentence(&story.state);
        assert_eq!(
            (said.tone, said.headline.as_str()),
            (
                Tone::Warning,
                "Receiver B waits for itself: it holds a copy of the sender's connection."
            )
        );
    }

    #[test]
    fn while_the_sender_lives_waiting_is_nothing_special() {
        let mut story = story();
        story
            .holds(&[("sender", 3, "rw"), ("receiver", 3, "rw")])
            .enters("receiver", "read", 4)
            .sleeps("receiver", Wait::SocketEmpty);
        let said = sentence(&story.state);
        assert_eq!(
            (said.tone, said.headline.as_str()),
            (
                Tone::Moon,
                "Receiver B sleeps in `recv` until something comes."
            )
        );
    }

    #[test]
    fn what_python_refuses_is_told_in_its_words() {
        let mut story = story();
        refused(&mut story, "receiver", "send", "connection is read-only");
        assert_eq!(
            sentence(&story.state).headline,
            "Receiver B could not send: “connection is read-only”."
        );
        refused(&mut story, "receiver", "recv", "EOFError");
        story.exited("receiver", 0);
        assert_eq!(
            sentence(&story.state).headline,
            "Receiver B got `EOFError` and ended."
        );
    }

    #[test]
    fn a_sender_that_waits_is_told() {
        let mut story = story();
        story
            .enters("sender", "write", 10_000)
            .sleeps("sender", Wait::SocketFull);
        assert_eq!(
            sentence(&story.state).headline,
            "Sender A sleeps in `send` until the other side receives."
        );
    }
}
