//! A bounded queue in shared memory: what `multiprocessing.Queue` is made of, with a ring in place of its pipe.
//!
//! ```text
//! producer: put() ─▶ row ─▶ feeder, a thread ─▶ ring of slots ─▶ get() of a consumer
//!           place                lock, item      shared memory    lock, item, place
//! ```
//! `bounded` is the ring with its locks and semaphores, `feeder` the row and its thread, the rest who takes part.

pub(crate) mod bounded;
mod consumer;
mod feeder;
mod parent;
mod producer;

use crate::{
    mechanism::Mechanism,
    worker::{Names, Worker},
};
use nix::errno::Errno;
use shared::{command::Values, failure::Failure, mechanism::queue::shared::Params};

/// A queue to be performed.
#[derive(Clone, Debug)]
struct Shared(Params);

pub(super) fn play(params: &Values) -> Result<Box<dyn Mechanism>, Failure> {
    Ok(Box::new(Shared(Params::new(params)?)))
}

impl Mechanism for Shared {
    fn perform(&self, me: Worker, names: &Names) -> i32 {
        parent::parent(me, &self.0, names)
    }

    fn in_python(&self, role: &str) -> bool {
        role != "parent"
    }

    fn has_names(&self) -> bool {
        false
    }

    fn maps_memory(&self) -> bool {
        true
    }

    /// Its name keeps the memory when all others are gone.
    fn parent_acts(&self) -> bool {
        true
    }
}

/// What a call has brought; where it failed, that is said.
fn done<T>(me: &mut Worker, call: &str, result: Result<T, Errno>) -> Option<T> {
    result.map_err(|errno| me.failed(call, errno)).ok()
}
