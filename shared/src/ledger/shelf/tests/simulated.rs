//! Every order of events that ptrace can show of producers and consumers at one queue.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a producer is never where only consumers are"
)]

use super::{got, sending, worker};
use crate::{
    event::Tie,
    ids::MsgId,
    ledger::shelf::{Shelf, Taken},
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// splitmix64: small, and the same for a seed for ever.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap()
    }
}

/// A message in the simulated kernel, and the truth about it.
#[derive(Clone, Debug)]
struct Message {
    msg: MsgId,
    key: i64,
    bytes: Vec<u8>,
}

#[derive(Clone, Debug)]
enum At {
    Idle,
    /// In the call; the kernel has done nothing yet.
    Sending(Message),
    /// The kernel is done, and nobody has seen the return.
    Sent(MsgId),
    Receiving(i64),
    Received(Message),
    Gone,
}

/// Producers and consumers at a kernel's queue, every step of which can be seen in any order that ptrace allows.
struct World {
    dice: Dice,
    shelf: Shelf,
    by_key: bool,
    /// Every message differs from every other.
    distinct: bool,
    queue: VecDeque<Message>,
    room: usize,
    producers: Vec<At>,
    consumers: Vec<At>,
    next: MsgId,
    ties: Vec<(Message, Taken)>,
    /// Sends that were seen to return, and receives of consumers that died before theirs was.
    sent: BTreeSet<MsgId>,
    swallowed: BTreeSet<MsgId>,
}

impl World {
    fn new(seed: u64, distinct: bool, by_key: bool) -> Self {
        let mut dice = Dice(seed);
        Self {
            producers: vec![At::Idle; 1 + dice.roll(3)],
            consumers: vec![At::Idle; 1 + dice.roll(3)],
            room: [1, 2, 10][dice.roll(3)],
            shelf: Shelf::new(by_key),
            by_key,
            distinct,
            queue: VecDeque::new(),
            next: 1,
            ties: Vec::new(),
            sent: BTreeSet::new(),
            swallowed: BTreeSet::new(),
            dice,
        }
    }

    fn produce(&mut self, n: usize) {
        let id = worker(&format!("producer-{n}"));
        let call = 100 + n as u64;
        self.producers[n] = match self.producers[n].clone() {
            At::Idle => {
                let (msg, key) = (self.next, 1 + i64::try_from(self.dice.roll(3)).unwrap());
                self.next += 1;
                let bytes = if self.distinct {
                    format!("message {msg}").into_bytes()
                } else {
                    b"x".repeat(1 + self.dice.roll(2))
                };
                self.shelf
                    .send_begins(call, &sending(msg, &id, key, &bytes));
                At::Sending(Message { msg, key, bytes })
            }
            At::Sending(message) if self.queue.len() < self.room => {
                let msg = message.msg;
                self.queue.push_back(message);
                At::Sent(msg)
            }
            // Full: it sleeps, or O_NONBLOCK tells it so.
            At::Sending(_) if self.dice.roll(4) == 0 => {
                self.shelf.send_ends(call, false);
                At::Idle
            }
            At::Sent(msg) => {
                self.sent.insert(msg);
                assert_eq!(self.shelf.send_ends(call, true).unwrap().msg, Some(msg));
                At::Idle
            }
            other => other,
        };
    }

    /// What the kernel hands out.
    fn pick(&mut self, wants: i64) -> Option<Message> {
        let fits = |message: &Message| match wants {
            0 => true,
            wants if wants > 0 => message.key == wants,
            most => message.key <= -most,
        };
        let keys = self
            .queue
            .iter()
            .filter(|message| fits(message))
            .map(|message| message.key);
        let key = match (self.by_key, wants) {
            (true, _) => keys.max()?,
            (false, wants) if wants < 0 => keys.min()?,
            (false, _) => self.queue.iter().find(|message| fits(message))?.key,
        };
        let at = self.queue.iter().position(|message| message.key == key)?;
        self.queue.remove(at)
    }

