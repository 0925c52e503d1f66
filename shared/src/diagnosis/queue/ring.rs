//! What is going on with a ring in shared memory: who has its locks, what lies in it, what waits for a feeder.

use super::{
    Sentence, Tone,
    facts::{Facts, who_sleeps},
    words::{capital, count, figure, list, name},
};
use crate::{
    event::Wait,
    state::{Life, Object, Worker},
};

/// Its memory.
fn ring<'a>(facts: &Facts<'a>) -> Option<&'a Object> {
    let mut objects = facts.state.objects.iter();
    let here = facts.state.variant == "shared";
    objects.find(|object| here && !object.removed && object.object_type == "memory")
}

fn value(ring: &Object, figure: &str) -> u64 {
    ring.reading(figure).map_or(0, |reading| reading.value)
}

/// Those of a role that sleep for a word of memory.
fn asleep<'a>(facts: &Facts<'a>, role: &str) -> Vec<&'a Worker> {
    let mut asleep = facts.asleep(Wait::Futex);
    asleep.retain(|worker| worker.role == role);
    asleep
}

/// Who has the lock of the readers, as its word says.
fn reader<'a>(facts: &Facts<'a>) -> Option<&'a Worker> {
    let owner = i32::try_from(value(ring(facts)?, "readers")).ok()?;
    let mut workers = facts.state.workers.iter();
    workers.find(|worker| owner != 0 && worker.pid == owner)
}

/// `2 messages lie`
fn lie(held: u64) -> String {
    let verb = if held == 1 { "lies" } else { "lie" };
    format!("{} {verb}", count(held, "message"))
}

/// The owner of the lock is dead, and others wait for it.
pub(super) fn for_ever(facts: &Facts<'_>) -> Option<Sentence> {
    let dead = reader(facts).filter(|reader| !reader.alive())?;
    let waiting = asleep(facts, "consumer");
    let held = value(ring(facts)?, "messages");
    let headline = if waiting.is_empty() {
        format!(
            "{} is dead, and still has the lock of the readers.",
            capital(&name(dead))
        )
    } else {
        format!(
            "{} for ever: {} had the lock of the readers, and is dead.",
            capital(&who_sleeps(&waiting)),
            name(dead)
        )
    };
    Some(Sentence::new(
        Tone::Warning,
        headline,
        format!(
            "{} in the ring, out of reach. To the kernel the lock is a word of memory; a robust one would have told the next owner.",
            capital(&lie(held))
        ),
    ))
}

/// Somebody was told that the last owner died.
pub(super) fn owner_died(facts: &Facts<'_>) -> Option<Sentence> {
    let ring = ring(facts)?;
    let mut workers = facts.state.workers.iter();
    let told = workers.find(|worker| {
        let mut last = worker.said.iter().rev().take(2);
        worker.alive() && last.any(|said| said.what == "owner_died")
    });
    if let Some(told) = told {
        return Some(Sentence::new(
            Tone::Warning,
            format!(
                "{} got the lock, and was told that its last owner died: `EOWNERDEAD`.",
                capital(&name(told))
            ),
            "It compared what is counted with what lies there, and said `pthread_mutex_consistent`, so that the lock can be used again.",
        ));
    }
    (value(ring, "readers_died") == 1).then(|| {
        Sentence::new(
            Tone::Calm,
            "The lock of the readers knows that its owner died.",
            "The kernel has marked it, because it is robust. Who wants it next gets it, and is told.",
        )
    })
}

/// A message was longer than a slot.
pub(super) fn too_long(facts: &Facts<'_>) -> Option<Sentence> {
    ring(facts)?;
    let workers = facts.state.workers.iter();
    let mut last = workers.filter_map(|worker| Some((worker, worker.said.back()?)));
    let (worker, said) = last.find(|(_, said)| {
        said.what == "refused" && said.about.get("what").is_some_and(|what| what == "put")
    })?;
    let why = said.about.get("why").and_then(|why| why.as_str())?;
    Some(Sentence::new(
        Tone::Warning,
        format!("The message of {} was refused: {why}.", name(worker)),
        "All slots are of one size: that is how everybody knows where the next one begins.",
    ))
}

