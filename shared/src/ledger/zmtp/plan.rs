//! Sends and receives of I/O threads: which bytes of which messages.

use super::{
    books::{Lost, Message, Plan, Wire, Zmtp},
    parser::{Said, What},
};
use crate::{
    event::Part,
    ids::{ObjectId, WorkerId},
    mechanism::zeromq::TOPICS,
};

impl Zmtp {
    /// What a send into a connection is about to move: parts of messages, and bytes of the protocol.
    pub(in crate::ledger) fn plan(
        &self,
        worker: &WorkerId,
        object: &ObjectId,
        bytes: &[u8],
        len: u64,
    ) -> Plan {
        let mut wire = self.wires.get(object).cloned().unwrap_or_else(|| Wire {
            // What was published before there was a connection does not come through it.
            next: match self.senders.get(worker) {
                Some(sender) if self.fan_out => sender.next(),
                Some(_) | None => 0,
            },
            ..Wire::default()
        });
        wire.sender.get_or_insert_with(|| worker.clone());
        let mut plan = Plan::default();
        let mut at = 0;
        for piece in wire.parser.feed(bytes, len) {
            let part = match &piece.what {
                What::Protocol => None,
                What::Said(said) => {
                    if said.from == 0 {
                        self.begins(worker, object, said, &mut wire, &mut plan);
                    }
                    wire.current.map(|msg| (msg, said.from))
                }
            };
            let (msg, from) = part.map_or((None, at), |(msg, from)| (Some(msg), from));
            if piece.len > 0 {
                let to = from + piece.len;
                plan.parts.push(Part { msg, from, to });
            }
            plan.first = plan.first.or(msg);
            at += piece.len;
        }
        plan.wire = wire;
        plan
    }

    /// The message that begins here.
    fn begins(
        &self,
        worker: &WorkerId,
        object: &ObjectId,
        said: &Said,
        wire: &mut Wire,
        plan: &mut Plan,
    ) {
        wire.current = None;
        let Some(sender) = self.senders.get(worker) else {
            return;
        };
        let fits = |message: &Message| {
            let elsewhere = !self.fan_out && message.on.iter().any(|on| on != object);
            message.agrees(said.of, &said.bytes)
                && has_topic(message, &said.before)
                && !elsewhere
                && !plan.begun.contains(&message.id)
        };
        let start = if self.fan_out { wire.next } else { 0 };
        let found = sender
            .from(start)
            .find(|(_, message)| fits(message) && !message.on.contains(object));
        let Some((at, message)) = found else {
            return;
        };
        if self.fan_out {
            let waiting = sender.next() - wire.next;
            let mut others = sender.from(at + 1).map(|(_, other)| other);
            wire.unsure |= waiting > self.hwm && others.any(&fits);
            plan.passed.extend(wire.next..at);
            wire.next = at + 1;
        }
        wire.current = Some(message.id);
        plan.begun.push(message.id);
    }

    /// The send has moved so many bytes, none if it failed. Messages that were passed over, and will not come any more.
    pub(in crate::ledger) fn wrote(
        &mut self,
        worker: &WorkerId,
        object: &ObjectId,
        bytes: &[u8],
        moved: u64,
    ) -> (Plan, Vec<Lost>) {
        let known = usize::try_from(moved).unwrap_or(usize::MAX);
        let plan = self.plan(worker, object, bytes.get(..known).unwrap_or(bytes), moved);
        for msg in &plan.begun {
            if let Some(message) = self.message(worker, *msg) {
                message.on.insert(object.clone());
            }
        }
        let receiver = plan.wire.receiver.clone();
        let lost = match receiver {
            Some(receiver) => self.lose(worker, &plan.passed, &receiver),
            None => Vec::new(),
        };
        let mut wire = plan.wire.clone();
        if let Some(now) = self.wires.get_mut(object) {
            // Meanwhile some may have been received.
            wire.coming = std::mem::take(&mut now.coming);
            wire.shelf = std::mem::take(&mut now.shelf);
            wire.receiver = now.receiver.take();
        }
        self.wires.insert(object.clone(), wire);
        (plan, lost)
    }

    /// Bytes of a connection have come to a worker's I/O thread.
    pub(in crate::ledger) fn arrived(
        &mut self,
        worker: &WorkerId,
        object: &ObjectId,
        parts: &[Part],
    ) {
        let wire = self.wires.entry(object.clone()).or_default();
        wire.receiver.get_or_insert_with(|| worker.clone());
        let sender = wire.sender.clone();
        for part in parts {
            let Some(msg) = part.msg else { continue };
            let len = sender
                .as_ref()
                .and_then(|sender| self.message(sender, msg))
                .map(|message| message.len);
            let Some(wire) = self.wires.get_mut(object) else {
                return;
            };
            let come = wire.coming.entry(msg).or_default();
            *come += part.to - part.from;
            if len.is_some_and(|len| *come >= len) {
                wire.coming.remove(&msg);
                wire.shelf.push(msg);
            }
        }
    }
}

/// A message with a topic has that as its first frame.
fn has_topic(message: &Message, before: &[Vec<u8>]) -> bool {
    let name = message
        .key
        .and_then(|key| TOPICS.get(usize::try_from(key).ok()?.checked_sub(1)?));
    name.is_none_or(|name| before.first().is_some_and(|frame| frame == name.as_bytes()))
}
