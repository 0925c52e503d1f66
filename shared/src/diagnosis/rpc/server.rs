//! A server at work, and those who wait for it.

use super::{
    Sentence, Tone, clients,
    facts::Facts,
    newest, server,
    words::{capital, count, list, name},
};
use crate::{
    mechanism::rpc::{Fate, work},
    state::Worker,
};

/// Those whose line waits for its result.
fn waiting<'a>(facts: &Facts<'a>) -> Vec<&'a Worker> {
    clients(facts)
        .filter(|(_, line)| line.fate == Fate::Waits)
        .map(|(worker, _)| worker)
        .collect()
}

/// Connections that nobody has accepted.
fn bench_of(facts: &Facts<'_>) -> u64 {
    let mut objects = facts.state.objects.iter();
    let listener = objects.find(|object| object.object_type == "listener" && !object.removed);
    let waiting = listener.and_then(|listener| listener.reading("waiting"));
    waiting.map_or(0, |reading| reading.value)
}

/// One is served, others sit on the bench.
pub(super) fn bench(facts: &Facts<'_>) -> Option<Sentence> {
    let held = bench_of(facts);
    let server = server(facts).filter(|server| server.alive() && !server.frozen)?;
    let work = work(server);
    let call = work.now.first()?;
    if held == 0 {
        return None;
    }
    let verb = if held == 1 { "waits" } else { "wait" };
    Some(Sentence::new(
        Tone::Moon,
        format!(
            "The server is in `{call}`; {} {verb} in the accept queue.",
            count(held, "connection")
        ),
        "They are connected, and their calls lie in the kernel: the server has one thread, and accepts one after the other.",
    ))
}

/// It never left.
pub(super) fn refused(facts: &Facts<'_>) -> Option<Sentence> {
    let (client, line) = newest(facts)?;
    let Fate::Refused(why) = &line.fate else {
        return None;
    };
    let syntax = why.starts_with("SyntaxError");
    let detail = if facts.state.variant == "manager" {
        match why.split(':').next() {
            Some("AuthenticationError") => {
                "The server hung up before it heard any call: the proof of the key was wrong."
            }
            Some("AttributeError") => {
                "The class of a proxy says what methods there are: no call was made."
            }
            _ => {
                "Type a line as in Python: tasks['1'] = 'new', log.append('x'), counter.value += 1."
            }
        }
    } else if syntax {
        "Type a call as in Python: square(5), add(1, 2), reverse([1, 2, 3]), increment()."
    } else {
        "No call was made. What the protocol has no words for cannot be sent with it."
    };
    Some(Sentence::new(
        Tone::Warning,
        format!(
            "{} could not send `{}`: {why}.",
            capital(&name(client)),
            line.call
        ),
        detail,
    ))
}

/// The function failed, over there.
pub(super) fn fault(facts: &Facts<'_>) -> Option<Sentence> {
    let (client, line) = newest(facts)?;
    let Fate::Fault(code, text) = &line.fate else {
        return None;
    };
    let number = match code {
        0 => String::new(),
        code => format!(": fault {code}"),
    };
    Some(Sentence::new(
        Tone::Calm,
        format!(
            "`{}` failed in the server, and {} was told so{number}.",
            line.call,
            name(client)
        ),
        format!("The answer says: {text}"),
    ))
}

/// Nobody is dead or frozen: that would be more than what a call has come to.
pub(super) fn all_well(facts: &Facts<'_>) -> bool {
    let mut all = facts.state.workers.iter();
    all.all(|worker| worker.alive() && !worker.frozen)
}

/// Somebody's line stands still.
pub(super) fn waits(facts: &Facts<'_>) -> Option<Sentence> {
    if !all_well(facts) {
        return None;
    }
    let all = waiting(facts);
    let first = all.first()?;
    let names: Vec<_> = all.iter().map(|worker| name(worker)).collect();
    let verb = if all.len() == 1 { "waits" } else { "wait" };
    let call = crate::mechanism::rpc::line(first)?.call;
    Some(Sentence::new(
        Tone::Moon,
        format!(
            "{} {verb} for what `{call}` returns.",
            capital(&list(&names))
        ),
        "The line of the program stands still, as in any call: only that another process does the work.",
    ))
}

/// The last call has its result.
pub(super) fn returned(facts: &Facts<'_>) -> Option<Sentence> {
    if !all_well(facts) {
        return None;
    }
    let (client, line) = newest(facts)?;
    let Fate::Returned(value) = &line.fate else {
        return None;
    };
    Some(Sentence::new(
        Tone::Ok,
        format!("`{}` returned {value} to {}.", line.call, name(client)),
        "",
    ))
}

/// Nobody has called.
pub(super) fn listens(facts: &Facts<'_>) -> Option<Sentence> {
    let server = server(facts).filter(|server| server.alive())?;
    let idle = work(server).now.is_empty() && newest(facts).is_none();
    idle.then(|| {
        Sentence::new(
            Tone::Moon,
            "The server listens, and nobody has called.",
            if facts.state.variant == "manager" {
                "It holds tasks, a dictionary, and log, counter and lock. Send `tasks['1'] = 'new'`."
            } else {
                "Send `square(5)`, or any other call."
            },
        )
    })
}
