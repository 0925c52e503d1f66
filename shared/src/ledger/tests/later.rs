//! What a thread of its own sends after the program said so, as Python's feeder does.

use super::books::{books, id, part};
use crate::event::Tie;

/// An object of that many bytes, behind its length.
fn wire(fill: u8, len: u8) -> Vec<u8> {
    let mut wire = vec![0, 0, 0, len];
    wire.resize(usize::from(len) + 4, fill);
    wire
}

#[test]
fn writes_are_of_what_was_put_in_that_order() {
    let mut books = books();
    let [one, two] = [wire(1, 10), wire(2, 20)];
    for (msg, wire) in [(1, &one), (2, &two)] {
        books
            .ledger
            .sending_later(&id("a"), msg, 4, wire.len() as u64);
    }
    for (msg, wire) in [(1, &one), (2, &two)] {
        books.enter("a", 10 + msg, wire);
        let sent = books
            .ledger
            .returned(&id("a"), 10 + msg, wire.len() as u64, &[]);
        assert_eq!((sent.msg, sent.inferred), (Some(msg), false));
        let head = books.read(&wire[..4]);
        assert_eq!((head.parts, head.complete), (vec![part(msg, 0, 4)], vec![]));
        let body = books.read(&wire[4..]);
        assert_eq!((body.complete, body.tie), (vec![msg], Tie::Certain));
    }
    // Nothing was put any more: this is nobody's.
    books.enter("a", 20, &one);
    assert!(books.ledger.returned(&id("a"), 20, 14, &[]).inferred);
}

#[test]
fn a_long_one_has_its_header_apart() {
    let mut books = books();
    let wire = wire(1, 200);
    books
        .ledger
        .sending_later(&id("a"), 1, 4, wire.len() as u64);
    for (call, bytes) in [(11, &wire[..4]), (12, &wire[4..])] {
        books.enter("a", call, bytes);
        let sent = books
            .ledger
            .returned(&id("a"), call, bytes.len() as u64, &[]);
        assert_eq!(sent.msg, Some(1));
    }
    assert_eq!(books.read(&wire).complete, [1]);
}

#[test]
fn what_was_changed_since_is_as_long_as_its_header_says() {
    for len in [3, 30] {
        let mut books = books();
        books.ledger.sending_later(&id("a"), 1, 4, 14);
        books.ledger.sending_later(&id("a"), 2, 4, 14);
        let (changed, next) = (wire(1, len), wire(2, 10));
        for (msg, wire) in [(1, &changed), (2, &next)] {
            books.enter("a", 10 + msg, wire);
            let sent = books
                .ledger
                .returned(&id("a"), 10 + msg, wire.len() as u64, &[]);
            assert_eq!(sent.msg, Some(msg), "{len}");
            assert_eq!(books.read(wire).complete, [msg], "{len}");
        }
    }
}

#[test]
fn who_is_gone_will_not_send_it() {
    let mut books = books();
    books.ledger.sending_later(&id("a"), 1, 4, 14);
    books.ledger.sending_later(&id("b"), 2, 4, 14);
    books.ledger.exit(&id("a"));
    let wire = wire(1, 10);
    books.enter("b", 11, &wire);
    let sent = books.ledger.returned(&id("b"), 11, 14, &[]);
    assert_eq!(sent.msg, Some(2));
    assert_eq!(books.read(&wire).complete, [2]);
}
