//! What few programs do: splice, tee, packets.

use super::books::{books, id, part};
use crate::{
    event::{End, Tie},
    ledger::{Inode, Motion},
};

#[test]
fn splice_moves_and_tee_copies() {
    let mut books = books();
    books.send("a", 1, b"hello");
    let mover = id("mover");
    let motion = |copy: bool| {
        let (from, to, len) = (3, 6, 5);
        if copy {
            Motion::Copy { from, to, len }
        } else {
            Motion::Move { from, to, len }
        }
    };
    books.ledger.entered(&mover, 20, motion(true));
    let copied = books.ledger.returned(&mover, 20, 5, &[]);
    assert_eq!(
        (copied.parts, copied.into),
        (vec![part(1, 0, 5)], Some(books.other.clone()))
    );
    books.ledger.entered(&mover, 21, motion(false));
    // The reader of the other pipe is seen before the splice returns.
    assert_eq!(
        books.read_from(5, b"hellohe").parts,
        [part(1, 0, 5), part(1, 0, 2)]
    );
    let moved = books.ledger.returned(&mover, 21, 5, &[]);
    assert_eq!(
        (moved.parts, moved.object),
        (vec![part(1, 0, 5)], Some(books.pipe.clone()))
    );
    let tied = books.read_from(5, b"llo");
    assert_eq!((tied.parts, tied.complete), (vec![part(1, 2, 5)], vec![1]));
    assert_eq!(
        (
            books.ledger.bytes(&books.pipe),
            books.ledger.bytes(&books.other)
        ),
        (0, 0)
    );
}

#[test]
fn splices_in_a_circle_end() {
    let mut books = books();
    let inode = Inode { dev: 1, ino: 2 };
    books
        .ledger
        .opened(&id("mover"), 5, inode, "pipe", End::Read);
    books.ledger.entered(
        &id("mover"),
        20,
        Motion::Move {
            from: 3,
            to: 6,
            len: 5,
        },
    );
    books.ledger.entered(
        &id("mover"),
        21,
        Motion::Move {
            from: 5,
            to: 4,
            len: 5,
        },
    );
    assert_ne!(books.read(b"?").tie, Tie::Certain);
}

#[test]
fn a_packet_that_is_too_long_for_the_buffer_is_cut() {
    let mut books = books();
    let pipe = books.pipe.clone();
    books.ledger.packets(&pipe);
    books.send("a", 1, b"packet");
    books.send("a", 2, b"next");
    let tied = books.read(b"pac");
    assert_eq!(
        (tied.parts, tied.lost),
        (vec![part(1, 0, 3)], vec![part(1, 3, 6)])
    );
    assert!(tied.complete.is_empty());
    let tied = books.read(b"next");
    assert_eq!((tied.parts, tied.complete), (vec![part(2, 0, 4)], vec![2]));
    assert_eq!(books.ledger.bytes(&pipe), 0);
}
