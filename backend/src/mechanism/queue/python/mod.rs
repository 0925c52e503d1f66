//! `multiprocessing.Queue`: what the class makes of a pipe, three semaphores and a thread.

mod consumer;
mod parent;
mod parts;
mod producer;

pub(crate) use consumer::get;
pub(crate) use parts::{Parts, SEMAPHORES};
pub(crate) use producer::Feeder;

use crate::{
    mechanism::Mechanism,
    worker::{Names, Worker},
};
use shared::{command::Values, failure::Failure, mechanism::queue::python::Params};

/// A queue to be performed.
#[derive(Clone, Debug)]
struct Python(Params);

pub(super) fn play(params: &Values) -> Result<Box<dyn Mechanism>, Failure> {
    Ok(Box::new(Python(Params::new(params)?)))
}

impl Mechanism for Python {
    fn perform(&self, me: Worker, names: &Names) -> i32 {
        parent::parent(me, &self.0, names)
    }

    fn in_python(&self, role: &str) -> bool {
        role != "parent"
    }

    fn has_names(&self) -> bool {
        false
    }

    /// Semaphores are memory.
    fn maps_memory(&self) -> bool {
        true
    }

    fn sends_later(&self) -> bool {
        true
    }
}
