//! The events of a run, in order, each kept as the JSON text it is sent and stored as.

use super::{Limits, budget::Budget};
use shared::{
    event::Event,
    ids::Seq,
    state::{RunState, apply},
};
use std::{collections::VecDeque, fmt::Write as _, sync::Arc};

/// The newest events of a run and the fold of all others; nothing is lost, only its detail.
#[derive(Debug)]
pub struct Journal {
    lines: VecDeque<Line>,
    /// Fold of all events that are not in `lines` any more.
    base: RunState,
    /// Fold of all events.
    state: RunState,
    /// Bytes ever appended; the difference of two marks is what lies between them.
    appended: u64,
    bytes: u64,
    max_events: u64,
    max_bytes: u64,
    budget: Arc<Budget>,
}

#[derive(Debug)]
struct Line {
    json: Box<str>,
    /// [`Journal::appended`] after this one.
    mark: u64,
}

/// A frame's worth of events.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The events' JSON with commas between.
    pub(super) json: String,
    /// `seq` of the last one.
    pub(super) last: Seq,
    /// How many.
    pub(super) count: u64,
}

impl Journal {
    /// An empty one; `state` is what is known before the first event.
    pub(super) fn new(state: RunState, limits: &Limits, budget: Arc<Budget>) -> Self {
        Self {
            lines: VecDeque::new(),
            base: state.clone(),
            state,
            appended: 0,
            bytes: 0,
            max_events: limits.journal_events.max(1),
            max_bytes: limits.journal_bytes,
            budget,
        }
    }

    /// Adds the event that must be next, as it is and as text.
    pub(super) fn append(&mut self, event: &Event, json: &str) {
        apply(&mut self.state, event);
        let len = length(json);
        self.appended += len;
        self.bytes += len;
        self.budget.take(len);
        self.lines.push_back(Line {
            json: json.into(),
            mark: self.appended,
        });
        while self.count() > self.max_events || self.bytes > self.max_bytes && self.count() > 1 {
            self.drop_oldest();
        }
    }

    /// Drops events until all journals of the server fit, but keeps the newest ones of this run.
    pub(super) fn shrink(&mut self) {
        const KEEP: u64 = 256;
        while self.budget.is_over() && self.count() > KEEP {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        let Some(line) = self.lines.pop_front() else {
            return;
        };
        let len = length(&line.json);
        self.bytes -= len;
        self.budget.give_back(len);
        // It was written by us from an event, so it can be read; if not, the fold lacks one event and `seq` goes on.
        match serde_json::from_str::<Event>(&line.json) {
            Ok(event) => apply(&mut self.base, &event),
            Err(error) => tracing::error!(%error, "an event of a journal cannot be read back"),
        }
    }

    fn count(&self) -> u64 {
        self.lines.len().try_into().unwrap_or(u64::MAX)
    }

    /// `seq` of the last event; 0 before the first.
    pub fn last(&self) -> Seq {
        self.state.seq
    }

    /// `seq` of the oldest event that is still here; one past the last when none is.
    pub fn oldest(&self) -> Seq {
        self.last() + 1 - self.count()
    }

    /// Fold of all events.
    pub fn state(&self) -> &RunState {
        &self.state
    }

    /// Fold of the events before [`Journal::oldest`].
    pub fn base(&self) -> &RunState {
        &self.base
    }

    /// Bytes of the events after `seq`.
    pub(super) fn bytes_after(&self, seq: Seq) -> u64 {
        if seq >= self.last() {
            return 0;
        }
        let before = seq
            .checked_sub(self.oldest())
            .and_then(|index| self.lines.get(usize::try_from(index).ok()?));
        self.appended - before.map_or(self.appended - self.bytes, |line| line.mark)
    }

    /// The events after `after` up to and with `until`, as many as fit in `max_bytes` and `max_count`, at least one if
    /// there is one.
    pub(super) fn piece(
        &self,
        after: Seq,
        until: Seq,
        max_bytes: usize,
        max_count: u64,
    ) -> Option<Piece> {
        let first = after.max(self.oldest() - 1) + 1;
        let until = until
            .min(self.last())
            .min((first - 1).saturating_add(max_count));
        let mut piece = Piece {
            json: String::new(),
            last: first - 1,
            count: 0,
        };
        for seq in first..=until {
            let line = self.lines.get(usize::try_from(seq - self.oldest()).ok()?)?;
            if piece.count > 0 {
                if piece.json.len() + 1 + line.json.len() > max_bytes {
                    break;
                }
                piece.json.push(',');
            } else {
                let rest = usize::try_from(self.bytes_after(seq)).unwrap_or(max_bytes);
                piece.json.reserve((line.json.len() + rest).min(max_bytes));
            }
            piece.json.push_str(&line.json);
            piece.last = seq;
            piece.count += 1;
        }
        (piece.count > 0).then_some(piece)
    }

    /// The JSON of the events after `after` up to and with `until`, as many as fit in `max_bytes`, and the `seq` of the last.
    pub fn between(&self, after: Seq, until: Seq, max_bytes: usize) -> Option<(String, Seq)> {
        self.piece(after, until, max_bytes, u64::MAX)
            .map(|piece| (piece.json, piece.last))
    }

    /// The events after `after` up to and with `until`, one a line, about `max_bytes` of them.
    pub fn lines(&self, after: Seq, until: Seq, max_bytes: usize) -> (String, Seq) {
        let (mut text, mut last) = (String::new(), after);
        let before = after.max(self.oldest() - 1);
        let index = |seq: Seq| usize::try_from(seq).unwrap_or(usize::MAX);
        let skip = index(before + 1 - self.oldest());
        let count = index(until.saturating_sub(before));
        for (line, seq) in self.lines.iter().skip(skip).take(count).zip(before + 1..) {
            let _infallible = writeln!(text, "{}", line.json);
            last = seq;
            if text.len() >= max_bytes {
                break;
            }
        }
        (text, last)
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes);
    }
}

