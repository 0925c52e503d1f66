//! What is going on with Python's queue: a pipe, three semaphores around it, and a feeder before it.

use super::{
    Sentence, Tone,
    facts::{Facts, who_sleeps},
    words::{capital, count, list, name},
};
use crate::{
    event::Wait,
    state::{Life, Message, Worker},
};

/// The value of one of its semaphores, as it was read last. `None` in runs of other queues.
fn value(facts: &Facts<'_>, semaphore: &str) -> Option<u64> {
    let here = facts.state.variant == "python";
    let mut objects = facts.state.objects.iter().filter(|object| {
        here && object.object_type == "semaphore" && !object.removed && object.is_called(semaphore)
    });
    Some(objects.next()?.reading("value")?.value)
}

/// Those of a role that sleep for that reason.
fn asleep<'a>(facts: &Facts<'a>, role: &str, because: Wait) -> Vec<&'a Worker> {
    let mut asleep = facts.asleep(because);
    asleep.retain(|worker| worker.role == role);
    asleep
}

/// What a producer's program has put. Back from `put`, it knows nothing of what its feeder does.
fn put<'a>(facts: &Facts<'a>, producer: &Worker) -> Vec<&'a Message> {
    let messages = facts.state.messages.iter();
    let put = messages.filter(|message| message.worker == producer.id && !message.lost);
    put.collect()
}

/// The lock of the readers is taken, and nobody who lives has it.
pub(super) fn for_ever(facts: &Facts<'_>) -> Option<Sentence> {
    let taken = value(facts, "readers")? == 0;
    let waiting = asleep(facts, "consumer", Wait::Futex);
    let consumers = || {
        let workers = facts.state.workers.iter();
        workers.filter(|worker| worker.role == "consumer")
    };
    // Only consumers take it, and those who live all wait for something else.
    let free = |worker: &Worker| waiting.iter().all(|other| other.id != worker.id);
    let held = consumers()
        .any(|worker| worker.alive() && free(worker) && worker.because != Some(Wait::Command));
    let dead = consumers().find(|worker| matches!(worker.life, Life::Killed { .. }))?;
    if !taken || held || waiting.is_empty() {
        return None;
    }
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} for ever: {} was killed inside `get`, with the lock of the readers.",
            capital(&who_sleeps(&waiting)),
            name(dead)
        ),
        "The lock is a semaphore, a number in memory: nobody sets it back for one who is dead. What is in the pipe is out of reach.",
    ))
}

/// No place is free: who puts sleeps.
pub(super) fn full(facts: &Facts<'_>) -> Option<Sentence> {
    let free = value(facts, "places")?;
    let mut waiting = asleep(facts, "producer", Wait::Futex);
    waiting.retain(|producer| {
        let mut put = put(facts, producer).into_iter();
        put.any(|message| message.sent.is_none())
    });
    if free > 0 || waiting.is_empty() {
        return None;
    }
    Some(Sentence::new(
        Tone::Moon,
        format!("The queue is full: {} in `put`.", who_sleeps(&waiting)),
        "The semaphore that counts the free places is 0. The pipe may have room: what counts is `maxsize`. The next `get` posts it.",
    ))
}

/// Who has put everything waits for its feeder, which has not written everything.
pub(super) fn joins(facts: &Facts<'_>) -> Option<Sentence> {
    value(facts, "places").filter(|_| facts.state.xray)?;
    let waiting = asleep(facts, "producer", Wait::Futex);
    let left = |producer: &Worker| {
        let put = put(facts, producer);
        let all = put.iter().all(|message| message.sent.is_some());
        let rest = put.iter().filter(|message| message.bytes_in < message.len);
        if all { rest.count() } else { 0 }
    };
    let producer = waiting.into_iter().find(|producer| left(producer) > 0)?;
    Some(Sentence::new(
        Tone::Moon,
        format!(
            "{} waits for its feeder: {} not in the pipe yet.",
            capital(&name(producer)),
            match left(producer) {
                1 => "1 object is".to_owned(),
                several => format!("{} are", count(several as u64, "object")),
            }
        ),
        "A process that has put something ends when all of it is written, and that is when somebody has read enough.",
    ))
}

/// One consumer has taken the sentinel and ended; the others wait for one of their own.
pub(super) fn no_sentinel(facts: &Facts<'_>) -> Option<Sentence> {
    value(facts, "readers")?;
    let heeds = facts.state.params.get("sentinel")?.as_bool()?;
    let ended =
        |worker: &&Worker| worker.role == "consumer" && worker.life == Life::Exited { code: 0 };
    let ended = facts.state.workers.iter().find(ended).filter(|_| heeds)?;
    let waiting = asleep(facts, "consumer", Wait::PipeEmpty);
    waiting.first()?;
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} was told to stop; {} on.",
            capital(&name(ended)),
            who_sleeps(&waiting)
        ),
        "An object goes to one consumer, and so does STOP: each needs one of its own. Everybody has the pipe open for writing, so it never ends.",
    ))
}

