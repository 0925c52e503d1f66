//! A consumer: takes one message after the other out of the ring. The lock of the readers is its own while it does.

use super::{
    bounded::Bounded,
    done,
    producer::{ask, attach},
};
use crate::{
    sys::{calls::sleep, guard::Got},
    worker::{Worker, wire::Command},
};
use serde_json::json;
use shared::{
    mechanism::queue::{
        SENTINEL,
        shared::{Order, Params},
    },
    os,
};
use std::time::Duration;

pub(super) fn consumer(mut me: Worker, params: &Params, name: &str) -> i32 {
    let mapped = attach(params, name);
    let Some(memory) = done(&mut me, "mmap", mapped) else {
        return 1;
    };
    let Some(queue) = done(&mut me, "open", Bounded::open(&memory)) else {
        return 1;
    };
    if params.crew.loops && take_all(&mut me, params, &queue) {
        return 0;
    }
    // On demand, or after an error: one command after the other.
    while let Some(command) = me.command() {
        if obey(&mut me, params, &queue, &command) {
            return 0;
        }
    }
    0
}

/// One message after the other, until the one that means "no more": true. False after an error.
fn take_all(me: &mut Worker, params: &Params, queue: &Bounded<'_>) -> bool {
    while let Some(last) = take(me, params, queue) {
        if last {
            return true;
        }
        // A command that has come meanwhile is carried out between two messages.
        if let Some(command) = me.command_if_any()
            && obey(me, params, queue, &command)
        {
            return true;
        }
    }
    false
}

/// Carries a command out; true when it received the sentinel.
fn obey(me: &mut Worker, params: &Params, queue: &Bounded<'_>, command: &Command) -> bool {
    match command.order() {
        Some(Order::Receive { times }) => {
            for _ in 0..times {
                match take(me, params, queue) {
                    Some(false) => {}
                    Some(true) => return true,
                    None => break,
                }
            }
        }
        Some(Order::Empty) => ask(me, queue),
        Some(Order::Join | Order::Hold | Order::Release | Order::Unlink) | None => {}
    }
    false
}

/// `get()`: whether that was the sentinel, and the run heeds it; `None` after an error.
fn take(me: &mut Worker, params: &Params, queue: &Bounded<'_>) -> Option<bool> {
    // Asleep below, for an item, it has the lock: all other consumers sleep here.
    match queue.lock_readers() {
        Ok(Got::Clean) => {}
        Ok(Got::OwnerDied) => {
            me.said("owner_died", json!({"errno": "EOWNERDEAD"}));
            done(me, "pthread_mutex_consistent", queue.mend())?;
            me.said("consistent", json!({}));
        }
        Err(errno) => {
            me.failed("pthread_mutex_lock", errno);
            me.said("gave_up", json!({"errno": os::Errno(errno as i32)}));
            return None;
        }
    }
    done(me, "sem_wait", queue.wait_for_item())?;
    let mut room = vec![0; queue.longest()];
    let taken = queue.take(&mut room, |at, message| me.loaded(at, message));
    let len = done(me, "take", taken)?;
    room.truncate(len);
    done(me, "pthread_mutex_unlock", queue.let_go())?;
    if params.crew.rest > 0 {
        let slept = sleep(Duration::from_micros(params.crew.rest));
        done(me, "clock_nanosleep", slept);
    }
    Some(params.crew.sentinel && room == SENTINEL.as_bytes())
}
