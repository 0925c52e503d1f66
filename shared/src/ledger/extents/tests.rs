use super::{Extents, Found, Place, Writing};
use crate::{
    event::{Part, Tie},
    ids::{MsgId, WorkerId},
};
use proptest::prelude::*;

fn part(msg: MsgId, from: u64, to: u64) -> Part {
    let msg = Some(msg);
    Part { msg, from, to }
}

fn nobody(from: u64, to: u64) -> Part {
    let msg = None;
    Part { msg, from, to }
}

fn writing<'a>(worker: &'a WorkerId, msg: MsgId, place: Place, bytes: &'a [u8]) -> Writing<'a> {
    Writing {
        worker,
        place,
        len: bytes.len() as u64,
        bytes,
        msg: Some((msg, 0)),
    }
}

fn put(file: &mut Extents, msg: MsgId, at: u64, bytes: &[u8]) -> Vec<Part> {
    file.stored(&writing(
        &WorkerId::new("writer"),
        msg,
        Place::At(at),
        bytes,
    ))
}

fn get(file: &mut Extents, at: u64, bytes: &[u8]) -> Found {
    file.loaded(at, bytes.len() as u64, bytes)
}

fn certain(parts: &[Part]) -> Found {
    Found {
        parts: parts.to_vec(),
        ..Found::default()
    }
}

#[test]
fn what_was_written_is_found_again_and_again() {
    let mut file = Extents::empty();
    put(&mut file, 1, 0, b"hello");
    assert_eq!(get(&mut file, 0, b"hello"), certain(&[part(1, 0, 5)]));
    assert_eq!(get(&mut file, 1, b"ell"), certain(&[part(1, 1, 4)]));
}

#[test]
fn a_later_write_lies_on_an_earlier_one() {
    let mut file = Extents::empty();
    put(&mut file, 1, 0, b"aaaaaa");
    assert_eq!(put(&mut file, 2, 2, b"bb"), [part(1, 2, 4)], "never read");
    let found = get(&mut file, 0, b"aabbaa");
    assert_eq!(
        found,
        certain(&[part(1, 0, 2), part(2, 0, 2), part(1, 4, 6)])
    );
    assert_eq!(put(&mut file, 3, 0, b"cccccc"), [], "all of it was read");
}

#[test]
fn bytes_that_nobody_wrote_are_not_guessed() {
    let mut file = Extents::empty();
    put(&mut file, 1, 0, b"hello");
    let found = get(&mut file, 0, b"heLlo");
    assert_eq!(found.parts, [part(1, 0, 2), nobody(2, 3), part(1, 3, 5)]);
    assert_eq!(found.tie, Tie::Unknown);
    let mut other = Extents::unseen(5);
    assert_eq!(get(&mut other, 0, b"there").tie, Tie::Unknown);
}

#[test]
fn a_hole_reads_as_zeros_and_nobody_wrote_them() {
    let mut file = Extents::empty();
    put(&mut file, 1, 2, b"x");
    assert_eq!(
        get(&mut file, 0, b"\0\0x"),
        certain(&[nobody(0, 2), part(1, 0, 1)])
    );
}

#[test]
fn truncation_takes_away_what_nobody_had_read() {
    let mut file = Extents::empty();
    put(&mut file, 1, 0, b"hello");
    let cut = file.truncate_begins(0);
    assert_eq!(file.truncate_ends(cut, true), [part(1, 0, 5)]);
    assert_eq!(file.end(), 0);
    put(&mut file, 2, 3, b"x");
    let found = get(&mut file, 0, b"\0\0\0x");
    assert_eq!(found, certain(&[nobody(0, 3), part(2, 0, 1)]));
}

#[test]
fn what_was_read_before_its_write_returned_is_not_lost_by_a_truncation() {
    let who = WorkerId::new("writer");
    let mut file = Extents::empty();
    let write = file.write_begins(&writing(&who, 1, Place::At(0), b"hello"));
    assert_eq!(get(&mut file, 0, b"hel"), certain(&[part(1, 0, 3)]));
    assert_eq!(file.write_ends(write, Some(0), 5), []);
    let cut = file.truncate_begins(0);
    assert_eq!(file.truncate_ends(cut, true), [part(1, 3, 5)]);
}

#[test]
fn a_truncation_that_failed_changes_nothing() {
    let mut file = Extents::empty();
    put(&mut file, 1, 0, b"hello");
    let cut = file.truncate_begins(0);
    assert_eq!(file.truncate_ends(cut, false), []);
    assert_eq!(get(&mut file, 0, b"hello"), certain(&[part(1, 0, 5)]));
}

