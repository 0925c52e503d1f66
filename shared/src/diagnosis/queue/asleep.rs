//! Somebody sleeps at a queue, and why.

use super::{
    Sentence, Tone,
    facts::{Facts, who_sleeps},
    messages, queue, receive_call, send_call,
    words::{capital, count, figure, list, name},
};
use crate::{
    event::Wait,
    state::{Life, Worker},
};

/// No room: senders sleep.
pub(super) fn full(facts: &Facts<'_>) -> Option<Sentence> {
    let asleep = facts.asleep(Wait::QueueFull);
    asleep.first()?;
    let queue = queue(facts)?;
    let bytes = queue
        .reading("bytes")
        .filter(|reading| reading.max.is_some());
    let holds = match (
        bytes,
        queue.reading("messages").and_then(|reading| reading.max),
    ) {
        (Some(bytes), _) => format!("{} of {} bytes", figure(bytes.value), figure(bytes.max?)),
        (None, Some(max)) => format!("{} of {} messages", figure(messages(queue)), figure(max)),
        (None, None) => count(messages(queue), "message"),
    };
    Some(Sentence::new(
        Tone::Moon,
        format!(
            "The queue is full: {} in `{}`.",
            who_sleeps(&asleep),
            send_call(facts)
        ),
        format!(
            "It holds {holds}. Nothing is lost: the kernel lets a sender wait until somebody receives."
        ),
    ))
}

/// A message lies there, and who should hear of it is not registered.
pub(super) fn unnoticed(facts: &Facts<'_>) -> Option<Sentence> {
    let queue = queue(facts)?;
    let nobody = queue
        .reading("notify")
        .is_some_and(|notify| notify.value == 0);
    let asleep = facts.asleep(Wait::Signal);
    let held = messages(queue);
    if !nobody || held == 0 {
        return None;
    }
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} though {} there.",
            capital(&who_sleeps(asleep.get(..1)?)),
            lie(held)
        ),
        "mq_notify() is for one signal. Who wants to hear of the next message has to register again, before emptying the queue.",
    ))
}

/// Messages are there, but of no type that anybody asks for.
pub(super) fn wants_another(facts: &Facts<'_>) -> Option<Sentence> {
    let queue = queue(facts).filter(|queue| queue.object_type == "msgqueue")?;
    let asleep = facts.asleep(Wait::QueueEmpty);
    let first = asleep.first().copied().filter(|_| messages(queue) > 0)?;
    let asked = first.now.as_ref().filter(|call| call.name == "msgrcv")?;
    let asked: i64 = asked.args.get(3)?.parse().ok()?;
    let mut kinds: Vec<_> = queue.items.iter().filter_map(|item| item.key).collect();
    crate::sort_few(&mut kinds, |kind| *kind);
    kinds.dedup();
    let kinds: Vec<_> = kinds.iter().map(ToString::to_string).collect();
    let wish = if asked < 0 {
        format!("types up to {}", asked.saturating_neg())
    } else {
        format!("type {asked}")
    };
    Some(Sentence::new(
        Tone::Moon,
        format!(
            "{} though {} there: it asks for {wish}.",
            capital(&who_sleeps(&[first])),
            lie(messages(queue))
        ),
        format!(
            "What lies there is of type {}. The queue hands out only what is asked for.",
            list(&kinds)
        ),
    ))
}

/// One consumer has taken the sentinel and ended; the others wait for one of their own.
pub(super) fn no_sentinel(facts: &Facts<'_>) -> Option<Sentence> {
    let heeds = facts
        .state
        .params
        .get("sentinel")
        .and_then(serde_json::Value::as_bool)?;
    let ended =
        |worker: &&Worker| worker.role == "consumer" && worker.life == Life::Exited { code: 0 };
    let ended = facts.state.workers.iter().find(ended).filter(|_| heeds)?;
    let asleep = facts.asleep(Wait::QueueEmpty);
    asleep.first()?;
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} was told to stop; {} on.",
            capital(&name(ended)),
            who_sleeps(&asleep)
        ),
        "A message goes to one consumer, and so does STOP: each needs one of its own. A queue has no end-of-file.",
    ))
}

