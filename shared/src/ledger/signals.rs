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
mod tests {
    use super::{Arrived, Signals};
    use crate::event::Tie;

    const USR1: i32 = 10;
    const RT: i32 = 34;

    fn by_kill(signal: i32) -> Arrived {
        Arrived {
            signal,
            origin: Some((7, None)),
        }
    }

    fn with(value: i32) -> Arrived {
        Arrived {
            signal: RT,
            origin: Some((7, Some(value))),
        }
    }

    fn send(books: &mut Signals, signal: i32, msg: u64, value: Option<i32>) {
        books.announced(signal, msg, 7, value);
        books.sent(msg, true);
    }

    #[test]
    fn five_while_blocked_are_one_and_it_is_the_first() {
        let mut books = Signals::default();
        (1..=5).for_each(|msg| send(&mut books, USR1, msg, None));
        assert_eq!(books.items().len(), 5);
        let tied = books.arrived(by_kill(USR1));
        assert_eq!((tied.complete, tied.tie), (vec![1], Tie::Certain));
        let over = books.over();
        assert_eq!(over, [(USR1, vec![2, 3, 4, 5])]);
        assert_eq!(books.settled(USR1, &over[0].1), [2, 3, 4, 5]);
        assert!(books.over().is_empty());
    }

    #[test]
    fn those_that_merged_are_known_while_the_first_is_pending() {
        let mut books = Signals::default();
        (1..=3).for_each(|msg| send(&mut books, USR1, msg, None));
        send(&mut books, RT, 4, Some(1));
        send(&mut books, RT, 5, Some(1));
        for (signal, over) in books.over() {
            let merged = books.merged(signal, &over);
            assert_eq!(merged, if signal == USR1 { vec![2, 3] } else { vec![] });
        }
        assert_eq!(books.items().len(), 3);
        assert_eq!(books.arrived(by_kill(USR1)).complete, [1]);
    }

    #[test]
    fn who_speaks_less_often_than_it_is_woken_got_all_that_queue() {
        let mut books = Signals::default();
        for (msg, signal) in [(1, RT), (2, RT), (3, USR1), (4, USR1)] {
            send(&mut books, signal, msg, None);
        }
        let told: Vec<_> = books
            .over()
            .into_iter()
            .flat_map(|(signal, over)| books.delivered(signal, &over))
            .collect();
        assert_eq!(told, [1, 2]);
        assert!(books.items().is_empty());
    }

    #[test]
    fn real_time_signals_come_one_by_one_with_their_values() {
        let mut books = Signals::default();
        (1..=5).for_each(|msg| send(&mut books, RT, msg, Some(msg as i32 * 10)));
        for msg in 1..=5 {
            let tied = books.arrived(with(msg * 10));
            assert_eq!((tied.complete, tied.tie), (vec![msg as u64], Tie::Certain));
        }
        assert!(books.items().is_empty());
    }

    #[test]
    fn one_that_comes_out_of_order_was_not_seen_to_be_sent() {
        let mut books = Signals::default();
        (1..=2).for_each(|msg| send(&mut books, RT, msg, Some(msg as i32)));
        assert_eq!(books.arrived(with(2)).tie, Tie::Unknown);
        assert_eq!(books.arrived(with(9)).tie, Tie::Unknown);
        assert_eq!(books.arrived(with(1)).complete, [1]);
    }

    #[test]
    fn one_after_the_other_each_is_certain() {
        let mut books = Signals::default();
        for msg in 1..=3 {
            send(&mut books, USR1, msg, None);
            let tied = books.arrived(by_kill(USR1));
            assert_eq!((tied.complete, tied.tie), (vec![msg], Tie::Certain));
        }
    }

    #[test]
    fn when_its_delivery_was_seen_the_next_is_another_one() {
        let mut books = Signals::default();
        send(&mut books, USR1, 1, None);
        books.begun(USR1);
        send(&mut books, USR1, 2, None);
        assert_eq!(books.arrived(by_kill(USR1)).complete, [1]);
        assert_eq!(books.arrived(by_kill(USR1)).complete, [2]);
    }

    #[test]
    fn two_of_three_may_have_been_any_two() {
        let mut books = Signals::default();
        (1..=3).for_each(|msg| send(&mut books, USR1, msg, None));
        assert_eq!(books.arrived(by_kill(USR1)).complete, [1]);
        let second = books.arrived(by_kill(USR1));
        assert_eq!((second.candidates.len(), second.tie), (2, Tie::Ambiguous));
        assert!(second.complete.is_empty());
        let over = books.over();
        assert!(
            books.settled(USR1, &over[0].1).is_empty(),
            "one of two is lost: which?"
        );
        assert!(books.items().is_empty());
    }

    #[test]
    fn as_many_as_were_sent_are_all_of_them() {
        let mut books = Signals::default();
        (1..=3).for_each(|msg| send(&mut books, USR1, msg, None));
        assert_eq!(books.arrived(by_kill(USR1)).complete, [1]);
        assert!(books.arrived(by_kill(USR1)).complete.is_empty());
        assert_eq!(books.arrived(by_kill(USR1)).complete, [2, 3]);
    }

    #[test]
    fn a_value_tells_two_sends_apart() {
        let mut books = Signals::default();
        send(&mut books, USR1, 1, Some(1));
        send(&mut books, USR1, 2, Some(2));
        send(&mut books, USR1, 3, Some(3));
        let with = |value| Arrived {
            signal: USR1,
            origin: Some((7, Some(value))),
        };
        assert_eq!(books.arrived(with(1)).complete, [1]);
        let third = books.arrived(with(3));
        assert_eq!((third.complete, third.tie), (vec![3], Tie::Certain));
        let over = books.over();
        assert_eq!(books.settled(USR1, &over[0].1), [2]);
    }

    #[test]
    fn a_stranger_and_a_failed_send_are_nobodys_message() {
        let mut books = Signals::default();
        books.announced(USR1, 1, 7, None);
        books.sent(1, false);
        assert_eq!(books.arrived(by_kill(USR1)).tie, Tie::Unknown);
        send(&mut books, USR1, 2, None);
        let stranger = Arrived {
            signal: USR1,
            origin: Some((99, None)),
        };
        assert_eq!(books.arrived(stranger).tie, Tie::Unknown);
        assert_eq!(books.arrived(by_kill(USR1)).complete, [2]);
    }

    #[test]
    fn the_one_that_killed_has_arrived_and_the_rest_are_lost() {
        let mut books = Signals::default();
        send(&mut books, RT, 1, Some(1));
        send(&mut books, 9, 2, None);
        send(&mut books, USR1, 3, None);
        let (last, lost) = books.ended(Some(9));
        assert_eq!(last.unwrap().complete, [2]);
        assert_eq!(lost, [3, 1]);
        let (nothing, none) = books.ended(Some(9));
        assert!(nothing.is_none() && none.is_empty());
    }

    #[test]
    fn two_senders_are_told_apart_by_their_pids() {
        let mut books = Signals::default();
        books.announced(USR1, 1, 7, None);
        books.announced(USR1, 2, 8, None);
        let from = |from| Arrived {
            signal: USR1,
            origin: Some((from, None)),
        };
        assert_eq!(
            books.arrived(from(8)).complete,
            [2],
            "the only one of that pid"
        );
        assert_eq!(books.arrived(from(7)).complete, [1]);
    }
}
