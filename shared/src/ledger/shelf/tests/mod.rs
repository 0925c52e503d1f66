mod flood;
mod simulated;

use super::{Got, Sending, Shelf, Taken};
use crate::{
    event::Tie,
    ids::{MsgId, WorkerId},
};

fn worker(id: &str) -> WorkerId {
    WorkerId::new(id)
}

fn sending<'a>(msg: MsgId, worker: &'a WorkerId, key: i64, bytes: &'a [u8]) -> Sending<'a> {
    Sending {
        msg,
        worker,
        key,
        len: bytes.len() as u64,
        bytes,
        reported: false,
    }
}

fn got(key: i64, bytes: &[u8]) -> Got<'_> {
    Got {
        key,
        len: bytes.len() as u64,
        bytes,
    }
}

/// A shelf with messages 1, 2, … put in one after the other.
fn filled(by_key: bool, messages: &[(i64, &[u8])]) -> Shelf {
    let mut shelf = Shelf::new(by_key);
    for (msg, (key, bytes)) in (1..).zip(messages) {
        shelf.send_begins(msg, &sending(msg, &worker("producer"), *key, bytes));
        shelf.send_ends(msg, true);
    }
    shelf
}

fn receive(shelf: &mut Shelf, key: i64, bytes: &[u8]) -> Taken {
    shelf.receive_begins(1_000, &worker("consumer"), 0);
    shelf.receive_ends(1_000, Some(got(key, bytes))).unwrap()
}

fn messages(shelf: &Shelf) -> Vec<Option<MsgId>> {
    shelf.items().iter().map(|item| item.msg).collect()
}

#[test]
fn equal_messages_of_one_producer_leave_in_the_order_they_came() {
    let mut shelf = filled(true, &[(0, b"x"), (0, b"x"), (0, b"x")]);
    for msg in 1..=3 {
        let taken = receive(&mut shelf, 0, b"x");
        assert_eq!((taken.tie, taken.complete), (Tie::Certain, vec![msg]));
    }
    assert!(shelf.items().is_empty() && shelf.bytes() == 0);
}

#[test]
fn the_front_is_the_highest_priority_or_the_oldest() {
    let all: &[(i64, &[u8])] = &[(1, b"a"), (5, b"b"), (1, b"c"), (5, b"d")];
    assert_eq!(
        messages(&filled(true, all)),
        [Some(2), Some(4), Some(1), Some(3)]
    );
    assert_eq!(
        messages(&filled(false, all)),
        [Some(1), Some(2), Some(3), Some(4)]
    );
}

#[test]
fn a_receive_that_is_seen_before_the_send_it_got_is_tied_to_it() {
    let mut shelf = Shelf::new(false);
    shelf.send_begins(7, &sending(7, &worker("producer"), 2, b"early"));
    assert_eq!(receive(&mut shelf, 2, b"early").complete, [7]);
    assert!(shelf.send_ends(7, true).is_some());
    assert!(shelf.items().is_empty() && shelf.lost().is_empty());
}

#[test]
fn of_two_sends_at_once_that_are_alike_both_are_named() {
    let mut shelf = Shelf::new(true);
    for (msg, who) in [(1, "producer"), (2, "producer-2")] {
        shelf.send_begins(msg, &sending(msg, &worker(who), 0, b"x"));
    }
    for msg in [1, 2] {
        shelf.send_ends(msg, true);
    }
    let first = receive(&mut shelf, 0, b"x");
    assert_eq!((first.tie, first.candidates.len()), (Tie::Ambiguous, 2));
    assert_eq!(messages(&shelf), [None], "one is left, and has no name");
    assert!(
        shelf.lost().is_empty(),
        "which one would be lost is not known"
    );
    let second = receive(&mut shelf, 0, b"x");
    assert_eq!((second.tie, second.complete), (Tie::Ambiguous, vec![1, 2]));
    assert!(shelf.items().is_empty());
}

