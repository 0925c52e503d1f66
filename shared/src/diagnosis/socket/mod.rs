//! What is going on with sockets: who waits for whom, and what was refused, lost or cut.

mod asleep;
mod cable;
mod connecting;
mod datagrams;
mod ending;
mod passed;
mod streams;

#[cfg(test)]
mod testing;

use super::{Rule, Sentence, Tone, facts, words};
use crate::{
    ledger::Direction,
    os::Errno,
    state::{Call, Message, Object, Said, Worker},
};
use facts::Facts;

/// The strongest first.
pub(super) const RULES: &[Rule] = &[
    connecting::in_use,
    connecting::no_such_address,
    connecting::refused,
    cable::pulled,
    connecting::knocking,
    asleep::full,
    ending::reset,
    ending::nobody_receives,
    datagrams::unreachable,
    datagrams::truncated,
    datagrams::thrown_away,
    datagrams::dropped,
    streams::would_wait,
    streams::short,
    passed::came,
    passed::peer,
    ending::end,
    streams::together,
    streams::pieces,
];

/// What is said where nothing else is.
pub(super) const QUIET: &[Rule] = &[
    connecting::unaccepted,
    streams::unread,
    datagrams::waiting,
    ending::time_wait,
    ending::half_closed,
    asleep::nothing,
];

/// What a process said last, if it is that; the newest of all who did, unless bytes have been moved since.
fn said<'a>(facts: &Facts<'a>, what: &str) -> Option<(&'a Worker, &'a Said)> {
    let workers = facts.state.workers.iter();
    let all = workers.filter_map(|worker| Some((worker, worker.said.back()?)));
    let (worker, said) = all
        .filter(|(_, said)| said.what == what)
        .max_by_key(|(_, said)| said.at_ns)?;
    let mut calls = facts.state.calls.iter().rev();
    let moved = calls.find(|call| took(call));
    let since = moved.is_some_and(|call| call.entered_ns + call.took_ns > said.at_ns);
    (!since).then_some((worker, said))
}

/// The call took bytes out of a socket.
fn took(call: &Call) -> bool {
    !call.parts.is_empty() && Direction::of(&call.name) == Some(Direction::Receive)
}

/// Calls on sockets that can fail or succeed; a process is told by the last of them.
const CALLS: &[&str] = &[
    "bind", "listen", "connect", "accept", "recv", "send", "read", "write", "shutdown",
];

/// A call that failed and is the last that its process made on a socket: whose, and why. The newest of all, unless bytes have
/// been moved since.
fn failed<'a>(facts: &Facts<'a>, call: &str) -> Option<(&'a Worker, Errno)> {
    if !facts.state.xray {
        return reported(facts, call);
    }
    let mut seen = Vec::new();
    for one in facts.state.calls.iter().rev() {
        if took(one) {
            return None;
        }
        let known = CALLS.iter().any(|name| one.name.starts_with(name));
        if !known || seen.contains(&&one.worker) {
            continue;
        }
        seen.push(&one.worker);
        if let Some(errno) = one.errno.filter(|_| one.name.starts_with(call)) {
            return Some((facts.caller(one)?, errno));
        }
    }
    None
}

/// The same, where calls are not seen: what the process reported last, `connect: ECONNREFUSED, …`.
fn reported<'a>(facts: &Facts<'a>, call: &str) -> Option<(&'a Worker, Errno)> {
    let workers = facts.state.workers.iter();
    workers.rev().find_map(|worker| {
        let (which, why) = worker.output.lines().last()?.split_once(": ")?;
        let name = why.split_once(',').map_or(why, |(name, _)| name);
        let errno = ERRNOS.iter().find(|errno| errno.to_string() == name)?;
        let since = worker.said.back();
        let since =
            since.is_some_and(|said| matches!(said.what.as_str(), "connected" | "listening"));
        let over = since && matches!(call, "bind" | "connect");
        (which.starts_with(call) && !over).then_some((worker, *errno))
    })
}

/// What calls on sockets fail with that there is something to say about.
const ERRNOS: &[Errno] = &[
    Errno::ECONNREFUSED,
    Errno::ECONNRESET,
    Errno::EADDRINUSE,
    Errno::ENOENT,
];

/// The newest message, if its sending ended so.
fn newest_failed<'a>(facts: &Facts<'a>, errno: Errno) -> Option<(&'a Worker, &'a Message)> {
    let message = facts.state.messages.back()?;
    let sent = message.sent.filter(|sent| sent.errno == Some(errno));
    sent?;
    Some((facts.state.worker(&message.worker)?, message))
}

/// Sockets of a kind that exist.
fn sockets<'a>(facts: &Facts<'a>, object_type: &'a str) -> impl Iterator<Item = &'a Object> {
    let objects = facts.state.objects.iter();
    objects.filter(move |object| !object.removed && object.object_type == object_type)
}

/// The listening socket.
fn listener<'a>(facts: &Facts<'a>) -> Option<&'a Object> {
    sockets(facts, "listener").last()
}

/// Who has a socket open, who is not the parent.
fn owner<'a>(facts: &Facts<'a>, object: &Object) -> Option<&'a Worker> {
    let holders = object.holders.iter();
    holders
        .filter_map(|holder| facts.state.worker(&holder.worker))
        .find(|worker| worker.letter.is_some())
}

/// Bytes that lie in a socket.
fn held(object: &Object) -> u64 {
    let reading = object.reading("bytes");
    reading.map_or_else(|| object.bytes(), |reading| reading.value)
}
