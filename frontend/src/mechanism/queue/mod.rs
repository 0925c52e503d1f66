//! The picture of a queue, without drawing it: messages on a shelf, in the order in which they will leave.
//!
//! POSIX: a board for each priority, the highest on top; who comes with a higher one stands in front of all others. System
//! V: one board, in the order they came, each with its type. Other kinds of queue can use [`Shelf`] too.

mod asks;
mod case;
mod shelf;

#[cfg(test)]
mod tests;

pub use asks::{Asks, asks, pending};
pub use case::{Part, parts, put};
pub use shelf::{Board, Envelope, Shelf};

use shared::{
    event::{Origin, Reading},
    state::{Object, RunState},
};

/// What is said below the shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// No more goes in.
    Full,
    /// Nobody has it open, and it stays.
    Alone,
    /// No name leads to it any more.
    Nameless,
    /// Who will be told by a signal.
    Registered(String),
    /// mq_notify() is used, and nobody is registered now.
    Unregistered,
    /// The kernel counts another number of messages than the calls that were seen to return.
    Differs(u64),
}

/// A queue, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// What the kernel calls it: `mqueue:[12]`, `msgqueue:[3]`.
    pub id: Option<String>,
    /// Names or the key that lead to it.
    pub names: Vec<String>,
    /// It is gone.
    pub removed: bool,
    /// Messages in it, as the kernel counts.
    pub messages: Option<Reading>,
    /// Bytes in it, as the kernel counts.
    pub bytes: Option<Reading>,
    /// The messages.
    pub shelf: Shelf,
    /// What is said below.
    pub notes: Vec<Note>,
}

impl Picture {
    /// The picture of a run's queue; an empty one before there is one.
    pub fn of(run: &RunState) -> Self {
        let shared = run.variant == "shared";
        let object = run.objects.iter().find(|object| {
            let kind = object.object_type.as_str();
            matches!(kind, "mqueue" | "msgqueue") || shared && kind == "memory"
        });
        let live = object.filter(|object| !object.removed);
        let figure = |name| live.and_then(|object| object.reading(name)).cloned();
        let messages = figure("messages");
        let priorities = run.variant == "posix";
        let mut names = object.map_or_else(Vec::new, |object| object.names.clone());
        if names.is_empty() && !looked_at(object) {
            names.extend(object.and_then(|object| object.name.clone()));
        }
        Self {
            id: object.map(|object| object.id.to_string()),
            names,
            removed: object.is_some_and(|object| object.removed),
            bytes: figure("bytes"),
            shelf: live.map_or_else(Shelf::default, |object| Shelf::of(run, object, priorities)),
            notes: live.map_or_else(Vec::new, |object| notes(run, object, messages.as_ref())),
            messages,
        }
    }

    /// Places that are taken, and how many there are, where few enough to be drawn.
    pub fn places(&self) -> Option<(u64, u64)> {
        let messages = self.messages.as_ref()?;
        let max = messages.max.filter(|max| *max <= MOST_PLACES)?;
        Some((messages.value, max))
    }
}

/// More places than this are a number only.
const MOST_PLACES: u64 = 32;

/// Somebody has looked who holds it and which names it has.
fn looked_at(object: Option<&Object>) -> bool {
    object.is_some_and(|object| !object.holders.is_empty() || !object.names.is_empty())
}

fn notes(run: &RunState, object: &Object, messages: Option<&Reading>) -> Vec<Note> {
    let mut notes = Vec::new();
    let reached = |figure: &str| {
        let reading = object.reading(figure);
        reading.is_some_and(|one| one.max.is_some_and(|max| max > 0 && one.value >= max))
    };
    if reached("messages") || reached("bytes") {
        notes.push(Note::Full);
    }
    let posix = object.object_type == "mqueue";
    let begun = run.workers.len() > 1;
    if posix && begun && object.holders.is_empty() && !object.names.is_empty() {
        notes.push(Note::Alone);
    }
    if posix && !object.holders.is_empty() && object.names.is_empty() {
        notes.push(Note::Nameless);
    }
    if let Some(notify) = object.reading("notify") {
        let registered = run.workers.iter().find(|worker| {
            u64::try_from(worker.pid).is_ok_and(|pid| notify.value > 0 && pid == notify.value)
        });
        let used = run.params.get("notify").and_then(|notify| notify.as_str());
        match registered {
            Some(worker) => notes.push(Note::Registered(worker.id.to_string())),
            None if used.is_some_and(|used| used != "off") => notes.push(Note::Unregistered),
            None => {}
        }
    }
    let seen = object.items.len() as u64 + object.more;
    let counted = object.items_origin != Some(Origin::Live);
    let live = messages.filter(|messages| counted && messages.origin == Origin::Live);
    if let Some(live) = live.filter(|live| live.value != seen) {
        notes.push(Note::Differs(live.value));
    }
    notes
}
