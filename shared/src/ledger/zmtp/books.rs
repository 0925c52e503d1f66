//! What was announced, what is on which connection, and what has been taken.

use super::parser::Parser;
use crate::{
    event::Part,
    ids::{MsgId, ObjectId, WorkerId},
    mechanism::zeromq::TOPICS,
};
use std::collections::{BTreeMap, BTreeSet};

/// Messages kept a sender; far more than a lesson sends, and older ones have come or are lost.
const MAX_KEPT: usize = 65_536;

/// A message that a worker is about to put on its shelf.
#[derive(Clone, Copy, Debug)]
pub struct Announced<'a> {
    /// Which.
    pub msg: MsgId,
    /// Bytes of its last frame.
    pub len: u64,
    /// The first of them.
    pub bytes: &'a [u8],
    /// The number of its topic, from 1.
    pub key: Option<i64>,
}

/// A message that a worker has taken from its shelf.
#[derive(Clone, Copy, Debug)]
pub struct Got<'a> {
    /// Bytes of its last frame.
    pub len: u64,
    /// The first of them.
    pub bytes: &'a [u8],
    /// The number of its topic, from 1.
    pub key: Option<i64>,
}

/// A message that will not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Which.
    pub msg: MsgId,
    /// To whom.
    pub receiver: WorkerId,
    /// Bytes of it.
    pub len: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) id: MsgId,
    pub(super) len: u64,
    pub(super) head: Vec<u8>,
    pub(super) key: Option<i64>,
    /// It is on the shelf; not if it was refused, or the thread still sleeps.
    pub(super) put: bool,
    /// The connections it was written to.
    pub(super) on: BTreeSet<ObjectId>,
    /// Who has taken it.
    pub(super) taken: BTreeSet<WorkerId>,
    /// To whom it will not come.
    pub(super) lost: BTreeSet<WorkerId>,
}

impl Message {
    /// What was seen of it agrees with what was announced.
    pub(super) fn agrees(&self, len: u64, bytes: &[u8]) -> bool {
        self.len == len && self.head.iter().zip(bytes).all(|(a, b)| a == b)
    }
}

/// What one worker has announced, in order.
#[derive(Debug, Default)]
pub(super) struct Sender {
    pub(super) messages: Vec<Message>,
    /// Messages that are not kept any more.
    pub(super) forgotten: usize,
}

impl Sender {
    pub(super) fn next(&self) -> usize {
        self.forgotten + self.messages.len()
    }

    pub(super) fn from(&self, at: usize) -> impl Iterator<Item = (usize, &Message)> {
        let skip = at.saturating_sub(self.forgotten);
        let all = self.messages.iter().enumerate().skip(skip);
        all.map(|(n, message)| (n + self.forgotten, message))
    }
}

/// One direction of a connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Wire {
    pub(super) parser: Parser,
    pub(super) sender: Option<WorkerId>,
    pub(super) receiver: Option<WorkerId>,
    /// The next message of the sender that can come here.
    pub(super) next: usize,
    /// The message whose bytes come now.
    pub(super) current: Option<MsgId>,
    /// Bytes of messages that have come, of those that are not whole.
    pub(super) coming: BTreeMap<MsgId, u64>,
    /// Messages that have come in whole, and were not taken yet.
    pub(super) shelf: Vec<MsgId>,
    /// Of messages that say the same, some may have been thrown away.
    pub(super) unsure: bool,
}

/// The books of a run.
#[derive(Debug, Default)]
pub struct Zmtp {
    /// Every receiver gets every message.
    pub(super) fan_out: bool,
    /// Messages on a shelf; beyond, with `fan_out`, they are thrown away.
    pub(super) hwm: usize,
    pub(super) senders: BTreeMap<WorkerId, Sender>,
    pub(super) wires: BTreeMap<ObjectId, Wire>,
    /// Who receives, and the topics asked for, as numbers; none for all.
    pub(super) subscribed: BTreeMap<WorkerId, Option<i64>>,
    /// How far each receiver is with each sender's messages, without calls.
    pub(super) taken_to: BTreeMap<(WorkerId, WorkerId), usize>,
}

/// Bytes that a send is about to move, as messages.
#[derive(Clone, Debug, Default)]
pub(in crate::ledger) struct Plan {
    pub(super) wire: Wire,
    pub(in crate::ledger) parts: Vec<Part>,
    pub(in crate::ledger) first: Option<MsgId>,
    pub(super) begun: Vec<MsgId>,
    /// Messages of the sender that were passed over.
    pub(super) passed: Vec<usize>,
}

impl Zmtp {
    /// Empty books. `fan_out`: everybody gets everything, and nobody waits. `hwm`: messages that a shelf has room for.
    pub fn new(fan_out: bool, hwm: usize) -> Self {
        Self {
            fan_out,
            hwm,
            ..Self::default()
        }
    }

    /// Every receiver gets every message that it asked for.
    pub fn fans_out(&self) -> bool {
        self.fan_out
    }

    /// Messages that each shelf has room for.
    pub fn room(&self) -> u64 {
        self.hwm as u64
    }

    /// A worker asks for messages of that topic, or for all.
    pub fn subscribes(&mut self, worker: &WorkerId, topic: &str) {
        let key = TOPICS.iter().position(|name| *name == topic);
        let key = key.and_then(|at| i64::try_from(at + 1).ok());
        self.subscribed.insert(worker.clone(), key);
    }

    /// A worker is about to put a message on its shelf.
    pub fn sending(&mut self, worker: &WorkerId, said: Announced<'_>) {
        let sender = self.senders.entry(worker.clone()).or_default();
        if sender.messages.len() >= MAX_KEPT {
            sender.messages.remove(0);
            sender.forgotten += 1;
        }
        sender.messages.push(Message {
            id: said.msg,
            len: said.len,
            head: said.bytes.to_vec(),
            key: said.key,
            put: false,
            on: BTreeSet::new(),
            taken: BTreeSet::new(),
            lost: BTreeSet::new(),
        });
    }

    /// It is there, or was refused. Those it can be known by now not to come to.
    pub fn sent(&mut self, worker: &WorkerId, msg: MsgId, put: bool) {
        let Some(message) = self.message(worker, msg) else {
            return;
        };
        message.put = put;
        if !put {
            // It is nowhere, and nobody waits for it.
            message.len = u64::MAX;
        }
    }

    pub(super) fn message(&mut self, worker: &WorkerId, msg: MsgId) -> Option<&mut Message> {
        let sender = self.senders.get_mut(worker)?;
        let mut messages = sender.messages.iter_mut().rev();
        messages.find(|message| message.id == msg)
    }
}
