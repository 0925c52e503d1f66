//! Calls of a role in a form in which two tracers can be compared.

use crate::{
    shown::{self, Allocator, Shown},
    strace::Line,
};
use shared::event::{Event, Kind};
use std::{collections::BTreeMap, fmt};

/// One call, without what differs from run to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    name: String,
    fd: Option<i32>,
    /// `5`, `-EPIPE`, `a pid`, or nothing where it never returned.
    result: String,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fd = self.fd.map(|fd| fd.to_string()).unwrap_or_default();
        write!(f, "{}({fd}) = {}", self.name, self.result)
    }
}

/// Calls of each role, in order.
pub(crate) type Calls = BTreeMap<String, Vec<Call>>;

/// Calls of each role as our own events have them.
pub(crate) fn ours(events: &[Event]) -> Calls {
    let mut calls = Calls::new();
    let mut places = BTreeMap::new();
    let mut allocator = (Allocator::default(), None);
    // strace tells a thread by its own id, which is not among those of the workers.
    for event in events.iter().filter(|event| event.task.is_none()) {
        let role = event
            .worker
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        match &event.kind {
            Kind::CallEntered { name, args, .. } if Allocator::opens(name, &args.concat()) => {
                allocator.1 = Some(event.seq);
            }
            Kind::CallEntered { name, fd, .. } if allocator.0.use_it(&role, name, *fd) => {}
            Kind::CallEntered { name, fd, .. } if shown::name(name, *fd) => {
                let list = calls.entry(role).or_default();
                places.insert(event.seq, list.len());
                list.push(Call {
                    name: name.clone(),
                    fd: shown::fd_of(name, *fd),
                    result: String::new(),
                });
            }
            Kind::CallReturned {
                call,
                name,
                ret,
                errno,
                ..
            } => {
                if let (true, Some(fd)) = (allocator.1 == Some(*call), *ret) {
                    let fd = i32::try_from(fd).expect("a descriptor");
                    allocator.0.opened(&role, fd);
                }
                let place = places
                    .get(call)
                    .and_then(|at| calls.get_mut(&role)?.get_mut(*at));
                if let Some(entered) = place {
                    let errno = errno.map(|errno| format!("-{errno}"));
                    let ret = ret.map(|ret| ret.to_string());
                    entered.result = shown::result(name, &errno.or(ret).unwrap_or_default());
                }
            }
            _ => {}
        }
    }
    calls
}

/// Calls of each role as strace has them, for the processes that the events name.
pub(crate) fn theirs(lines: &[Line], events: &[Event]) -> Calls {
    let mut roles = BTreeMap::new();
    for event in events {
        if let (Kind::ProcessStarted { .. }, Some(pid), Some(worker)) =
            (&event.kind, event.host_pid, &event.worker)
        {
            roles.insert(pid, worker.to_string());
        }
    }
    let mut shown = Shown::of(lines);
    let mut calls = Calls::new();
    // Where in the list of its role the calls of a process are that a signal interrupted, the innermost last.
    let mut interrupted: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
    let mut allocator = Allocator::default();
    for line in lines {
        let Some(role) = roles.get(&line.pid).filter(|_| shown.has(line)) else {
            continue;
        };
        if Allocator::opens(&line.name, &line.args) {
            if let Ok(fd) = line.result.parse() {
                allocator.opened(role, fd);
            }
            continue;
        }
        if allocator.use_it(role, &line.name, line.fd()) {
            continue;
        }
        let list = calls.entry(role.clone()).or_default();
        let open = interrupted.entry(line.pid).or_default();
        let again = open.last().copied().filter(|at| {
            let half = list.get(*at);
            line.name == "restart_syscall"
                || half.is_some_and(|half: &Call| {
                    line.name == half.name && shown::fd_of(&line.name, line.fd()) == half.fd
                })
        });
        let end = outcome(line);
        // A call that is entered again is one call.
        let at = again.unwrap_or_else(|| {
            list.push(Call {
                name: line.name.clone(),
                fd: shown::fd_of(&line.name, line.fd()),
                result: String::new(),
            });
            list.len() - 1
        });
        let stopped = line.result.contains("ERESTART");
        match (again, stopped) {
            (None, true) => open.push(at),
            (Some(_), false) => drop(open.pop()),
            (None, false) | (Some(_), true) => {}
        }
        if line.name == "rt_sigreturn" {
            // A handler is over: the call that it interrupted has failed, or is entered again.
            if end == "-EINTR"
                && let Some(failed) = open.pop().and_then(|at| list.get_mut(at))
            {
                failed.result = end;
            }
        } else if let Some(call) = list.get_mut(at) {
            call.result = end;
        }
    }
    calls
}

/// What came of a line of strace's; nothing where the call never returned, or is interrupted.
fn outcome(line: &Line) -> String {
    let mut words = line.result.split(' ');
    let number = words.next().unwrap_or_default();
    let errno = words.next().filter(|_| number == "-1");
    match errno {
        Some(errno) => shown::result(&line.name, &format!("-{errno}")),
        None if number.starts_with('?') => String::new(),
        None => {
            let hex = number.strip_prefix("0x");
            let decimal = hex.and_then(|hex| i64::from_str_radix(hex, 16).ok());
            let number = decimal.map_or_else(|| number.to_owned(), |decimal| decimal.to_string());
            shown::result(&line.name, &number)
        }
    }
}

