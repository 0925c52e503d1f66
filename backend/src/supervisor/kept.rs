//! Bytes of the newest calls, for those who want more than a preview.

use shared::ids::CallId;
use std::collections::VecDeque;

/// Bytes of calls that are kept for `fetch`.
const KEEP: usize = 4 * 1024 * 1024;
/// Calls of which bytes are kept.
const KEEP_CALLS: usize = 1024;
/// Bytes of the newest calls.
#[derive(Debug, Default)]
pub(super) struct Kept {
    calls: VecDeque<(CallId, u64, Vec<u8>)>,
    bytes: usize,
    /// The last number given to a call for the ledger's use.
    pub(super) key: CallId,
}

impl Kept {
    /// What is kept of a call, and how many bytes it moved in all.
    pub(super) fn get(&self, call: CallId) -> Option<(&[u8], u64)> {
        self.calls
            .iter()
            .rev()
            .find(|kept| kept.0 == call)
            .map(|kept| (kept.2.as_slice(), kept.1))
    }

    /// Keeps the bytes of a call, and forgets those of the oldest.
    pub(super) fn keep(&mut self, call: CallId, total: u64, bytes: Vec<u8>) {
        self.bytes += bytes.len();
        self.calls.push_back((call, total, bytes));
        while self.bytes > KEEP || self.calls.len() > KEEP_CALLS {
            let Some(oldest) = self.calls.pop_front() else {
                break;
            };
            self.bytes -= oldest.2.len();
        }
    }
}
