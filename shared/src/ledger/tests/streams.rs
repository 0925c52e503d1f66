//! Ten thousand messages of random sizes, split and merged, both ways through every stream that has two ends: every byte is
//! tied to its message.

use super::kernel::Byte;
use crate::{
    event::{End, Tie},
    ids::{CallId, MsgId, ObjectId, WorkerId},
    ledger::{Inode, Ledger, Motion},
};
use std::collections::{BTreeMap, VecDeque};

/// Messages of one run, both ways together.
const MESSAGES: u64 = 10_000;
/// Bytes of a buffer that is smaller than many of the messages.
const ROOM: usize = 6000;

/// splitmix64.
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

/// How the two ends become known.
#[derive(Clone, Copy, Debug)]
enum Transport {
    /// Named by addresses; the accepting side gets its number later.
    Tcp,
    /// Named by the other side's number until it is accepted.
    Unix,
    /// Both from the start.
    Pair,
}

/// A thread in a send: its call, what is left of it, and how much went in.
enum Sends {
    Idle,
    Inside(CallId, Vec<Byte>, usize),
    Done(CallId, usize),
}

enum Receives {
    Idle,
    Inside(CallId),
    Done(CallId, Vec<Byte>),
}

/// One direction: a thread of one worker sends, a thread of the other receives.
struct Way {
    from: WorkerId,
    to: WorkerId,
    buffer: VecDeque<Byte>,
    message: Option<(MsgId, Vec<Byte>, usize)>,
    sends: Sends,
    receives: Receives,
}

struct World {
    dice: Dice,
    ledger: Ledger,
    ways: [Way; 2],
    /// The accepting side has no descriptor yet.
    waiting: Option<(ObjectId, Inode)>,
    calls: CallId,
    msgs: MsgId,
    complete: BTreeMap<MsgId, u32>,
    unknown: u64,
    bytes: u64,
}

const FD: i32 = 5;

impl World {
    fn new(seed: u64, transport: Transport) -> Self {
        let mut ledger = Ledger::new();
        let (client, server) = (WorkerId::from("client"), WorkerId::from("server"));
        let [here, there] = [10, 11].map(|ino| Inode { dev: 0, ino });
        let (left, right) = match transport {
            Transport::Tcp => {
                let left = ledger.called("tcp:127.1.1.2:40000>127.1.1.1:5000", "socket");
                let right = ledger.called("tcp:127.1.1.1:5000>127.1.1.2:40000", "socket");
                ledger.number(here, &left.object);
                (left.object, right.object)
            }
            Transport::Unix => {
                let left = ledger.known(here, "socket").object;
                (left, ledger.called("socket:>[10]", "socket").object)
            }
            Transport::Pair => {
                let left = ledger.known(here, "socket").object;
                (left, ledger.known(there, "socket").object)
            }
        };
        ledger.paired(&left, &right);
        ledger.opened(&client, FD, here, "socket", End::Both);
        let way = |from: &WorkerId, to: &WorkerId| Way {
            from: from.clone(),
            to: to.clone(),
            buffer: VecDeque::new(),
            message: None,
            sends: Sends::Idle,
            receives: Receives::Idle,
        };
        let mut world = Self {
            dice: Dice(seed),
            ledger,
            ways: [way(&client, &server), way(&server, &client)],
            waiting: Some((right, there)),
            calls: 0,
            msgs: 0,
            complete: BTreeMap::new(),
            unknown: 0,
            bytes: 0,
        };
        if matches!(transport, Transport::Pair) {
            world.accept();
        }
        world
    }

    fn accept(&mut self) {
        let Some((object, inode)) = self.waiting.take() else {
            return;
        };
        self.ledger.number(inode, &object);
        let server = WorkerId::from("server");
        let opened = self.ledger.opened(&server, FD, inode, "socket", End::Both);
        assert_eq!((opened.object, opened.created), (object, false));
    }

    fn call(&mut self) -> CallId {
        self.calls += 1;
        self.calls
    }

    fn message(&mut self) -> (MsgId, Vec<Byte>, usize) {
        self.msgs += 1;
        let msg = self.msgs;
        let len = match self.dice.roll(10) {
            0 => 1 + self.dice.roll(3 * ROOM),
            1..4 => 1 + self.dice.roll(800),
            _ => 1 + self.dice.roll(40),
        };
        let byte = |at: u64| Byte {
            // Few values, so that much looks alike.
            value: b'a' + u8::try_from((msg * 7 + at) % 3).unwrap(),
            msg,
            at,
        };
        (msg, (0..len as u64).map(byte).collect(), 0)
    }

