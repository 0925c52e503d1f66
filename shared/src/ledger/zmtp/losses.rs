//! Messages that will not come to somebody, and how that is known.

use super::books::{Lost, Zmtp};
use crate::ids::{MsgId, ObjectId, WorkerId};

impl Zmtp {
    /// PUB has put a message on the shelves of all that are connected. To those to whom no connection leads, it will not
    /// come: that is certain where calls are seen, for then connections are.
    pub fn nobody_there(&mut self, worker: &WorkerId, msg: MsgId, all: &[WorkerId]) -> Vec<Lost> {
        if !self.fans_out() {
            return Vec::new();
        }
        let Some(at) = self.place(worker, msg) else {
            return Vec::new();
        };
        let leads = |to: &WorkerId| {
            self.wires.values().any(|wire| {
                wire.parser.speaks()
                    && wire.sender.as_ref() == Some(worker)
                    && wire.receiver.as_ref().is_none_or(|receiver| receiver == to)
            })
        };
        let without: Vec<WorkerId> = all.iter().filter(|to| !leads(to)).cloned().collect();
        let lost = without.iter().flat_map(|to| self.lose(worker, &[at], to));
        lost.collect::<Vec<_>>()
    }

    /// A worker is gone, and all that was on its shelves with it. `traced`: calls are seen.
    pub fn left(&mut self, worker: &WorkerId, all: &[WorkerId], traced: bool) -> Vec<Lost> {
        let mut lost = Vec::new();
        // What it had not written, nobody will get. Without calls, nobody knows what it has written.
        let unwritten: Vec<(usize, Vec<WorkerId>)> = self
            .senders
            .get(worker)
            .filter(|_| traced)
            .map(|sender| {
                let first = sender.next() - sender.messages.len();
                let all_of_them = sender.messages.iter().enumerate();
                let put = all_of_them.filter(|(_, message)| message.put && message.len != u64::MAX);
                put.filter_map(|(n, message)| {
                    let reached = |to: &&WorkerId| {
                        message.on.iter().any(|on| {
                            let wire = self.wires.get(on);
                            wire.is_none_or(|wire| {
                                wire.receiver
                                    .as_ref()
                                    .is_none_or(|receiver| receiver == *to)
                            })
                        })
                    };
                    let without: Vec<WorkerId> = if self.fans_out() {
                        all.iter().filter(|to| !reached(to)).cloned().collect()
                    } else if message.on.is_empty() && message.taken.is_empty() {
                        all.first().cloned().into_iter().collect()
                    } else {
                        Vec::new()
                    };
                    (!without.is_empty()).then_some((first + n, without))
                })
                .collect()
            })
            .unwrap_or_default();
        for (at, without) in unwritten {
            for to in without {
                lost.extend(self.lose(worker, &[at], &to));
            }
        }
        lost.extend(self.not_taken(worker));
        self.wires
            .retain(|_, wire| wire.receiver.as_ref() != Some(worker));
        lost
    }

    /// What had come to its shelves, or was on its way there.
    fn not_taken(&mut self, worker: &WorkerId) -> Vec<Lost> {
        let mut places: Vec<(WorkerId, usize)> = Vec::new();
        for (object, wire) in &self.wires {
            let Some(sender) = wire.sender.clone() else {
                continue;
            };
            if wire.receiver.as_ref() != Some(worker) {
                continue;
            }
            let Some(messages) = self.senders.get(&sender) else {
                continue;
            };
            let first = messages.next() - messages.messages.len();
            let written = messages.messages.iter().enumerate();
            let written = written.filter(|(_, message)| message.on.contains(object));
            places.extend(written.map(|(n, _)| (sender.clone(), first + n)));
        }
        let lost = places
            .into_iter()
            .flat_map(|(sender, at)| self.lose(&sender, &[at], worker));
        lost.collect::<Vec<_>>()
    }

    /// A connection is gone.
    pub fn removed(&mut self, object: &ObjectId) {
        self.wires.remove(object);
    }

    /// These messages of a sender will not come to that receiver: those that it asked for, has not got, and that were not
    /// lost to it before.
    pub(super) fn lose(&mut self, sender: &WorkerId, at: &[usize], to: &WorkerId) -> Vec<Lost> {
        let wish = self.subscribed.get(to).copied().flatten();
        let fans_out = self.fans_out();
        let Some(messages) = self.senders.get_mut(sender) else {
            return Vec::new();
        };
        let first = messages.next() - messages.messages.len();
        let mut lost = Vec::new();
        for at in at {
            let message = at
                .checked_sub(first)
                .and_then(|at| messages.messages.get_mut(at));
            let Some(message) = message.filter(|message| message.put && message.len != u64::MAX)
            else {
                continue;
            };
            let wanted = wish.is_none_or(|wish| message.key == Some(wish));
            let taken = if fans_out {
                message.taken.contains(to)
            } else {
                !message.taken.is_empty()
            };
            let again = !fans_out && !message.lost.is_empty();
            if wanted && !taken && !again && message.lost.insert(to.clone()) {
                lost.push(Lost {
                    msg: message.id,
                    receiver: to.clone(),
                    len: message.len,
                });
            }
        }
        lost
    }

    fn place(&self, worker: &WorkerId, msg: MsgId) -> Option<usize> {
        let sender = self.senders.get(worker)?;
        let first = sender.next() - sender.messages.len();
        let mut messages = sender.messages.iter();
        let at = messages.position(|message| message.id == msg)?;
        Some(first + at)
    }
}
