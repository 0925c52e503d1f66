//! Calls of a role in a form in which two tracers can be compared.

use crate::strace::Line;
use shared::event::{Event, Kind};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// Calls whose first argument is a descriptor; those on [`OURS`] are the playground's own and no part of the lesson.
const BY_DESCRIPTOR: [&str; 10] = [
    "read", "write", "readv", "writev", "close", "dup", "dup2", "dup3", "fcntl", "ioctl",
];

/// All other calls that the tracer shows, as the step that brought them lists them.
const ALWAYS: [&str; 29] = [
    "pipe",
    "pipe2",
    "socketpair",
    "mknod",
    "mknodat",
    "open",
    "openat",
    "splice",
    "tee",
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "epoll_create",
    "epoll_create1",
    "epoll_ctl",
    "epoll_wait",
    "epoll_pwait",
    "clone",
    "fork",
    "vfork",
    "execve",
    "exit",
    "exit_group",
    "wait4",
    "waitid",
    "kill",
    "tkill",
    "tgkill",
];

/// Descriptors on which playground and worker talk.
const OURS: std::ops::RangeInclusive<i32> = 64..=127;

/// Calls whose result is a process id, which is another one in every run.
const GIVES_A_PID: [&str; 4] = ["clone", "fork", "vfork", "wait4"];

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
    for event in events {
        let role = event
            .worker
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        match &event.kind {
            Kind::CallEntered { name, fd, .. } if shown(name, *fd) => {
                let list = calls.entry(role).or_default();
                places.insert(event.seq, list.len());
                list.push(Call {
                    name: name.clone(),
                    fd: fd_of(name, *fd),
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
                let place = places
                    .get(call)
                    .and_then(|at| calls.get_mut(&role)?.get_mut(*at));
                if let Some(entered) = place {
                    let errno = errno.map(|errno| format!("-{errno}"));
                    let ret = ret.map(|ret| ret.to_string());
                    entered.result = result(name, &errno.or(ret).unwrap_or_default());
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
    let filtered: BTreeSet<i32> = lines
        .iter()
        .filter(|line| line.name == "seccomp")
        .map(|line| line.pid)
        .collect();
    let mut begun = BTreeSet::new();
    let mut calls = Calls::new();
    let mut interrupted: BTreeMap<i32, Line> = BTreeMap::new();
    for line in lines {
        let Some(role) = roles.get(&line.pid) else {
            continue;
        };
        // What the first worker does before it wears its filter is its birth, not the lesson; the others inherit it.
        if line.name == "seccomp" {
            begun.insert(line.pid);
        }
        if filtered.contains(&line.pid) && !begun.contains(&line.pid)
            || !shown(&line.name, line.fd())
        {
            continue;
        }
        let list = calls.entry(role.clone()).or_default();
        let again = interrupted.remove(&line.pid).is_some_and(|half| {
            line.name == "restart_syscall" || (line.name == half.name && line.fd() == half.fd())
        });
        if again {
            // A call that a freeze interrupted and that is entered again is one call.
            list.pop();
        }
        let number = line.result.split(' ').next().unwrap_or_default();
        let errno = line
            .result
            .split(' ')
            .nth(1)
            .filter(|_| number == "-1")
            .map(|errno| format!("-{errno}"));
        let end = if line.result.starts_with('?') {
            ""
        } else {
            number
        };
        list.push(Call {
            name: line.name.clone(),
            fd: fd_of(&line.name, line.fd()),
            result: result(&line.name, errno.as_deref().unwrap_or(end)),
        });
        if line.result.contains("ERESTART") {
            interrupted.insert(line.pid, line.clone());
        }
    }
    calls
}

fn shown(name: &str, fd: Option<i32>) -> bool {
    if BY_DESCRIPTOR.contains(&name) {
        return fd.is_none_or(|fd| !OURS.contains(&fd));
    }
    ALWAYS.contains(&name)
}

fn fd_of(name: &str, fd: Option<i32>) -> Option<i32> {
    fd.filter(|_| BY_DESCRIPTOR.contains(&name))
}

fn result(name: &str, result: &str) -> String {
    let pid = GIVES_A_PID.contains(&name) && result.parse::<i32>().is_ok_and(|pid| pid > 0);
    if pid {
        "a pid".to_owned()
    } else {
        result.to_owned()
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
