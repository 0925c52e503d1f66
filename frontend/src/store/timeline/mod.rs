//! Where things stand in the timeline: by order, with labeled breaks where time passed, or by true time.
//!
//! `gather` reads events into spans that know their columns and times; this file turns columns or times into pixels.

mod ends;
mod gather;
mod spans;
#[cfg(test)]
mod tests;

pub use spans::Span;

use super::{EventLog, words};
use gather::Gathered;
use shared::{
    event::Source,
    ids::{CallId, MsgId, Seq, WorkerId},
    state::{RunState, Worker},
};
use spans::{Ends, find};

/// Drawn events of a window: what a screen or two of the timeline holds, and what a browser lays out in a frame.
pub const WINDOW: usize = 160;
/// Pixels of a column: room for `write 65,536`.
pub const COLUMN: u32 = 92;
/// Pixels of a lane: a bar, and a strip for freezes below.
pub const LANE: u32 = 48;
/// Pixels of the true-time axis at zoom 1.
const TRUE_WIDTH: u32 = 1_000;
/// Narrowest bar: it must still be hit with a pointer.
const NARROWEST: u32 = 6;
/// How far inside a bar a tie ends, so that it is seen to belong to it.
const INSET: u32 = 8;
/// Most ties drawn: more are a thicket.
const MOST_TIES: usize = 48;

/// What the horizontal axis is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Axis {
    /// One column an event, in the order in which the kernel did it.
    #[default]
    Order,
    /// As long as it took.
    True,
}

/// A window of the timeline.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// One a process, in the order of birth.
    pub lanes: Vec<Lane>,
    /// Bars, oldest first.
    pub bars: Vec<Bar>,
    /// Breaks.
    pub gaps: Vec<Gap>,
    /// Messages between lanes.
    pub ties: Vec<Tie>,
    /// Pixels across.
    pub width: u32,
    /// First and last event in the window.
    pub from: Seq,
    /// The last one.
    pub to: Seq,
    /// There is more before the window.
    pub older: bool,
    /// The time between its ends, in words.
    pub spans: String,
}

/// One process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Its name.
    pub worker: WorkerId,
    /// Its letter.
    pub letter: Option<char>,
}

/// Something that took from here to there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Which lane.
    pub lane: usize,
    /// Left edge, pixels.
    pub x: u32,
    /// Width, pixels.
    pub width: u32,
    /// What it is.
    pub span: Span,
    /// On the bar.
    pub label: String,
    /// In full.
    pub title: String,
    /// What is looked at when it is chosen.
    pub call: Option<CallId>,
    /// Of which event it is, for its key.
    pub seq: Seq,
}

/// A break: nothing happened for so long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Left edge, pixels.
    pub x: u32,
    /// How long, in words.
    pub label: String,
}

/// Bytes of a message that went from one process to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    /// The message.
    pub msg: MsgId,
    /// Lane and place it left.
    pub from: (usize, u32),
    /// Lane and place it arrived.
    pub to: (usize, u32),
    /// How it is known.
    pub source: Source,
    /// `#6 “hello”`.
    pub label: String,
}

impl Layout {
    /// The window that ends with event `until`.
    pub fn new(state: &RunState, log: &EventLog, until: Seq, axis: Axis, zoom: u32) -> Self {
        let gathered = gather::gather(state, log, until);
        let order = by_letter(state);
        let workers = order.iter().filter_map(|at| state.workers.get(*at));
        let lane = |worker: &Worker| Lane {
            worker: worker.id.clone(),
            letter: worker.letter,
        };
        let lanes = workers.map(lane).collect();
        let scale = Scale::new(&gathered, axis, zoom);
        let bars: Vec<Bar> = gathered
            .bars
            .iter()
            .map(|raw| {
                let (x, end) = scale.place(&raw.ends);
                Bar {
                    lane: order
                        .iter()
                        .position(|at| *at == raw.lane)
                        .unwrap_or_default(),
                    x,
                    width: end.saturating_sub(x).max(NARROWEST),
                    span: raw.span,
                    label: raw.label(),
                    title: raw.title.clone(),
                    call: raw.call,
                    seq: raw.seq,
                }
            })
            .collect();
        let gaps = match axis {
            Axis::True => Vec::new(),
            Axis::Order => {
                let gap = |&(column, ns): &(u32, u64)| Gap {
                    x: column * COLUMN,
                    label: format!("⋯ {} ⋯", words::duration(ns)),
                };
                gathered.gaps.iter().map(gap).collect()
            }
        };
        let ties = ties(state, &gathered, &bars);
        let spans = words::duration(gathered.last_ns.saturating_sub(gathered.first_ns));
        Self {
            lanes,
            bars,
            gaps,
            ties,
            width: scale.width,
            from: gathered.from,
            to: gathered.to,
            older: gathered.older,
            spans,
        }
    }

