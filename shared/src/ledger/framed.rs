//! Sends of a library's own thread: each is parts of many messages, with bytes of its protocol in between.

use super::{
    Entered, Ledger, Tied,
    calls::Open,
    source::{Label, Source, Stamp, cut},
    tie::join,
    zmtp::Lost,
};
use crate::ids::{CallId, ObjectId, WorkerId};

impl Ledger {
    /// The books of ZeroMQ are kept, and this is one of its connections.
    pub(super) fn frames(&self, object: &ObjectId) -> bool {
        self.zmtp.is_some() && self.streams.contains_key(object)
    }

    /// A send into such a connection is entered.
    pub(super) fn enter_framed(
        &mut self,
        worker: &WorkerId,
        call: CallId,
        object: ObjectId,
        len: u64,
        bytes: &[u8],
    ) -> Entered {
        let id = self.tick();
        let plan = self
            .zmtp
            .as_ref()
            .map(|zmtp| zmtp.plan(worker, &object, bytes, len))
            .unwrap_or_default();
        let label = Label::Framed { parts: plan.parts };
        if let Some(stream) = self.streams.get_mut(&object) {
            stream.enter(id, Source::new(label, worker, len, bytes));
        }
        self.calls.insert(
            call,
            Open {
                worker: worker.clone(),
                from: None,
                to: Some((object.clone(), id)),
                msg: plan.first,
                inferred: false,
                copy: false,
                overlapped: false,
                bereft: None,
            },
        );
        Entered {
            object: Some(object),
            msg: plan.first,
        }
    }

    /// It has moved so many bytes.
    pub(super) fn leave_framed(
        &mut self,
        worker: &WorkerId,
        object: ObjectId,
        id: Stamp,
        moved: u64,
    ) -> Tied {
        let now = self.tick();
        let mut tied = Tied::default();
        let bytes = self
            .streams
            .get(&object)
            .and_then(|stream| stream.sources.get(&id))
            .map(|source| source.content.clone())
            .unwrap_or_default();
        if moved > 0
            && let Some(zmtp) = &mut self.zmtp
        {
            let (plan, lost) = zmtp.wrote(worker, &object, &bytes, moved);
            tied.msg = plan.first;
            tied.parts = cut(&plan.parts, 0, moved);
            join(&mut tied.parts);
            self.zmtp_lost.extend(lost);
        }
        if let Some(stream) = self.streams.get_mut(&object) {
            stream.leave(id, now, Some(moved));
        }
        tied.complete = self.settle(&object, Some(id), &[]);
        tied.object = Some(object);
        tied
    }

    /// Bytes of such a connection were received.
    pub(super) fn framed_arrived(&mut self, worker: &WorkerId, tied: &Tied) {
        if let (Some(zmtp), Some(object)) = (&mut self.zmtp, &tied.object) {
            zmtp.arrived(worker, object, &tied.parts);
        }
    }

    /// Messages that were found not to come any more, since this was last asked.
    pub fn zmtp_lost(&mut self) -> Vec<Lost> {
        std::mem::take(&mut self.zmtp_lost)
    }
}
