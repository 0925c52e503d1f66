//! The parent: makes the queue under a key, and forks everybody.

use super::{consumer::consumer, producer::producer};
use crate::{
    mechanism::queue::family::{Who, fork_all, look_after},
    sys::queue::{msg_remove, msgget, set_queue_bytes},
    worker::Worker,
};
use serde_json::{Value, json};
use shared::mechanism::queue::sysv::{Order, Params};

pub(super) fn parent(mut me: Worker, params: &Params, key: i32) -> i32 {
    // No descriptor: the id is a number that every process may use. Nobody has the queue open, and it stays until
    // somebody removes it.
    let queue = match msgget(key, libc::IPC_CREAT | libc::IPC_EXCL) {
        Ok(queue) => queue,
        Err(errno) => {
            me.failed("msgget", errno);
            return 1;
        }
    };
    if params.qbytes > 0
        && let Err(errno) = set_queue_bytes(queue, params.qbytes)
    {
        // It keeps the room it had.
        me.failed("msgctl", errno);
    }

    match fork_all(&mut me, &params.crew) {
        Who::Producer => return producer(me, params, key),
        Who::Consumer(number) => return consumer(me, params, key, params.want.msgtyp(number)),
        Who::PythonProducer => {
            return me.become_python(include_str!("producer.py"), &told(params, key, 0));
        }
        Who::PythonConsumer(number) => {
            let msgtyp = params.want.msgtyp(number);
            return me.become_python(include_str!("consumer.py"), &told(params, key, msgtyp));
        }
        Who::Parent => {}
    }

    look_after(me, |me, command| {
        if command.order() == Some(Order::Unlink)
            && let Err(errno) = msg_remove(queue)
        {
            me.failed("msgctl", errno);
        }
    })
}

/// What a role in Python is told.
fn told(params: &Params, key: i32, msgtyp: i64) -> Value {
    json!({"params": params, "key": key, "msgtyp": msgtyp})
}