    fn step_send(&mut self, at: usize) {
        let from = self.ways[at].from.clone();
        match std::mem::replace(&mut self.ways[at].sends, Sends::Idle) {
            Sends::Idle => {
                if self.ways[at].message.is_none() {
                    if self.msgs == MESSAGES {
                        return;
                    }
                    let message = self.message();
                    let len = message.1.len() as u64;
                    self.ledger.sending(&from, message.0, FD, len);
                    self.ways[at].message = Some(message);
                }
                let (_, bytes, sent) = self.ways[at].message.as_ref().unwrap();
                let data = bytes[*sent..].to_vec();
                let values: Vec<u8> = data.iter().map(|byte| byte.value).collect();
                let call = self.call();
                let motion = Motion::Send {
                    fd: FD,
                    len: data.len() as u64,
                    bytes: &values,
                };
                let entered = self.ledger.entered(&from, call, motion);
                assert_eq!(entered.msg, Some(data[0].msg));
                self.ways[at].sends = Sends::Inside(call, data, 0);
            }
            Sends::Inside(call, data, done) => {
                let way = &mut self.ways[at];
                let room = ROOM - way.buffer.len();
                let n = room.min(data.len() - done);
                way.buffer.extend(&data[done..done + n]);
                let done = done + n;
                // It waits for room, or is back with less than it was given.
                let over = done == data.len() || (done > 0 && self.dice.roll(5) == 0);
                self.ways[at].sends = if over {
                    Sends::Done(call, done)
                } else {
                    Sends::Inside(call, data, done)
                };
            }
            Sends::Done(call, done) => {
                let tied = self.ledger.returned(&from, call, done as u64, &[]);
                assert!(tied.lost.is_empty(), "{tied:?}");
                self.completed(&tied.complete);
                let (msg, bytes, sent) = self.ways[at].message.as_mut().unwrap();
                *sent += done;
                if *sent == bytes.len() {
                    self.ledger.sent(&from, *msg);
                    self.ways[at].message = None;
                }
            }
        }
    }

    fn step_receive(&mut self, at: usize) {
        let to = self.ways[at].to.clone();
        match std::mem::replace(&mut self.ways[at].receives, Receives::Idle) {
            Receives::Idle => {
                let call = self.call();
                let motion = Motion::Receive { fd: FD, len: 4096 };
                self.ledger.entered(&to, call, motion);
                self.ways[at].receives = Receives::Inside(call);
            }
            Receives::Inside(call) => {
                let most = [1, 7, 100, 4096][self.dice.roll(4)];
                let buffer = &mut self.ways[at].buffer;
                let n = buffer.len().min(most);
                self.ways[at].receives = if n == 0 {
                    Receives::Inside(call)
                } else {
                    Receives::Done(call, buffer.drain(..n).collect())
                };
            }
            Receives::Done(call, got) => {
                let values: Vec<u8> = got.iter().map(|byte| byte.value).collect();
                let len = got.len() as u64;
                let tied = self.ledger.returned(&to, call, len, &values);
                assert_eq!(tied.tie, Tie::Certain, "{tied:?}");
                let mut truth = got.iter();
                for part in &tied.parts {
                    for at in part.from..part.to {
                        let byte = truth.next().unwrap();
                        if part.msg.is_none() {
                            self.unknown += 1;
                        }
                        assert_eq!((part.msg, at), (Some(byte.msg), byte.at));
                        self.bytes += 1;
                    }
                }
                assert_eq!(truth.next(), None, "every byte is in a part");
                self.completed(&tied.complete);
            }
        }
    }

    fn completed(&mut self, complete: &[MsgId]) {
        for msg in complete {
            *self.complete.entry(*msg).or_default() += 1;
        }
    }

    fn run(&mut self) {
        while (self.complete.len() as u64) < MESSAGES {
            let at = self.dice.roll(2);
            let accepted = self.waiting.is_none();
            match self.dice.roll(3) {
                // Only the side that has connected has a descriptor before the other has accepted.
                0 if accepted || at == 0 => self.step_send(at),
                1 | 2 if accepted || at == 1 => self.step_receive(at),
                _ if self.dice.roll(200) == 0 => self.accept(),
                _ => {}
            }
        }
    }
}

fn every_byte_is_tied(transport: Transport) {
    let mut world = World::new(0x1bc0 + transport as u64, transport);
    world.run();
    assert_eq!(world.unknown, 0);
    assert!(world.complete.values().all(|times| *times == 1));
    assert!(world.bytes > 5_000_000, "{}", world.bytes);
    for way in &world.ways {
        assert!(way.buffer.is_empty() || way.message.is_some());
    }
}

#[test]
fn ten_thousand_messages_over_tcp() {
    every_byte_is_tied(Transport::Tcp);
}

#[test]
fn ten_thousand_messages_over_a_unix_stream() {
    every_byte_is_tied(Transport::Unix);
}

#[test]
fn ten_thousand_messages_over_a_socket_pair() {
    every_byte_is_tied(Transport::Pair);
}

/// What is sent to where nobody is any more, is lost as soon as it is sent.
#[test]
fn what_is_sent_into_an_end_that_is_gone_is_lost() {
    let mut world = World::new(1, Transport::Tcp);
    let client = WorkerId::from("client");
    let (gone, _) = world.waiting.clone().unwrap();
    let mut send = |msg: MsgId, call: CallId, ends: bool| {
        world.ledger.sending(&client, msg, FD, 5);
        let bytes = b"hello".as_slice();
        let (fd, len) = (FD, 5);
        let motion = Motion::Send { fd, len, bytes };
        world.ledger.entered(&client, call, motion);
        let lost = if ends {
            world.ledger.removed(&gone)
        } else {
            Vec::new()
        };
        let tied = world.ledger.returned(&client, call, 5, &[]);
        world.ledger.sent(&client, msg);
        (lost, tied.lost)
    };
    let all = |msg| {
        let (from, to) = (0, 5);
        let msg = Some(msg);
        vec![crate::event::Part { msg, from, to }]
    };
    assert_eq!(send(1, 1, false), (vec![], vec![]));
    // It goes while the second is being sent.
    assert_eq!(send(2, 2, true), (all(1), all(2)));
    assert_eq!(send(3, 3, false), (vec![], all(3)));
}
