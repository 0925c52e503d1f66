//! The events a page has seen of a run, by `seq`: cheap to append to, cheap to clone, bounded.

use shared::{event::Event, ids::Seq};
use std::{collections::VecDeque, rc::Rc};

/// Most events kept; a lesson has some hundreds, a flood some ten thousands. Older ones are only counted.
pub const KEEP: usize = 200_000;
/// Events of a chunk: what one append copies at most while a view still holds the last log.
const CHUNK: usize = 512;

/// Events by `seq`, with holes where none arrived.
#[derive(Clone, Debug, Default)]
pub struct EventLog {
    chunks: VecDeque<Rc<Vec<Option<Rc<Event>>>>>,
    /// `seq` of the first place of the first chunk.
    base: Seq,
    /// One past the last `seq` there is a place for.
    end: Seq,
    len: usize,
    dropped: u64,
    /// Events that came in before the last.
    mended: u64,
}

impl PartialEq for EventLog {
    /// Logs of one run are equal if as many events came and went: an event never changes.
    fn eq(&self, other: &Self) -> bool {
        (self.base, self.end, self.len) == (other.base, other.end, other.len)
            && match (self.chunks.back(), other.chunks.back()) {
                (Some(a), Some(b)) => {
                    Rc::ptr_eq(a, b)
                        || matches!((a.iter().flatten().next_back(), b.iter().flatten().next_back()), (Some(a), Some(b)) if Rc::ptr_eq(a, b))
                }
                (a, b) => a.is_none() && b.is_none(),
            }
    }
}

impl EventLog {
    /// Events that are here.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Nothing is here.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Events that were here and had to go.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How often an event came in before the last one: who has looked at the log already must look again.
    pub fn mended(&self) -> u64 {
        self.mended
    }

    /// The first and the last `seq` there is a place for; `None` when empty.
    pub fn range(&self) -> Option<(Seq, Seq)> {
        (self.len > 0).then(|| (self.base, self.end.saturating_sub(1)))
    }

    /// The event of that `seq`.
    pub fn get(&self, seq: Seq) -> Option<&Rc<Event>> {
        let at = usize::try_from(seq.checked_sub(self.base)?).ok()?;
        self.chunks.get(at / CHUNK)?.get(at % CHUNK)?.as_ref()
    }

    /// Puts an event in its place; false if it was there already or is too old to be kept.
    pub fn insert(&mut self, event: Rc<Event>) -> bool {
        let seq = event.seq;
        if self.chunks.is_empty() {
            self.base = seq;
            self.end = seq;
        }
        while seq < self.base {
            if self.chunks.len() * CHUNK >= KEEP
                || self.base - seq > Seq::try_from(KEEP).unwrap_or(Seq::MAX)
            {
                return false;
            }
            self.lower();
        }
        let Ok(at) = usize::try_from(seq - self.base) else {
            return false;
        };
        if at / CHUNK >= self.chunks.len() + KEEP / CHUNK {
            // So far ahead that all else would have to go: begin anew.
            self.dropped += Seq::try_from(self.len).unwrap_or_default();
            *self = Self {
                dropped: self.dropped,
                mended: self.mended + 1,
                ..Self::default()
            };
            return self.insert(event);
        }
        while at / CHUNK >= self.chunks.len() {
            self.chunks.push_back(Rc::default());
        }
        let Some(chunk) = self.chunks.get_mut(at / CHUNK).map(Rc::make_mut) else {
            return false;
        };
        if chunk.len() <= at % CHUNK {
            chunk.resize(at % CHUNK + 1, None);
        }
        let Some(place) = chunk.get_mut(at % CHUNK) else {
            return false;
        };
        if place.is_some() {
            return false;
        }
        *place = Some(event);
        self.len += 1;
        self.mended += u64::from(seq + 1 < self.end);
        self.end = self.end.max(seq + 1);
        while self.chunks.len() * CHUNK > KEEP + CHUNK {
            self.raise();
        }
        true
    }

    /// Events from `from` up to and without `to`, in order, without the holes.
    pub fn between(&self, from: Seq, to: Seq) -> impl DoubleEndedIterator<Item = &Rc<Event>> {
        (from.max(self.base)..to.min(self.end)).filter_map(|seq| self.get(seq))
    }

    /// All events, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Rc<Event>> {
        self.between(self.base, self.end)
    }

    /// Makes room for a chunk before the first.
    fn lower(&mut self) {
        let by = Seq::try_from(CHUNK).unwrap_or(Seq::MAX).min(self.base);
        if by < Seq::try_from(CHUNK).unwrap_or(Seq::MAX) {
            // Places before 0 stay empty: shift by copying, which happens once a run at most.
            let events: Vec<_> = self.iter().cloned().collect();
            *self = Self {
                dropped: self.dropped,
                mended: self.mended + 1,
                chunks: VecDeque::from([Rc::default()]),
                ..Self::default()
            };
            for event in events {
                self.insert(event);
            }
        } else {
            self.chunks.push_front(Rc::default());
            self.base -= by;
        }
    }

    /// Lets the oldest chunk go.
    fn raise(&mut self) {
        if let Some(chunk) = self.chunks.pop_front() {
            let gone = chunk.iter().flatten().count();
            self.len -= gone;
            self.dropped += Seq::try_from(gone).unwrap_or_default();
            self.base += Seq::try_from(CHUNK).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CHUNK, EventLog, KEEP};
    use crate::store::testing::event;
    use shared::ids::Seq;
    use std::rc::Rc;

    fn seqs(log: &EventLog) -> Vec<Seq> {
        log.iter().map(|event| event.seq).collect()
    }

    #[test]
    fn a_duplicate_is_not_kept_and_a_hole_is_filled_later() {
        let mut log = EventLog::default();
        for seq in [5, 6, 9, 6, 7, 2, 8, 5] {
            log.insert(Rc::new(event(seq)));
        }
        assert_eq!(seqs(&log), [2, 5, 6, 7, 8, 9]);
        assert_eq!((log.len(), log.get(3).is_none()), (6, true));
    }

    #[test]
    fn old_events_go_and_are_counted() {
        let mut log = EventLog::default();
        let last = Seq::try_from(KEEP + 3 * CHUNK).unwrap();
        for seq in 1..=last {
            log.insert(Rc::new(event(seq)));
        }
        assert!(log.len() <= KEEP + CHUNK);
        assert_eq!(log.dropped() + Seq::try_from(log.len()).unwrap(), last);
        assert_eq!(log.range().map(|range| range.1), Some(last));
        assert!(!log.insert(Rc::new(event(1))), "too old to be kept");
    }

    #[test]
    fn appending_changes_a_log_and_a_clone_keeps_its_own() {
        let mut log = EventLog::default();
        log.insert(Rc::new(event(1)));
        let before = log.clone();
        log.insert(Rc::new(event(2)));
        assert_ne!(before, log);
        assert_eq!((before.len(), log.len()), (1, 2));
        assert_eq!(log.clone(), log);
    }
}