/// Objects were put, and nobody has got them yet.
pub(super) fn waiting(facts: &Facts<'_>) -> Option<Sentence> {
    value(facts, "readers")?;
    let waits = |message: &&Message| {
        let put = message.sent.is_some_and(|sent| sent.n > 0);
        put && !message.arrived && message.receivers.is_empty() && !message.lost
    };
    let mut all = facts.state.messages.iter().filter(waits);
    let first = all.next()?.id;
    Some(Sentence::new(
        Tone::Calm,
        match 1 + all.count() as u64 {
            1 => "1 object waits in the queue.".to_owned(),
            several => format!("{} wait in the queue.", count(several, "object")),
        },
        format!(
            "Its feeder writes it into the pipe as soon as there is room. Who calls `get` next, gets #{first}."
        ),
    ))
}

/// Nothing to get: all is well.
pub(super) fn empty(facts: &Facts<'_>) -> Option<Sentence> {
    value(facts, "readers")?;
    let reads = asleep(facts, "consumer", Wait::PipeEmpty);
    reads.first()?;
    let behind = asleep(facts, "consumer", Wait::Futex);
    let names: Vec<_> = behind.iter().map(|worker| name(worker)).collect();
    Some(Sentence::new(
        Tone::Moon,
        format!("The queue is empty: {} in `get`.", who_sleeps(&reads)),
        match names.len() {
            0 => "It has the lock of the readers, and sleeps in `read` of the pipe until a feeder writes.".to_owned(),
            1 => format!("It has the lock of the readers; {} waits for that lock.", list(&names)),
            _ => format!("It has the lock of the readers; {} wait for that lock.", list(&names)),
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{super::sentence, testing::Story};
    use crate::{event::Event, state::apply};
    use serde_json::json;

    /// Producer A and consumer B at a queue whose locks are as given.
    fn story(readers: u64, places: u64) -> Story {
        let mut story = Story::new("python", &[("sentinel", true.into())]);
        for (what, value) in [("readers", readers), ("writers", 1), ("places", places)] {
            let reading =
                json!({"figure": "value", "value": value, "origin": "LIVE", "how": "memory"});
            for mut event in [
                json!({"kind": "object.created", "object_type": "semaphore", "name": format!("/dev/shm/sem.ipc-1-{what}")}),
                json!({"kind": "gauge", "readings": [reading]}),
            ] {
                event["object"] = format!("semaphore:[{what}]").into();
                event["seq"] = (story.run.seq + 1).into();
                event["at_ns"] = 0.into();
                event["source"] = "gauge".into();
                let event: Event = serde_json::from_value(event).unwrap();
                apply(&mut story.run, &event);
            }
        }
        story
    }

    fn sends(story: &mut Story, msg: u64, done: bool) {
        story.tell(
            "report",
            Some("producer"),
            json!({"kind": "message.sending", "msg": msg, "fd": 4, "len": 20, "preview": {"text": "x", "len": 20}}),
        );
        if done {
            let sent = json!({"kind": "message.sent", "msg": msg, "n": 20});
            story.tell("report", Some("producer"), sent);
        }
    }

    #[test]
    fn who_waits_for_a_dead_reader_s_lock_waits_for_ever() {
        let mut story = story(0, 8);
        story.born("consumer-2", "consumer");
        story.asleep("consumer", "pipe_empty");
        story.asleep("consumer-2", "futex");
        let said = sentence(&story.run);
        assert_eq!(
            said.headline,
            "The queue is empty: consumer B sleeps in `get`."
        );
        assert!(
            said.detail.ends_with("consumer C waits for that lock."),
            "{}",
            said.detail
        );
        let killed = json!({"kind": "process.exited", "signal": "SIGKILL"});
        story.tell("process", Some("consumer"), killed);
        assert!(
            sentence(&story.run)
                .headline
                .starts_with("Consumer C sleeps for ever: consumer B was killed"),
        );
    }

    #[test]
    fn a_full_queue_and_a_slow_feeder_are_two_things() {
        let mut full = story(1, 0);
        sends(&mut full, 1, true);
        sends(&mut full, 2, false);
        full.asleep("producer", "futex");
        assert_eq!(
            sentence(&full.run).headline,
            "The queue is full: producer A sleeps in `put`."
        );
        let mut joins = story(1, 3);
        sends(&mut joins, 1, true);
        assert_eq!(
            sentence(&joins.run).headline,
            "1 object waits in the queue."
        );
        joins.asleep("producer", "futex");
        assert_eq!(
            sentence(&joins.run).headline,
            "Producer A waits for its feeder: 1 object is not in the pipe yet."
        );
    }

    #[test]
    fn one_stop_is_not_enough_for_two() {
        let mut story = story(0, 8);
        story.born("consumer-2", "consumer");
        story.tell(
            "process",
            Some("consumer"),
            json!({"kind": "process.exited", "code": 0}),
        );
        story.asleep("consumer-2", "pipe_empty");
        assert!(
            sentence(&story.run)
                .headline
                .starts_with("Consumer B was told to stop; consumer C sleeps on."),
        );
    }
}
