//! What workers say of messages and of themselves.

use super::{
    Supervisor,
    crew::Announced,
    objects::{Received, Sending, Way},
};
use shared::{
    command::Values,
    event::{Kind, Source},
    ids::{MsgId, ObjectId},
    ledger::Tied,
    os::Errno,
};

/// Longest word for what a worker says of itself, bytes.
const MAX_WHAT: usize = 64;
/// Most that a worker can say about it, bytes of JSON: an event is at most 8 KiB.
const MAX_ABOUT: usize = 4096;

impl Supervisor {
    /// A worker is about to send; the object that the message goes into, as far as it is known.
    pub(super) fn sending(&mut self, worker: usize, said: &Sending<'_>) -> Option<ObjectId> {
        if let Some(set) = self.signal_sending(worker, said) {
            return Some(set);
        }
        if self.shelf_sending(worker, said) {
            return None;
        }
        if let Some(at) = self.in_memory(worker, said.fd) {
            self.with(at, |nature, scene| nature.sending(scene, worker, said));
            return self.objects.all.get(at).map(|object| object.id.clone());
        }
        if !self.tracer.traces() {
            self.know(worker, said.fd);
        }
        let held = self.ledger.object(&self.crew[worker].id, said.fd)?.0;
        let at = self.objects.find(&held);
        let own =
            at.and_then(|at| self.with(at, |nature, scene| nature.sending(scene, worker, said)));
        let id = &self.crew[worker].id;
        match own.flatten() {
            Some(()) => {}
            None if self.tracer.traces() && self.play.mechanism.sends_later() => {
                self.ledger.sending_later(id, said.msg, said.fd, said.len);
            }
            None if self.tracer.traces() => self.ledger.sending(id, said.msg, said.fd, said.len),
            None => {
                self.ledger
                    .reported_sending(id, said.msg, said.fd, said.len, said.bytes);
            }
        }
        // Through one end of a socket pair it goes into the other.
        let into = self.ledger.target(id, said.fd);
        Some(into.unwrap_or(held))
    }

    /// It is done with that message, as far as it went.
    pub(super) fn sent(&mut self, worker: usize, msg: MsgId, n: u64, errno: Option<Errno>) {
        let announced = self.crew[worker].done_with(msg);
        let signal = announced
            .filter(|announced| announced.fd < 0)
            .and_then(|_| self.signal_sent(msg, errno.is_none()));
        let own = match signal {
            Some(set) => Some(Tied {
                object: Some(set),
                ..Tied::default()
            }),
            None => self.of_its_own(worker, announced, n),
        };
        let traced = self.tracer.traces();
        let id = &self.crew[worker].id;
        let tied = match own {
            Some(tied) => tied,
            None if traced => {
                // Put is not yet sent: the ledger hears of that from the calls of the thread that sends.
                if !self.play.mechanism.sends_later() {
                    self.ledger.sent(id, msg);
                }
                Tied::default()
            }
            None => self.ledger.reported_sent(id, msg, n),
        };
        // What was stored in memory is counted when that is reported.
        let stored = announced.is_some_and(|one| self.in_memory(worker, one.fd).is_some());
        if !traced && !stored {
            self.journal.counts.bytes_sent += n;
            self.moved(worker, &tied, Way::In(n));
        }
        if n > 0 || errno.is_none() {
            self.journal.counts.sent += 1;
        }
        let hand = &self.crew[worker];
        let kind = Kind::MessageSent {
            msg,
            n,
            errno,
            inferred: false,
        };
        let sent = hand
            .fact(Source::Report, kind)
            .object(tied.object)
            .parts(tied.parts);
        self.journal.tell(sent);
        self.shelf_sent(worker, msg, errno.is_none());
    }

    fn of_its_own(&mut self, worker: usize, announced: Option<Announced>, n: u64) -> Option<Tied> {
        let Announced { msg, fd, .. } = announced?;
        if let Some(at) = self.in_memory(worker, fd) {
            return self.with(at, |nature, scene| nature.sent(scene, worker, msg, n))?;
        }
        let (object, _) = self.ledger.object(&self.crew[worker].id, fd)?;
        let at = self.objects.find(&object)?;
        self.with(at, |nature, scene| nature.sent(scene, worker, msg, n))?
    }

    /// It has received. Traced, the call has told it already, if there was one.
    pub(super) fn got(&mut self, worker: usize, got: &Received<'_>) {
        if self.shelf_received(worker, got) || self.tracer.traces() && got.fd >= 0 {
            return;
        }
        self.know(worker, got.fd);
        let held = self.ledger.object(&self.crew[worker].id, got.fd);
        let at = held.and_then(|(object, _)| self.objects.find(&object));
        let own =
            at.and_then(|at| self.with(at, |nature, scene| nature.received(scene, worker, got)));
        let id = &self.crew[worker].id;
        let tied = match own.flatten() {
            Some(tied) => tied,
            None if self.tracer.traces() => return,
            None => self
                .ledger
                .reported_received(id, got.fd, got.len, got.bytes),
        };
        self.journal.counts.bytes_received += got.len;
        self.moved(worker, &tied, Way::Out(got.len));
        let now = super::journal::now();
        self.received(worker, None, &tied, Source::Report, now);
        self.thrown_away(worker, &tied, Source::Report, now);
        self.look_soon(worker);
    }

    /// A worker says something of itself that nobody else could know.
    pub(super) fn said(&mut self, worker: usize, what: &str, about: &Values) {
        let len = serde_json::to_string(about).map_or(usize::MAX, |json| json.len());
        if what.len() > MAX_WHAT || len > MAX_ABOUT {
            return self.journal.skip("reports", 1);
        }
        let kind = Kind::ProcessSaid {
            what: what.to_owned(),
            about: about.clone(),
        };
        let said = self.crew[worker].fact(Source::Report, kind);
        self.journal.tell_if_room("reports", said);
        self.signal_said(worker, what, about);
        self.shelf_said(worker, what, about);
        // Without X-ray, a number that was another connection's until now: before anything is said of what goes through it.
        let fd = about.get("fd").and_then(serde_json::Value::as_i64);
        if !self.tracer.traces()
            && ["connected", "accepted"].contains(&what)
            && let Some(fd) = fd.and_then(|fd| i32::try_from(fd).ok())
        {
            self.find_end(worker, fd);
        }
        self.look_soon(worker);
    }

    /// A role in Python says where the line is that it is in.
    pub(super) fn here(&mut self, worker: usize, address: &str) {
        let digits = address.strip_prefix("0x").unwrap_or(address);
        self.crew[worker].here = u64::from_str_radix(digits, 16).ok();
    }
}
