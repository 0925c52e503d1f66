//! Which send was it that a handler ran for? A process has one set of pending signals, and the kernel keeps little of them.
//!
//! A standard signal is pending or not: sent again meanwhile, it is thrown away, and what is delivered is the first. Real-time
//! signals queue, and come in the order of their sends. What came tells its number and, where the receiver asked for them,
//! the sender's pid and a value; kill(2) has no value, so that two of its sends look alike. What fits in several ways is
//! ambiguous, and stays so.

use super::Tied;
use crate::{
    event::{Item, Part, Preview, Tie},
    ids::MsgId,
};
use std::collections::BTreeMap;

/// From here on signals queue: 32, the kernel's own SIGRTMIN.
const QUEUED: i32 = 32;

/// A send that was not delivered yet, as far as it is known.
#[derive(Clone, Debug)]
struct Sent {
    msg: MsgId,
    /// The sender's pid.
    from: i32,
    value: Option<i32>,
    /// Its call is back.
    over: bool,
    /// When it was sent, none was pending that it could have merged with: it will be delivered by itself.
    alone: bool,
}

/// What a receiver says of a signal that was delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// Its number.
    pub signal: i32,
    /// `si_pid` and `si_value`, where the receiver asked for them.
    pub origin: Option<(i32, Option<i32>)>,
}

/// Sends of one number.
#[derive(Debug, Default)]
struct OfNumber {
    sent: Vec<Sent>,
    /// Deliveries that were seen to begin, of which the receiver has not told yet.
    begun: usize,
    /// Deliveries of which it is not known which of `sent` they were.
    unsure: usize,
}

/// The signals on their way to one process.
#[derive(Debug, Default)]
pub struct Signals {
    by_number: BTreeMap<i32, OfNumber>,
}

impl Signals {
    /// A worker is about to send one.
    pub fn announced(&mut self, signal: i32, msg: MsgId, from: i32, value: Option<i32>) {
        let all = self.by_number.entry(signal).or_default();
        let alone = signal >= QUEUED || all.sent.len() <= all.begun;
        if alone {
            // As many deliveries have begun as there were sends: each of those was one.
            all.sent.iter_mut().for_each(|sent| sent.alone = true);
        }
        all.sent.push(Sent {
            msg,
            from,
            value,
            over: false,
            alone,
        });
    }

    /// Its call is back; a signal whose call failed was not sent.
    pub fn sent(&mut self, msg: MsgId, done: bool) {
        for all in self.by_number.values_mut() {
            if !done {
                all.sent.retain(|sent| sent.msg != msg);
            } else if let Some(sent) = all.sent.iter_mut().find(|sent| sent.msg == msg) {
                sent.over = true;
            }
        }
    }

    /// The tracer saw its delivery begin: from now on another one can become pending.
    pub fn begun(&mut self, signal: i32) {
        if let Some(all) = self.by_number.get_mut(&signal) {
            all.begun = (all.begun + 1).min(all.sent.len());
        }
    }

    /// The receiver got one: a handler ran, or a call returned it.
    pub fn arrived(&mut self, arrived: Arrived) -> Tied {
        let unknown = Tied {
            tie: Tie::Unknown,
            ..Tied::default()
        };
        let Some(all) = self.by_number.get_mut(&arrived.signal) else {
            return unknown;
        };
        all.begun = all.begun.saturating_sub(1);
        let fits = |sent: &Sent| match arrived.origin {
            Some((from, value)) => sent.from == from && sent.value == value,
            None => true,
        };
        let fitting: Vec<usize> = (0..all.sent.len())
            .filter(|at| fits(&all.sent[*at]))
            .collect();
        let Some(first) = fitting.first().copied() else {
            return unknown;
        };
        // Those of one sender come in order; of several senders only the pid tells whose was first.
        let queued = arrived.signal >= QUEUED;
        let senders: Vec<i32> = all.sent.iter().map(|sent| sent.from).collect();
        let one_sender = arrived.origin.is_some() || senders.iter().all(|from| *from == senders[0]);
        let in_order = !queued
            || all
                .sent
                .iter()
                .find(|sent| sent.from == all.sent[first].from)
                .map(|sent| sent.msg)
                == Some(all.sent[first].msg);
        if !in_order {
            // A value came before one that was sent earlier: not what the kernel does, so something was not seen.
            return unknown;
        }
        let certain = all.unsure == 0 && one_sender && all.sent[first].alone;
        if certain || fitting.len() == 1 {
            let msg = all.sent.remove(first).msg;
            return certainly(msg);
        }
        all.unsure += 1;
        let candidates = fitting.iter().map(|at| whole(all.sent[*at].msg)).collect();
        let mut tied = Tied {
            candidates,
            tie: Tie::Ambiguous,
            ..Tied::default()
        };
        if all.unsure >= all.sent.len() {
            // As many came as were sent: all have, whichever was which.
            tied.complete = all.sent.drain(..).map(|sent| sent.msg).collect();
            all.unsure = 0;
        }
        tied
    }

