//! Looks at the kernel objects: who holds them, how full they are, and what of it has changed since it was last told.

use super::{Supervisor, crew::Stage};
use crate::gauge::{self, SlotModel};
use shared::{
    event::{End, Holder, Kind, Origin, Reading, Source},
    ids::ObjectId,
};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// Longest pause until everything is read again though nothing was seen: a program may close what no filter shows.
const AGAIN: Duration = Duration::from_secs(1);
/// Without X-ray: pause after something has changed; doubled as long as nothing does.
const SAMPLE: Duration = Duration::from_millis(20);

impl Supervisor {
    /// Tells what has changed about the objects since it was last told.
    pub(super) fn look_at_links(&mut self) {
        let now = Instant::now();
        let due = self.links.again.is_none_or(|again| again <= now);
        if self.links.moved || due {
            self.links.moved = false;
            self.links.pace = if self.tracer.traces() {
                AGAIN
            } else {
                (self.links.pace * 2).clamp(SAMPLE, AGAIN)
            };
            self.look_at_holders();
            if !self.tracer.traces() {
                self.sample();
            }
            self.links.again = Some(now + self.links.pace);
        }
        for at in 0..self.links.all.len() {
            self.tell_gauge(at);
        }
    }

    fn look_at_holders(&mut self) {
        let all = gauge::holders(&self.crew.pids());
        let mut now: BTreeMap<ObjectId, Vec<Holder>> = BTreeMap::new();
        for held in &all {
            let Some(worker) = self.crew.by_pid(held.pid) else {
                continue;
            };
            if !self.tracer.traces() {
                self.opened(worker, held);
            }
            let holder = Holder {
                worker: self.crew[worker].id.clone(),
                fd: held.fd,
                end: held.end,
            };
            now.entry(held.object()).or_default().push(holder);
        }
        // Who was forked and has not said so yet may hold what its parent has closed already.
        let being_born = self
            .crew
            .hands
            .iter()
            .any(|hand| hand.stage == Stage::Unborn)
            && self.crew.hands.iter().any(super::crew::Hand::alive);
        for link in self.links.all.iter_mut().filter(|link| !link.removed) {
            let mut holders = now.remove(&link.id).unwrap_or_default();
            if being_born && holders.is_empty() {
                continue;
            }
            holders.sort();
            if link.holders != holders {
                self.links.pace = SAMPLE;
                if !self.tracer.traces() {
                    for left in link.holders.iter().filter(|left| !holders.contains(left)) {
                        self.ledger.close(&left.worker, left.fd);
                    }
                }
                link.holders.clone_from(&holders);
                self.journal.tell(Self::about(
                    &link.id,
                    Source::Gauge,
                    Kind::ObjectState {
                        holders,
                        names: Vec::new(),
                        mappings: Vec::new(),
                        locks: Vec::new(),
                        offsets: Vec::new(),
                        peer: None,
                    },
                ));
            }
            if link.held && link.holders.is_empty() {
                // Nobody has it open: the kernel has thrown away what was in it.
                for part in self.ledger.removed(&link.id) {
                    if let Some(msg) = part.msg {
                        self.journal.counts.lost += 1;
                        let kind = Kind::MessageLost {
                            msg,
                            from: part.from,
                            to: part.to,
                        };
                        self.journal
                            .tell(Self::about(&link.id, Source::Gauge, kind));
                    }
                }
                link.slots = SlotModel::new(link.capacity);
            }
            link.held = !link.holders.is_empty();
            if !link.held && (!link.named || !self.names.fifo().exists()) {
                link.removed = true;
                self.journal
                    .tell(Self::about(&link.id, Source::Gauge, Kind::ObjectRemoved {}));
            }
        }
    }

    /// Without a tracer: asks the kernel through a write end, while both ends are held, so that nobody notices.
    fn sample(&mut self) {
        for at in 0..self.links.all.len() {
            let Some(link) = self.links.all.get(at) else {
                continue;
            };
            let reader = link.holders.iter().any(|holder| holder.end != End::Write);
            let writer = link
                .holders
                .iter()
                .find(|holder| holder.end != End::Read)
                .filter(|_| reader);
            let Some(writer) = writer else { continue };
            let host = self
                .crew
                .hands
                .iter()
                .find(|hand| hand.id == writer.worker)
                .map(|hand| hand.host);
            let id = link.id.clone();
            if let Some(Ok(reading)) = host.map(|host| gauge::look_through_open(host, writer.fd)) {
                self.measured(&id, reading);
            }
        }
    }

    fn tell_gauge(&mut self, at: usize) {
        let traced = self.tracer.traces();
        let Some(link) = self
            .links
            .all
            .get_mut(at)
            .filter(|link| link.dirty && !link.removed)
        else {
            return;
        };
        let ends = |end: End| link.holders.iter().any(|holder| holder.end != end);
        if !self.tracer.traces() && link.live.is_none() && ends(End::Read) && ends(End::Write) {
            // The kernel is about to be asked.
            return;
        }
        link.dirty = false;
        let max = (link.capacity > 0).then_some(link.capacity);
        let counted = self.ledger.bytes(&link.id);
        let (value, origin, how) = match link.live {
            Some(bytes) => (bytes, Origin::Live, "FIONREAD"),
            None if traced => (counted, Origin::Model, "calls"),
            None => (counted, Origin::Model, "reports"),
        };
        let bytes = Reading {
            figure: "bytes".to_owned(),
            value,
            max,
            origin,
            how: how.to_owned(),
        };
        let slots = Reading {
            figure: "slots".to_owned(),
            value: link.slots.used(),
            max: Some(link.slots.slots()).filter(|slots| *slots > 0),
            origin: Origin::Model,
            how: "pages".to_owned(),
        };
        let readings = vec![bytes, slots];
        if link.told != readings {
            link.told.clone_from(&readings);
            let source = match (link.live, traced) {
                (Some(_), _) => Source::Gauge,
                (None, true) => Source::Call,
                (None, false) => Source::Report,
            };
            let fact = Self::about(&link.id, source, Kind::Gauge { readings });
            self.journal.tell_if_room("gauges", fact);
        }
    }
}
