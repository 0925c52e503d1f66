//! Every order of events that ptrace can show of writers and a reader at one pipe.

use super::kernel::{Byte, Pipe};
use crate::{
    event::{End, Part, Tie},
    ids::{CallId, MsgId, ObjectId, WorkerId},
    ledger::{Inode, Ledger, Motion, Tied},
};
use proptest::prelude::*;
use std::collections::BTreeSet;

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

enum At {
    Idle,
    /// In a call: what is left of it, and how much it has done.
    Writing {
        call: CallId,
        data: Vec<Byte>,
        done: usize,
    },
    Interrupted {
        call: CallId,
        data: Vec<Byte>,
    },
    /// The call is done, and not seen to be.
    Wrote {
        call: CallId,
        done: usize,
    },
    Reading {
        call: CallId,
    },
    Read {
        call: CallId,
        got: Vec<Byte>,
    },
    Gone,
}

struct Writer {
    id: WorkerId,
    at: At,
    /// The message it is at, and how much of it is sent.
    message: Option<(MsgId, Vec<Byte>, usize)>,
}

struct World {
    dice: Dice,
    ledger: Ledger,
    object: ObjectId,
    pipe: Pipe,
    writers: Vec<Writer>,
    reader: At,
    next_call: CallId,
    next_msg: MsgId,
    to_send: usize,
    /// Every byte differs from those of other messages.
    distinct: bool,
    received: Vec<(Vec<Byte>, Tied)>,
    sent: Vec<(MsgId, u64)>,
}

fn reader() -> WorkerId {
    WorkerId::from("reader")
}

impl World {
    fn new(seed: u64, distinct: bool) -> Self {
        let mut dice = Dice(seed);
        let mut ledger = Ledger::new();
        let inode = Inode { dev: 1, ino: 7 };
        let object = ledger.opened(&reader(), 3, inode, "pipe", End::Read).object;
        let writers = (0..=dice.roll(3))
            .map(|n| WorkerId::new(format!("writer-{n}")))
            .collect::<Vec<_>>();
        for id in &writers {
            ledger.opened(id, 4, inode, "pipe", End::Write);
        }
        let pipe = Pipe::new([1, 2, 16][dice.roll(3)]);
        Self {
            ledger,
            object,
            pipe,
            writers: writers
                .into_iter()
                .map(|id| Writer {
                    id,
                    at: At::Idle,
                    message: None,
                })
                .collect(),
            reader: At::Idle,
            next_call: 0,
            next_msg: 1,
            to_send: 3 + dice.roll(20),
            distinct,
            received: Vec::new(),
            sent: Vec::new(),
            dice,
        }
    }

    fn call(&mut self) -> CallId {
        self.next_call += 1;
        self.next_call
    }

    fn message(&mut self) -> (MsgId, Vec<Byte>, usize) {
        let msg = self.next_msg;
        self.next_msg += 1;
        self.to_send -= 1;
        let len = match self.dice.roll(6) {
            0 => 1 + self.dice.roll(5),
            1 | 2 => 1 + self.dice.roll(4096),
            3 => 4096,
            _ => 4097 + self.dice.roll(9000),
        };
        let value = if self.distinct {
            u8::try_from(msg).unwrap()
        } else {
            b'x'
        };
        (
            msg,
            (0..len as u64).map(|at| Byte { value, msg, at }).collect(),
            0,
        )
    }

    fn step_writer(&mut self, n: usize) {
        let at = std::mem::replace(&mut self.writers[n].at, At::Idle);
        let id = self.writers[n].id.clone();
        let next = match at {
            At::Idle => {
                if self.writers[n].message.is_none() {
                    if self.to_send == 0 {
                        return;
                    }
                    let message = self.message();
                    self.ledger
                        .sending(&id, message.0, 4, message.1.len() as u64);
                    self.writers[n].message = Some(message);
                }
                let (_, bytes, sent) = self.writers[n].message.as_ref().unwrap();
                let data = bytes[*sent..].to_vec();
                let values: Vec<u8> = data.iter().map(|byte| byte.value).collect();
                let call = self.call();
                let motion = Motion::Send {
                    fd: 4,
                    len: data.len() as u64,
                    bytes: &values,
                };
                let entered = self.ledger.entered(&id, call, motion);
                assert_eq!(entered.msg, Some(data[0].msg));
                At::Writing {
                    call,
                    data,
                    done: 0,
                }
            }
            At::Writing {
                call,
                data,
                mut done,
            } => {
                done += self.pipe.write(&data[done..], done == 0);
                match (done == data.len(), self.dice.roll(12)) {
                    (true, _) => At::Wrote { call, done },
                    // A signal: nothing written, and the call goes on later; something written, and it returns short.
                    (false, 0) if done == 0 => At::Interrupted { call, data },
                    (false, 0) => At::Wrote { call, done },
                    (false, _) => At::Writing { call, data, done },
                }
            }
            At::Interrupted { call, data } => {
                self.ledger.reentered(&id, call);
                At::Writing {
                    call,
                    data,
                    done: 0,
                }
            }
            At::Wrote { call, done } => {
                let tied = self.ledger.returned(&id, call, done as u64, &[]);
                let (msg, bytes, sent) = self.writers[n].message.as_mut().unwrap();
                let part = Part {
                    msg: Some(*msg),
                    from: *sent as u64,
                    to: (*sent + done) as u64,
                };
                assert_eq!(tied.parts, [part]);
                *sent += done;
                if *sent == bytes.len() {
                    self.sent.push((*msg, *sent as u64));
                    self.ledger.sent(&id, *msg);
                    self.writers[n].message = None;
                }
                self.complete(&tied);
                At::Idle
            }
            At::Gone => At::Gone,
            At::Reading { .. } | At::Read { .. } => unreachable!(),
        };
        self.writers[n].at = next;
    }