/// The list with neighboring reads of one descriptor as one, which got the sum. Where reader and writer run freely at
/// the same time, how much one read() gets is up to the scheduler; how much all get is not.
pub(crate) fn merged(calls: &[Call]) -> Vec<Call> {
    let mut merged: Vec<Call> = Vec::new();
    for call in calls {
        let got = |call: &Call| {
            call.result
                .parse::<u64>()
                .ok()
                .filter(|n| call.name == "read" && *n > 0)
        };
        let sum = merged
            .last()
            .filter(|last| last.fd == call.fd)
            .and_then(got)
            .zip(got(call));
        match (merged.last_mut(), sum) {
            (Some(last), Some((before, more))) => last.result = (before + more).to_string(),
            _ => merged.push(call.clone()),
        }
    }
    merged
}

/// Each kind of call once, whatever came of it. How often somebody looks who looks again and again, and what it finds, is up
/// to the scheduler.
pub(crate) fn kinds(calls: &[Call]) -> Vec<Call> {
    let mut kinds: Vec<Call> = Vec::new();
    for call in calls {
        if kinds
            .iter()
            .all(|kind| (&kind.name, kind.fd) != (&call.name, call.fd))
        {
            kinds.push(Call {
                result: String::new(),
                ..call.clone()
            });
        }
    }
    kinds.sort_by(|a, b| (&a.name, a.fd).cmp(&(&b.name, b.fd)));
    kinds
}

/// All but the waiting: how often a process that sleeps in poll(2) is woken, by a command as well, is up to the scheduler.
/// And but what it may still hear at the end: all are killed one after the other, and who is connected to one that is gone
/// already may be woken by that before its own turn.
pub(crate) fn without_polls(calls: &[Call]) -> Vec<Call> {
    let waits = |call: &&Call| ["poll", "ppoll"].contains(&&*call.name);
    let mut calls: Vec<_> = calls.iter().filter(|call| !waits(call)).cloned().collect();
    let took = |call: &Call| call.result.parse::<u64>().is_ok_and(|bytes| bytes > 0);
    let receives = |call: &Call| ["read", "recvfrom", "recvmsg"].contains(&&*call.name);
    while calls
        .last()
        .is_some_and(|last| receives(last) && !took(last))
    {
        calls.pop();
    }
    calls
}

/// All but the questions that a process asks of its sockets where nobody traces it, so that its reports can say which
/// connection they are about. Sockets' own tests look at these calls.
pub(crate) fn but_questions(calls: &[Call]) -> Vec<Call> {
    const ASKED: [&str; 3] = ["getsockname", "getpeername", "getsockopt"];
    let mut calls = calls.to_vec();
    calls.retain(|call| !ASKED.contains(&&*call.name));
    calls
}

/// The same, with how much was moved left out: the head of a call over HTTP names the server's address, which is another
/// one in each run, and may be a digit longer.
pub(crate) fn of_any_size(calls: &[Call]) -> Vec<Call> {
    let mut calls = without_polls(calls);
    for call in &mut calls {
        let moves = ["read", "write", "sendto", "recvfrom"].contains(&&*call.name);
        if moves && call.result.parse::<u64>().is_ok_and(|bytes| bytes > 0) {
            "some".clone_into(&mut call.result);
        }
    }
    calls
}

/// Each kind of these once.
pub(crate) fn kinds_of_sockets(calls: &[Call]) -> Vec<Call> {
    kinds(&without_polls(calls))
}

/// The same without receiving, and without waiting for threads: at the end it is chance whether a process still hears that
/// another one has ended, and whether a thread of its own has ended before it is waited for, pthread_join(3).
pub(crate) fn kinds_but_receiving(calls: &[Call]) -> Vec<Call> {
    let mut kinds = kinds_of_sockets(calls);
    kinds.retain(|call| !matches!(call.name.as_str(), "recvfrom" | "futex"));
    kinds
}

/// The same of ZeroMQ: how often its threads wake each other, with one byte through a pair of sockets, is up to the scheduler.
pub(crate) fn kinds_of_zeromq(calls: &[Call]) -> Vec<Call> {
    let wakes = |call: &Call| call.name == "sendto" && matches!(&*call.result, "1" | "");
    let mut calls = calls.to_vec();
    calls.retain(|call| !wakes(call));
    kinds_but_receiving(&calls)
}

/// Each name once: how many descriptors there were is up to what others of this user have.
pub(crate) fn names(calls: &[Call]) -> Vec<Call> {
    let nameless = calls.iter().map(|call| Call {
        fd: None,
        ..call.clone()
    });
    kinds(&nameless.collect::<Vec<_>>())
}

/// Both lists side by side, for the message of a failure.
pub(crate) fn beside(ours: &[Call], theirs: &[Call]) -> String {
    let line = |at: usize| {
        let show = |list: &[Call]| list.get(at).map(ToString::to_string).unwrap_or_default();
        let (mine, other) = (show(ours), show(theirs));
        format!(
            "{} {mine:<36} {other}",
            if mine == other { ' ' } else { '!' }
        )
    };
    let lines: Vec<_> = (0..ours.len().max(theirs.len())).map(line).collect();
    format!("  {:<36} strace\n{}", "ours", lines.join("\n"))
}
