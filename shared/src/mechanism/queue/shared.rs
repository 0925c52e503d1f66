//! A bounded queue of our own: a ring of slots in shared memory, two semaphores that count, two locks, and in every producer
//! a thread that stores. What `multiprocessing.Queue` is made of, with memory in place of its pipe.

use super::{Crew, ENTRY};
use crate::{
    catalog::{Capabilities, Variant},
    command::Values,
    failure::Failure,
    mechanism::Checked,
};
use serde::{Deserialize, Serialize};

pub(super) const VARIANT: Variant = Variant {
    id: "shared",
    title: "Ring in shared memory",
    summary: "Built of memory alone: slots in a ring, semaphores that count the free and the full ones, locks. As long as nobody has to wait, no call is made.",
    can: Capabilities {
        ordered: true,
        boundaries: true,
        bidirectional: true,
        many_to_many: true,
        crosses_machines: false,
        // The memory has a name, which keeps it with all that is in it.
        survives: true,
        passes_descriptors: false,
        // Into the slot and out of it, by the processes themselves.
        copies: 0,
    },
};

/// The parameters as types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Who takes part, and how fast.
    #[serde(flatten)]
    pub crew: Crew,
    /// Slots of the ring.
    pub slots: u64,
    /// Bytes of each.
    pub slot: u64,
    /// Each producer has a thread that stores what was put.
    pub feeder: bool,
    /// The locks tell their next owner that the last one died.
    pub robust: bool,
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
            slots: checked.number("slots"),
            slot: checked.number("slot"),
            feeder: checked.word("feeder") != "off",
            robust: checked.word("guard") == "robust",
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
    /// The feeder waits.
    Hold,
    /// It goes on.
    Release,
    /// shm_unlink(3).
    Unlink,
}
