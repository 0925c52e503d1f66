//! Floods of equal messages, known by report only: all fit, and each receive looks through all that wait.

use super::{got, sending, worker};
use crate::ledger::shelf::Shelf;
use std::time::{Duration, Instant};

/// Messages that wait: what reports can be ahead of those of the consumers.
const WAITING: u64 = 1_500;
/// For each receive, and for telling the first of those that are left: unoptimized, on a busy machine. Where each is compared
/// with all that are ahead of it, a thousand that wait take 5 ms already, and twice as many four times that.
const ENOUGH: Duration = Duration::from_millis(6);

fn flooded(producers: u64) -> Shelf {
    let mut shelf = Shelf::new(true);
    let workers: Vec<_> = (0..producers)
        .map(|n| worker(&format!("producer-{n}")))
        .collect();
    for (msg, from) in (1..=WAITING).zip(workers.iter().cycle()) {
        let mut one = sending(msg, from, 0, b"the same again");
        one.reported = true;
        shelf.send_begins(msg, &one);
        shelf.send_ends(msg, true);
    }
    shelf
}

/// The mean time of a receive, half of all being taken.
fn mean(producers: u64, consumers: u64) -> Duration {
    let mut shelf = flooded(producers);
    let begun = Instant::now();
    let workers: Vec<_> = (0..consumers)
        .map(|n| worker(&format!("consumer-{n}")))
        .collect();
    let half = u32::try_from(WAITING / 2).unwrap();
    for (n, who) in (0..half).zip(workers.iter().cycle()) {
        let taken = shelf.reported_receive(who, got(0, b"the same again"));
        assert!(
            taken.candidates.len() != 1,
            "one is certain, several are not"
        );
        let (first, more) = shelf.first_items(40);
        assert_eq!(first.len() as u64 + more, WAITING - u64::from(n) - 1);
    }
    begun.elapsed() / half
}

#[test]
fn a_flood_of_equal_messages_does_not_slow_down_its_own_reports() {
    for (producers, consumers) in [(1, 1), (2, 1), (3, 1), (1, 2), (3, 3)] {
        let mean = mean(producers, consumers);
        println!("{producers} producers, {consumers} consumers: {mean:?}");
        assert!(
            mean < ENOUGH,
            "{producers} producers, {consumers} consumers: {mean:?}"
        );
    }
}
