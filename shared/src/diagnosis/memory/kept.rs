//! What is mapped, what has a name, and what is left.

use super::{
    Facts, Sentence, Tone, memory, newest,
    words::{capital, name},
};
use crate::{
    os::Signal,
    state::{Life, Worker},
};

/// Somebody used an address after it had unmapped the memory.
pub(super) fn read_after_close(facts: &Facts<'_>) -> Option<Sentence> {
    let mut workers = facts.state.workers.iter().rev();
    let dead = workers.find(|worker| {
        worker.life
            == Life::Killed {
                signal: Signal::SIGSEGV,
            }
    })?;
    Some(Sentence::new(
        Tone::Dead,
        format!(
            "{} is gone, `SIGSEGV`: it loaded from an address where nothing is.",
            capital(&name(dead))
        ),
        "It had unmapped the memory. A load is no call and cannot fail with an error, so that the kernel ends the process.",
    ))
}

/// Somebody asked for a name that nothing has.
pub(super) fn refused(facts: &Facts<'_>) -> Option<Sentence> {
    let (who, said) = newest(facts).filter(|(_, said)| said.what == "refused")?;
    let errno = said.about.get("errno").and_then(|errno| errno.as_str())?;
    let detail = if errno == "ENOENT" {
        "Nothing has that name: it was never made, is spelled otherwise, or was removed."
    } else {
        ""
    };
    Some(Sentence::new(
        Tone::Warning,
        format!("{} could not attach: `{errno}`.", capital(&name(who))),
        detail,
    ))
}

/// Everybody is gone, and the memory is there.
pub(super) fn name_stays(facts: &Facts<'_>) -> Option<Sentence> {
    let memory =
        memory(facts).filter(|memory| memory.mappings.is_empty() && !memory.names.is_empty())?;
    let mut users = facts
        .state
        .workers
        .iter()
        .filter(|worker| worker.role != "parent");
    if users.clone().next().is_none() || users.any(Worker::alive) {
        return None;
    }
    let bytes = memory.content.as_ref().map_or(0, |content| content.total);
    let what = if bytes > 0 {
        format!(
            "{} of memory are still there",
            super::words::count(bytes, "byte")
        )
    } else {
        "the memory is still there".to_owned()
    };
    Some(Sentence::new(
        Tone::Warning,
        format!("Nobody has it mapped any more, and {what}: its name keeps them."),
        "The parent can attach by that name and find the bytes as they were left. Unlink takes the name away.",
    ))
}

/// No name leads to it, and it is used.
pub(super) fn nameless(facts: &Facts<'_>) -> Option<Sentence> {
    let memory =
        memory(facts).filter(|memory| memory.names.is_empty() && !memory.mappings.is_empty())?;
    if facts.state.variant == "memfd" || memory.mappings.is_empty() {
        return None;
    }
    Some(Sentence::new(
        Tone::Calm,
        "No name leads to the memory any more. Those who have it mapped notice nothing.",
        "It goes with the last of them.",
    ))
}

/// A message is there, and nobody has looked.
pub(super) fn unseen(facts: &Facts<'_>) -> Option<Sentence> {
    let last = facts.state.messages.back()?;
    let stored = last.sent.as_ref().is_some_and(|sent| sent.errno.is_none());
    if !stored || last.bytes_out > 0 || last.bytes_lost > 0 {
        return None;
    }
    let who = facts.state.worker(&last.worker)?;
    Some(Sentence::new(
        Tone::Calm,
        format!(
            "What {} stored is in memory, and nobody has looked yet.",
            name(who)
        ),
        "Memory wakes nobody: whoever wants to know must load.",
    ))
}

/// Nothing was stored yet.
pub(super) fn quiet(facts: &Facts<'_>) -> Option<Sentence> {
    let memory = memory(facts)?;
    let stored = memory.content.as_ref();
    let stored =
        stored.is_some_and(|content| content.writers.iter().any(|wrote| wrote.worker.is_some()));
    (memory.mappings.len() >= 2 && !stored).then(|| {
        Sentence::new(
            Tone::Calm,
            "One page of memory, at an address of each process. Nothing is stored in it yet.",
            "Send something, or fill the record from a process's menu: no system call will be made.",
        )
    })
}
