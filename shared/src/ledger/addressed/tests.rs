use super::{Addressed, Look, add};
use crate::{
    event::{Part, Tie},
    ids::{ObjectId, WorkerId},
    ledger::extents::Place,
};

const WHOLE: Look = Look {
    whole: true,
    empty: false,
    vain: false,
    torn: false,
};

fn books() -> (Addressed, WorkerId, WorkerId) {
    let file = Addressed::new(ObjectId::new("file:[7]"), 0);
    (file, WorkerId::new("writer"), WorkerId::new("reader"))
}

fn write(file: &mut Addressed, who: &WorkerId, msg: u64, at: u64, bytes: &[u8]) {
    let len = bytes.len() as u64;
    file.announced(msg, len);
    file.write_entered(1, who, Some(msg), Place::At(at), len, bytes);
    file.write_returned(1, Some(at), len);
}

fn read(file: &mut Addressed, who: &WorkerId, bytes: &[u8]) -> (Vec<u64>, Look) {
    file.read_entered(2, who, 4096);
    let (tied, look) = file.read_returned(2, Some(0), bytes.len() as u64, bytes);
    assert_eq!(tied.tie, Tie::Certain);
    (tied.complete, look)
}

#[test]
fn a_message_is_complete_once_for_each_reader() {
    let (mut file, writer, reader) = books();
    write(&mut file, &writer, 1, 0, b"hello");
    assert_eq!(read(&mut file, &reader, b"hello"), (vec![1], WHOLE));
    let vain = Look {
        vain: true,
        ..WHOLE
    };
    assert_eq!(read(&mut file, &reader, b"hello"), (vec![], vain));
    let other = WorkerId::new("reader-2");
    assert_eq!(read(&mut file, &other, b"hello"), (vec![1], WHOLE));
}

#[test]
fn a_read_between_truncation_and_write_finds_nothing() {
    let (mut file, writer, reader) = books();
    write(&mut file, &writer, 1, 0, b"hello");
    file.moment(10);
    let lost = file.opened_empty(20);
    assert_eq!(lost.len(), 1, "nobody had read it");
    let empty = Look {
        empty: true,
        vain: true,
        ..WHOLE
    };
    assert_eq!(read(&mut file, &reader, b""), (vec![], empty));
}

#[test]
fn a_message_of_two_writes_is_torn_between_them() {
    let (mut file, writer, reader) = books();
    file.announced(1, 6);
    file.write_entered(1, &writer, Some(1), Place::At(0), 6, b"abcdef");
    file.write_returned(1, Some(0), 3);
    let torn = Look {
        torn: true,
        ..WHOLE
    };
    assert_eq!(read(&mut file, &reader, b"abc"), (vec![], torn));
    file.write_entered(1, &writer, Some(1), Place::At(3), 3, b"def");
    let tied = file.write_returned(1, Some(3), 3);
    let (msg, from, to) = (Some(1), 3, 6);
    assert_eq!(tied.parts, [Part { msg, from, to }]);
    assert_eq!(read(&mut file, &reader, b"abcdef"), (vec![1], WHOLE));
}

#[test]
fn a_truncation_does_not_take_away_what_came_while_it_was_under_way() {
    let (mut file, writer, reader) = books();
    write(&mut file, &writer, 1, 0, b"hello");
    file.moment(30);
    // Entered before that write ended: the write may have come after it.
    file.opened_empty(20);
    assert_eq!(read(&mut file, &reader, b"hello").0, [1]);
}

#[test]
fn who_dies_in_a_write_leaves_what_may_be() {
    let (mut file, writer, reader) = books();
    file.announced(1, 5);
    file.write_entered(1, &writer, Some(1), Place::End, 5, b"hello");
    file.exit(&writer);
    assert_eq!(read(&mut file, &reader, b"hello").0, [1]);
}

#[test]
fn where_nobody_saw_the_place_nothing_is_tied() {
    let (mut file, writer, reader) = books();
    write(&mut file, &writer, 1, 0, b"hello");
    file.read_entered(2, &reader, 9);
    let (tied, look) = file.read_returned(2, None, 5, b"hello");
    assert_eq!((tied.tie, look), (Tie::Unknown, Look::default()));
}

#[test]
fn ranges_are_joined() {
    let mut ranges = Vec::new();
    for (from, to) in [(4, 6), (0, 2), (2, 3), (9, 9), (3, 4)] {
        add(&mut ranges, from, to);
    }
    assert_eq!(ranges, [(0, 6)]);
}
