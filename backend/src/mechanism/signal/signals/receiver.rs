//! The receiver of signals: goes about its business, and is interrupted. What its handler does is in `sys/signals.rs`: it
//! counts, and says that it ran.

use super::super::OURS;
use crate::{
    sys::{
        calls::{Fd, read},
        signals::{Info, block, sigaction, sigpending, sigwaitinfo, unblock},
    },
    worker::{Worker, wire::Command},
};
use nix::errno::Errno;
use serde_json::json;
use shared::mechanism::signal::{Order, Params, Waits, name, number};

pub(in super::super) fn receiver(mut me: Worker, params: &Params, pipe: Fd) -> i32 {
    // It was born with them blocked: one that came before this would have ended it.
    for signal in OURS {
        if let Err(errno) = sigaction(signal, params.handler, &OURS) {
            me.failed("sigaction", errno);
        }
    }
    if params.waits == Waits::Free
        && let Err(errno) = unblock(&OURS)
    {
        me.failed("sigprocmask", errno);
    }
    if params.waits == Waits::Sigwaitinfo {
        // They stay blocked: any other would be delivered at once, by its handler or its default.
        // EINTR: it was frozen meanwhile; sigwaitinfo() does not go on by itself.
        while matches!(wait(&mut me), Ok(()) | Err(Errno::EINTR)) {
            // A command that has come meanwhile is carried out between two of them.
            if let Some(command) = me.command_if_any() {
                obey(&mut me, pipe, &command);
            }
        }
    }
    while let Some(command) = me.command() {
        obey(&mut me, pipe, &command);
    }
    0
}

fn obey(me: &mut Worker, pipe: Fd, command: &Command) {
    let Some(order) = command.order() else {
        return;
    };
    let done = match order {
        Order::Take { times } => (0..times).try_for_each(|_| wait(me)),
        // Nobody writes into this pipe unless told to.
        Order::Read => read(pipe, &mut [0; 64]).map(drop),
        other @ (Order::Block { .. }
        | Order::Unblock { .. }
        | Order::Handle { .. }
        | Order::Pending
        | Order::Wake
        | Order::Post
        | Order::Value
        | Order::Unlink) => mask(me, &other),
    };
    if let Err(errno) = done {
        me.failed(command.verb(), errno);
    }
}

/// What is done to the mask and the handlers; the same for a receiver that reads a signalfd.
pub(in super::super) fn mask(me: &mut Worker, order: &Order) -> Result<(), Errno> {
    match order {
        Order::Block { signal } => block(&[chosen(signal)]),
        Order::Unblock { signal } => unblock(&[chosen(signal)]),
        Order::Handle { signal, how } => sigaction(chosen(signal), *how, &OURS),
        Order::Pending => {
            let pending: Vec<_> = sigpending()?.into_iter().map(name).collect();
            me.said("pending", json!({"signals": pending.join(" ")}));
            Ok(())
        }
        Order::Read
        | Order::Wake
        | Order::Take { .. }
        | Order::Post
        | Order::Value
        | Order::Unlink => Ok(()),
    }
}

/// The number of a signal; 0 for `all`.
fn chosen(signal: &str) -> i32 {
    number(signal).unwrap_or(0)
}

/// One sigwaitinfo(): the lowest pending one, with what came with it. No handler runs.
fn wait(me: &mut Worker) -> Result<(), Errno> {
    let info = sigwaitinfo(&OURS).inspect_err(|errno| me.failed("sigwaitinfo", *errno))?;
    me.said("waited", about(&info));
    Ok(())
}

/// What a worker says of a signal it took.
pub(in super::super) fn about(info: &Info) -> serde_json::Value {
    let mut about = json!({
        "number": info.signal,
        "code": info.code_name(),
        "from": info.from,
    });
    if let Some(value) = info.value {
        about["value"] = value.into();
    }
    about
}