    fn consume(&mut self, n: usize) {
        let id = worker(&format!("consumer-{n}"));
        let call = 200 + n as u64;
        self.consumers[n] = match self.consumers[n].clone() {
            At::Idle => {
                let wants = if self.by_key {
                    0
                } else {
                    [0, 0, 2, -2][self.dice.roll(4)]
                };
                self.shelf.receive_begins(call, &id, wants);
                At::Receiving(wants)
            }
            At::Receiving(wants) => match self.pick(wants) {
                Some(message) => At::Received(message),
                None if self.dice.roll(4) == 0 => {
                    self.shelf.receive_ends(call, None);
                    At::Idle
                }
                None => At::Receiving(wants),
            },
            At::Received(message) => {
                let taken = self
                    .shelf
                    .receive_ends(call, Some(got(message.key, &message.bytes)));
                self.ties.push((message, taken.unwrap()));
                At::Idle
            }
            other => other,
        };
    }

    fn run(&mut self, steps: usize) {
        for _ in 0..steps {
            let (producers, consumers) = (self.producers.len(), self.consumers.len());
            match self.dice.roll(producers + consumers) {
                n if n < producers => self.produce(n),
                n => self.consume(n - producers),
            }
        }
    }

    fn kill_a_consumer(&mut self) {
        self.shelf.exit(&worker("consumer-0"));
        if let At::Received(message) = std::mem::replace(&mut self.consumers[0], At::Gone) {
            self.swallowed.insert(message.msg);
        }
    }

    /// Every claim is true.
    fn check(&self) {
        let mut claimed = BTreeMap::new();
        for (truth, taken) in &self.ties {
            assert_ne!(taken.tie, Tie::Unknown, "{truth:?}");
            match taken.tie {
                Tie::Certain => assert_eq!(taken.parts[0].msg, Some(truth.msg), "{taken:?}"),
                Tie::Ambiguous | Tie::Unknown => {
                    let named = taken
                        .candidates
                        .iter()
                        .any(|part| part.msg == Some(truth.msg));
                    assert!(named, "{truth:?} is not in {taken:?}");
                }
            }
            assert!(!self.distinct || taken.tie == Tie::Certain, "{taken:?}");
            for msg in &taken.complete {
                assert!(
                    claimed.insert(*msg, ()).is_none(),
                    "{msg} is complete twice"
                );
            }
        }
        let received: BTreeSet<_> = self.ties.iter().map(|(truth, _)| truth.msg).collect();
        for msg in claimed.keys() {
            let seen_or_dead = received.contains(msg) || self.swallowed.contains(msg);
            assert!(seen_or_dead, "{msg} was not received");
        }
        for lost in self.shelf.lost() {
            assert!(
                !received.contains(&lost.msg.unwrap()),
                "{lost:?} was received"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn messages_that_differ_are_tied_for_certain(seed: u64, by_key: bool) {
        let mut world = World::new(seed, true, by_key);
        world.run(800);
        world.check();
        prop_assert!(!world.ties.is_empty());
    }

    #[test]
    fn messages_that_are_alike_are_never_mistaken(seed: u64, by_key: bool) {
        let mut world = World::new(seed, false, by_key);
        world.run(800);
        world.check();
    }

    #[test]
    fn a_consumer_that_is_killed_in_a_call_spoils_nothing(seed: u64, by_key: bool, steps in 1_usize..200) {
        let mut world = World::new(seed, false, by_key);
        world.run(steps);
        world.kill_a_consumer();
        world.run(400);
        world.check();
    }

    #[test]
    fn what_is_left_when_the_queue_goes_is_lost(seed: u64, by_key: bool, steps in 1_usize..300) {
        let mut world = World::new(seed, true, by_key);
        world.run(steps);
        let in_flight: BTreeSet<_> = world.consumers.iter().filter_map(|at| match at {
            At::Received(message) => Some(message.msg),
            At::Idle | At::Sending(_) | At::Sent(_) | At::Receiving(_) | At::Gone => None,
        }).collect();
        let lost: BTreeSet<_> = world.shelf.lost().iter().filter_map(|part| part.msg).collect();
        let left = world.queue.iter().map(|message| message.msg).filter(|msg| world.sent.contains(msg));
        let left: BTreeSet<_> = left.chain(in_flight).filter(|msg| world.sent.contains(msg)).collect();
        prop_assert_eq!(lost, left);
    }
}
