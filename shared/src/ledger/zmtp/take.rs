//! A worker's own thread takes a message from its shelf: which one is it?

use super::books::{Got, Lost, Message, Zmtp};
use crate::{
    event::{Part, Tie},
    ids::{MsgId, WorkerId},
    ledger::Tied,
};

/// Others that fit as well are named up to here.
const MAX_OTHERS: usize = 24;

impl Zmtp {
    /// A worker's own thread has taken a message: which, and which will not come to it any more. `traced`: calls are seen.
    pub fn received(&mut self, worker: &WorkerId, got: Got<'_>, traced: bool) -> (Tied, Vec<Lost>) {
        self.subscribed.entry(worker.clone()).or_default();
        let seen = traced.then(|| self.arrived_as(worker, got)).flatten();
        // Without calls, or where some were missed, what was said has to do.
        let found = seen.or_else(|| self.announced_as(worker, got));
        let whole = |msg| Part {
            msg,
            from: 0,
            to: got.len,
        };
        let Some((sender, at, others)) = found else {
            let tied = Tied {
                parts: vec![whole(None)],
                tie: Tie::Unknown,
                ..Tied::default()
            };
            return (tied, Vec::new());
        };
        let passed: Vec<usize> = match self.taken_to.get(&(worker.clone(), sender.clone())) {
            _ if !self.fan_out => Vec::new(),
            Some(next) => (*next..at).collect(),
            None => (0..at).collect(),
        };
        let lost = self.lose(&sender, &passed, worker);
        self.taken_to
            .insert((worker.clone(), sender.clone()), at + 1);
        let mut tied = Tied::default();
        let forgotten = self.senders.get(&sender).map_or(0, |one| one.forgotten);
        let message = self
            .senders
            .get_mut(&sender)
            .and_then(|one| one.messages.get_mut(at.checked_sub(forgotten)?));
        if let Some(message) = message {
            message.taken.insert(worker.clone());
            tied.parts = vec![whole(Some(message.id))];
            tied.complete = vec![message.id];
        }
        if !others.is_empty() {
            tied.tie = Tie::Ambiguous;
            tied.candidates = tied.parts.clone();
            tied.candidates
                .extend(others.into_iter().map(|msg| whole(Some(msg))));
        }
        (tied, lost)
    }

    /// The oldest on a shelf that says this; and others that do as well.
    fn arrived_as(
        &mut self,
        worker: &WorkerId,
        got: Got<'_>,
    ) -> Option<(WorkerId, usize, Vec<MsgId>)> {
        let mut fit = Vec::new();
        for (object, wire) in &self.wires {
            let (Some(sender), true) = (&wire.sender, wire.receiver.as_ref() == Some(worker))
            else {
                continue;
            };
            let Some(messages) = self.senders.get(sender) else {
                continue;
            };
            let mut all = messages.from(0);
            let first = wire.shelf.iter().find_map(|msg| {
                let (at, message) = all.find(|(_, message)| message.id == *msg)?;
                fits(message, got).then_some((at, message.id))
            });
            if let Some((at, msg)) = first {
                fit.push((object.clone(), sender.clone(), at, msg, wire.unsure));
            }
        }
        fit.sort_by_key(|(_, _, _, msg, _)| *msg);
        let (object, sender, at, msg, unsure) = fit.first().cloned()?;
        if let Some(wire) = self.wires.get_mut(&object) {
            wire.shelf.retain(|other| *other != msg);
        }
        let mut others: Vec<MsgId> = fit.iter().skip(1).map(|(_, _, _, msg, _)| *msg).collect();
        if unsure {
            let all = self.senders.get(&sender)?.from(at + 1);
            others.extend(
                all.filter(|(_, message)| fits(message, got))
                    .map(|(_, message)| message.id)
                    .take(MAX_OTHERS),
            );
        }
        Some((sender, at, others))
    }

    /// The oldest that was announced, that says this, and that can still come.
    fn announced_as(
        &mut self,
        worker: &WorkerId,
        got: Got<'_>,
    ) -> Option<(WorkerId, usize, Vec<MsgId>)> {
        let mut fit: Vec<(WorkerId, usize, MsgId)> = Vec::new();
        for (sender, messages) in &self.senders {
            if sender == worker {
                continue;
            }
            let next = self.taken_to.get(&(worker.clone(), sender.clone()));
            let can = |message: &Message| {
                let free = self.fan_out || message.taken.is_empty();
                free && !message.taken.contains(worker) && fits(message, got)
            };
            let all = messages.from(next.copied().unwrap_or(0));
            let all = all.filter(|(_, message)| can(message));
            fit.extend(
                all.map(|(at, message)| (sender.clone(), at, message.id))
                    .take(MAX_OTHERS),
            );
        }
        fit.sort_by_key(|(_, _, msg)| *msg);
        let (sender, at, _) = fit.first().cloned()?;
        // On one connection they come in order.
        let alone = !self.fan_out && self.subscribed.len() < 2 && self.senders.len() < 2;
        let others = fit.into_iter().skip(1).map(|(_, _, msg)| msg);
        let others = others.filter(|_| !alone).collect();
        Some((sender, at, others))
    }
}

fn fits(message: &Message, got: Got<'_>) -> bool {
    message.agrees(got.len, got.bytes) && (got.key.is_none() || message.key == got.key)
}
