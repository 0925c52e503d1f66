//! Messages of ZeroMQ: what is said of shelves, beside what its own threads do on connections. See [`shared::ledger::zmtp`].

use super::{
    Supervisor,
    objects::{Received, Sending},
};
use crate::mechanism::Play;
use shared::{
    command::Values,
    event::{Kind, Source},
    ids::{MsgId, WorkerId},
    ledger::zmtp::{Announced, Got, Lost, Zmtp},
    mechanism::zeromq::{Params, Pattern},
};

/// The books of a run of ZeroMQ.
pub(super) fn books(play: &Play) -> Option<Zmtp> {
    let pattern = Pattern::of(play.variant).filter(|_| play.mechanism.speaks_zmtp())?;
    let params = Params::new(pattern, &play.params).ok()?;
    let hwm = usize::try_from(params.hwm).unwrap_or(usize::MAX);
    Some(Zmtp::new(pattern == Pattern::PubSub, hwm))
}

impl Supervisor {
    /// A worker is about to put a message on its shelf; false where there are no shelves.
    pub(super) fn shelf_sending(&mut self, worker: usize, said: &Sending<'_>) -> bool {
        let Some(zmtp) = &mut self.ledger.zmtp else {
            return false;
        };
        let announced = Announced {
            msg: said.msg,
            len: said.len,
            bytes: said.bytes,
            key: said.key,
        };
        zmtp.sending(&self.crew[worker].id, announced);
        true
    }

    /// It is there, or was refused. With PUB, it may be known by now that it will not come to somebody.
    pub(super) fn shelf_sent(&mut self, worker: usize, msg: MsgId, put: bool) {
        let (traced, all) = (self.tracer.traces(), self.receivers_of(worker));
        let id = &self.crew[worker].id;
        let Some(zmtp) = &mut self.ledger.zmtp else {
            return;
        };
        zmtp.sent(id, msg, put);
        // That nobody is connected can be known where calls are seen.
        let lost = if put && traced {
            zmtp.nobody_there(id, msg, &all)
        } else {
            Vec::new()
        };
        self.will_not_come(&lost, Source::Call);
    }

    /// A worker has taken a message from its shelf; false where there are no shelves.
    pub(super) fn shelf_received(&mut self, worker: usize, got: &Received<'_>) -> bool {
        let traced = self.tracer.traces();
        let id = &self.crew[worker].id;
        let Some(zmtp) = &mut self.ledger.zmtp else {
            return false;
        };
        let taken = Got {
            len: got.len,
            bytes: got.bytes,
            key: got.key,
        };
        let (tied, lost) = zmtp.received(id, taken, traced);
        if !traced {
            self.journal.counts.bytes_received += got.len;
        }
        let now = super::journal::now();
        self.received(worker, None, &tied, Source::Report, now);
        self.will_not_come(&lost, Source::Report);
        self.look_soon(worker);
        true
    }

    /// A subscriber has said which messages it wants.
    pub(super) fn shelf_said(&mut self, worker: usize, what: &str, about: &Values) {
        if let Some(zmtp) = self.ledger.zmtp.as_mut().filter(|_| what == "subscribed") {
            let topic = about.get("topic").and_then(|topic| topic.as_str());
            zmtp.subscribes(&self.crew[worker].id, topic.unwrap_or_default());
        }
    }

    /// A worker is gone, with all that was on its shelves.
    pub(super) fn shelves_gone(&mut self, worker: usize) {
        let (traced, all) = (self.tracer.traces(), self.receivers_of(worker));
        let id = &self.crew[worker].id;
        if let Some(zmtp) = &mut self.ledger.zmtp {
            let lost = zmtp.left(id, &all, traced);
            let source = if traced { Source::Call } else { Source::Report };
            self.will_not_come(&lost, source);
        }
    }

    /// What calls have shown not to come any more.
    pub(super) fn passed_over(&mut self) {
        let lost = self.ledger.zmtp_lost();
        self.will_not_come(&lost, Source::Call);
    }

    /// Those that a worker's messages are for: everybody of another role but the parent.
    fn receivers_of(&self, worker: usize) -> Vec<WorkerId> {
        let role = self.crew[worker].role;
        let others = self.crew.hands.iter().skip(1);
        let others = others.filter(|hand| hand.role != role);
        others.map(|hand| hand.id.clone()).collect()
    }

    fn will_not_come(&mut self, lost: &[Lost], source: Source) {
        for one in lost {
            let receiver = self.crew.hands.iter().find(|hand| hand.id == one.receiver);
            let Some(receiver) = receiver else { continue };
            self.journal.counts.lost += 1;
            let kind = Kind::MessageLost {
                msg: one.msg,
                from: 0,
                to: one.len,
            };
            let fact = receiver.fact(source, kind);
            self.journal.tell(fact);
        }
    }
}
