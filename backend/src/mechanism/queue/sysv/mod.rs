//! System V message queue. sysvipc(7).

mod consumer;
mod parent;
mod producer;

use crate::{
    mechanism::Mechanism,
    worker::{Names, Worker},
};
use shared::{command::Values, failure::Failure, mechanism::queue::sysv::Params};

/// A queue to be performed.
#[derive(Clone, Debug)]
struct SystemV(Params);

pub(super) fn play(params: &Values) -> Result<Box<dyn Mechanism>, Failure> {
    Ok(Box::new(SystemV(Params::new(params)?)))
}

impl Mechanism for SystemV {
    fn perform(&self, me: Worker, names: &Names) -> i32 {
        parent::parent(me, &self.0, names.key(0))
    }

    fn in_python(&self, role: &str) -> bool {
        role != "parent"
    }

    fn has_names(&self) -> bool {
        false
    }
    fn has_numbers(&self) -> bool {
        true
    }
}