#[test]
fn a_read_that_meets_a_write_got_the_old_or_the_new_or_both() {
    let who = WorkerId::new("writer");
    let mut file = Extents::empty();
    put(&mut file, 1, 0, b"aaaa");
    let read = file.read_begins();
    let write = file.write_begins(&writing(&who, 2, Place::At(0), b"bbbb"));
    file.write_ends(write, Some(0), 4);
    put(&mut file, 3, 0, b"cccc");
    assert_eq!(
        file.read_ends(read, 0, 4, b"abbc"),
        certain(&[part(1, 0, 1), part(2, 1, 3), part(3, 3, 4)])
    );
    assert_eq!(get(&mut file, 0, b"cccc"), certain(&[part(3, 0, 4)]));
}

#[test]
fn the_same_bytes_twice_are_ambiguous_while_both_can_be_there() {
    let who = WorkerId::new("writer");
    let mut file = Extents::empty();
    put(&mut file, 1, 0, b"same");
    let write = file.write_begins(&writing(&who, 2, Place::At(0), b"same"));
    let found = get(&mut file, 0, b"same");
    assert_eq!(found.tie, Tie::Ambiguous);
    assert_eq!(found.candidates, [part(1, 0, 4), part(2, 0, 4)]);
    file.write_ends(write, Some(0), 4);
    assert_eq!(get(&mut file, 0, b"same"), certain(&[part(2, 0, 4)]));
}

#[test]
fn what_two_messages_have_in_common_does_not_confuse_them() {
    let mut file = Extents::empty();
    put(&mut file, 1, 0, b"version 1");
    let read = file.read_begins();
    put(&mut file, 2, 0, b"version 2");
    let found = file.read_ends(read, 0, 9, b"version 2");
    assert_eq!(found, certain(&[part(2, 0, 9)]));
}

#[test]
fn of_two_writes_at_once_the_bytes_tell_which_was_last() {
    let (a, b) = (WorkerId::new("writer"), WorkerId::new("writer-2"));
    let mut file = Extents::empty();
    let first = file.write_begins(&writing(&a, 1, Place::At(0), b"1111"));
    let second = file.write_begins(&writing(&b, 2, Place::At(0), b"2222"));
    file.write_ends(second, Some(0), 4);
    file.write_ends(first, Some(0), 4);
    assert_eq!(get(&mut file, 0, b"2222"), certain(&[part(2, 0, 4)]));
}

#[test]
fn appends_under_way_are_found_behind_each_other() {
    let (a, b) = (WorkerId::new("writer"), WorkerId::new("writer-2"));
    let mut file = Extents::empty();
    let first = file.write_begins(&writing(&a, 1, Place::End, b"one\n"));
    let second = file.write_begins(&writing(&b, 2, Place::End, b"two!\n"));
    // Both are in, and neither was seen to return.
    let found = get(&mut file, 0, b"two!\none\n");
    assert_eq!(found, certain(&[part(2, 0, 5), part(1, 0, 4)]));
    file.write_ends(first, Some(5), 4);
    let found = get(&mut file, 0, b"two!\none\n");
    assert_eq!(found, certain(&[part(2, 0, 5), part(1, 0, 4)]));
    file.write_ends(second, Some(0), 5);
    let wrote = file.writers(0, b"two!\none\n");
    let who: Vec<_> = wrote
        .iter()
        .map(|wrote| (wrote.from, wrote.to, wrote.worker.clone().unwrap()))
        .collect();
    assert_eq!(who, [(0, 5, b), (5, 9, a)]);
    assert_eq!(file.end(), 9);
}

#[test]
fn a_stranger_is_nobody_among_the_writers() {
    let mut file = Extents::empty();
    put(&mut file, 1, 0, b"hello");
    let wrote = file.writers(0, b"hEllo");
    let who: Vec<_> = wrote.iter().map(|wrote| (wrote.from, wrote.msg)).collect();
    assert_eq!(who, [(0, Some(1)), (1, None), (2, Some(1))]);
}

#[test]
fn who_died_in_a_write_may_have_written_or_not() {
    let who = WorkerId::new("writer");
    let mut file = Extents::empty();
    put(&mut file, 1, 0, b"aaaa");
    let write = file.write_begins(&writing(&who, 2, Place::At(0), b"bbbb"));
    file.write_abandoned(write);
    assert_eq!(
        get(&mut file, 0, b"bbaa"),
        certain(&[part(2, 0, 2), part(1, 2, 4)])
    );
}

#[test]
fn what_nobody_read_is_known_when_the_object_goes() {
    let mut file = Extents::empty();
    put(&mut file, 1, 0, b"hello");
    get(&mut file, 0, b"he");
    assert_eq!(file.unread(), [part(1, 2, 5)]);
}