    /// Sends are only told complete when they are seen to return after their bytes were received.
    fn complete(&self, tied: &Tied) {
        assert!(tied.complete.is_empty() || !self.distinct, "{tied:?}");
    }

    fn step_reader(&mut self) {
        self.reader = match std::mem::replace(&mut self.reader, At::Idle) {
            At::Idle => {
                let call = self.call();
                self.ledger
                    .entered(&reader(), call, Motion::Receive { fd: 3, len: 4096 });
                At::Reading { call }
            }
            At::Reading { call } => {
                let most = [1, 100, 4096, 65_536][self.dice.roll(4)];
                let got = self.pipe.read(most);
                if got.is_empty() {
                    At::Reading { call }
                } else {
                    At::Read { call, got }
                }
            }
            At::Read { call, got } => {
                let values: Vec<u8> = got.iter().map(|byte| byte.value).collect();
                let tied = self
                    .ledger
                    .returned(&reader(), call, got.len() as u64, &values);
                self.received.push((got, tied));
                At::Idle
            }
            other @ (At::Writing { .. } | At::Interrupted { .. } | At::Wrote { .. } | At::Gone) => {
                other
            }
        };
    }

    fn run(&mut self, steps: usize) {
        for _ in 0..steps {
            let actors = self.writers.len();
            match self.dice.roll(actors + 1) {
                0 => self.step_reader(),
                n => self.step_writer(n - 1),
            }
        }
    }

    /// Every claim is true.
    fn check(&self) {
        for (got, tied) in &self.received {
            let len: u64 = tied.parts.iter().map(|part| part.to - part.from).sum();
            assert_eq!(len, got.len() as u64);
            assert_ne!(tied.tie, Tie::Unknown, "{tied:?}");
            if self.distinct {
                assert_eq!(tied.tie, Tie::Certain, "{tied:?}");
            }
            let mut truth = got.iter();
            for part in &tied.parts {
                for at in part.from..part.to {
                    let byte = truth.next().unwrap();
                    match part.msg {
                        Some(msg) => assert_eq!((byte.msg, byte.at), (msg, at), "{tied:?}"),
                        None => {
                            assert_eq!(tied.tie, Tie::Ambiguous);
                            let named = |c: &Part| {
                                c.msg == Some(byte.msg) && (c.from..c.to).contains(&byte.at)
                            };
                            assert!(
                                tied.candidates.iter().any(named),
                                "{byte:?} not in {:?}",
                                tied.candidates
                            );
                        }
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn messages_that_differ_are_tied_byte_by_byte(seed: u64) {
        let mut world = World::new(seed, true);
        world.run(1_500);
        world.check();
        let complete: Vec<MsgId> = world.received.iter().flat_map(|(_, tied)| tied.complete.clone()).collect();
        let once: BTreeSet<_> = complete.iter().collect();
        prop_assert_eq!(once.len(), complete.len());
        let received = |msg| world.received.iter().flat_map(|(got, _)| got).filter(|byte| byte.msg == msg).count();
        for (msg, len) in &world.sent {
            prop_assert_eq!(complete.contains(msg), received(*msg) as u64 == *len);
        }
        prop_assert!(!world.sent.is_empty());
    }

    #[test]
    fn messages_that_are_alike_are_never_mistaken(seed: u64) {
        let mut world = World::new(seed, false);
        world.run(1_000);
        world.check();
    }

    #[test]
    fn what_is_left_when_the_pipe_goes_is_lost(seed: u64, steps in 10_usize..1_000) {
        let mut world = World::new(seed, true);
        world.run(steps);
        // Nobody is in a call any more, so that the books and the pipe must agree.
        for n in 0..world.writers.len() {
            if let At::Wrote { .. } = world.writers[n].at {
                world.step_writer(n);
            }
            if !matches!(world.writers[n].at, At::Idle) {
                return Ok(());
            }
        }
        if let At::Read { .. } = world.reader {
            world.step_reader();
        }
        world.check();
        let object = world.object.clone();
        prop_assert_eq!(world.ledger.bytes(&object), world.pipe.bytes().len() as u64);
        let lost: u64 = world.ledger.removed(&object).iter().map(|part| part.to - part.from).sum();
        prop_assert_eq!(lost, world.pipe.bytes().len() as u64);
    }

    #[test]
    fn a_writer_that_is_killed_in_a_call_spoils_nothing(seed: u64, steps in 10_usize..200) {
        let mut world = World::new(seed, true);
        world.run(steps);
        let id = world.writers[0].id.clone();
        world.ledger.exit(&id);
        world.writers[0].at = At::Gone;
        world.run(1_000);
        world.check();
    }
}
