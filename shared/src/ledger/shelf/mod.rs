//! A queue in the kernel that keeps messages whole: one call puts one in, one call takes one out.
//!
//! Which message a receive got is found by its key (priority or type) and its content, then by order: of one key, the
//! kernel hands out the oldest first. What is seen does not always fix that order: two sends that were under way at once
//! can have gone in either way round, and of two receives either can have been first. Then all that fit are named, and
//! kept in a `Pool`: one of these was taken. As soon as as many were taken as there are in it, all of them are.

mod find;
mod items;
mod pool;

#[cfg(test)]
mod tests;

use super::source::Stamp;
use crate::{
    event::{Part, Tie},
    ids::{MsgId, WorkerId},
};
use pool::Pool;
use std::collections::{BTreeMap, BTreeSet};

/// Messages followed in one queue; more are not, and who receives one of them receives something unknown. Enough for a
/// System V queue of 16,384 bytes that is filled with single bytes.
const MAX_PUTS: usize = 20_000;
/// Bytes of each that are kept for comparing; what is told of a message is no more either.
const MAX_CONTENT: usize = 256;

/// A message that is about to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending<'a> {
    /// The message.
    pub msg: MsgId,
    /// By whom.
    pub worker: &'a WorkerId,
    /// Priority or type.
    pub key: i64,
    /// Bytes.
    pub len: u64,
    /// The first of them.
    pub bytes: &'a [u8],
    /// Known by report only: when it was under way against other workers' sends is not known.
    pub reported: bool,
}

/// A message that was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Got<'a> {
    /// Priority or type.
    pub key: i64,
    /// Bytes.
    pub len: u64,
    /// The first of them.
    pub bytes: &'a [u8],
}

/// Which message that was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// How sure that is.
    pub tie: Tie,
    /// The message; of none where that is not known.
    pub parts: Vec<Part>,
    /// Where several fit: all that do.
    pub candidates: Vec<Part>,
    /// Messages of which it is certain by now that somebody has received them in whole.
    pub complete: Vec<MsgId>,
    /// The rest of one that was cut; and those that must have been thrown away before it.
    pub lost: Vec<Part>,
}

/// Names a call until it returns, or a message until its sending was reported to be over.
pub type Call = u64;

/// One send.
#[derive(Clone, Debug)]
struct Put {
    msg: MsgId,
    worker: WorkerId,
    key: i64,
    len: u64,
    content: Vec<u8>,
    reported: bool,
    /// When it was seen to return.
    over: Option<Stamp>,
    /// Its process died in the call: it may be in, or not.
    maybe: bool,
    /// A receive got it, for certain, before it was seen to return.
    gone: bool,
    /// Since it went in, the kernel was asked what it has thrown away.
    checked: bool,
}

/// One receive that has not been seen to return.
#[derive(Clone, Debug)]
struct Get {
    worker: WorkerId,
    /// As `msgtyp` of msgrcv(2): 0 for any.
    wants: i64,
}

/// The books of one queue.
#[derive(Debug)]
pub struct Shelf {
    clock: Stamp,
    /// By the moment they were entered.
    puts: BTreeMap<Stamp, Put>,
    pools: Vec<Pool>,
    /// Calls that have not returned.
    sends: BTreeMap<Call, Stamp>,
    receives: BTreeMap<Call, Get>,
    /// Who was seen to receive by report only.
    receivers: BTreeSet<WorkerId>,
    /// The highest key leaves first; else the oldest, whatever its key.
    by_key: bool,
    /// Receives that died in their call, when there was something to take.
    ghosts: usize,
    /// Messages that the kernel has thrown away, and nobody knows which.
    dropped: usize,
    /// Messages and bytes that went in and came out, by calls that have returned.
    written: (u64, u64),
    read: (u64, u64),
    /// Too many to follow: nothing is tied until it is empty.
    deaf: bool,
}

impl Shelf {
    /// An empty queue. `by_key`: the highest priority leaves first; else the oldest message, whatever its type.
    pub fn new(by_key: bool) -> Self {
        Self {
            clock: 0,
            puts: BTreeMap::new(),
            pools: Vec::new(),
            sends: BTreeMap::new(),
            receives: BTreeMap::new(),
            receivers: BTreeSet::new(),
            by_key,
            ghosts: 0,
            dropped: 0,
            written: (0, 0),
            read: (0, 0),
            deaf: false,
        }
    }

