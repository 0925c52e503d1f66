//! A producer: puts objects into the queue. A thread of its own, the feeder, writes them into the pipe later.

use super::parts::{Parts, done};
use crate::{
    mechanism::pipe::{Connection, object},
    sys::{calls::sleep, process::ignore},
    worker::{Worker, wire::Command},
};
use nix::sys::signal::Signal;
use serde_json::json;
use shared::{
    command::Values,
    ids::MsgId,
    mechanism::queue::python::{Order, Params},
    pickle::Object,
};
use std::{
    sync::mpsc::{Receiver, Sender, channel},
    thread::{self, JoinHandle},
    time::Duration,
};

/// What a producer has of its own: a row of objects, and who writes them.
pub(crate) struct Feeder {
    row: Sender<Object>,
    thread: JoinHandle<()>,
}

impl Feeder {
    /// It comes with the first put.
    pub(crate) fn new(parts: Parts) -> Self {
        let (row, feed) = channel();
        let thread = thread::spawn(move || feed_all(&feed, parts));
        Self { row, thread }
    }

    /// Leaves an object to it; false where it has ended.
    pub(crate) fn feed(&self, thing: Object) -> bool {
        self.row.send(thing).is_ok()
    }

    /// Waits until all that was in the row is in the pipe.
    pub(crate) fn join(self) {
        // Dropped, the row has an end; the feeder ends there.
        drop(self.row);
        let _ended = self.thread.join();
    }
}

pub(super) fn producer(mut me: Worker, params: &Params, parts: Parts) -> i32 {
    // As every Python program does: a write to nobody is an error and no end.
    let ignored = ignore(Signal::SIGPIPE);
    done(&mut me, "sigaction", ignored);
    let mut feeder = None;
    while let Some(command) = me.command() {
        if let Command::Send {
            msg,
            data,
            times,
            args,
        } = &command
        {
            let Ok(payload) = data.bytes() else { continue };
            let thing = object(payload);
            for n in 0..u64::from(*times) {
                if n > 0 && params.crew.pace > 0 {
                    let slept = sleep(Duration::from_micros(params.crew.pace));
                    done(&mut me, "clock_nanosleep", slept);
                }
                put(&mut me, parts, &mut feeder, msg + n, thing.clone());
            }
            if wants_to_change(args) {
                // What was put was moved: nobody has it any more who could change it. Our compiler would not let us.
                me.said("refused", json!({"what": "mutate", "why": "it was moved"}));
            }
        }
        match command.order() {
            Some(Order::Empty) => {
                if let Some(qsize) = done(&mut me, "sem_getvalue", parts.qsize()) {
                    me.said("empty", json!({"qsize": qsize}));
                }
            }
            Some(Order::Join) => break,
            Some(Order::Receive { .. }) | None => {}
        }
    }
    if let Some(feeder) = feeder {
        feeder.join();
    }
    0
}

/// `queue.put(thing)`: waits for a free place, and leaves the rest to the feeder.
fn put(me: &mut Worker, parts: Parts, feeder: &mut Option<Feeder>, msg: MsgId, thing: Object) {
    let wire = Connection::wire(&thing);
    me.sending(msg, parts.writer().fd(), &wire);
    if let Err(errno) = parts.take_place() {
        return me.sent(msg, 0, Some(errno));
    }
    let put = feeder.get_or_insert_with(|| Feeder::new(parts)).feed(thing);
    me.sent(msg, if put { wire.len() } else { 0 }, None);
}

/// The life of the feeder: one object after the other, each written in whole before another writer may write.
fn feed_all(feed: &Receiver<Object>, parts: Parts) {
    for thing in feed {
        let wire = Connection::wire(&thing);
        let written = parts.writers.wait().is_ok() && parts.writer().send(&wire).1.is_none();
        let free = parts.writers.post();
        if !written || free.is_err() {
            return;
        }
    }
}

fn wants_to_change(args: &Values) -> bool {
    args.get("mutate")
        .and_then(serde_json::Value::as_bool)
        .unwrap_or_default()
}
