//! `multiprocessing.Queue`: a pipe, a lock for its readers, one for its writers, a counter of places, and in every producer
//! a thread that does the writing.

use super::{Crew, ENTRY};
use crate::{
    catalog::{Capabilities, Variant},
    command::Values,
    failure::Failure,
    mechanism::Checked,
};
use serde::{Deserialize, Serialize};

pub(super) const VARIANT: Variant = Variant {
    id: "python",
    title: "Python's multiprocessing.Queue",
    summary: "No kind of queue to the kernel: a pipe with three semaphores around it, and a thread in each producer that writes later what put() was given.",
    can: Capabilities {
        ordered: true,
        boundaries: true,
        bidirectional: true,
        many_to_many: true,
        crosses_machines: false,
        // It is gone with the last process that has its pipe open.
        survives: false,
        passes_descriptors: false,
        copies: 2,
    },
};

/// The parameters as types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Who takes part, and how fast.
    #[serde(flatten)]
    pub crew: Crew,
    /// Objects that may be in it; 0 for no bound but that of a semaphore.
    pub maxsize: u64,
}

impl Params {
    /// The parameters given, checked, with defaults for the others.
    ///
    /// # Errors
    /// `bad_param` for the first that does not fit.
    pub fn new(given: &Values) -> Result<Self, Failure> {
        let checked = Checked::new(&ENTRY, given)?;
        Ok(Self {
            crew: Crew::new(&checked),
            maxsize: checked.number("maxsize"),
        })
    }
}

/// What a learner can have a worker do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Order {
    /// `get()`, `times` times.
    Receive {
        /// How many.
        times: u64,
    },
    /// `empty()` and `qsize()`.
    Empty,
    /// `close()` and `join_thread()`, and then the end of the process.
    Join,
}