    /// A send was entered, or reported to be about to be made; it has done nothing yet.
    pub fn send_begins(&mut self, call: Call, sending: &Sending<'_>) {
        self.clock += 1;
        if self.puts.len() >= MAX_PUTS {
            self.deaf = true;
            self.puts.retain(|_, put| put.over.is_none());
            self.pools.clear();
        }
        let content = sending.bytes.get(..MAX_CONTENT).unwrap_or(sending.bytes);
        let put = Put {
            msg: sending.msg,
            worker: sending.worker.clone(),
            key: sending.key,
            len: sending.len,
            content: content.to_vec(),
            reported: sending.reported,
            over: None,
            maybe: false,
            gone: false,
            checked: false,
        };
        self.puts.insert(self.clock, put);
        self.sends.insert(call, self.clock);
    }

    /// It returned: the message is in, or not. What went in.
    pub fn send_ends(&mut self, call: Call, sent: bool) -> Option<Part> {
        self.clock += 1;
        let id = self.sends.remove(&call)?;
        if !sent {
            self.forget(id);
            return None;
        }
        let put = self.puts.get_mut(&id)?;
        put.over = Some(self.clock);
        let part = put.part(put.len);
        self.written = (self.written.0 + 1, self.written.1 + put.len);
        if put.gone || self.deaf {
            self.puts.remove(&id);
        }
        Some(part)
    }

    /// A receive was entered, which takes what `wants` says, as `msgtyp` of msgrcv(2); 0 takes anything.
    pub fn receive_begins(&mut self, call: Call, worker: &WorkerId, wants: i64) {
        let worker = worker.clone();
        self.receives.insert(call, Get { worker, wants });
    }

    /// It returned, with a message or without.
    pub fn receive_ends(&mut self, call: Call, got: Option<Got<'_>>) -> Option<Taken> {
        self.receives.remove(&call);
        let got = got?;
        let rivals = self.receives.values().filter(|get| get.takes(got.key));
        let rivals = rivals.count();
        Some(self.take(got, rivals))
    }

    /// Without a tracer: a worker has reported that it received. Before this, all that other workers had reported must have
    /// been told: then the send that fed the receive is known.
    pub fn reported_receive(&mut self, worker: &WorkerId, got: Got<'_>) -> Taken {
        self.receivers.insert(worker.clone());
        // Of two that receive, nobody knows who was first.
        let alone = self.receivers.len() == 1;
        self.take(got, if alone { 0 } else { usize::MAX })
    }

    /// A process is gone: its calls will not return. A message that it was sending may be in; one that it was receiving
    /// may be gone with it.
    pub fn exit(&mut self, worker: &WorkerId) {
        self.clock += 1;
        let puts = &mut self.puts;
        self.sends.retain(|_, id| {
            let theirs = puts.get_mut(id).filter(|put| put.worker == *worker);
            let Some(put) = theirs else { return true };
            put.over = Some(self.clock);
            put.maybe = true;
            if put.gone {
                puts.remove(id);
            }
            false
        });
        let anything = self.puts.values().any(|put| !put.gone);
        let died = self.receives.extract_if(.., |_, get| get.worker == *worker);
        let died = died.count();
        if anything {
            self.ghosts += died;
        }
    }

    fn take(&mut self, got: Got<'_>, rivals: usize) -> Taken {
        self.read = (self.read.0 + 1, self.read.1 + got.len);
        let mut taken = Taken::default();
        let fit = if self.deaf {
            Vec::new()
        } else {
            self.fitting(got, rivals)
        };
        self.deaf &= self.written.0 > self.read.0 || !self.sends.is_empty();
        match *fit.as_slice() {
            [] => taken.tie = Tie::Unknown,
            [only] => {
                if let Some(put) = self.puts.get(&only) {
                    taken.parts.push(put.part(got.len));
                    if put.len > got.len {
                        taken.lost.push(Part {
                            from: got.len,
                            ..put.part(put.len)
                        });
                    } else {
                        taken.complete.push(put.msg);
                    }
                }
                for pool in &mut self.pools {
                    pool.members.remove(&only);
                }
                taken.lost.extend(self.passed_over(only));
                self.gone(only);
            }
            _ => {
                taken.tie = Tie::Ambiguous;
                let puts = fit.iter().filter_map(|id| self.puts.get(id));
                taken.candidates = puts.map(|put| put.part(got.len)).collect();
                Pool::took_one_of(&mut self.pools, &fit);
            }
        }
        if taken.parts.is_empty() {
            taken.parts.push(Part {
                msg: None,
                from: 0,
                to: got.len,
            });
        }
        for id in Pool::used_up(&mut self.pools) {
            // Whichever was received when: now all of them were.
            let whole = self.puts.get(&id).filter(|put| put.len == got.len);
            taken.complete.extend(whole.map(|put| put.msg));
            self.gone(id);
        }
        taken
    }

