//! The parent: makes what the others share, if anything, and forks them. Of a signal's receiver the others need only the pid.

use super::{OURS, eventfd, semaphore, sender::sender, signalfd, signals};
use crate::{
    sys::{
        calls::{Fd, close, pipe2, wait_for, write},
        event,
        semaphore::{sem_create, sem_unlink},
        signals::{block, unblock},
    },
    worker::{Born, Worker, wire::Command},
};
use nix::{errno::Errno, fcntl::OFlag};
use serde_json::json;
use shared::mechanism::signal::{Kind, Order, Params};
use std::ffi::{CStr, CString};

/// What the children have from their parent.
#[derive(Clone, Copy, Debug)]
struct Given {
    /// A pipe in which there is nothing: a receiver of signals can go to sleep at its read end.
    pipe: [Fd; 2],
    /// The counter.
    event: Fd,
}

pub(super) fn parent(mut me: Worker, kind: Kind, params: &Params, name: &str) -> i32 {
    let Ok(name) = CString::new(name) else {
        return 1;
    };
    let given = match make(kind, params, &name) {
        Ok(given) => given,
        Err((call, errno)) => {
            me.failed(call, errno);
            return 1;
        }
    };

    // Children in the order of the cast: senders, then receivers. But a signal is sent to a process by its pid, so the
    // receiver of signals must be there before anybody can be told its pid.
    let senders = usize::try_from(params.senders).unwrap_or(1);
    let receivers = usize::try_from(params.receivers).unwrap_or(1);
    let mut children: Vec<(usize, &str)> = (1..=senders).map(|n| (n, "sender")).collect();
    if kind.signals() {
        children.insert(0, (senders + 1, "receiver"));
    } else {
        children.extend((1..=receivers).map(|n| (senders + n, "receiver")));
    }
    let mut receiver_pid = 0;
    for (number, role) in children {
        // A signal that came before the receiver has said what to do with it would end it. So it is born with all of them
        // blocked, and unblocks them itself when it is ready: a mask is inherited, also through execve.
        let early = kind.signals() && role == "receiver";
        if early && let Err(errno) = block(&OURS) {
            me.failed("sigprocmask", errno);
        }
        let born = me.fork(number, role);
        if early
            && matches!(born, Ok(Born::Parent(_)) | Err(_))
            && let Err(errno) = unblock(&OURS)
        {
            me.failed("sigprocmask", errno);
        }
        match born {
            Ok(Born::Child) => return child(me, kind, params, given, &name, receiver_pid),
            Ok(Born::Python) => return python(me, kind, params, given, &name, receiver_pid),
            Ok(Born::Parent(pid)) if role == "receiver" => receiver_pid = pid,
            Ok(Born::Parent(_)) => {}
            Err(errno) => me.failed("fork", errno),
        }
    }

    while let Some(command) = me.command() {
        if let Command::Wait { pid } = command {
            match wait_for(pid) {
                Ok(status) => me.reaped(status),
                Err(errno) => me.failed("wait4", errno),
            }
        }
        let done = match command.order() {
            Some(Order::Wake) => write(given.pipe[1], b"x").map(drop),
            Some(Order::Unlink) => sem_unlink(&name),
            _ => Ok(()),
        };
        if let Err(errno) = done {
            me.failed(command.verb(), errno);
        }
    }
    0
}

/// Signals need nothing to be made: every process has its set of pending ones.
fn make(kind: Kind, params: &Params, name: &CStr) -> Result<Given, (&'static str, Errno)> {
    let mut given = Given {
        pipe: [-1, -1],
        event: -1,
    };
    let initial = u32::try_from(params.initial).unwrap_or(0);
    match kind {
        Kind::Signals => given.pipe = pipe2(OFlag::empty()).map_err(|errno| ("pipe2", errno))?,
        Kind::Signalfd => {}
        Kind::Eventfd => {
            let made = event::eventfd(initial, params.units, params.nonblock);
            given.event = made.map_err(|errno| ("eventfd", errno))?;
        }
        // The name keeps it: each child opens it for itself.
        Kind::Semaphore => {
            let made = sem_create(name, initial).map_err(|errno| ("sem_open", errno))?;
            made.close().map_err(|errno| ("sem_close", errno))?;
        }
    }
    Ok(given)
}

fn child(
    mut me: Worker,
    kind: Kind,
    params: &Params,
    given: Given,
    name: &CStr,
    receiver_pid: i32,
) -> i32 {
    let sends = me.role() == "sender";
    // The pipe is the receiver's, and its write end the parent's.
    let [read, write] = given.pipe;
    let not_mine = match (kind, sends) {
        (Kind::Signals, true) => vec![read, write],
        (Kind::Signals, false) => vec![write],
        _ => Vec::new(),
    };
    for fd in not_mine {
        if let Err(errno) = close(fd) {
            me.failed("close", errno);
        }
    }
    match (kind, sends) {
        (Kind::Signals | Kind::Signalfd, true) => sender(me, params, receiver_pid),
        (Kind::Signals, false) => signals::receiver(me, params, read),
        (Kind::Signalfd, false) => signalfd::receiver(me, params),
        (Kind::Eventfd, true) => eventfd::sender(me, params, given.event),
        (Kind::Eventfd, false) => eventfd::receiver(me, params, given.event),
        (Kind::Semaphore, true) => semaphore::sender(me, params, name),
        (Kind::Semaphore, false) => semaphore::receiver(me, params, name),
    }
}

fn python(
    me: Worker,
    kind: Kind,
    params: &Params,
    given: Given,
    name: &CStr,
    receiver_pid: i32,
) -> i32 {
    let role = match (kind, me.role() == "sender") {
        (Kind::Signals | Kind::Signalfd, true) => include_str!("sender.py"),
        (Kind::Signals, false) => include_str!("signals/receiver.py"),
        (Kind::Signalfd, false) => include_str!("signalfd/receiver.py"),
        (Kind::Eventfd, true) => include_str!("eventfd/sender.py"),
        (Kind::Eventfd, false) => include_str!("eventfd/receiver.py"),
        (Kind::Semaphore, true) => include_str!("semaphore/sender.py"),
        (Kind::Semaphore, false) => include_str!("semaphore/receiver.py"),
    };
    let args = json!({
        "params": params,
        "pipe": given.pipe,
        "event": given.event,
        "name": name.to_string_lossy(),
        "receiver": receiver_pid,
    });
    me.become_python(role, &args)
}
