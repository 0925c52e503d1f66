//! POSIX message queue: a name, a bound on number and size, a priority for each message. mq_overview(7).

use super::{Crew, ENTRY};
use crate::{
    catalog::{Capabilities, Variant},
    command::Values,
    failure::Failure,
    mechanism::Checked,
};
use serde::{Deserialize, Serialize};

pub(super) const VARIANT: Variant = Variant {
    id: "posix",
    title: "POSIX message queue",
    summary: "It has a name like /orders, room for a few messages, and a priority on each: the highest leaves first, equal ones in the order they came.",
    can: Capabilities {
        ordered: true,
        boundaries: true,
        bidirectional: true,
        many_to_many: true,
        crosses_machines: false,
        survives: true,
        passes_descriptors: false,
        copies: 2,
    },
};

/// How a consumer learns that a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notify {
    /// It sleeps in mq_receive(3).
    Off,
    /// mq_notify(3), and after each signal again.
    Again,
    /// mq_notify(3), once: the next message raises no signal.
    Once,
}

/// The parameters as types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Who takes part, and how fast.
    #[serde(flatten)]
    pub crew: Crew,
    /// mq_maxmsg.
    pub maxmsg: u64,
    /// mq_msgsize, bytes.
    pub msgsize: u64,
    /// Bytes a consumer has room for; 0 for mq_msgsize.
    pub buffer: u64,
    /// O_NONBLOCK.
    pub nonblock: bool,
    /// mq_notify(3).
    pub notify: Notify,
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
            maxmsg: checked.number("maxmsg"),
            msgsize: checked.number("msgsize"),
            buffer: checked.number("buffer"),
            nonblock: checked.flag("nonblock"),
            notify: match checked.word("notify") {
                "again" => Notify::Again,
                "once" => Notify::Once,
                _ => Notify::Off,
            },
        })
    }
}

/// What a learner can have a worker do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Order {
    /// mq_receive(3), `times` times.
    Receive {
        /// Size of the buffer; 0 as set for the run.
        len: u64,
        /// How many.
        times: u64,
    },
    /// mq_close(3).
    Close,
    /// mq_unlink(3).
    Unlink,
    /// mq_open(3) of up to `times` further queues.
    More {
        /// How many.
        times: u64,
        /// mq_maxmsg of each.
        maxmsg: u64,
    },
}
