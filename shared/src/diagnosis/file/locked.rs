//! Locks: who has one, who waits, and who does not care.

use super::{Facts, Sentence, Tone, capital, file, name};
use crate::{
    diagnosis::{
        facts::{call_of, who_sleeps_first},
        words::{self, list},
    },
    event::{Lock, LockKind, Wait},
    state::{Object, Worker},
};

fn owners<'a>(facts: &Facts<'a>, file: &Object) -> Vec<&'a Worker> {
    let locks = file.locks.iter().filter(|lock| !lock.waiting);
    let owners = locks.filter_map(|lock| facts.state.worker(lock.worker.as_ref()?));
    let mut owners: Vec<_> = owners.collect();
    owners.dedup_by_key(|owner| &owner.id);
    owners
}

/// A process wrote that had not asked for the lock which another has.
pub(super) fn stranger(facts: &Facts<'_>) -> Option<Sentence> {
    let file = file(facts)?;
    let owners = owners(facts, file);
    let owner = owners.first()?;
    let message = facts.state.messages.back()?;
    let sent = message.sent.is_some_and(|sent| sent.n > 0);
    let writer = facts.state.worker(&message.worker)?;
    if !sent || writer.role != "stranger" {
        return None;
    }
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} wrote {}, though {} has the lock.",
            capital(&name(writer)),
            words::message(message),
            name(owner)
        ),
        "Locks on files are advisory: they keep out only those who ask for one. `write` does not look at them.",
    ))
}

/// Somebody sleeps until a lock is free.
pub(super) fn waiting(facts: &Facts<'_>) -> Option<Sentence> {
    let asleep = facts.asleep(Wait::FileLock);
    let first = *asleep.first()?;
    let file = file(facts)?;
    let others = owners(facts, file);
    let others: Vec<_> = others
        .into_iter()
        .filter(|owner| owner.id != first.id)
        .map(name)
        .collect();
    let owner = match (others.as_slice(), foreign(&file.locks)) {
        ([], true) => "a process that is not of this run has the lock".to_owned(),
        ([], false) => "the lock is not free".to_owned(),
        (names, _) => format!(
            "{} {} the lock",
            list(names),
            if names.len() == 1 { "has" } else { "have" }
        ),
    };
    let call = match (call_of(first), kind(&file.locks)) {
        ("read", Some(LockKind::Flock)) => "flock",
        ("read", _) => "fcntl",
        (call, _) => call,
    };
    Some(Sentence::new(
        Tone::Moon,
        format!("{} in `{call}`: {owner}.", who_sleeps_first(&asleep)),
        "The kernel wakes it when the lock is given back, or when its owner closes the file or ends.",
    ))
}

/// Somebody has a lock, and nobody wants it.
pub(super) fn held(facts: &Facts<'_>) -> Option<Sentence> {
    let file = file(facts)?;
    let owners: Vec<_> = owners(facts, file).into_iter().map(name).collect();
    if owners.is_empty() {
        return None;
    }
    let have = if owners.len() == 1 { "has" } else { "have" };
    Some(Sentence::new(
        Tone::Calm,
        format!("{} {have} a lock on the file.", capital(&list(&owners))),
        "Who asks for it will sleep. Who does not ask can read and write as ever.",
    ))
}

fn kind(locks: &[Lock]) -> Option<LockKind> {
    locks.first().map(|lock| lock.kind)
}

fn foreign(locks: &[Lock]) -> bool {
    let held = |lock: &&Lock| !lock.waiting && lock.kind != LockKind::Ofd;
    locks.iter().filter(held).any(|lock| lock.worker.is_none())
}

#[cfg(test)]
mod tests {
    use super::super::testing::Story;
    use crate::{diagnosis::Tone, event::Wait};

    #[test]
    fn who_waits_is_told_for_whom() {
        let mut story = Story::file("append");
        story
            .locks(&[("writer", false), ("writer-2", true)])
            .sleeps("writer-2", Wait::FileLock);
        let said = story.said();
        assert_eq!(said.0, Tone::Moon);
        assert_eq!(said.1, "Writer B sleeps in `flock`: writer A has the lock.");
    }

    #[test]
    fn a_lock_of_a_program_outside_is_said_to_be_that() {
        let mut story = Story::file("append");
        story
            .locks(&[("", false), ("writer", true)])
            .sleeps("writer", Wait::FileLock);
        assert!(story.said().1.contains("not of this run"));
    }

    #[test]
    fn a_stranger_writes_all_the_same() {
        let mut story = Story::file("append");
        story.locks(&[("writer", false)]);
        assert_eq!(story.said().1, "Writer A has a lock on the file.");
        story.started("stranger").wrote("stranger", 1, "x");
        let said = story.said();
        assert_eq!(said.0, Tone::Warning);
        assert_eq!(
            said.1,
            "Stranger D wrote #1 “x”, though writer A has the lock."
        );
        story.locks(&[]);
        assert!(!story.said().1.contains("though"));
    }
}
