//! What is going on with calls.

mod manager;
mod server;
mod unanswered;

#[cfg(test)]
mod tests;

use super::{Rule, Sentence, Tone, facts, words};
use crate::{
    mechanism::rpc::{Line, line},
    state::Worker,
};
use facts::Facts;

/// The strongest first.
pub(super) const RULES: &[Rule] = &[
    unanswered::died,
    unanswered::gave_up,
    unanswered::nobody_there,
    unanswered::other,
    unanswered::again,
    manager::turned_away,
    manager::lock_of_the_dead,
    manager::copy,
    manager::raised,
    manager::lock,
    server::bench,
    server::refused,
    server::fault,
    server::waits,
    server::returned,
    manager::proved,
];

/// What is said where nothing else is.
pub(super) const QUIET: &[Rule] = &[server::listens];

fn clients<'a>(facts: &Facts<'a>) -> impl Iterator<Item = (&'a Worker, Line)> {
    let all = facts.state.workers.iter();
    all.filter(|worker| worker.role == "client" && worker.alive())
        .filter_map(|worker| Some((worker, line(worker)?)))
}

/// The client that has said something last, and the line it is in.
fn newest<'a>(facts: &Facts<'a>) -> Option<(&'a Worker, Line)> {
    let at = |worker: &Worker| worker.said.back().map(|said| said.at_ns);
    let mut newest: Option<(&Worker, Line)> = None;
    for (worker, line) in clients(facts) {
        if newest
            .as_ref()
            .is_none_or(|(other, _)| at(worker) > at(other))
        {
            newest = Some((worker, line));
        }
    }
    newest
}

fn server<'a>(facts: &Facts<'a>) -> Option<&'a Worker> {
    let mut all = facts.state.workers.iter();
    all.find(|worker| worker.role == "server")
}
