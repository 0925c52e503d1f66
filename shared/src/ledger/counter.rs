//! Who put in what was taken from a counter? An eventfd and a semaphore keep a sum, and nothing of its parts.
//!
//! A read of all that is in takes so many whole additions that their sum fits; one unit is as good as any other. What fits
//! in several ways is ambiguous, until the counter is empty: then everything in it has been taken, by whomever.

use super::{Tied, signals::whole};
use crate::{
    event::{Part, Tie},
    ids::MsgId,
};

/// Most sums that are compared for one read: more additions than that are never open in a lesson.
const MAX_SUMS: usize = 20_000;

/// An addition that was not taken as a whole yet.
#[derive(Clone, Debug)]
struct Added {
    msg: MsgId,
    /// Which worker added it: those of one come in order.
    by: usize,
    value: u64,
    /// Of the value, what was not certainly taken yet.
    left: u64,
}

/// The books of one counter.
#[derive(Debug, Default)]
pub struct Counter {
    added: Vec<Added>,
    /// Units of nobody's message: the first value, or of a program that does not report.
    nameless: u64,
    /// Units that were taken without being certain whose they were.
    unsure: u64,
}

impl Counter {
    /// Units that are in without a message.
    pub fn nameless(&mut self, value: u64) {
        self.nameless = self.nameless.saturating_add(value);
    }

    /// A worker is about to add.
    pub fn announced(&mut self, msg: MsgId, by: usize, value: u64) {
        self.added.push(Added {
            msg,
            by,
            value,
            left: value,
        });
    }

    /// It failed: nothing was added.
    pub fn failed(&mut self, msg: MsgId) {
        self.added.retain(|added| added.msg != msg);
    }

    /// A read took all that was in.
    pub fn took_all(&mut self, value: u64) -> Tied {
        let fits = self.fitting(value);
        match fits.as_slice() {
            [one] => {
                let taken: Vec<Added> = (0..self.added.len())
                    .filter(|at| self.is_within(*at, one))
                    .map(|at| self.added[at].clone())
                    .collect();
                self.added
                    .retain(|added| taken.iter().all(|taken| taken.msg != added.msg));
                self.nameless = 0;
                let complete: Vec<MsgId> = taken.iter().map(|added| added.msg).collect();
                Tied {
                    parts: complete.iter().map(|msg| whole(*msg)).collect(),
                    complete,
                    ..Tied::default()
                }
            }
            [] => Tied {
                tie: Tie::Unknown,
                ..Tied::default()
            },
            _ => {
                // What is open stays open: it may be in or not.
                let candidates = self.added.iter().map(|added| whole(added.msg));
                Tied {
                    candidates: candidates.collect(),
                    tie: Tie::Ambiguous,
                    ..Tied::default()
                }
            }
        }
    }

    /// A read or a wait took one.
    pub fn took_one(&mut self) -> Tied {
        let open: Vec<usize> = (0..self.added.len())
            .filter(|at| self.added[*at].left > 0)
            .collect();
        let sources = open.len() + usize::from(self.nameless > 0);
        match (open.as_slice(), sources) {
            (_, 0) => Tied {
                tie: Tie::Unknown,
                ..Tied::default()
            },
            ([], _) => {
                self.nameless -= 1;
                Tied::default()
            }
            ([only], 1) if self.unsure == 0 => {
                let added = &mut self.added[*only];
                added.left -= 1;
                let (msg, left) = (added.msg, added.left);
                if left == 0 {
                    self.added.remove(*only);
                }
                Tied {
                    parts: vec![whole(msg)],
                    complete: if left == 0 { vec![msg] } else { Vec::new() },
                    ..Tied::default()
                }
            }
            _ => {
                self.unsure += 1;
                let candidates: Vec<Part> =
                    open.iter().map(|at| whole(self.added[*at].msg)).collect();
                let mut tied = Tied {
                    candidates,
                    tie: Tie::Ambiguous,
                    ..Tied::default()
                };
                if self.unsure >= self.units() {
                    tied.complete = self.added.drain(..).map(|added| added.msg).collect();
                    self.nameless = 0;
                    self.unsure = 0;
                }
                tied
            }
        }
    }

    /// It is gone: what is certain never to be taken.
    pub fn removed(&mut self) -> Vec<Part> {
        let left = std::mem::take(self);
        if left.unsure > 0 {
            return Vec::new();
        }
        left.added.iter().map(|added| whole(added.msg)).collect()
    }

    /// Units that are in by these books.
    pub fn units(&self) -> u64 {
        self.added
            .iter()
            .fold(self.nameless, |sum, added| sum.saturating_add(added.left))
    }