#[test]
fn very_many_writes_are_given_up_and_said_to_be_unknown() {
    let mut file = Extents::empty();
    for msg in 0..40_000 {
        put(&mut file, msg, msg * 3, b"x");
    }
    assert!(file.writes.len() <= super::MAX_WRITES);
    assert_eq!(get(&mut file, 0, b"x").tie, Tie::Unknown);
    put(&mut file, 50_000, 0, b"y");
    assert_eq!(get(&mut file, 0, b"y"), certain(&[part(50_000, 0, 1)]));
}

/// What can happen to a file of which the simulation knows everything.
#[derive(Clone, Debug)]
enum Step {
    /// A write begins; at which place, of which byte, how many.
    Begin(u64, u8, u8),
    /// One of those under way takes hold in the kernel.
    Happen(usize),
    /// One that has, is seen to return.
    Return(usize),
    /// A truncation, all at once.
    Cut(u64),
    /// A read begins, …
    Look,
    /// … and is seen to return; its bytes are those of some moment between.
    Seen(bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..12u64, 0..3u8, 1..8u8).prop_map(|(at, byte, len)| Step::Begin(at, byte, len)),
        3 => (0..4usize).prop_map(Step::Happen),
        3 => (0..4usize).prop_map(Step::Return),
        1 => (0..12u64).prop_map(Step::Cut),
        2 => Just(Step::Look),
        2 => any::<bool>().prop_map(Step::Seen),
    ]
}

struct UnderWay {
    write: u64,
    msg: MsgId,
    at: u64,
    bytes: Vec<u8>,
    happened: bool,
}

/// A byte, and whose it is: message and place in it.
type Cell = (u8, Option<(MsgId, u64)>);

proptest! {
    /// Whatever overlaps with whatever: a part that is named is the truth, and the truth is among the candidates.
    #[test]
    fn a_simulated_file_is_never_guessed(steps in proptest::collection::vec(step(), 1..80)) {
        let who = WorkerId::new("writer");
        let mut file = Extents::empty();
        let mut disk: Vec<Cell> = Vec::new();
        let mut writes: Vec<UnderWay> = Vec::new();
        let mut read: Option<(u64, Vec<Cell>)> = None;
        let mut next = 0;
        for step in steps {
            match step {
                Step::Begin(at, byte, len) => {
                    next += 1;
                    let bytes = vec![b'a' + byte; usize::from(len)];
                    let write = file.write_begins(&writing(&who, next, Place::At(at), &bytes));
                    writes.push(UnderWay { write, msg: next, at, bytes, happened: false });
                }
                Step::Happen(which) => {
                    let Some(write) = writes.iter_mut().filter(|w| !w.happened).nth(which) else { continue };
                    write.happened = true;
                    let (at, len) = (usize::try_from(write.at).unwrap(), write.bytes.len());
                    disk.resize(disk.len().max(at + len), (0, None));
                    for (n, byte) in write.bytes.iter().enumerate() {
                        disk[at + n] = (*byte, Some((write.msg, n as u64)));
                    }
                }
                Step::Return(which) => {
                    let Some(which) = writes.iter().enumerate().filter(|(_, w)| w.happened).map(|(at, _)| at).nth(which)
                        else { continue };
                    let write = writes.remove(which);
                    file.write_ends(write.write, Some(write.at), write.bytes.len() as u64);
                }
                Step::Cut(len) => {
                    let cut = file.truncate_begins(len);
                    disk.resize(usize::try_from(len).unwrap(), (0, None));
                    file.truncate_ends(cut, true);
                }
                Step::Look => read = read.or_else(|| Some((file.read_begins(), disk.clone()))),
                Step::Seen(late) => {
                    let Some((id, early)) = read.take() else { continue };
                    let got = if late { &disk } else { &early };
                    let bytes: Vec<u8> = got.iter().map(|cell| cell.0).collect();
                    let found = file.read_ends(id, 0, bytes.len() as u64, &bytes);
                    let mut at = 0usize;
                    for part in &found.parts {
                        for n in 0..part.to - part.from {
                            let truth = got[at].1;
                            match part.msg {
                                Some(msg) => prop_assert_eq!(truth, Some((msg, part.from + n))),
                                None => if let Some((msg, place)) = truth {
                                    prop_assert_ne!(found.tie, Tie::Certain);
                                    prop_assert!(found.candidates.iter().any(|c|
                                        c.msg == Some(msg) && c.from <= place && place < c.to));
                                },
                            }
                            at += 1;
                        }
                    }
                    prop_assert_eq!(at, got.len());
                }
            }
        }
    }
}
