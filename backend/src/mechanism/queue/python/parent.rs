//! The parent: makes the queue, and forks everybody. All have both ends of its pipe, and nobody closes one.

use super::{consumer::consumer, parts::Parts, producer::producer};
use crate::{
    mechanism::queue::family::{Who, fork_all, look_after},
    worker::{Names, Worker},
};
use shared::mechanism::queue::python::Params;

pub(super) fn parent(mut me: Worker, params: &Params, names: &Names) -> i32 {
    let Some(parts) = Parts::new(&mut me, params, names) else {
        return 1;
    };
    let told = || parts.told(params, names);
    match fork_all(&mut me, &params.crew) {
        Who::Producer => return producer(me, params, parts),
        Who::Consumer(_) => return consumer(me, params, parts),
        Who::PythonProducer => return me.become_python(include_str!("producer.py"), &told()),
        Who::PythonConsumer(_) => return me.become_python(include_str!("consumer.py"), &told()),
        Who::Parent => {}
    }
    // Nothing but waiting for children is asked of it.
    look_after(me, |_, _| {})
}
