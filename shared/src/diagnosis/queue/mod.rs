//! What is going on with a queue.

mod asleep;
mod kept;
mod python;
mod refused;
mod ring;

#[cfg(test)]
mod testing;

use super::{Rule, Sentence, Tone, facts, words};
use crate::state::Object;
use facts::Facts;

/// The strongest first.
pub(super) const RULES: &[Rule] = &[
    refused::removed,
    refused::too_long,
    refused::no_more_queues,
    asleep::full,
    asleep::unnoticed,
    asleep::wants_another,
    asleep::no_sentinel,
    kept::outlives_all,
    refused::would_wait,
    python::for_ever,
    python::full,
    python::joins,
    python::no_sentinel,
    ring::for_ever,
    ring::owner_died,
    ring::too_long,
    ring::full,
    ring::held,
    ring::no_sentinel,
];

/// What is said where nothing else is.
pub(super) const QUIET: &[Rule] = &[
    kept::waiting,
    asleep::empty,
    python::empty,
    python::waiting,
    ring::waiting,
    ring::empty,
];

/// The queue of the lesson, while it exists.
fn queue<'a>(facts: &Facts<'a>) -> Option<&'a Object> {
    let mut objects = facts.state.objects.iter();
    objects.find(|object| {
        !object.removed && matches!(object.object_type.as_str(), "mqueue" | "msgqueue")
    })
}

/// Messages in it, as the kernel counted last.
fn messages(queue: &Object) -> u64 {
    let known = queue.items.len() as u64 + queue.more;
    queue
        .reading("messages")
        .map_or(known, |reading| reading.value)
}

/// The call that puts a message in, of this kind of queue.
fn send_call(facts: &Facts<'_>) -> &'static str {
    if facts.state.variant == "sysv" {
        "msgsnd"
    } else {
        "mq_send"
    }
}

/// The call that takes one out.
fn receive_call(facts: &Facts<'_>) -> &'static str {
    if facts.state.variant == "sysv" {
        "msgrcv"
    } else {
        "mq_receive"
    }
}
