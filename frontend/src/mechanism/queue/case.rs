//! What is inside a queue that is made of parts, without drawing it: rows of what was put and not stored, locks, semaphores.

use crate::mechanism::count;
use shared::state::{Message, Object, RunState, Worker};

/// A lock or a semaphore, as it lies in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is for.
    pub what: &'static str,
    /// What its value means.
    pub says: String,
    /// Somebody sleeps at it.
    pub sleepers: u64,
}

/// The locks and semaphores of the run's queue, as far as they have been read.
pub fn parts(run: &RunState) -> Vec<Part> {
    if run.variant != "shared" {
        return semaphores(run);
    }
    let ring = run.objects.iter().find(|object| !object.removed);
    let Some(ring) = ring.filter(|ring| ring.reading("items").is_some()) else {
        return Vec::new();
    };
    let part = |what, says| Part {
        what,
        says,
        sleepers: 0,
    };
    let number = |figure| ring.reading(figure).map_or(0, |one| one.value);
    let all = ring.reading("places").and_then(|one| one.max).unwrap_or(0);
    let free = format!("{} of {}", count(number("places")), count(all));
    vec![
        part("Readers' lock", lock(run, ring, "readers")),
        part("Writers' lock", lock(run, ring, "writers")),
        part("Items", count(number("items"))),
        part("Free places", free),
    ]
}

/// Who has a lock, as its word says.
fn lock(run: &RunState, ring: &Object, name: &str) -> String {
    let number = |figure: &str| ring.reading(figure).map_or(0, |one| one.value);
    if number(&format!("{name}_died")) == 1 {
        return "its owner died".to_owned();
    }
    let owner = number(name);
    if owner == 0 {
        return "free".to_owned();
    }
    let has = |worker: &&Worker| u64::try_from(worker.pid).is_ok_and(|pid| pid == owner);
    match run.workers.iter().find(has) {
        Some(worker) if worker.alive() => format!("{} has it", worker.id),
        Some(worker) => format!("{} has it, and is dead", worker.id),
        None => format!("thread {owner} has it"),
    }
}

/// The semaphores of Python's queue.
fn semaphores(run: &RunState) -> Vec<Part> {
    let bound = run
        .params
        .get("maxsize")
        .and_then(serde_json::Value::as_u64);
    let known = [
        ("readers", "Readers' lock"),
        ("writers", "Writers' lock"),
        ("places", "Free places"),
    ];
    let part = |(name, what): (&str, &'static str)| {
        let object = run
            .objects
            .iter()
            .find(|object| object.object_type == "semaphore" && object.is_called(name))?;
        let value = object.reading("value").filter(|_| !object.removed)?.value;
        let says = match (name, bound) {
            ("places", Some(bound)) if bound > 0 => format!("{value} of {bound}"),
            ("places", _) => "no bound".to_owned(),
            _ if value == 0 => "taken".to_owned(),
            _ => "free".to_owned(),
        };
        Some(Part {
            what,
            says,
            sleepers: object.reading("sleepers").map_or(0, |one| one.value),
        })
    };
    known.into_iter().filter_map(part).collect()
}

/// What a producer has put and its feeder has not stored yet, oldest first. Of a pipe, known only where calls are seen.
pub fn put<'a>(run: &'a RunState, worker: &'a Worker) -> impl Iterator<Item = &'a Message> {
    let waits = |message: &&Message| {
        message.worker == worker.id
            && message.sent.is_some_and(|sent| sent.n > 0)
            && message.bytes_in == 0
            && message.receivers.is_empty()
            && !message.lost
    };
    let known = worker.alive() && (run.xray || run.variant == "shared");
    run.messages.iter().filter(move |_| known).filter(waits)
}
