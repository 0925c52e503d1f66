//! Courses of events as they were seen, one by one.

use super::books::{books, id, part};
use crate::{
    event::{End, Holder, Part, Tie},
    ledger::{Inode, Motion},
};

#[test]
fn two_sends_and_one_read() {
    let mut books = books();
    assert_eq!(books.send("a", 1, b"Hello").parts, [part(1, 0, 5)]);
    books.send("a", 2, b"World");
    let tied = books.read(b"HelloWorld");
    assert_eq!(tied.parts, [part(1, 0, 5), part(2, 0, 5)]);
    assert_eq!((tied.complete, tied.tie), (vec![1, 2], Tie::Certain));
    assert_eq!(tied.object, Some(books.pipe));
}

#[test]
fn one_send_and_three_reads() {
    let mut books = books();
    books.send("a", 1, b"abcdef");
    assert_eq!(books.read(b"ab").parts, [part(1, 0, 2)]);
    assert!(books.read(b"c").complete.is_empty());
    let last = books.read(b"def");
    assert_eq!((last.parts, last.complete), (vec![part(1, 3, 6)], vec![1]));
}

#[test]
fn a_short_write_goes_on_where_it_stopped() {
    let mut books = books();
    books.ledger.sending(&id("a"), 1, 4, 6000);
    books.enter("a", 10, &[b'x'; 6000]);
    assert_eq!(
        books.ledger.returned(&id("a"), 10, 4096, &[]).parts,
        [part(1, 0, 4096)]
    );
    books.enter("a", 11, &[b'x'; 1904]);
    assert_eq!(
        books.ledger.returned(&id("a"), 11, 1904, &[]).parts,
        [part(1, 4096, 6000)]
    );
    books.ledger.sent(&id("a"), 1);
    let tied = books.read(&[b'x'; 6000]);
    assert_eq!(
        (tied.parts, tied.complete),
        (vec![part(1, 0, 6000)], vec![1])
    );
}

#[test]
fn a_read_can_be_seen_before_the_write_that_fed_it() {
    let mut books = books();
    books.ledger.sending(&id("a"), 1, 4, 5);
    books.enter("a", 10, b"hello");
    let tied = books.read(b"hello");
    assert_eq!(
        (tied.parts, tied.tie, tied.complete),
        (vec![part(1, 0, 5)], Tie::Certain, vec![1])
    );
    let sent = books.ledger.returned(&id("a"), 10, 5, &[]);
    assert_eq!((sent.parts, sent.msg), (vec![part(1, 0, 5)], Some(1)));
    assert_eq!(books.ledger.bytes(&books.pipe), 0);
}

#[test]
fn two_that_fit_are_both_named_and_told_apart_when_they_can_be() {
    let mut books = books();
    for (worker, msg, call) in [("a", 1, 10), ("b", 2, 11)] {
        books.ledger.sending(&id(worker), msg, 4, 4);
        books.enter(worker, call, b"same");
    }
    let tied = books.read(b"same");
    assert_eq!(tied.tie, Tie::Ambiguous);
    assert_eq!(
        tied.parts,
        [Part {
            msg: None,
            from: 0,
            to: 4
        }]
    );
    assert_eq!(tied.candidates, [part(1, 0, 4), part(2, 0, 4)]);
    assert!(tied.complete.is_empty());
    // Whichever it was, after the second both have arrived.
    assert_eq!(books.read(b"same").complete, [1, 2]);
    for (worker, call) in [("a", 10), ("b", 11)] {
        books.ledger.returned(&id(worker), call, 4, &[]);
        books.ledger.sent(&id(worker), call - 9);
    }
    books.send("a", 3, b"next");
    assert_eq!(books.read(b"next").tie, Tie::Certain);
}

#[test]
fn content_tells_two_writers_apart() {
    let mut books = books();
    for (worker, msg, call, bytes) in [("a", 1, 10, b"aaaa"), ("b", 2, 11, b"bbbb")] {
        books.ledger.sending(&id(worker), msg, 4, 4);
        books.enter(worker, call, bytes);
    }
    // A returns first, and yet B was first in the kernel.
    books.ledger.returned(&id("a"), 10, 4, &[]);
    books.ledger.returned(&id("b"), 11, 4, &[]);
    let tied = books.read(b"bbbbaa");
    assert_eq!(
        (tied.parts, tied.tie),
        (vec![part(2, 0, 4), part(1, 0, 2)], Tie::Certain)
    );
}

#[test]
fn bytes_that_nobody_sent_are_unknown() {
    let mut books = books();
    let tied = books.read(b"?");
    assert_eq!(
        (tied.tie, tied.parts),
        (
            Tie::Unknown,
            vec![Part {
                msg: None,
                from: 0,
                to: 1
            }]
        )
    );
    books.send("a", 1, b"hello");
    assert_eq!(books.read(b"HELLO").tie, Tie::Unknown);
    // What comes after is followed again.
    books.send("a", 2, b"again");
    assert_eq!(books.read(b"again").parts, [part(2, 0, 5)]);
}