    /// It is not in the queue any more. What has not been seen to return is kept until then.
    fn gone(&mut self, id: Stamp) {
        match self.puts.get_mut(&id) {
            Some(put) if put.over.is_none() => put.gone = true,
            _ => {
                self.puts.remove(&id);
            }
        }
    }

    /// It never was in the queue.
    fn forget(&mut self, id: Stamp) {
        self.puts.remove(&id);
        for pool in &mut self.pools {
            pool.members.remove(&id);
        }
        for id in Pool::used_up(&mut self.pools) {
            self.gone(id);
        }
    }

    /// The kernel has thrown away so many since it was last asked. Which ones, where that is certain.
    pub fn dropped(&mut self, new: u64) -> Vec<Part> {
        let suspects = self
            .puts
            .iter()
            .filter(|(_, put)| !put.checked && !put.gone);
        let suspects: Vec<Stamp> = suspects.map(|(id, _)| *id).collect();
        if new > 0 && suspects.len() as u64 == new {
            return suspects
                .into_iter()
                .filter_map(|id| self.lose(id))
                .collect();
        }
        self.dropped += usize::try_from(new).unwrap_or(0);
        for id in suspects {
            // What is still under way may be thrown away later.
            if let Some(put) = self.puts.get_mut(&id) {
                put.checked = put.over.is_some();
            }
        }
        Vec::new()
    }

    /// What was put in before that one, which was received now: as many were thrown away.
    fn passed_over(&mut self, received: Stamp) -> Vec<Part> {
        let Some(put) = self.puts.get(&received).filter(|_| self.dropped > 0) else {
            return Vec::new();
        };
        let earlier = self.puts.range(..received);
        let over: Vec<Stamp> = earlier
            .filter(|(_, other)| !other.gone && other.before(received, put))
            .map(|(id, _)| *id)
            .collect();
        if over.len() > self.dropped {
            return Vec::new();
        }
        self.dropped -= over.len();
        over.into_iter().filter_map(|id| self.lose(id)).collect()
    }

    fn lose(&mut self, id: Stamp) -> Option<Part> {
        let put = self.puts.get(&id)?;
        let part = put.part(put.len);
        self.read = (self.read.0 + 1, self.read.1 + put.len);
        self.gone(id);
        Some(part)
    }

    /// An empty message may be in it.
    pub fn expects_nothing(&self) -> bool {
        self.puts.values().any(|put| put.len == 0 && !put.gone)
    }

    /// Bytes in it, by the calls that have returned.
    pub fn bytes(&self) -> u64 {
        self.written.1.saturating_sub(self.read.1)
    }

    /// The queue is gone: the messages that nobody will ever receive, as far as that is certain.
    pub fn lost(&self) -> Vec<Part> {
        let pooled = |id: &Stamp| self.pools.iter().any(|pool| pool.members.contains(id));
        let left = self.puts.iter().filter(|(id, put)| {
            // Of a send whose process died in it we do not know whether it went in.
            put.over.is_some() && !put.maybe && !put.gone && !pooled(id)
        });
        left.map(|(_, put)| put.part(put.len)).collect()
    }
}

impl Put {
    fn part(&self, len: u64) -> Part {
        Part {
            msg: Some(self.msg),
            from: 0,
            to: len,
        }
    }
}

impl Get {
    fn takes(&self, key: i64) -> bool {
        match self.wants {
            0 => true,
            wants if wants > 0 => key == wants,
            most => key <= most.saturating_neg(),
        }
    }
}
