//! A counter: an eventfd with what was added to it, a semaphore with its bench.

use super::on_its_way;
use shared::{
    event::{Reading, Wait},
    ids::{MsgId, WorkerId},
    state::{Life, RunState},
};

/// Something that was added and not taken, as far as is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The message.
    pub msg: MsgId,
    /// Letter of who added it.
    pub letter: Option<char>,
    /// How much: `3`.
    pub value: String,
    /// Its call is not back: it waits for room, or is about to be in.
    pub waits: bool,
}

/// A counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// What the kernel calls it.
    pub id: Option<String>,
    /// Names that lead to it.
    pub names: Vec<String>,
    /// It is gone.
    pub removed: bool,
    /// A semaphore; else an eventfd.
    pub semaphore: bool,
    /// Its value.
    pub value: Option<Reading>,
    /// All digits of it, where they are more than a figure can have.
    pub digits: String,
    /// How many sleep, by its own word.
    pub sleepers: Option<Reading>,
    /// Who sleeps at it, with letters.
    pub bench: Vec<(Option<char>, WorkerId)>,
    /// What was added and not taken.
    pub added: Vec<Added>,
    /// Takes of which nobody can say whose additions they were.
    pub unsure: bool,
}

impl Count {
    pub(super) fn of(run: &RunState) -> Self {
        let kind = run.variant.as_str();
        let object = run.objects.iter().find(|object| object.object_type == kind);
        let live = object.filter(|object| !object.removed);
        let figure = |name: &str| live.and_then(|object| object.reading(name)).cloned();
        let value = figure("value");
        let asleep = run.workers.iter().filter(|worker| {
            let waits = matches!(worker.because, Some(Wait::Futex | Wait::Event));
            worker.life == Life::Alive && waits && worker.role == "receiver"
        });
        let open = run.messages.iter().filter(|message| on_its_way(message));
        let added = open.map(|message| Added {
            msg: message.id,
            letter: run.worker(&message.worker).and_then(|worker| worker.letter),
            value: message
                .preview
                .text
                .clone()
                .filter(|text| !text.is_empty())
                .unwrap_or_else(|| "1".to_owned()),
            waits: message.sent.is_none(),
        });
        Self {
            id: object.map(|object| object.id.to_string()),
            names: live.map_or_else(Vec::new, |object| object.names.clone()),
            removed: object.is_some_and(|object| object.removed),
            semaphore: kind == "semaphore",
            digits: digits(value.as_ref()),
            value,
            sleepers: figure("sleepers"),
            bench: asleep
                .map(|worker| (worker.letter, worker.id.clone()))
                .collect(),
            added: added.collect(),
            unsure: run
                .messages
                .iter()
                .any(|message| message.tie == shared::event::Tie::Ambiguous && !message.arrived),
        }
    }
}

/// The digits as they stand on the wheels: a value beyond 2^53 is told in words.
fn digits(value: Option<&Reading>) -> String {
    let Some(value) = value else {
        return String::new();
    };
    match value.how.split_once(": ") {
        Some((_, all)) => all.to_owned(),
        None => value.value.to_string(),
    }
}
