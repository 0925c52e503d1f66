use super::{Arrived, Signals};
use crate::event::Tie;

const USR1: i32 = 10;
const RT: i32 = 34;

fn by_kill(signal: i32) -> Arrived {
    Arrived {
        signal,
        origin: Some((7, None)),
    }
}

fn with(value: i32) -> Arrived {
    Arrived {
        signal: RT,
        origin: Some((7, Some(value))),
    }
}

fn send(books: &mut Signals, signal: i32, msg: u64, value: Option<i32>) {
    books.announced(signal, msg, 7, value);
    books.sent(msg, true);
}

#[test]
fn five_while_blocked_are_one_and_it_is_the_first() {
    let mut books = Signals::default();
    (1..=5).for_each(|msg| send(&mut books, USR1, msg, None));
    assert_eq!(books.items().len(), 5);
    let tied = books.arrived(by_kill(USR1));
    assert_eq!((tied.complete, tied.tie), (vec![1], Tie::Certain));
    let over = books.over();
    assert_eq!(over, [(USR1, vec![2, 3, 4, 5])]);
    assert_eq!(books.settled(USR1, &over[0].1), [2, 3, 4, 5]);
    assert!(books.over().is_empty());
}

#[test]
fn those_that_merged_are_known_while_the_first_is_pending() {
    let mut books = Signals::default();
    (1..=3).for_each(|msg| send(&mut books, USR1, msg, None));
    send(&mut books, RT, 4, Some(1));
    send(&mut books, RT, 5, Some(1));
    for (signal, over) in books.over() {
        let merged = books.merged(signal, &over);
        assert_eq!(merged, if signal == USR1 { vec![2, 3] } else { vec![] });
    }
    assert_eq!(books.items().len(), 3);
    assert_eq!(books.arrived(by_kill(USR1)).complete, [1]);
}

#[test]
fn who_speaks_less_often_than_it_is_woken_got_all_that_queue() {
    let mut books = Signals::default();
    for (msg, signal) in [(1, RT), (2, RT), (3, USR1), (4, USR1)] {
        send(&mut books, signal, msg, None);
    }
    let told: Vec<_> = books
        .over()
        .into_iter()
        .flat_map(|(signal, over)| books.delivered(signal, &over))
        .collect();
    assert_eq!(told, [1, 2]);
    assert!(books.items().is_empty());
}

#[test]
fn one_word_about_two_that_queued_is_about_both_in_the_end() {
    let mut books = Signals::default();
    books.announced(RT, 1, 8, Some(1));
    books.announced(RT, 2, 7, Some(2));
    books.sent(1, true);
    books.sent(2, true);
    let word = books.arrived(Arrived {
        signal: RT,
        origin: None,
    });
    assert_eq!((word.tie, word.candidates.len()), (Tie::Ambiguous, 2));
    let over = books.over();
    assert_eq!(books.delivered(RT, &over[0].1), [1, 2]);
}

#[test]
fn real_time_signals_come_one_by_one_with_their_values() {
    let mut books = Signals::default();
    for (msg, value) in (1..).zip([10, 20, 30, 40, 50]) {
        send(&mut books, RT, msg, Some(value));
    }
    for (msg, value) in (1..).zip([10, 20, 30, 40, 50]) {
        let tied = books.arrived(with(value));
        assert_eq!((tied.complete, tied.tie), (vec![msg], Tie::Certain));
    }
    assert!(books.items().is_empty());
}

#[test]
fn one_that_comes_out_of_order_was_not_seen_to_be_sent() {
    let mut books = Signals::default();
    send(&mut books, RT, 1, Some(1));
    send(&mut books, RT, 2, Some(2));
    assert_eq!(books.arrived(with(2)).tie, Tie::Unknown);
    assert_eq!(books.arrived(with(9)).tie, Tie::Unknown);
    assert_eq!(books.arrived(with(1)).complete, [1]);
}

