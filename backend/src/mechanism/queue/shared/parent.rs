//! The parent: makes the memory and the queue in it, and forks everybody. All come to it by the name of the memory.

use super::{
    bounded::{GUARDED, make},
    consumer::consumer,
    done,
    producer::{len, producer},
};
use crate::{
    mechanism::queue::family::{Who, fork_all, look_after},
    sys::{
        calls::close,
        memory::Mapping,
        segment::{ftruncate, shm_open, shm_unlink},
    },
    worker::{Names, Worker},
};
use nix::{errno::Errno, fcntl::OFlag};
use serde_json::{Value, json};
use shared::mechanism::queue::{
    layout,
    shared::{Order, Params},
};

/// What its memory is called.
const NAME: &str = "ring";

pub(super) fn parent(mut me: Worker, params: &Params, names: &Names) -> i32 {
    let name = names.memory(NAME);
    let made = make_it(params, &name);
    if done(&mut me, "shm_open", made).is_none() {
        return 1;
    }
    let in_python = |me: Worker, role: &str| me.become_python(role, &told(params, &name));
    match fork_all(&mut me, &params.crew) {
        Who::Producer => return producer(me, params, &name),
        Who::Consumer(_) => return consumer(me, params, &name),
        Who::PythonProducer => return in_python(me, include_str!("producer.py")),
        Who::PythonConsumer(_) => return in_python(me, include_str!("consumer.py")),
        Who::Parent => {}
    }
    look_after(me, |me, command| {
        if let Some(Order::Unlink) = command.order()
            && done(me, "shm_unlink", shm_unlink(&name)).is_some()
        {
            me.said("unlinked", json!({}));
        }
    })
}

/// Memory with a name, and a queue in it. The name keeps it.
fn make_it(params: &Params, name: &str) -> Result<(), Errno> {
    let new = OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL;
    let fd = shm_open(name, new)?;
    ftruncate(fd, len(params))?;
    let memory = Mapping::map(fd, len(params), GUARDED, 0)?;
    close(fd)?;
    let slots = u32::try_from(params.slots).map_err(|_| Errno::EINVAL)?;
    let slot = usize::try_from(params.slot).map_err(|_| Errno::EINVAL)?;
    make(&memory, slots, slot, params.robust)?;
    memory.unmap()
}

/// What a role in Python is told: the name, and where what lies.
fn told(params: &Params, name: &str) -> Value {
    json!({
        "name": name,
        "len": len(params),
        "stride": layout::stride(usize::try_from(params.slot).unwrap_or(0)),
        "params": params,
        "modules": {"bounded": include_str!("bounded.py")},
    })
}