/// Nothing to receive: all is well.
pub(super) fn empty(facts: &Facts<'_>) -> Option<Sentence> {
    let asleep = facts.asleep(Wait::QueueEmpty);
    asleep.first()?;
    queue(facts).filter(|queue| messages(queue) == 0)?;
    Some(Sentence::new(
        Tone::Moon,
        format!(
            "The queue is empty: {} in `{}`.",
            who_sleeps(&asleep),
            receive_call(facts)
        ),
        "It does not ask again and again: the kernel wakes it when a message comes, and until then it takes no processor time.",
    ))
}

/// `2 messages lie`
fn lie(held: u64) -> String {
    let verb = if held == 1 { "lies" } else { "lie" };
    format!("{} {verb}", count(held, "message"))
}

#[cfg(test)]
mod tests {
    use super::super::{super::sentence, Tone, testing::Story};
    use serde_json::json;

    #[test]
    fn a_full_queue_lets_its_sender_sleep() {
        let mut story = Story::new("posix", &[]);
        story
            .gauge(&[("messages", 10, Some(10))])
            .asleep("producer", "queue_full");
        let said = sentence(&story.run);
        assert_eq!(
            said.headline,
            "The queue is full: producer A sleeps in `mq_send`."
        );
        assert!(
            said.detail.starts_with("It holds 10 of 10 messages."),
            "{}",
            said.detail
        );
    }

    #[test]
    fn a_message_that_nobody_was_told_of_is_noticed() {
        let mut story = Story::new("posix", &[("notify", "once".into())]);
        story
            .gauge(&[("messages", 1, Some(10)), ("notify", 0, None)])
            .asleep("consumer", "signal");
        assert_eq!(
            sentence(&story.run).headline,
            "Consumer B sleeps though 1 message lies there."
        );
        story.gauge(&[("messages", 1, Some(10)), ("notify", 4, None)]);
        assert!(!sentence(&story.run).headline.contains("though"));
    }

    #[test]
    fn a_reader_of_another_type_sleeps_beside_what_is_there() {
        let mut story = Story::new("sysv", &[]);
        story.gauge(&[("messages", 2, None)]);
        story.holds(&[(1, 3, "a"), (2, 1, "b")]);
        story.tell(
            "call",
            Some("consumer"),
            json!({"kind": "call.entered", "name": "msgrcv",
            "args": ["0", "…", "8192", "2", "0"]}),
        );
        story.asleep("consumer", "queue_empty");
        let said = sentence(&story.run);
        assert_eq!(
            said.headline,
            "Consumer B sleeps though 2 messages lie there: it asks for type 2."
        );
        assert!(said.detail.contains("of type 1 and 3"), "{}", said.detail);
    }

    #[test]
    fn one_stop_is_not_enough_for_two() {
        let mut story = Story::new("posix", &[("sentinel", true.into())]);
        story.born("consumer-2", "consumer");
        story
            .gauge(&[("messages", 0, Some(10))])
            .asleep("consumer-2", "queue_empty");
        assert_eq!(
            sentence(&story.run).tone,
            Tone::Moon,
            "nobody has ended yet"
        );
        story.tell(
            "process",
            Some("consumer"),
            json!({"kind": "process.exited", "code": 0}),
        );
        let said = sentence(&story.run);
        assert_eq!(
            said.headline,
            "Consumer B was told to stop; consumer C sleeps on."
        );
    }

    #[test]
    fn an_empty_queue_is_no_fault() {
        let mut story = Story::new("sysv", &[]);
        story
            .gauge(&[("messages", 0, None)])
            .asleep("consumer", "queue_empty");
        let said = sentence(&story.run);
        assert_eq!(
            (said.tone, said.headline.as_str()),
            (
                Tone::Moon,
                "The queue is empty: consumer B sleeps in `msgrcv`."
            )
        );
    }
}
