//! What is going on with a file.

mod content;
mod locked;
mod quiet;

#[cfg(test)]
mod testing;

use super::{Rule, Sentence, Tone, facts::Facts, words};
use crate::{
    event::{Holder, ProcState},
    os::Signal,
    state::{Life, Object, Worker},
};
use words::{capital, name};

/// The strongest first.
pub(super) const RULES: &[Rule] = &[
    bus,
    locked::stranger,
    locked::waiting,
    content::emptied,
    content::written_over,
    content::torn,
    content::nameless,
];

/// What is said where nothing else is.
pub(super) const QUIET: &[Rule] = &[
    quiet::missing,
    quiet::vain,
    quiet::unread,
    quiet::watching,
    locked::held,
];

/// The file that has the name now.
fn file<'a>(facts: &Facts<'a>) -> Option<&'a Object> {
    let named = |object: &&Object| {
        let mut names = object.names.iter();
        names.any(|name| !is_beside(name))
    };
    let mut all = facts.state.objects.iter().rev();
    all.find(|object| object.object_type == "file" && !object.removed && named(object))
}

/// The name of a file that is being made to take another's place.
fn is_beside(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    last.contains(".new")
}

fn figure(object: &Object, name: &str) -> Option<u64> {
    object.reading(name).map(|reading| reading.value)
}

/// Who has a descriptor, if it lives.
fn holder<'a>(facts: &Facts<'a>, holder: &Holder) -> Option<&'a Worker> {
    facts
        .state
        .worker(&holder.worker)
        .filter(|worker| worker.alive())
}

/// A load or store behind the end of the file.
fn bus(facts: &Facts<'_>) -> Option<Sentence> {
    let dead = facts.state.workers.iter().find(|worker| {
        worker.life
            == Life::Killed {
                signal: Signal::SIGBUS,
            }
    })?;
    Some(Sentence::new(
        Tone::Dead,
        format!("{} was killed by `SIGBUS`.", capital(&name(dead))),
        "It touched an address of its mapping behind which the file has no page any more. There was no call that could have failed.",
    ))
}

/// It sleeps, and is not frozen.
fn sleeps(worker: &Worker) -> bool {
    worker.alive() && !worker.frozen && worker.state == ProcState::Asleep
}
