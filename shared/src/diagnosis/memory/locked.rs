//! Who waits for the guard, and whether it can ever come.

use super::{
    Facts, Sentence, Tone,
    facts::who_sleeps,
    guard, means, newest,
    words::{capital, name},
};
use crate::{
    event::Wait,
    mechanism::memory::{Guard, Means},
    state::Worker,
};

fn guard_noun(guard: Guard) -> &'static str {
    match guard {
        Guard::Mutex | Guard::Robust => "mutex",
        Guard::Semaphore => "semaphore",
        Guard::Seqlock => "sequence lock",
        Guard::None | Guard::Atomics => "guard",
    }
}

/// Who has it: by the word, or by what was said.
fn owner<'a>(facts: &Facts<'a>) -> Option<&'a Worker> {
    let mut workers = facts.state.workers.iter();
    if let Some(Means::Held {
        owner: Some(thread),
        ..
    }) = means(facts)
    {
        let pid = i32::try_from(thread).ok();
        return workers.find(|worker| Some(worker.pid) == pid);
    }
    workers.find(|worker| {
        let mut said = worker.said.iter().rev();
        let last = said
            .find(|said| matches!(said.what.as_str(), "locked" | "half" | "unlocked" | "whole"));
        last.is_some_and(|said| matches!(said.what.as_str(), "locked" | "half"))
    })
}

/// Its owner is dead, and others sleep for it.
pub(super) fn for_ever(facts: &Facts<'_>) -> Option<Sentence> {
    let waiting = facts.asleep(Wait::Futex);
    let dead = owner(facts).filter(|owner| !owner.alive())?;
    if waiting.is_empty() || guard(facts) == Guard::Robust {
        return None;
    }
    let what = guard_noun(guard(facts));
    let cure = if guard(facts) == Guard::Semaphore {
        "Anybody can post a semaphore: Unlock of any process would let them in."
    } else {
        "To the kernel the mutex is a word of memory. A robust one would have told the next owner."
    };
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} for ever: {} had the {what}, and is dead.",
            capital(&who_sleeps(&waiting)),
            name(dead)
        ),
        cure,
    ))
}

/// Somebody was told that the last owner died.
pub(super) fn owner_died(facts: &Facts<'_>) -> Option<Sentence> {
    let mut workers = facts.state.workers.iter();
    let told = workers.find(|worker| {
        let last = worker.said.iter().rev().take(2);
        worker.alive() && last.into_iter().any(|said| said.what == "owner_died")
    })?;
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} got the mutex, and was told that its last owner died: `EOWNERDEAD`.",
            capital(&name(told))
        ),
        "What the mutex guards may be half done. It said `pthread_mutex_consistent`, so that the mutex can be used again.",
    ))
}

/// A sequence that is odd, and nobody who would make it even.
pub(super) fn spins(facts: &Facts<'_>) -> Option<Sentence> {
    let Some(Means::Sequence { writing: true, .. }) = means(facts) else {
        return None;
    };
    let dead = owner(facts).filter(|owner| !owner.alive())?;
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "The sequence stays odd: {} died in the middle of a write.",
            name(dead)
        ),
        "Who wants to read now looks again and again, and never sleeps. Our readers give up after two seconds.",
    ))
}

/// Somebody waits, and the owner lives.
pub(super) fn sleeps(facts: &Facts<'_>) -> Option<Sentence> {
    let waiting = facts.asleep(Wait::Futex);
    if waiting.is_empty() {
        return None;
    }
    let what = guard_noun(guard(facts));
    let who = capital(&who_sleeps(&waiting));
    let headline = match owner(facts) {
        Some(owner) => format!("{who} in `futex`: {} has the {what}.", name(owner)),
        None => format!("{who} in `futex`, for the {what}."),
    };
    let held = newest(facts).is_some_and(|(_, said)| said.what == "half");
    let detail = if held {
        "The record is half done. Finish lets the others in."
    } else {
        "As soon as it is unlocked, the kernel wakes one of those who sleep."
    };
    Some(Sentence::new(Tone::Moon, headline, detail))
}