    /// Numbers of which sends are back and were not delivered as far as is known, with those sends.
    pub fn over(&self) -> Vec<(i32, Vec<MsgId>)> {
        let over = |all: &OfNumber| -> Vec<MsgId> {
            let over = all.sent.iter().filter(|sent| sent.over);
            over.map(|sent| sent.msg).collect()
        };
        let all = self
            .by_number
            .iter()
            .map(|(signal, all)| (*signal, over(all)));
        all.filter(|(_, over)| !over.is_empty()).collect()
    }

    /// After those sends were back, the signal was seen not to be pending, and then the receiver to sleep, with all told
    /// that it had got before: the sends that were thrown away. Those of which it is not certain are forgotten.
    pub fn settled(&mut self, signal: i32, over: &[MsgId]) -> Vec<MsgId> {
        let Some(all) = self.by_number.get_mut(&signal) else {
            return Vec::new();
        };
        let gone: Vec<MsgId> = all
            .sent
            .iter()
            .map(|sent| sent.msg)
            .filter(|msg| over.contains(msg))
            .collect();
        all.sent.retain(|sent| !over.contains(&sent.msg));
        if std::mem::take(&mut all.unsure) > 0 {
            return Vec::new();
        }
        all.begun = 0;
        gone
    }

    /// After those sends were back, the signal was seen to be pending, and then the receiver to sleep, with all told that it
    /// had got before: if it is no real-time signal, one is pending, the first, and the others were merged into it.
    pub fn merged(&mut self, signal: i32, over: &[MsgId]) -> Vec<MsgId> {
        let Some(all) = self
            .by_number
            .get_mut(&signal)
            .filter(|all| signal < QUEUED && all.unsure == 0)
        else {
            return Vec::new();
        };
        if !all
            .sent
            .first()
            .is_some_and(|first| first.alone && over.contains(&first.msg))
        {
            return Vec::new();
        }
        let merged: Vec<MsgId> = all
            .sent
            .iter()
            .skip(1)
            .map(|sent| sent.msg)
            .filter(|msg| over.contains(msg))
            .collect();
        all.sent.retain(|sent| !merged.contains(&sent.msg));
        merged
    }

    /// The same as [`Self::settled`] for a receiver whose words are fewer than its signals, while a handler is set: all that
    /// queue were delivered.
    pub fn delivered(&mut self, signal: i32, over: &[MsgId]) -> Vec<MsgId> {
        if signal >= QUEUED
            && let Some(all) = self.by_number.get_mut(&signal)
        {
            // Whichever it was that a word was about: all have come.
            all.unsure = 0;
        }
        let all = self.settled(signal, over);
        if signal >= QUEUED { all } else { Vec::new() }
    }

    /// One of these ended the process: that was it. The rest nobody will ever get.
    pub fn ended(&mut self, by: Option<i32>) -> (Option<Tied>, Vec<MsgId>) {
        let last = by.map(|signal| {
            self.arrived(Arrived {
                signal,
                origin: None,
            })
        });
        let last = last.filter(|tied| tied.tie != Tie::Unknown);
        let left = std::mem::take(&mut self.by_number);
        let certain = left.into_values().filter(|all| all.unsure == 0);
        let lost = certain.flat_map(|all| all.sent).map(|sent| sent.msg);
        (last, lost.collect())
    }

    /// What is on its way, by number, in the order of sending.
    pub fn items(&self) -> Vec<Item> {
        let item = |signal: i32, sent: &Sent| Item {
            msg: Some(sent.msg),
            len: 0,
            key: Some(i64::from(signal)),
            preview: shown(sent.value),
        };
        self.by_number
            .iter()
            .flat_map(|(signal, all)| all.sent.iter().map(|sent| item(*signal, sent)))
            .collect()
    }
}

fn certainly(msg: MsgId) -> Tied {
    Tied {
        parts: vec![whole(msg)],
        complete: vec![msg],
        ..Tied::default()
    }
}

/// A signal is no bytes.
pub(super) fn whole(msg: MsgId) -> Part {
    Part {
        msg: Some(msg),
        from: 0,
        to: 0,
    }
}

fn shown(value: Option<i32>) -> Preview {
    let text = value.map(|value| value.to_string()).unwrap_or_default();
    Preview {
        len: text.len() as u64,
        text: Some(text),
        base64: None,
    }
}

#[cfg(test)]
mod tests;
