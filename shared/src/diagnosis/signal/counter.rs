//! Counters: full, taken, waited for.

use super::{
    Sentence, Tone,
    facts::Facts,
    words::{capital, list, name},
};
use crate::{
    event::Wait,
    os::Errno,
    state::{Life, Object},
};

fn counter<'a>(facts: &Facts<'a>) -> Option<&'a Object> {
    let mut objects = facts.state.objects.iter();
    objects.find(|object| {
        !object.removed && matches!(object.object_type.as_str(), "eventfd" | "semaphore")
    })
}

fn value(object: &Object) -> Option<u64> {
    Some(object.reading("value")?.value)
}

/// What does not fit.
pub(super) fn full(facts: &Facts<'_>) -> Option<Sentence> {
    counter(facts).filter(|object| object.object_type == "eventfd")?;
    let message = facts.state.messages.back()?;
    let sender = facts.state.worker(&message.worker)?;
    let why = "An eventfd holds 2^64 - 2 at most. A `read` makes room.";
    if message
        .sent
        .is_some_and(|sent| sent.errno == Some(Errno::EAGAIN))
    {
        let headline = format!(
            "The counter has no room for what {} wanted to add: EAGAIN.",
            name(sender)
        );
        return Some(Sentence::new(Tone::Calm, headline, why));
    }
    let sleeps = sender.because == Some(Wait::Event) && message.sent.is_none();
    sleeps.then(|| {
        let headline = format!(
            "{} sleeps in `write`: the counter has no room for that.",
            capital(&name(sender))
        );
        Sentence::new(Tone::Moon, headline, why)
    })
}

/// It took one, and died.
pub(super) fn dead_holder(facts: &Facts<'_>) -> Option<Sentence> {
    let semaphore = counter(facts).filter(|object| object.object_type == "semaphore")?;
    let sleepers: Vec<_> = facts.asleep(Wait::Futex).into_iter().map(name).collect();
    if value(semaphore) != Some(0) || sleepers.is_empty() {
        return None;
    }
    let mut dead =
        facts.state.workers.iter().filter(|worker| {
            worker.role == "receiver" && matches!(worker.life, Life::Killed { .. })
        });
    let dead = dead.next()?;
    let verb = if sleepers.len() == 1 {
        "sleeps"
    } else {
        "sleep"
    };
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} is dead, and {} {verb} on.",
            capital(&name(dead)),
            list(&sleepers)
        ),
        "A semaphore has no owner: what somebody took and did not post, nobody gives back. Anybody may post.",
    ))
}

/// The last take.
pub(super) fn taken(facts: &Facts<'_>) -> Option<Sentence> {
    let object = counter(facts)?;
    let newest = facts
        .state
        .messages
        .back()
        .filter(|message| message.arrived)?;
    let sender = facts.state.worker(&newest.worker)?;
    let (who, _) = newest.receivers.last()?;
    let receiver = facts.state.worker(who)?;
    let headline = if object.object_type == "eventfd" {
        format!(
            "{} took what {} had added.",
            capital(&name(receiver)),
            name(sender)
        )
    } else {
        format!(
            "{} posted, and {} went on.",
            capital(&name(sender)),
            name(receiver)
        )
    };
    Some(Sentence::new(Tone::Ok, headline, ""))
}

/// At 0.
pub(super) fn asleep(facts: &Facts<'_>) -> Option<Sentence> {
    let object = counter(facts)?;
    let (why, detail) = if object.object_type == "eventfd" {
        (
            Wait::Event,
            "A sleeper takes no processor time. Whoever adds wakes it.",
        )
    } else {
        (
            Wait::Futex,
            "Sleepers take no processor time. Each post wakes one.",
        )
    };
    let sleepers: Vec<_> = facts.asleep(why).into_iter().map(name).collect();
    if sleepers.is_empty() {
        return None;
    }
    let verb = if sleepers.len() == 1 {
        "sleeps"
    } else {
        "sleep"
    };
    let headline = format!(
        "{} {verb}: there is nothing to take.",
        capital(&list(&sleepers))
    );
    Some(Sentence::new(Tone::Moon, headline, detail))
}
