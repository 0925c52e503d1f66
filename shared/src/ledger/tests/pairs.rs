//! A socket pair: two buffers, each fed through the other's descriptor.

use super::books::{id, part};
use crate::{
    event::{End, Part, Tie},
    ids::{MsgId, ObjectId, WorkerId},
    ledger::{Inode, Ledger, Motion, Tied},
};

const LEFT: i32 = 3;
const RIGHT: i32 = 4;

struct Pair {
    ledger: Ledger,
    left: ObjectId,
    right: ObjectId,
    calls: u64,
}

/// Two workers, of which each holds both ends, as after a fork; the left one uses [`LEFT`], the right one [`RIGHT`].
fn pair() -> Pair {
    let mut ledger = Ledger::new();
    let mut objects = Vec::new();
    for (fd, ino) in [(LEFT, 10), (RIGHT, 11)] {
        let opened = ledger.opened(&id("left"), fd, Inode { dev: 8, ino }, "socket", End::Both);
        objects.push(opened.object);
    }
    ledger.fork(&id("left"), &id("right"));
    let [left, right] = <[_; 2]>::try_from(objects).unwrap();
    ledger.paired(&left, &right);
    Pair {
        ledger,
        left,
        right,
        calls: 0,
    }
}

impl Pair {
    fn send(&mut self, who: &str, fd: i32, msg: MsgId, bytes: &[u8]) -> Tied {
        let (worker, len) = (id(who), bytes.len() as u64);
        self.calls += 1;
        self.ledger.sending(&worker, msg, fd, len);
        let motion = Motion::Send { fd, len, bytes };
        self.ledger.entered(&worker, self.calls, motion);
        let tied = self.ledger.returned(&worker, self.calls, len, &[]);
        self.ledger.sent(&worker, msg);
        tied
    }

    fn receive(&mut self, who: &str, fd: i32, bytes: &[u8]) -> Tied {
        let (worker, len): (WorkerId, _) = (id(who), bytes.len() as u64);
        self.calls += 1;
        self.ledger
            .entered(&worker, self.calls, Motion::Receive { fd, len });
        self.ledger.returned(&worker, self.calls, len, bytes)
    }
}

#[test]
fn what_goes_through_one_end_lies_in_the_other() {
    let mut pair = pair();
    let sent = pair.send("left", LEFT, 1, b"hello");
    assert_eq!(sent.object, Some(pair.right.clone()));
    assert_eq!(
        (
            pair.ledger.bytes(&pair.right),
            pair.ledger.bytes(&pair.left)
        ),
        (5, 0)
    );
    let got = pair.receive("right", RIGHT, b"hello");
    assert_eq!(
        (got.parts, got.complete, got.object, got.tie),
        (
            vec![part(1, 0, 5)],
            vec![1],
            Some(pair.right.clone()),
            Tie::Certain
        )
    );
}

#[test]
fn both_directions_are_apart() {
    let mut pair = pair();
    pair.send("left", LEFT, 1, b"there");
    pair.send("right", RIGHT, 2, b"and back");
    let parts = |tied: Tied| -> Vec<Part> { tied.parts };
    assert_eq!(
        parts(pair.receive("left", LEFT, b"and back")),
        [part(2, 0, 8)]
    );
    assert_eq!(
        parts(pair.receive("right", RIGHT, b"there")),
        [part(1, 0, 5)]
    );
}

#[test]
fn who_holds_both_ends_can_talk_to_itself() {
    let mut pair = pair();
    pair.send("left", LEFT, 1, b"me");
    // Its copy of the other side's end: the kernel does not ask whose it is.
    let got = pair.receive("left", RIGHT, b"me");
    assert_eq!((got.parts, got.complete), (vec![part(1, 0, 2)], vec![1]));
}

#[test]
fn reports_go_the_same_way_as_calls() {
    let mut pair = pair();
    pair.ledger
        .reported_sending(&id("right"), 1, RIGHT, 4, b"back");
    let sent = pair.ledger.reported_sent(&id("right"), 1, 4);
    assert_eq!(sent.object, Some(pair.left.clone()));
    let got = pair.ledger.reported_received(&id("left"), LEFT, 4, b"back");
    assert_eq!((got.parts, got.complete), (vec![part(1, 0, 4)], vec![1]));
}

#[test]
fn a_socket_whose_other_end_is_unknown_is_not_guessed() {
    let mut ledger = Ledger::new();
    let inode = Inode { dev: 8, ino: 9 };
    let object = ledger
        .opened(&id("left"), LEFT, inode, "socket", End::Both)
        .object;
    assert_eq!(ledger.target(&id("left"), LEFT), None);
    let motion = Motion::Send {
        fd: LEFT,
        len: 5,
        bytes: b"hello",
    };
    assert_eq!(ledger.entered(&id("left"), 1, motion).object, None);
    ledger.returned(&id("left"), 1, 5, &[]);
    assert_eq!(ledger.bytes(&object), 0);
}

#[test]
fn what_nobody_read_is_lost_with_its_end() {
    let mut pair = pair();
    pair.send("left", LEFT, 1, b"unread");
    assert_eq!(pair.ledger.removed(&pair.right.clone()), [part(1, 0, 6)]);
    // EPIPE from here on: nothing goes anywhere.
    let motion = Motion::Send {
        fd: LEFT,
        len: 1,
        bytes: b"x",
    };
    let entered = pair.ledger.entered(&id("left"), 99, motion);
    assert_eq!(entered.msg, None);
    assert!(
        pair.ledger
            .returned(&id("left"), 99, 0, &[])
            .parts
            .is_empty()
    );
}
