//! Messages in boxes: by sender, by content, and lost where there was no room.

use super::{ANYBODY, Mail};
use crate::{
    event::{Part, Tie},
    ids::{ObjectId, WorkerId},
    ledger::shelf::{Got, Sending, Taken},
};

struct Post {
    mail: Mail,
    into: ObjectId,
    calls: u64,
}

fn part(msg: u64, len: u64) -> Part {
    Part {
        msg: Some(msg),
        from: 0,
        to: len,
    }
}

impl Post {
    fn new() -> Self {
        let (mut mail, into) = (Mail::default(), ObjectId::from("datagram:[1]"));
        mail.begin(&into);
        mail.lives_at(&into, "127.1.1.1:5000");
        let calls = 0;
        Self { mail, into, calls }
    }

    fn enter(&mut self, from: &str, msg: u64, bytes: &[u8]) -> u64 {
        self.calls += 1;
        let key = self.mail.number(&ObjectId::from(from));
        let sending = Sending {
            msg,
            worker: &WorkerId::from(from),
            key,
            len: bytes.len() as u64,
            bytes,
            reported: false,
        };
        let into = self.mail.at("127.1.1.1:5000").unwrap();
        self.mail.send_begins(&into, self.calls, &sending);
        self.calls
    }

    fn send(&mut self, from: &str, msg: u64, bytes: &[u8]) {
        let call = self.enter(from, msg, bytes);
        let sent = self.mail.send_ends(call, true).unwrap();
        assert_eq!(sent.1, Some(part(msg, bytes.len() as u64)));
    }

    fn receive(&mut self, from: i64, bytes: &[u8]) -> Option<Taken> {
        self.calls += 1;
        let into = self.into.clone();
        self.mail
            .receive_begins(&into, self.calls, &WorkerId::from("r"));
        let got = Got {
            key: from,
            len: bytes.len() as u64,
            bytes,
        };
        self.mail.receive_ends(&into, self.calls, Some(got))
    }
}

#[test]
fn one_call_is_one_message() {
    let mut post = Post::new();
    post.send("a", 1, b"one");
    post.send("a", 2, b"one");
    assert_eq!(post.mail.items(&post.into.clone()).len(), 2);
    let first = post.receive(ANYBODY, b"one").unwrap();
    assert_eq!((first.parts, first.complete), (vec![part(1, 3)], vec![1]));
    assert_eq!(post.receive(ANYBODY, b"one").unwrap().complete, [2]);
    assert_eq!(post.receive(ANYBODY, b"?").unwrap().tie, Tie::Unknown);
}

#[test]
fn who_sent_it_tells_messages_apart_that_are_alike() {
    let mut post = Post::new();
    // Both are under way at once, so that order tells nothing.
    let (one, other) = (post.enter("a", 1, b"same"), post.enter("b", 2, b"same"));
    post.mail.send_ends(one, true);
    post.mail.send_ends(other, true);
    let b = post.mail.number(&ObjectId::from("b"));
    assert_eq!(post.receive(b, b"same").unwrap().complete, [2]);
    assert_eq!(post.receive(ANYBODY, b"same").unwrap().complete, [1]);
}

#[test]
fn what_was_cut_is_lost() {
    let mut post = Post::new();
    post.send("a", 1, b"hello");
    let cut = post.receive(ANYBODY, b"he").unwrap();
    let rest = Part {
        msg: Some(1),
        from: 2,
        to: 5,
    };
    assert_eq!((cut.parts, cut.lost), (vec![part(1, 2)], vec![rest]));
    assert!(cut.complete.is_empty());
}

#[test]
fn what_had_no_room_is_named_when_its_send_returns() {
    let mut post = Post::new();
    let into = post.into.clone();
    post.send("a", 1, b"fits");
    assert!(post.mail.dropped(&into, 0).is_empty());
    post.send("a", 2, b"not");
    assert_eq!(post.mail.dropped(&into, 1), [part(2, 3)]);
    assert_eq!(post.mail.items(&into).len(), 1);
    post.send("a", 3, b"again");
    assert!(post.mail.dropped(&into, 1).is_empty());
    assert_eq!(post.receive(ANYBODY, b"fits").unwrap().complete, [1]);
    assert_eq!(post.receive(ANYBODY, b"again").unwrap().complete, [3]);
}

#[test]
fn where_the_counter_came_late_the_next_receive_tells() {
    let mut post = Post::new();
    let into = post.into.clone();
    for msg in 1..=3 {
        post.send("a", msg, &[u8::try_from(msg).unwrap(); 4]);
    }
    // One of three: nobody knows which.
    assert!(post.mail.dropped(&into, 1).is_empty());
    assert_eq!(post.receive(ANYBODY, &[1; 4]).unwrap().complete, [1]);
    let third = post.receive(ANYBODY, &[3; 4]).unwrap();
    assert_eq!((third.complete, third.lost), (vec![3], vec![part(2, 4)]));
}

#[test]
fn an_empty_message_is_one_and_an_end_is_none() {
    let mut post = Post::new();
    post.send("a", 1, b"");
    assert_eq!(post.receive(ANYBODY, b"").unwrap().complete, [1]);
    assert_eq!(post.receive(ANYBODY, b""), None);
}

#[test]
fn what_lies_in_it_when_it_goes_is_lost() {
    let mut post = Post::new();
    post.send("a", 1, b"left");
    let into = post.into.clone();
    assert_eq!(post.mail.lost(&into), [part(1, 4)]);
    post.mail.removed(&into);
    assert_eq!(post.mail.at("127.1.1.1:5000"), None);
}
