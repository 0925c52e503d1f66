//! System V message queue: a key, a bound on bytes, a type for each message that readers can ask for. sysvipc(7), msgop(2).

use super::{Crew, ENTRY};
use crate::{
    catalog::{Capabilities, Variant},
    command::Values,
    failure::Failure,
    mechanism::Checked,
};
use serde::{Deserialize, Serialize};

pub(super) const VARIANT: Variant = Variant {
    id: "sysv",
    title: "System V message queue",
    summary: "The older kind: found by a number, no descriptor; each message has a type, and a reader can ask for one type only.",
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

/// Most that one message may have, bytes: `kernel.msgmax` as it is unless somebody changed it.
pub const MSGMAX: u64 = 8192;

/// Which type a consumer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Want {
    /// 0: the oldest message of any type.
    Any,
    /// Its own number.
    Own,
    /// A negative number: the lowest type first.
    Lowest,
}

impl Want {
    /// `msgtyp` of msgrcv(2) for the consumer of that number, from 1.
    pub fn msgtyp(self, consumer: u64) -> i64 {
        match self {
            Self::Any => 0,
            Self::Own => i64::try_from(consumer).unwrap_or(1),
            Self::Lowest => -9,
        }
    }
}

/// The parameters as types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Who takes part, and how fast.
    #[serde(flatten)]
    pub crew: Crew,
    /// msg_qbytes, 0 to leave it.
    pub qbytes: u64,
    /// Bytes a consumer has room for; 0 for [`MSGMAX`].
    pub buffer: u64,
    /// IPC_NOWAIT.
    pub nonblock: bool,
    /// MSG_NOERROR.
    pub noerror: bool,
    /// Which type consumers ask for.
    pub want: Want,
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
            qbytes: checked.number("qbytes"),
            buffer: checked.number("buffer"),
            nonblock: checked.flag("nonblock"),
            noerror: checked.flag("noerror"),
            want: match checked.word("want") {
                "own" => Want::Own,
                "lowest" => Want::Lowest,
                _ => Want::Any,
            },
        })
    }
}

/// What a learner can have a worker do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Order {
    /// msgrcv(2), `times` times.
    Receive {
        /// Only that type; 0 for any.
        r#type: u64,
        /// The lowest there is, up to that type.
        lowest: bool,
        /// Size of the buffer; 0 as set for the run.
        len: u64,
        /// How many.
        times: u64,
    },
    /// msgctl(2) `IPC_RMID`.
    Unlink,
}