/// No slot is free: who puts sleeps.
pub(super) fn full(facts: &Facts<'_>) -> Option<Sentence> {
    let places = ring(facts)?.reading("places")?;
    let waiting = asleep(facts, "producer");
    if places.value > 0 || waiting.is_empty() {
        return None;
    }
    let all = count(places.max?, "place");
    Some(Sentence::new(
        Tone::Moon,
        format!("The ring is full: {} in `put`.", who_sleeps(&waiting)),
        format!(
            "All {all} are taken, and the semaphore that counts the free ones is 0. The next `get` posts it."
        ),
    ))
}

/// A feeder is held, and something waits for it.
pub(super) fn held(facts: &Facts<'_>) -> Option<Sentence> {
    ring(facts)?;
    let holds = |worker: &&Worker| {
        let mut said = worker.said.iter().rev();
        let last = said.find(|said| matches!(said.what.as_str(), "held" | "released"));
        worker.alive() && last.is_some_and(|said| said.what == "held")
    };
    let producer = facts.state.workers.iter().find(holds)?;
    let row = facts.state.messages.iter().filter(|message| {
        let put = message.sent.is_some_and(|sent| sent.n > 0);
        message.worker == producer.id && put && message.bytes_in == 0 && !message.lost
    });
    let row = row.count() as u64;
    let verb = if row == 1 { "waits" } else { "wait" };
    (row > 0).then(|| {
        Sentence::new(
            Tone::Moon,
            format!(
                "{} {verb} in the row of {}: its feeder is held.",
                count(row, "message"),
                name(producer)
            ),
            "`put` is back, a place is taken, and nothing was stored. What is changed now will arrive changed.",
        )
    })
}

/// One consumer has taken the sentinel and ended; the others wait for one of their own.
pub(super) fn no_sentinel(facts: &Facts<'_>) -> Option<Sentence> {
    ring(facts).filter(|ring| value(ring, "messages") == 0)?;
    let heeds = facts.state.params.get("sentinel")?.as_bool()?;
    let ended =
        |worker: &&Worker| worker.role == "consumer" && worker.life == Life::Exited { code: 0 };
    let ended = facts.state.workers.iter().find(ended).filter(|_| heeds)?;
    let waiting = asleep(facts, "consumer");
    waiting.first()?;
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} was told to stop; {} on.",
            capital(&name(ended)),
            who_sleeps(&waiting)
        ),
        "A message goes to one consumer, and so does STOP: each needs one of its own. Memory has no end-of-file.",
    ))
}

/// Messages wait for somebody to take them.
pub(super) fn waiting(facts: &Facts<'_>) -> Option<Sentence> {
    let ring = ring(facts)?;
    let held = value(ring, "messages");
    let front = ring.items.first().filter(|_| held > 0)?;
    let front = front
        .msg
        .map_or_else(|| "The oldest".to_owned(), |msg| format!("#{msg}"));
    Some(Sentence::new(
        Tone::Calm,
        format!("{} in the ring.", lie(held)),
        format!(
            "{front} leaves first. {} of its {} slots are free.",
            figure(value(ring, "places")),
            ring.reading("places")?.max.map(figure)?
        ),
    ))
}

