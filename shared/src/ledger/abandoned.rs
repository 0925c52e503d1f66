//! Calls that will not return.

use super::Ledger;
use crate::ids::WorkerId;

impl Ledger {
    /// A process is gone: its calls will not return.
    pub(super) fn abandon_calls(&mut self, worker: &WorkerId) {
        let now = self.tick();
        let open: Vec<_> = self
            .calls
            .iter()
            .filter(|(_, open)| open.worker == *worker)
            .map(|(id, _)| *id)
            .collect();
        let calls = open
            .into_iter()
            .filter_map(|call| self.calls.remove(&call)?.to);
        let reports = self
            .reported
            .extract_if(.., |(of, _), _| of == worker)
            .map(|(_, to)| to);
        for (object, id) in calls.chain(reports).collect::<Vec<_>>() {
            if let Some(stream) = self.streams.get_mut(&object) {
                stream.leave(id, now, None);
            }
            self.settle(&object, Some(id), &[]);
        }
    }
}
