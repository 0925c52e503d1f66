//! The parent: makes the queue under a name, lets go of it, and forks everybody.

use super::{consumer::consumer, producer::producer};
use crate::{
    mechanism::queue::family::{Who, fork_all, look_after},
    sys::queue::{mq_close, mq_create, mq_unlink},
    worker::{Worker, limits::allow_queue_bytes},
};
use serde_json::{Value, json};
use shared::mechanism::queue::posix::{Order, Params};
use std::ffi::CStr;

/// Bytes of queues to run into a limit with: some twenty small ones.
const ENOUGH: u64 = 64 * 1024;

pub(super) fn parent(mut me: Worker, params: &Params, name: &CStr, another: &CStr) -> i32 {
    // The queue is there as soon as it is made, and stays when nobody has it open: only mq_unlink() ends it.
    let made = mq_create(name, libc::O_RDWR, params.maxmsg, params.msgsize).and_then(mq_close);
    if let Err(errno) = made {
        me.failed("mq_open", errno);
        return 1;
    }

    match fork_all(&mut me, &params.crew) {
        Who::Producer => return producer(me, params, name),
        Who::Consumer(_) => return consumer(me, params, name),
        Who::PythonProducer => {
            return me.become_python(include_str!("producer.py"), &told(params, name));
        }
        Who::PythonConsumer(_) => {
            return me.become_python(include_str!("consumer.py"), &told(params, name));
        }
        Who::Parent => {}
    }

    look_after(me, |me, command| match command.order() {
        Some(Order::Unlink) => {
            if let Err(errno) = mq_unlink(name) {
                me.failed("mq_unlink", errno);
            }
        }
        Some(Order::More { times, maxmsg }) => more(me, another, times, maxmsg, params.msgsize),
        // It has closed its descriptor long ago.
        Some(Order::Close | Order::Receive { .. }) | None => {}
    })
}

/// Makes queues until the kernel refuses one. Each loses its name at once, and ends when it is closed.
fn more(me: &mut Worker, name: &CStr, times: u64, maxmsg: u64, msgsize: u64) {
    // All queues of a user count together, so this takes little of what others may need.
    if let Err(errno) = allow_queue_bytes(ENOUGH) {
        me.failed("setrlimit", errno);
    }
    let mut queues = Vec::new();
    for _ in 0..times {
        match mq_create(name, libc::O_RDWR, maxmsg, msgsize) {
            Ok(queue) => queues.push(queue),
            Err(errno) => {
                me.failed("mq_open", errno);
                break;
            }
        }
        if let Err(errno) = mq_unlink(name) {
            me.failed("mq_unlink", errno);
        }
    }
    for queue in queues {
        if let Err(errno) = mq_close(queue) {
            me.failed("mq_close", errno);
        }
    }
}

/// What a role in Python is told.
fn told(params: &Params, name: &CStr) -> Value {
    json!({"params": params, "name": name.to_string_lossy()})
}
