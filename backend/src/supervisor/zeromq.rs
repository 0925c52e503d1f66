//! Messages of ZeroMQ: what is said of shelves, beside what its own threads do on connections. See [`shared::ledger::zmtp`].

use super::{
    Supervisor,
    objects::{Received, Sending},
};
use crate::mechanism::Play;
use shared::{
    command::Values,
    event::{Kind, Origin, Reading, Source},
    ids::{MsgId, WorkerId},
    ledger::zmtp::{Announced, Got, Lost, Shelf, Zmtp},
    mechanism::zeromq::{Params, Pattern},
};
use std::time::{Duration, Instant};

/// How often shelves are told at most: a burst changes them thousands of times a second.
const PACE: Duration = Duration::from_millis(20);
/// What a shelf is called as an object. No kernel has it: it is in the memory of a process.
const SHELF: &str = "shelf";

/// What was told of shelves.
#[derive(Debug, Default)]
pub(super) struct Shelves {
    told: Vec<Shelf>,
    /// Something may have changed: when to tell.
    pub(super) next: Option<Instant>,
    last: Option<Instant>,
}

impl Shelves {
    fn stir(&mut self) {
        let now = Instant::now();
        let soon = self.last.map_or(now, |last| (last + PACE).max(now));
        self.next.get_or_insert(soon);
    }
}

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
        self.shelves.stir();
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
        self.shelves.stir();
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
        self.shelves.stir();
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
            self.shelves.stir();
            let source = if traced { Source::Call } else { Source::Report };
            self.will_not_come(&lost, source);
        }
    }

    /// What a call has moved from one shelf to another, and what it has shown not to come any more.
    pub(super) fn passed_over(&mut self, moved: u64) {
        if self.ledger.zmtp.is_none() || moved == 0 {
            return;
        }
        self.shelves.stir();
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

    /// Tells shelves that have changed, when it is time.
    pub(super) fn tell_shelves(&mut self) {
        let now = Instant::now();
        if self.shelves.next.is_none_or(|next| next > now) {
            return;
        }
        self.shelves.next = None;
        self.shelves.last = Some(now);
        let Some((zmtp, pattern)) = self
            .ledger
            .zmtp
            .as_ref()
            .zip(Pattern::of(self.play.variant))
        else {
            return;
        };
        let of = |role: &str| {
            let hands = self.crew.hands.iter().filter(move |hand| hand.role == role);
            hands.map(|hand| hand.id.clone()).collect::<Vec<_>>()
        };
        let (binders, connectors) = (of(pattern.binder()), of(pattern.connector()));
        let all = [connectors.clone(), binders.clone()].concat();
        let (senders, receivers) = match pattern.answers() {
            true => (&all, &all),
            false => (&binders, &connectors),
        };
        let traced = self.tracer.traces();
        let shelves = zmtp.shelves(senders, receivers, traced);
        let hwm = zmtp.room();
        for shelf in &shelves {
            let told = self.shelves.told.iter().find(|told| told.id == shelf.id);
            let tell = |journal: &mut super::journal::Journal, kind| {
                let fact = super::journal::Fact::new(Source::Report, kind);
                journal.tell(fact.object(Some(shelf.id.clone())));
            };
            if told.is_none() {
                let (object_type, name) = (SHELF.to_owned(), None);
                tell(&mut self.journal, Kind::ObjectCreated { object_type, name });
            }
            if told.is_none_or(|told| (told.messages, told.lost) != (shelf.messages, shelf.lost)) {
                let readings = readings(shelf, hwm, traced);
                tell(&mut self.journal, Kind::Gauge { readings });
            }
            if told.is_none_or(|told| told.items != shelf.items) {
                let more = shelf.messages.saturating_sub(shelf.items.len() as u64);
                let items = shelf.items.clone();
                let origin = Origin::Model;
                tell(
                    &mut self.journal,
                    Kind::ObjectItems {
                        items,
                        more,
                        origin,
                    },
                );
            }
        }
        self.shelves.told = shelves;
    }

    /// The run is over, and with it all memory.
    pub(super) fn no_more_shelves(&mut self) {
        for shelf in std::mem::take(&mut self.shelves.told) {
            let fact = super::journal::Fact::new(Source::Report, Kind::ObjectRemoved {});
            self.journal.tell(fact.object(Some(shelf.id)));
        }
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

/// How many stand on it, of how many that have room; and how many were thrown away on this way.
fn readings(shelf: &Shelf, hwm: u64, traced: bool) -> Vec<Reading> {
    let figure = |figure: &str, value, max| Reading {
        figure: figure.to_owned(),
        value,
        max,
        origin: Origin::Model,
        how: if traced { "calls" } else { "reports" }.to_owned(),
    };
    // Without calls it is not known which of them are on a shelf, and which in the kernel.
    let max = traced.then_some(hwm);
    vec![
        figure("messages", shelf.messages, max),
        figure("lost", shelf.lost, None),
    ]
}
