//! A consumer: takes one whole message after the other, the highest priority first.

use crate::{
    sys::{
        calls::{Fd, sleep, wait_readable},
        queue::{mq_close, mq_getattr, mq_notify, mq_open, mq_receive},
    },
    worker::{Worker, wire::Command},
};
use nix::{
    errno::Errno,
    sys::signal::{SigSet, Signal},
};
use serde_json::json;
use shared::mechanism::queue::{
    SENTINEL,
    posix::{Notify, Order, Params},
};
use std::{ffi::CStr, time::Duration};

pub(super) fn consumer(mut me: Worker, params: &Params, name: &CStr) -> i32 {
    let notified = params.crew.loops && params.notify != Notify::Off;
    let mut flags = libc::O_RDONLY;
    if params.nonblock || notified {
        flags |= libc::O_NONBLOCK;
    }
    // The buffer must have room for the longest message there could be, whatever is in the queue.
    let opened = mq_open(name, flags).and_then(|queue| Ok((queue, mq_getattr(queue)?.msgsize)));
    let (queue, longest) = match opened {
        Ok(opened) => opened,
        Err(errno) => {
            me.failed("mq_open", errno);
            return 1;
        }
    };
    let room = if params.buffer > 0 {
        params.buffer
    } else {
        longest
    };
    let mut buffer = vec![0; usize::try_from(room).unwrap_or(1)];

    let ended = match (params.crew.loops, notified) {
        (false, _) => false,
        (true, false) => receive_all(&mut me, queue, &mut buffer, params),
        (true, true) => receive_when_told(&mut me, queue, &mut buffer, params),
    };
    if ended {
        return 0;
    }
    // On demand, or after an error: one command after the other.
    while let Some(command) = me.command() {
        if obey(&mut me, queue, &mut buffer, params, &command) {
            return 0;
        }
    }
    0
}

/// One message after the other, until the one that means "no more": true. There is no end-of-file: a queue does not know
/// who could still send. False after an error.
fn receive_all(me: &mut Worker, queue: Fd, buffer: &mut [u8], params: &Params) -> bool {
    loop {
        if params.nonblock
            && let Err(errno) = wait_readable(queue)
        {
            me.failed("poll", errno);
            return false;
        }
        match take(me, queue, buffer, params) {
            Ok(true) => return true,
            // EAGAIN: another consumer has taken what poll() saw.
            Ok(false) | Err(Errno::EAGAIN) => {}
            Err(_) => return false,
        }
        // A command that has come meanwhile is carried out between two receives.
        if let Some(command) = me.command_if_any()
            && obey(me, queue, buffer, params, &command)
        {
            return true;
        }
    }
}

/// Asks for a signal, sleeps until it comes, takes all there is. One signal for each time that was asked.
fn receive_when_told(me: &mut Worker, queue: Fd, buffer: &mut [u8], params: &Params) -> bool {
    // Blocked, the signal stays pending until sigwait() takes it; otherwise it would end this process.
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGUSR1);
    if let Err(errno) = signals.thread_block() {
        me.failed("sigprocmask", errno);
        return false;
    }
    if let Err(errno) = mq_notify(queue, libc::SIGUSR1) {
        // EBUSY: somebody else is told already, and only one can be.
        me.failed("mq_notify", errno);
        return false;
    }
    loop {
        match signals.wait() {
            Ok(signal) => me.said("notified", json!({"signal": signal.as_str()})),
            Err(errno) => {
                me.failed("sigwait", errno);
                return false;
            }
        }
        // Asked again before the queue is emptied: a message that comes in between would otherwise go unnoticed.
        if params.notify == Notify::Again
            && let Err(errno) = mq_notify(queue, libc::SIGUSR1)
        {
            me.failed("mq_notify", errno);
            return false;
        }
        loop {
            match take(me, queue, buffer, params) {
                Ok(true) => return true,
                Ok(false) => {}
                Err(Errno::EAGAIN) => break,
                Err(_) => return false,
            }
        }
        if let Some(command) = me.command_if_any()
            && obey(me, queue, buffer, params, &command)
        {
            return true;
        }
    }
}

/// Carries a command out; true when it received the sentinel.
fn obey(me: &mut Worker, queue: Fd, buffer: &mut [u8], params: &Params, command: &Command) -> bool {
    match command.order() {
        Some(Order::Receive { len, times }) => {
            let mut own = vec![0; usize::try_from(len).unwrap_or(0)];
            let buffer = if own.is_empty() { buffer } else { &mut own };
            for _ in 0..times {
                match take(me, queue, buffer, params) {
                    Ok(true) => return true,
                    Ok(false) => {}
                    Err(_) => break,
                }
            }
        }
        Some(Order::Close) => {
            if let Err(errno) = mq_close(queue) {
                me.failed("mq_close", errno);
            }
        }
        Some(Order::Unlink | Order::More { .. }) | None => {}
    }
    false
}

/// One mq_receive(): a whole message. True if it is the sentinel, and the run heeds it.
fn take(me: &mut Worker, queue: Fd, buffer: &mut [u8], params: &Params) -> Result<bool, Errno> {
    let (len, priority) = match mq_receive(queue, buffer) {
        Ok(taken) => taken,
        Err(errno) => {
            me.failed("mq_receive", errno);
            return Err(errno);
        }
    };
    let message = buffer.get(..len).unwrap_or_default();
    me.received_as(queue, message, Some(i64::from(priority)));
    if params.crew.rest > 0
        && let Err(errno) = sleep(Duration::from_micros(params.crew.rest))
    {
        me.failed("clock_nanosleep", errno);
    }
    Ok(params.crew.sentinel && message == SENTINEL.as_bytes())
}