    /// Pixels from top to bottom.
    pub fn height(&self) -> u32 {
        u32::try_from(self.lanes.len()).unwrap_or_default() * LANE
    }
}

/// The workers, those with letters first: whoever was born first, a process has the same lane in every run.
fn by_letter(state: &RunState) -> Vec<usize> {
    let letter = |at: usize| state.workers.get(at).and_then(|worker| worker.letter);
    let mut order: Vec<usize> = Vec::new();
    for at in 0..state.workers.len() {
        let later = |known: &usize| match (letter(*known), letter(at)) {
            (known, Some(mine)) => known.is_none_or(|known| known > mine),
            (_, None) => false,
        };
        let place = order.iter().position(later).unwrap_or(order.len());
        order.insert(place, at);
    }
    order
}

/// From columns or nanoseconds to pixels.
struct Scale {
    axis: Axis,
    width: u32,
    first_ns: u64,
    span_ns: u64,
}

impl Scale {
    fn new(gathered: &Gathered, axis: Axis, zoom: u32) -> Self {
        let width = match axis {
            Axis::Order => gathered.columns * COLUMN,
            Axis::True => TRUE_WIDTH * zoom.max(1),
        };
        let span_ns = gathered.last_ns.saturating_sub(gathered.first_ns).max(1);
        Self {
            axis,
            width,
            first_ns: gathered.first_ns,
            span_ns,
        }
    }

    fn place(&self, ends: &Ends) -> (u32, u32) {
        match self.axis {
            Axis::Order => (ends.from * COLUMN + 2, (ends.to + 1) * COLUMN - 2),
            Axis::True => (self.at(ends.from_ns), self.at(ends.to_ns)),
        }
    }

    fn at(&self, ns: u64) -> u32 {
        let ns = u128::from(ns.saturating_sub(self.first_ns).min(self.span_ns));
        let room = u128::from(self.width.saturating_sub(NARROWEST));
        u32::try_from(ns * room / u128::from(self.span_ns)).unwrap_or_default()
    }
}

fn ties(state: &RunState, gathered: &Gathered, bars: &[Bar]) -> Vec<Tie> {
    let mut ties: Vec<Tie> = Vec::new();
    let mut add = |msg: MsgId, from: usize, to: usize, source: Source, label: String| {
        let (Some(from), Some(to)) = (bars.get(from), bars.get(to)) else {
            return;
        };
        // A message sets out when its send is entered and has arrived when its receive returns: never backwards in time,
        // though a reader may be seen to return before the write that fed it.
        let inset = |bar: &Bar| (bar.width / 2).min(INSET);
        let (start, end) = (from.x + inset(from), to.x + to.width - inset(to));
        let tie = Tie {
            msg,
            from: (from.lane, start),
            to: (to.lane, end),
            source,
            label,
        };
        // Messages of merged bars leave from and arrive at the same places.
        if !ties
            .iter()
            .any(|known| (known.from, known.to) == (tie.from, tie.to))
        {
            ties.push(tie);
        }
    };
    for message in state.messages.iter().rev().take(2 * MOST_TIES) {
        let label = || format!("#{} {}", message.id, words::quoted(&message.preview));
        if let Some(send) = message
            .sends
            .iter()
            .find_map(|call| find(&gathered.of_call, *call))
        {
            for receive in message
                .receives
                .iter()
                .filter_map(|call| find(&gathered.of_call, *call))
            {
                add(message.id, send, receive, Source::Call, label());
            }
        }
        if let Some(send) = find(&gathered.reported_send, message.id) {
            for (_, receive) in gathered
                .reported_receive
                .iter()
                .filter(|known| known.0 == message.id)
            {
                let memory = gathered
                    .bars
                    .get(*receive)
                    .is_some_and(|bar| bar.span == Span::Memory);
                let source = if memory {
                    Source::Memory
                } else {
                    Source::Report
                };
                add(message.id, send, *receive, source, label());
            }
        }
    }
    ties.truncate(MOST_TIES);
    ties
}