fn length(json: &str) -> u64 {
    json.len().try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Budget, Journal, Seq};
    use crate::lab::{Limits, fake::event};
    use shared::state::{RunState, apply};
    use std::sync::Arc;

    fn journal(max_events: u64, events: u64) -> Journal {
        let limits = Limits {
            journal_events: max_events,
            ..Limits::default()
        };
        let mut journal = Journal::new(
            RunState::default(),
            &limits,
            Arc::new(Budget::new(u64::MAX)),
        );
        for seq in 1..=events {
            let event = event(seq);
            journal.append(&event, &serde_json::to_string(&event).unwrap());
        }
        journal
    }

    #[test]
    fn the_oldest_go_and_stay_in_the_fold() {
        let journal = journal(10, 25);
        assert_eq!(
            (journal.oldest(), journal.last(), journal.base().seq),
            (16, 25, 15)
        );
        let mut state = journal.base().clone();
        for seq in 16..=25 {
            apply(&mut state, &event(seq));
        }
        assert_eq!(&state, journal.state());
    }

    #[test]
    fn pieces_follow_each_other_without_gap_or_overlap() {
        let journal = journal(1000, 100);
        let (mut after, mut seen) = (3, Vec::new());
        while let Some(piece) = journal.piece(after, 90, 700, u64::MAX) {
            assert!(piece.json.len() <= 700 || piece.count == 1);
            let events: Vec<shared::event::Event> =
                serde_json::from_str(&format!("[{}]", piece.json)).unwrap();
            seen.extend(events.iter().map(|event| event.seq));
            after = piece.last;
        }
        assert_eq!(seen, (4..=90).collect::<Vec<_>>());
    }

    #[test]
    fn bytes_are_counted_from_any_place() {
        let journal = journal(10, 25);
        let last = journal.piece(24, u64::MAX, usize::MAX, u64::MAX).unwrap();
        assert_eq!(journal.bytes_after(24), last.json.len() as u64);
        assert_eq!(journal.bytes_after(25), 0);
        assert_eq!(journal.bytes_after(0), journal.bytes_after(15));
        assert_eq!(journal.budget.used(), journal.bytes_after(0));
    }

    #[test]
    fn a_file_of_lines_has_every_event_once() {
        let journal = journal(10, 25);
        let (mut after, mut text) = (0, String::new());
        while after < journal.last() {
            let (lines, last) = journal.lines(after, Seq::MAX, 200);
            text.push_str(&lines);
            after = last;
        }
        assert_eq!(text.lines().count(), 10);
    }
}