    /// For each way in which the first so many additions of each worker make up `value`: how many of whom.
    fn fitting(&self, value: u64) -> Vec<Vec<(usize, usize)>> {
        let mut workers: Vec<usize> = self.added.iter().map(|added| added.by).collect();
        workers.sort_unstable();
        workers.dedup();
        // Sums as far as they are below the value; wide enough for any.
        let mut ways: Vec<(u128, Vec<(usize, usize)>)> =
            vec![(u128::from(self.nameless), Vec::new())];
        for by in workers {
            let values = self.added.iter().filter(|added| added.by == by);
            let mut next = Vec::new();
            for (sum, counts) in &ways {
                let mut sum = *sum;
                let mut taken = 0;
                let mut rest = values.clone();
                loop {
                    if sum > u128::from(value) || next.len() >= MAX_SUMS {
                        break;
                    }
                    let mut counts = counts.clone();
                    counts.push((by, taken));
                    next.push((sum, counts));
                    let Some(added) = rest.next() else { break };
                    sum += u128::from(added.value);
                    taken += 1;
                }
            }
            ways = next;
        }
        let fits = ways
            .into_iter()
            .filter(|(sum, _)| *sum == u128::from(value));
        fits.map(|(_, counts)| counts).collect()
    }

    fn is_within(&self, at: usize, counts: &[(usize, usize)]) -> bool {
        let by = self.added[at].by;
        let before = self.added[..at]
            .iter()
            .filter(|added| added.by == by)
            .count();
        counts
            .iter()
            .any(|(worker, count)| *worker == by && before < *count)
    }
}

#[cfg(test)]
mod tests {
    use super::Counter;
    use crate::event::Tie;

    #[test]
    fn a_read_takes_all_that_was_added() {
        let mut books = Counter::default();
        books.nameless(5);
        books.announced(1, 0, 3);
        books.announced(2, 0, 4);
        let tied = books.took_all(12);
        assert_eq!((tied.complete, tied.tie), (vec![1, 2], Tie::Certain));
        assert_eq!(books.units(), 0);
    }

    #[test]
    fn an_addition_that_came_later_stays() {
        let mut books = Counter::default();
        books.announced(1, 0, 3);
        books.announced(2, 0, 4);
        assert_eq!(books.took_all(3).complete, [1]);
        assert_eq!(books.took_all(4).complete, [2]);
    }

    #[test]
    fn equal_sums_of_two_workers_tell_nothing() {
        let mut books = Counter::default();
        books.announced(1, 0, 3);
        books.announced(2, 1, 3);
        let tied = books.took_all(3);
        assert_eq!((tied.tie, tied.candidates.len()), (Tie::Ambiguous, 2));
        let mut books = Counter::default();
        books.announced(1, 0, 3);
        books.announced(2, 1, 4);
        assert_eq!(books.took_all(4).complete, [2]);
        assert_eq!(books.took_all(9).tie, Tie::Unknown);
    }

    #[test]
    fn a_failed_addition_is_none() {
        let mut books = Counter::default();
        books.announced(1, 0, u64::MAX - 1);
        books.announced(2, 0, 1);
        books.failed(2);
        assert_eq!(books.took_all(u64::MAX - 1).complete, [1]);
    }

    #[test]
    fn one_unit_of_one_message_is_certain_and_of_two_is_not() {
        let mut books = Counter::default();
        books.announced(1, 0, 2);
        assert!(books.took_one().complete.is_empty());
        assert_eq!(books.took_one().complete, [1]);
        books.announced(2, 0, 1);
        books.announced(3, 1, 1);
        let tied = books.took_one();
        assert_eq!((tied.tie, tied.complete.len()), (Tie::Ambiguous, 0));
        let tied = books.took_one();
        assert_eq!(tied.complete, [2, 3], "both are taken, whichever was which");
        assert_eq!(books.took_one().tie, Tie::Unknown);
    }

    #[test]
    fn the_first_value_is_nobodys_message() {
        let mut books = Counter::default();
        books.nameless(1);
        let tied = books.took_one();
        assert_eq!((tied.tie, tied.complete.len()), (Tie::Certain, 0));
        books.nameless(1);
        books.announced(1, 0, 1);
        assert_eq!(books.took_one().tie, Tie::Ambiguous);
        assert!(books.removed().is_empty(), "it may be what was taken");
        books.announced(2, 0, 1);
        assert_eq!(books.removed().len(), 1);
    }

    #[test]
    fn many_additions_end() {
        let mut books = Counter::default();
        (0..2_000).for_each(|msg| books.announced(msg, 0, 1));
        assert_eq!(books.took_all(1_500).complete.len(), 1_500);
        assert_eq!(books.units(), 500);
    }
}