/// Nothing to get: all is well.
pub(super) fn empty(facts: &Facts<'_>) -> Option<Sentence> {
    ring(facts).filter(|ring| value(ring, "messages") == 0)?;
    let waiting = asleep(facts, "consumer");
    waiting.first()?;
    let first = reader(facts).filter(|first| first.alive());
    let behind: Vec<_> = waiting
        .iter()
        .filter(|worker| first.is_some_and(|first| first.id != worker.id))
        .map(|worker| name(worker))
        .collect();
    let detail = if behind.is_empty() {
        "It found the semaphore of the items at 0 and called the kernel, which wakes it when a producer posts.".to_owned()
    } else {
        format!(
            "One has the lock of the readers and waits for an item; {} for the lock.",
            if behind.len() == 1 {
                format!("{} waits", list(&behind))
            } else {
                format!("{} wait", list(&behind))
            }
        )
    };
    Some(Sentence::new(
        Tone::Moon,
        format!("The ring is empty: {} in `get`.", who_sleeps(&waiting)),
        detail,
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{super::sentence, Tone, testing::Story};
    use serde_json::json;

    /// Producer A has pid 3, consumer B pid 4.
    fn story(messages: u64, places: u64, readers: u64) -> Story {
        let mut story = Story::new("shared", &[("sentinel", true.into())]);
        story.gauge(&[
            ("messages", messages, Some(8)),
            ("places", places, Some(8)),
            ("readers", readers, None),
            ("readers_died", 0, None),
        ]);
        story
    }

    #[test]
    fn a_full_ring_lets_its_producer_sleep_and_an_empty_one_its_consumer() {
        let mut full = story(8, 0, 0);
        full.asleep("producer", "futex");
        let said = sentence(&full.run);
        assert_eq!(
            said.headline,
            "The ring is full: producer A sleeps in `put`."
        );
        let mut empty = story(0, 8, 4);
        empty.born("consumer-2", "consumer");
        empty
            .asleep("consumer", "futex")
            .asleep("consumer-2", "futex");
        let said = sentence(&empty.run);
        assert_eq!(
            said.headline,
            "The ring is empty: consumer B and consumer C sleep in `get`."
        );
        assert!(
            said.detail.ends_with("consumer C waits for the lock."),
            "{}",
            said.detail
        );
    }

    #[test]
    fn a_dead_owner_of_a_plain_lock_is_named() {
        let mut story = story(1, 7, 4);
        story.born("consumer-2", "consumer");
        story.tell(
            "process",
            Some("consumer"),
            json!({"kind": "process.exited", "signal": "SIGKILL"}),
        );
        let said = sentence(&story.run);
        assert!(
            said.headline.starts_with("Consumer B is dead"),
            "{}",
            said.headline
        );
        story.asleep("consumer-2", "futex");
        let said = sentence(&story.run);
        assert_eq!(
            said.headline,
            "Consumer C sleeps for ever: consumer B had the lock of the readers, and is dead."
        );
        assert!(
            said.detail.starts_with("1 message lies in the ring"),
            "{}",
            said.detail
        );
    }

    #[test]
    fn a_robust_lock_tells_and_is_told_of() {
        let mut story = story(1, 7, 0);
        story.gauge(&[("readers_died", 1, None)]);
        assert!(
            sentence(&story.run)
                .headline
                .contains("knows that its owner died")
        );
        story.tell(
            "report",
            Some("consumer"),
            json!({"kind": "process.said", "what": "owner_died", "about": {}}),
        );
        assert!(sentence(&story.run).headline.contains("`EOWNERDEAD`"));
    }

    #[test]
    fn a_held_feeder_and_a_long_message_are_said_in_words() {
        let mut story = story(0, 7, 0);
        let about = json!({"what": "put", "why": "70 bytes do not fit into a slot of 64"});
        story.tell(
            "report",
            Some("producer"),
            json!({"kind": "process.said", "what": "refused", "about": about}),
        );
        let said = sentence(&story.run);
        assert!(
            said.headline
                .ends_with("was refused: 70 bytes do not fit into a slot of 64.")
        );
        story.tell(
            "report",
            Some("producer"),
            json!({"kind": "process.said", "what": "held", "about": {}}),
        );
        story.tell(
            "report",
            Some("producer"),
            json!({"kind": "message.sending", "msg": 1, "fd": -1, "len": 5, "preview": {"text": "apple", "len": 5}}),
        );
        story.tell(
            "report",
            Some("producer"),
            json!({"kind": "message.sent", "msg": 1, "n": 5}),
        );
        assert_eq!(
            sentence(&story.run).headline,
            "1 message waits in the row of producer A: its feeder is held."
        );
    }

    #[test]
    fn one_stop_is_not_enough_for_two() {
        let mut story = story(0, 8, 5);
        story.born("consumer-2", "consumer");
        story.asleep("consumer-2", "futex");
        assert_eq!(sentence(&story.run).tone, Tone::Moon);
        story.tell(
            "process",
            Some("consumer"),
            json!({"kind": "process.exited", "code": 0}),
        );
        assert_eq!(
            sentence(&story.run).headline,
            "Consumer B was told to stop; consumer C sleeps on."
        );
    }
}
