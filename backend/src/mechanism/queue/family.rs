//! What every variant's parent does: fork the producers and the consumers, then wait for what it is told.

use crate::{
    sys::calls::wait_for,
    worker::{Born, Worker, wire::Command},
};
use shared::mechanism::queue::Crew;

/// Who returned from the forks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Parent,
    Producer,
    /// The consumer of that number, from 1.
    Consumer(u64),
    /// The same, to be played in Python.
    PythonProducer,
    PythonConsumer(u64),
}

/// fork(2) for each producer and each consumer, in the order of the cast.
pub(super) fn fork_all(me: &mut Worker, crew: &Crew) -> Who {
    let mut child = 0;
    for _ in 0..crew.producers {
        child += 1;
        match me.fork(child, "producer") {
            Ok(Born::Child) => return Who::Producer,
            Ok(Born::Python) => return Who::PythonProducer,
            Ok(Born::Parent(_)) => {}
            Err(errno) => me.failed("fork", errno),
        }
    }
    for number in 1..=crew.consumers {
        child += 1;
        match me.fork(child, "consumer") {
            Ok(Born::Child) => return Who::Consumer(number),
            Ok(Born::Python) => return Who::PythonConsumer(number),
            Ok(Born::Parent(_)) => {}
            Err(errno) => me.failed("fork", errno),
        }
    }
    Who::Parent
}

/// The rest of the parent's life: waits for children that have ended, and carries out what it is told.
pub(super) fn look_after(mut me: Worker, mut obey: impl FnMut(&mut Worker, &Command)) -> i32 {
    while let Some(command) = me.command() {
        match command {
            Command::Wait { pid } => match wait_for(pid) {
                Ok(status) => me.reaped(status),
                Err(errno) => me.failed("wait4", errno),
            },
            Command::Act(_) => obey(&mut me, &command),
            Command::Send { .. } | Command::Fork { .. } => {}
        }
    }
    0
}