#[test]
fn two_consumers_at_once_are_told_apart_by_content_alone() {
    let mut shelf = filled(true, &[(0, b"x"), (0, b"x"), (0, b"y")]);
    shelf.receive_begins(1, &worker("consumer"), 0);
    shelf.receive_begins(2, &worker("consumer-2"), 0);
    let one = shelf.receive_ends(2, Some(got(0, b"x"))).unwrap();
    assert_eq!((one.tie, one.candidates.len()), (Tie::Ambiguous, 2));
    let other = shelf.receive_ends(1, Some(got(0, b"x"))).unwrap();
    assert_eq!(other.complete, [1, 2]);
    assert_eq!(receive(&mut shelf, 0, b"y").complete, [3]);
}

#[test]
fn who_asks_for_another_type_is_no_rival() {
    let mut shelf = filled(false, &[(1, b"x"), (1, b"x")]);
    for (call, wants) in [(1, 2), (2, -3), (3, 0)] {
        shelf.receive_begins(call, &worker("other"), wants);
        shelf.receive_begins(9, &worker("consumer"), 1);
        let mut alone = Shelf {
            puts: shelf.puts.clone(),
            ..Shelf::new(false)
        };
        alone.receives = shelf.receives.clone();
        let taken = alone.receive_ends(9, Some(got(1, b"x"))).unwrap();
        let certain = taken.tie == Tie::Certain;
        assert_eq!(certain, wants == 2, "a reader of type {wants}");
        shelf.receive_ends(call, None);
    }
}

#[test]
fn a_cut_message_loses_its_rest() {
    let mut shelf = filled(false, &[(1, b"0123456789")]);
    let taken = receive(&mut shelf, 1, b"0123");
    let lost = taken.lost[0];
    assert_eq!((lost.msg, lost.from, lost.to), (Some(1), 4, 10));
    assert!(taken.complete.is_empty() && taken.tie == Tie::Certain);
}

#[test]
fn an_empty_message_is_a_message() {
    let mut shelf = filled(true, &[(3, b"")]);
    assert_eq!(shelf.items().len(), 1);
    assert_eq!(receive(&mut shelf, 3, b"").complete, [1]);
}

#[test]
fn what_nobody_was_seen_to_send_is_unknown() {
    let mut shelf = filled(true, &[(0, b"x")]);
    let taken = receive(&mut shelf, 0, b"stranger");
    assert_eq!((taken.tie, taken.parts[0].msg), (Tie::Unknown, None));
    assert_eq!(messages(&shelf), [Some(1)]);
}

#[test]
fn a_consumer_that_dies_asleep_takes_nothing_and_one_that_may_have_is_remembered() {
    let mut empty = Shelf::new(true);
    empty.receive_begins(1, &worker("consumer"), 0);
    empty.exit(&worker("consumer"));
    assert_eq!(empty.ghosts, 0);
    let mut shelf = filled(true, &[(0, b"x"), (0, b"x")]);
    shelf.receive_begins(1, &worker("consumer"), 0);
    shelf.exit(&worker("consumer"));
    assert_eq!(receive(&mut shelf, 0, b"x").tie, Tie::Ambiguous);
}

#[test]
fn reports_of_two_consumers_tell_no_order() {
    let mut shelf = filled(false, &[(1, b"x"), (1, b"x"), (1, b"x")]);
    let taken = shelf.reported_receive(&worker("consumer"), got(1, b"x"));
    assert_eq!((taken.tie, taken.complete), (Tie::Certain, vec![1]));
    let taken = shelf.reported_receive(&worker("consumer-2"), got(1, b"x"));
    assert_eq!((taken.tie, taken.candidates.len()), (Tie::Ambiguous, 2));
}

#[test]
fn a_queue_of_more_messages_than_are_followed_ties_nothing_until_it_is_empty() {
    let mut shelf = Shelf::new(false);
    let most = super::MAX_PUTS as u64 + 5;
    for msg in 0..most {
        shelf.send_begins(msg, &sending(msg, &worker("producer"), 1, b"x"));
        shelf.send_ends(msg, true);
    }
    for _ in 0..most {
        assert_eq!(receive(&mut shelf, 1, b"x").tie, Tie::Unknown);
    }
    shelf.send_begins(most, &sending(most, &worker("producer"), 1, b"x"));
    shelf.send_ends(most, true);
    assert_eq!(receive(&mut shelf, 1, b"x").complete, [most]);
}
