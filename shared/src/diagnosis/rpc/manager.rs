//! Proxies of things that live in another process.

use super::{
    Sentence, Tone, clients,
    facts::Facts,
    newest,
    words::{capital, name},
};
use crate::{
    mechanism::rpc::{Fate, Line},
    state::{Life, Worker},
};

/// It has another key.
pub(super) fn turned_away(facts: &Facts<'_>) -> Option<Sentence> {
    let away = |worker: &&Worker| {
        let last = worker.said.back();
        last.is_some_and(|said| said.what == "turned-away") && worker.role == "client"
    };
    let client = facts.state.workers.iter().find(away)?;
    let why = client.said.back()?.about.get("why")?.as_str()?;
    let detail = if why.starts_with("AuthenticationError") {
        "The server sent 20 random bytes, and what came back was not made with its key. It hung up before it heard any call."
    } else {
        "It tries again with the first line that it is given."
    };
    Some(Sentence::new(
        Tone::Warning,
        format!("{} was turned away: {why}.", capital(&name(client))),
        detail,
    ))
}

fn takes_the_lock(line: &Line) -> bool {
    line.call.starts_with("lock.acquire")
}

/// Who waits for the lock.
fn waits<'a>(facts: &Facts<'a>) -> Option<&'a Worker> {
    let mut all = clients(facts);
    let waits = all.find(|(_, line)| takes_the_lock(line) && line.fate == Fate::Waits);
    waits.map(|(worker, _)| worker)
}

/// Somebody waits for a lock whose owner was killed.
pub(super) fn lock_of_the_dead(facts: &Facts<'_>) -> Option<Sentence> {
    let waits = waits(facts)?;
    let had = |worker: &&Worker| {
        let line = crate::mechanism::rpc::line(worker);
        matches!(worker.life, Life::Killed { .. })
            && line.is_some_and(|line| {
                takes_the_lock(&line) && line.fate == Fate::Returned("True".to_owned())
            })
    };
    let owner = facts.state.workers.iter().find(had)?;
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} waits for a lock that {} took before it was killed.",
            capital(&name(waits)),
            name(owner)
        ),
        "The lock lives in the server, which sees a connection end and thinks nothing of it. Nobody will release it.",
    ))
}

/// Somebody waits for the lock.
pub(super) fn lock(facts: &Facts<'_>) -> Option<Sentence> {
    let waits = waits(facts)?;
    Some(Sentence::new(
        Tone::Moon,
        format!("{} waits for the lock.", capital(&name(waits))),
        "Its line stands still, and so does a thread of the server that serves it, until somebody calls lock.release().",
    ))
}

/// What was changed is a copy.
pub(super) fn copy(facts: &Facts<'_>) -> Option<Sentence> {
    let (client, line) = newest(facts)?;
    let value = line.copy?;
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "`{}` has changed a copy: {} has {value}, and the server does not.",
            line.program,
            name(client)
        ),
        "The server was asked for the value and sent a copy. What is done to that is no call. Set the whole value again to keep the change.",
    ))
}

/// The exception of a line, not of a call.
pub(super) fn raised(facts: &Facts<'_>) -> Option<Sentence> {
    let (client, line) = newest(facts)?;
    let Fate::Raised(why) = &line.fate else {
        return None;
    };
    Some(Sentence::new(
        Tone::Calm,
        format!(
            "`{}` raised {why} in {} itself.",
            line.program,
            name(client)
        ),
        "The calls before it were executed. What failed was done with a value that had come.",
    ))
}

/// Nobody has called, and they know each other.
pub(super) fn proved(facts: &Facts<'_>) -> Option<Sentence> {
    let knows = |worker: &&Worker| worker.said.iter().any(|said| said.what == "proved");
    let client = facts.state.workers.iter().find(knows)?;
    if newest(facts).is_some() || !super::server::all_well(facts) {
        return None;
    }
    Some(Sentence::new(
        Tone::Moon,
        format!(
            "{} and the server have proven to each other that they have the same key.",
            capital(&name(client))
        ),
        "The server holds tasks, log, counter and lock, and nobody has called yet. Send `tasks['1'] = 'new'`.",
    ))
}