#[test]
fn one_after_the_other_each_is_certain() {
    let mut books = Signals::default();
    for msg in 1..=3 {
        send(&mut books, USR1, msg, None);
        let tied = books.arrived(by_kill(USR1));
        assert_eq!((tied.complete, tied.tie), (vec![msg], Tie::Certain));
    }
}

#[test]
fn when_its_delivery_was_seen_the_next_is_another_one() {
    let mut books = Signals::default();
    send(&mut books, USR1, 1, None);
    books.begun(USR1);
    send(&mut books, USR1, 2, None);
    assert_eq!(books.arrived(by_kill(USR1)).complete, [1]);
    assert_eq!(books.arrived(by_kill(USR1)).complete, [2]);
}

#[test]
fn two_of_three_may_have_been_any_two() {
    let mut books = Signals::default();
    (1..=3).for_each(|msg| send(&mut books, USR1, msg, None));
    assert_eq!(books.arrived(by_kill(USR1)).complete, [1]);
    let second = books.arrived(by_kill(USR1));
    assert_eq!((second.candidates.len(), second.tie), (2, Tie::Ambiguous));
    assert!(second.complete.is_empty());
    let over = books.over();
    assert!(
        books.settled(USR1, &over[0].1).is_empty(),
        "one of two is lost: which?"
    );
    assert!(books.items().is_empty());
}

#[test]
fn as_many_as_were_sent_are_all_of_them() {
    let mut books = Signals::default();
    (1..=3).for_each(|msg| send(&mut books, USR1, msg, None));
    assert_eq!(books.arrived(by_kill(USR1)).complete, [1]);
    assert!(books.arrived(by_kill(USR1)).complete.is_empty());
    assert_eq!(books.arrived(by_kill(USR1)).complete, [2, 3]);
}

#[test]
fn a_value_tells_two_sends_apart() {
    let mut books = Signals::default();
    send(&mut books, USR1, 1, Some(1));
    send(&mut books, USR1, 2, Some(2));
    send(&mut books, USR1, 3, Some(3));
    let with = |value| Arrived {
        signal: USR1,
        origin: Some((7, Some(value))),
    };
    assert_eq!(books.arrived(with(1)).complete, [1]);
    let third = books.arrived(with(3));
    assert_eq!((third.complete, third.tie), (vec![3], Tie::Certain));
    let over = books.over();
    assert_eq!(books.settled(USR1, &over[0].1), [2]);
}

#[test]
fn a_stranger_and_a_failed_send_are_nobodys_message() {
    let mut books = Signals::default();
    books.announced(USR1, 1, 7, None);
    books.sent(1, false);
    assert_eq!(books.arrived(by_kill(USR1)).tie, Tie::Unknown);
    send(&mut books, USR1, 2, None);
    let stranger = Arrived {
        signal: USR1,
        origin: Some((99, None)),
    };
    assert_eq!(books.arrived(stranger).tie, Tie::Unknown);
    assert_eq!(books.arrived(by_kill(USR1)).complete, [2]);
}

#[test]
fn the_one_that_killed_has_arrived_and_the_rest_are_lost() {
    let mut books = Signals::default();
    send(&mut books, RT, 1, Some(1));
    send(&mut books, 9, 2, None);
    send(&mut books, USR1, 3, None);
    let (last, lost) = books.ended(Some(9));
    assert_eq!(last.unwrap().complete, [2]);
    assert_eq!(lost, [3, 1]);
    let (nothing, none) = books.ended(Some(9));
    assert!(nothing.is_none() && none.is_empty());
}

#[test]
fn two_senders_are_told_apart_by_their_pids() {
    let mut books = Signals::default();
    books.announced(USR1, 1, 7, None);
    books.announced(USR1, 2, 8, None);
    let from = |from| Arrived {
        signal: USR1,
        origin: Some((from, None)),
    };
    assert_eq!(
        books.arrived(from(8)).complete,
        [2],
        "the only one of that pid"
    );
    assert_eq!(books.arrived(from(7)).complete, [1]);
}
