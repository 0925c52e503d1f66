//! What workers say beyond their calls: of themselves, and of memory that no call touches.

use super::Supervisor;
use crate::worker::wire::Touched;
use shared::{
    command::Values,
    event::{Kind, Source, Tie},
};

/// Longest word for what a worker says of itself, bytes.
const MAX_WHAT: usize = 64;
/// Most that a worker can say about it, bytes of JSON: an event is at most 8 KiB.
const MAX_ABOUT: usize = 4096;

impl Supervisor {
    /// A worker says something of itself that nobody else could know.
    pub(super) fn said(&mut self, worker: usize, what: &str, about: Values) {
        let len = serde_json::to_string(&about).map_or(usize::MAX, |json| json.len());
        if what.len() > MAX_WHAT || len > MAX_ABOUT {
            return self.journal.skip("reports", 1);
        }
        let kind = Kind::ProcessSaid {
            what: what.to_owned(),
            about,
        };
        let said = self.crew[worker].fact(Source::Report, kind);
        self.journal.tell_if_room("reports", said);
        self.look_soon(worker);
    }

    /// A worker says that it stored or loaded bytes where others see them.
    pub(super) fn touched(&mut self, worker: usize, touched: Touched, stored: bool) {
        let Touched {
            msg,
            at,
            len,
            preview,
            ..
        } = touched;
        let kind = if stored {
            Kind::MemoryStored {
                msg,
                at,
                len,
                preview,
            }
        } else {
            Kind::MemoryLoaded {
                at,
                len,
                preview,
                complete: Vec::new(),
                tie: Tie::Unknown,
            }
        };
        let fact = self.crew[worker].fact(Source::Report, kind);
        self.journal.tell_if_room("reports", fact);
    }

    /// A role in Python says where the line is that it is in.
    pub(super) fn here(&mut self, worker: usize, address: &str) {
        let digits = address.strip_prefix("0x").unwrap_or(address);
        self.crew[worker].here = u64::from_str_radix(digits, 16).ok();
    }
}
