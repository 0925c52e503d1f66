//! The newest frames for all watchers of a run, each encoded once.

use crate::lab::Frame;
use shared::ids::{RunId, Seq};
use std::collections::VecDeque;

/// A frame, and what is in it.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Counts the runs that were shown, so that a `seq` of one is not taken for one of another.
    pub(super) run: u64,
    /// Its name.
    pub(super) id: RunId,
    pub(super) what: What,
    pub(super) frame: Frame,
}

/// What a frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The events after `after`, up to `last`.
    Events { after: Seq, last: Seq },
    /// The whole state at `seq`; events between were left out, unless another run begins with it.
    State { seq: Seq },
    /// Where the presenter is.
    Place,
}

impl Item {
    /// What it tells is part of the state.
    fn is_in(&self, entry: &Entry) -> bool {
        match self.what {
            What::Events { last: seq, .. } | What::State { seq } => {
                self.run == entry.run && seq <= entry.seq
            }
            What::Place => false,
        }
    }
}

/// A state to begin with: what comes after it stands in the ring from `index` on.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) index: u64,
    pub(super) run: u64,
    pub(super) id: RunId,
    pub(super) seq: Seq,
    pub(super) state: Frame,
}

/// Frames by index. Bounded by their bytes; the oldest go.
#[derive(Debug)]
pub(super) struct Ring {
    items: VecDeque<Item>,
    /// Index of the first item that is here.
    first: u64,
    bytes: u64,
    most: u64,
    entry: Option<Entry>,
    /// How far the broadcast is: the run and its last event.
    pub(super) at: (u64, Seq),
    /// The run of `at`.
    pub(super) shown: Option<RunId>,
    /// Where the presenter was last.
    pub(super) place: Option<Frame>,
    /// Nobody watches, so that `at` stands still.
    pub(super) asleep: bool,
}

impl Ring {
    pub(super) fn new(most: u64) -> Self {
        Self {
            items: VecDeque::new(),
            first: 0,
            bytes: 0,
            most,
            entry: None,
            at: (0, 0),
            shown: None,
            place: None,
            asleep: true,
        }
    }

    /// Index of the item that comes next.
    pub(super) fn next(&self) -> u64 {
        self.first + self.items.len() as u64
    }

    pub(super) fn push(&mut self, item: Item) {
        self.at = match item.what {
            What::Events { last: seq, .. } | What::State { seq } => (item.run, seq),
            What::Place => {
                self.place = Some(item.frame.clone());
                self.at
            }
        };
        self.bytes += item.frame.len() as u64;
        self.items.push_back(item);
        while self.bytes > self.most && self.items.len() > 1 {
            if let Some(old) = self.items.pop_front() {
                self.bytes -= old.frame.len() as u64;
                self.first += 1;
            }
        }
    }

    /// Nobody reads them.
    pub(super) fn clear(&mut self) {
        self.first = self.next();
        self.items.clear();
        self.bytes = 0;
        self.entry = None;
    }

    /// The item of that index; `Err` if it is gone.
    pub(super) fn get(&self, index: u64) -> Result<Option<&Item>, ()> {
        let at = index.checked_sub(self.first).ok_or(())?;
        Ok(usize::try_from(at).ok().and_then(|at| self.items.get(at)))
    }

    /// From now on newcomers begin with this.
    pub(super) fn begin_with(&mut self, entry: Entry) {
        self.entry = Some(entry);
    }

    /// A state to begin with, unless so much came after it that a new one is cheaper. What is in it already may still stand in
    /// the ring behind it, for those who were there before.
    pub(super) fn entry(&self) -> Option<&Entry> {
        let entry = self.entry.as_ref()?;
        let since = entry.index.checked_sub(self.first)?;
        let since = usize::try_from(since).ok()?;
        let news = self.items.range(since..).filter(|item| !item.is_in(entry));
        let after: usize = news.map(|item| item.frame.len()).sum();
        (after <= entry.state.len().max(FRESH)).then_some(entry)
    }
}

/// A state after which there are at most so many bytes of frames is still good to begin with.
const FRESH: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::{Entry, Frame, Item, Ring, RunId, What};

    fn item(last: u64) -> Item {
        Item {
            run: 1,
            id: RunId::new("r"),
            what: What::Events {
                after: last - 1,
                last,
            },
            frame: Frame::from("x".repeat(1000)),
        }
    }

    #[test]
    fn the_oldest_go_and_whoever_was_there_is_told() {
        let mut ring = Ring::new(10_000);
        for last in 1..=25 {
            ring.push(item(last));
        }
        assert_eq!((ring.next(), ring.at), (25, (1, 25)));
        assert!(ring.get(14).is_err(), "gone");
        let last = ring.get(24).unwrap().unwrap().what;
        assert_eq!(
            last,
            What::Events {
                after: 24,
                last: 25
            }
        );
        assert!(ring.get(25).unwrap().is_none(), "not there yet");
        ring.clear();
        assert!(ring.get(24).is_err() && ring.next() == 25);
    }

    #[test]
    fn a_state_grows_old() {
        let mut ring = Ring::new(100_000);
        ring.begin_with(Entry {
            index: 0,
            run: 1,
            id: RunId::new("r"),
            seq: 0,
            state: Frame::from("s".to_owned()),
        });
        let mut kept = 0;
        while ring.entry().is_some() {
            kept += 1;
            ring.push(item(kept));
        }
        assert_eq!(kept, 17, "16 KiB after it, and one more");
    }
}
