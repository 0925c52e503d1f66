//! POSIX message queue. mq_overview(7).

mod consumer;
mod parent;
mod producer;

use crate::{
    mechanism::Mechanism,
    worker::{Names, Worker},
};
use shared::{command::Values, failure::Failure, mechanism::queue::posix::Params};
use std::ffi::CString;

/// A queue to be performed.
#[derive(Clone, Debug)]
struct Posix(Params);

pub(super) fn play(params: &Values) -> Result<Box<dyn Mechanism>, Failure> {
    Ok(Box::new(Posix(Params::new(params)?)))
}

impl Mechanism for Posix {
    fn perform(&self, me: Worker, names: &Names) -> i32 {
        let name = |which| CString::new(names.queue(which)).unwrap_or_default();
        parent::parent(me, &self.0, &name("queue"), &name("replies"))
    }

    fn in_python(&self, role: &str) -> bool {
        role != "parent"
    }

    fn has_names(&self) -> bool {
        false
    }
    fn has_queues(&self) -> bool {
        true
    }
}
