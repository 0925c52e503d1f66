//! What is inside Python's queue, without drawing it: rows of objects that were put and not written, and three semaphores.

use shared::state::{Message, RunState, Worker};

/// One of the three semaphores, as it lies in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is for.
    pub what: &'static str,
    /// What its value means.
    pub says: String,
    /// Somebody sleeps at it.
    pub sleepers: u64,
}

/// The semaphores of the run's queue, as far as they have been read.
pub fn semaphores(run: &RunState) -> Vec<Part> {
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
        let object = run.objects.iter().find(|object| {
            let named = object.name.iter().chain(&object.names);
            object.object_type == "semaphore"
                && named
                    .into_iter()
                    .any(|path| path.ends_with(&format!("-{name}")))
        })?;
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

/// What a producer has put and its feeder has not written yet, oldest first. Known only where calls are seen.
pub fn put<'a>(run: &'a RunState, worker: &'a Worker) -> impl Iterator<Item = &'a Message> {
    let waits = |message: &&Message| {
        message.worker == worker.id
            && message.sent.is_some_and(|sent| sent.n > 0)
            && message.bytes_in == 0
            && message.receivers.is_empty()
            && !message.lost
    };
    let known = run.xray && worker.alive();
    run.messages.iter().filter(move |_| known).filter(waits)
}
