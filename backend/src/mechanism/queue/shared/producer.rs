//! A producer: puts messages into the queue. A thread of its own, the feeder, stores them later, if there is one.

use super::{
    bounded::{Bounded, GUARDED},
    done,
    feeder::Feeder,
};
use crate::{
    sys::{
        calls::{close, sleep},
        guard::Got,
        memory::Mapping,
        segment::shm_open,
    },
    worker::{Worker, wire::Command},
};
use nix::{errno::Errno, fcntl::OFlag};
use serde_json::{Value, json};
use shared::{
    command::Values,
    ids::MsgId,
    mechanism::queue::{
        layout::bytes,
        shared::{Order, Params},
    },
    os,
};
use std::{sync::Arc, time::Duration};

pub(super) fn producer(mut me: Worker, params: &Params, name: &str) -> i32 {
    let mapped = attach(params, name);
    let Some(memory) = done(&mut me, "mmap", mapped).map(Arc::new) else {
        return 1;
    };
    let Some(queue) = done(&mut me, "open", Bounded::open(&memory)) else {
        return 1;
    };
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
            for n in 0..u64::from(*times) {
                if n > 0 && params.crew.pace > 0 {
                    let slept = sleep(Duration::from_micros(params.crew.pace));
                    done(&mut me, "clock_nanosleep", slept);
                }
                if params.feeder {
                    let feeder = feeder.get_or_insert_with(|| Feeder::start(&memory, me.voice()));
                    put_later(&mut me, &queue, feeder, msg + n, payload.clone());
                } else {
                    put(&mut me, &queue, msg + n, &payload);
                }
            }
            if wants_to_change(args) {
                // What was put was moved: nobody has it any more who could change it. Our compiler would not let us.
                me.said("refused", json!({"what": "mutate", "why": "it was moved"}));
            }
        }
        match command.order() {
            Some(Order::Empty) => ask(&mut me, &queue),
            Some(Order::Join) => break,
            Some(order @ (Order::Hold | Order::Release)) if params.feeder => {
                let feeder = feeder.get_or_insert_with(|| Feeder::start(&memory, me.voice()));
                let held = order == Order::Hold;
                feeder.hold(held);
                me.said(if held { "held" } else { "released" }, json!({}));
            }
            Some(Order::Hold | Order::Release) => me.said("no_feeder", json!({})),
            Some(Order::Receive { .. } | Order::Unlink) | None => {}
        }
    }
    if let Some(feeder) = feeder {
        feeder.join();
    }
    0
}

/// `put(message)`: waits for a place, and stores.
fn put(me: &mut Worker, queue: &Bounded<'_>, msg: MsgId, message: &[u8]) {
    me.sending(msg, -1, message);
    if too_long(me, queue, msg, message) {
        return;
    }
    if let Err(errno) = queue.wait_for_place() {
        return me.sent(msg, 0, Some(errno));
    }
    match queue.store(message, |at| me.stored(Some(msg), at, message)) {
        Ok(got) => {
            if got == Got::OwnerDied {
                me.said("owner_died", json!({"errno": "EOWNERDEAD"}));
            }
            me.sent(msg, message.len(), None);
        }
        Err(errno) => me.sent(msg, 0, Some(errno)),
    }
}

/// `put(message)`: waits for a place, and leaves the rest to the feeder.
fn put_later(me: &mut Worker, queue: &Bounded<'_>, feeder: &Feeder, msg: MsgId, message: Vec<u8>) {
    me.sending(msg, -1, &message);
    if too_long(me, queue, msg, &message) {
        return;
    }
    if let Err(errno) = queue.wait_for_place() {
        return me.sent(msg, 0, Some(errno));
    }
    let len = message.len();
    feeder.put(msg, message);
    me.sent(msg, len, None);
}

/// A slot is as long as it is: what does not fit is refused before anything is done.
fn too_long(me: &mut Worker, queue: &Bounded<'_>, msg: MsgId, message: &[u8]) -> bool {
    let (len, longest) = (message.len(), queue.longest());
    if len > longest {
        let why = format!("{len} bytes do not fit into a slot of {longest}");
        me.said("refused", json!({"what": "put", "why": why}));
        me.sent(msg, 0, Some(Errno::EMSGSIZE));
    }
    len > longest
}

/// `empty()` and `qsize()`.
pub(super) fn ask(me: &mut Worker, queue: &Bounded<'_>) {
    let empty = queue.is_empty();
    match queue.size() {
        Ok(qsize) => me.said("empty", json!({"empty": empty, "qsize": qsize})),
        Err(errno) => me.said("empty", json!({"errno": os::Errno(errno as i32)})),
    }
}

/// Maps the queue by the name of its memory.
pub(super) fn attach(params: &Params, name: &str) -> Result<Mapping, Errno> {
    let fd = shm_open(name, OFlag::O_RDWR)?;
    let memory = Mapping::map(fd, len(params), GUARDED, 0);
    // The mapping does not need the descriptor any more.
    close(fd)?;
    memory
}

/// Bytes of its memory.
pub(super) fn len(params: &Params) -> usize {
    let number = |number: u64| usize::try_from(number).unwrap_or(0);
    bytes(number(params.slots), number(params.slot))
}

fn wants_to_change(args: &Values) -> bool {
    let mutate = args.get("mutate").and_then(Value::as_bool);
    mutate.unwrap_or_default()
}
