//! The picture of signals and events, without drawing it: lamps and what is on its way to them; a counter; a bench.

mod board;
mod count;

#[cfg(test)]
mod tests;

pub use board::{Board, Does, Lamp, Row, Token};
pub use count::Count;

use shared::state::{Message, RunState};

/// What stands in the middle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    /// The receiver's signals.
    Board(Board),
    /// An eventfd or a semaphore.
    Count(Box<Count>),
}

impl Picture {
    /// The picture of a run; of one that has not begun, too.
    pub fn of(run: &RunState) -> Self {
        match run.variant.as_str() {
            "eventfd" | "semaphore" => Self::Count(Box::new(Count::of(run))),
            _ => Self::Board(Board::of(run)),
        }
    }
}

/// A message that was sent and did not arrive, as far as is known.
fn on_its_way(message: &Message) -> bool {
    !message.arrived && !message.lost && message.sent.is_none_or(|sent| sent.errno.is_none())
}