#[test]
fn a_call_that_failed_has_moved_nothing() {
    let mut books = books();
    books.ledger.sending(&id("a"), 1, 4, 5);
    books.enter("a", 10, b"hello");
    assert!(books.ledger.returned(&id("a"), 10, 0, &[]).parts.is_empty());
    books.ledger.sent(&id("a"), 1);
    books.send("b", 2, b"hello");
    assert_eq!(books.read(b"hello").parts, [part(2, 0, 5)]);
}

#[test]
fn a_program_that_does_not_report_gets_an_id_for_each_send() {
    let mut books = books();
    books.enter("a", 10, b"hello");
    let sent = books.ledger.returned(&id("a"), 10, 5, &[]);
    let msg = sent.msg.unwrap();
    assert!(sent.inferred && sent.parts == [part(msg, 0, 5)]);
    let tied = books.read(b"hello");
    assert_eq!(
        (tied.parts, tied.complete),
        (vec![part(msg, 0, 5)], vec![msg])
    );
    books.enter("a", 11, b"x");
    assert_eq!(books.ledger.returned(&id("a"), 11, 0, &[]).msg, None);
}

#[test]
fn what_lay_in_an_object_that_is_gone_is_lost() {
    let mut books = books();
    books.send("a", 1, b"read");
    books.send("a", 2, b"unread");
    books.read(b"readun");
    let pipe = books.pipe.clone();
    assert_eq!(books.ledger.removed(&pipe), [part(2, 2, 6)]);
    assert_eq!(books.ledger.object(&id("a"), 4), None);
    // An object of the same number is another one.
    assert!(
        books
            .ledger
            .opened(&id("a"), 4, Inode { dev: 1, ino: 1 }, "pipe", End::Write)
            .created
    );
}

#[test]
fn without_a_tracer_reports_are_followed() {
    let mut books = books();
    let ledger = &mut books.ledger;
    ledger.reported_sending(&id("a"), 1, 4, 5, b"hello");
    ledger.reported_sending(&id("b"), 2, 4, 5, b"world");
    assert_eq!(ledger.reported_sent(&id("a"), 1, 5).parts, [part(1, 0, 5)]);
    // Reports of two processes do not tell which was first; their content does.
    let tied = ledger.reported_received(&id("r"), 3, 10, b"worldhello");
    assert_eq!(
        (tied.parts, tied.complete),
        (vec![part(2, 0, 5), part(1, 0, 5)], vec![1, 2])
    );
    assert_eq!(ledger.reported_sent(&id("b"), 2, 5).parts, [part(2, 0, 5)]);
}

#[test]
fn two_readers_at_once_cannot_be_told_apart() {
    let mut books = books();
    books
        .ledger
        .opened(&id("s"), 3, Inode { dev: 1, ino: 1 }, "pipe", End::Read);
    books.send("a", 1, b"one");
    books.send("a", 2, b"one");
    for (worker, call) in [("r", 20), ("s", 21)] {
        books
            .ledger
            .entered(&id(worker), call, Motion::Receive { fd: 3, len: 3 });
    }
    assert_eq!(
        books.ledger.returned(&id("r"), 20, 3, b"one").tie,
        Tie::Ambiguous
    );
    assert_eq!(
        books.ledger.returned(&id("s"), 21, 3, b"one").complete,
        [1, 2]
    );
}

#[test]
fn descriptors_are_followed_through_fork_dup_close_and_exit() {
    let mut books = books();
    let ledger = &mut books.ledger;
    let holder = |worker: &str, fd, end| Holder {
        worker: id(worker),
        fd,
        end,
    };
    ledger.fork(&id("r"), &id("child"));
    ledger.dup(&id("child"), 3, 7);
    ledger.close(&id("child"), 3);
    for worker in ["a", "b", "mover"] {
        ledger.exit(&id(worker));
    }
    assert_eq!(
        ledger.holders(&books.pipe),
        [holder("child", 7, End::Read), holder("r", 3, End::Read)]
    );
    assert_eq!(
        ledger.exit(&id("child")),
        [books.pipe.clone(), books.other.clone()]
    );
    assert_eq!(ledger.holders(&books.pipe), [holder("r", 3, End::Read)]);
}

#[test]
fn a_flood_of_small_messages_is_followed_to_the_last() {
    let mut books = books();
    for msg in 1..=10_000 {
        books.send("a", msg, b"abc");
    }
    let mut complete = Vec::new();
    let all: Vec<u8> = b"abc".repeat(10_000);
    for chunk in all.chunks(4096) {
        let tied = books.read(chunk);
        assert_eq!(tied.tie, Tie::Certain);
        complete.extend(tied.complete);
    }
    assert_eq!(complete, (1..=10_000).collect::<Vec<_>>());
}
