//! What is going on with shared memory.

mod kept;
mod locked;
mod mixed;

#[cfg(test)]
mod tests;

use super::{Rule, Sentence, Tone, facts, words};
use crate::{
    mechanism::memory::{Guard, Means, word},
    state::{Object, Said, Worker},
};
use facts::Facts;

/// The strongest first.
pub(super) const RULES: &[Rule] = &[
    kept::read_after_close,
    locked::for_ever,
    locked::owner_died,
    locked::spins,
    locked::sleeps,
    kept::refused,
    mixed::torn,
    mixed::lost_update,
    kept::name_stays,
];

/// What is said where nothing else is.
pub(super) const QUIET: &[Rule] = &[
    kept::unseen,
    mixed::overwritten,
    kept::nameless,
    kept::quiet,
];

/// The memory of the lesson, while it exists.
fn memory<'a>(facts: &Facts<'a>) -> Option<&'a Object> {
    let mut objects = facts.state.objects.iter();
    objects
        .find(|object| !object.removed && matches!(object.object_type.as_str(), "memory" | "file"))
}

/// What the run is guarded by.
fn guard(facts: &Facts<'_>) -> Guard {
    let word = facts.state.params.get("guard");
    Guard::of(word.and_then(|word| word.as_str()).unwrap_or_default())
}

/// What the guard's word says.
fn means(facts: &Facts<'_>) -> Option<Means> {
    let content = memory(facts)?.content.as_ref()?;
    let digits = content.hex.get(..32).filter(|_| content.at == 0)?;
    let two = |at: usize| u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok();
    let bytes: Vec<u8> = (0..16).filter_map(two).collect();
    Some(word(guard(facts), &bytes).means)
}

/// What was said last, and by whom.
fn newest<'a>(facts: &Facts<'a>) -> Option<(&'a Worker, &'a Said)> {
    let workers = facts.state.workers.iter();
    let last = workers.filter_map(|worker| Some((worker, worker.said.back()?)));
    last.max_by_key(|(_, said)| said.at_ns)
}

/// A number that was said.
fn number(said: &Said, name: &str) -> u64 {
    let value = said.about.get(name);
    value.and_then(serde_json::Value::as_u64).unwrap_or(0)
}
