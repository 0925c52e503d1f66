//! A shelf of envelopes: messages that are whole, the next to leave first.

use shared::{
    event::Item,
    ids::MsgId,
    state::{Object, RunState},
};

/// Envelopes drawn on all boards together.
const MOST_ENVELOPES: usize = 24;
/// Letters of a message that are shown.
const LETTERS: usize = 14;

/// A message on the shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Which; absent where only its content is known.
    pub msg: Option<MsgId>,
    /// Who sent it.
    pub letter: Option<char>,
    /// Priority or type.
    pub key: Option<i64>,
    /// Its first letters.
    pub text: String,
    /// Bytes.
    pub len: u64,
    /// The next that leaves, of all.
    pub front: bool,
}

/// Messages that leave in the order they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    /// Their priority, where there are several boards.
    pub priority: Option<i64>,
    /// The next to leave first.
    pub envelopes: Vec<Envelope>,
}

/// All messages that are known to be in a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    /// The board that is emptied first on top.
    pub boards: Vec<Board>,
    /// Messages that are not drawn.
    pub more: u64,
}

impl Shelf {
    /// What an object holds; a board for each key if `by_key`, else one board.
    pub fn of(run: &RunState, object: &Object, by_key: bool) -> Self {
        let mut shelf = Self::default();
        for (at, item) in object.items.iter().take(MOST_ENVELOPES).enumerate() {
            let priority = item.key.filter(|_| by_key);
            let envelope = envelope(run, item, at == 0);
            match shelf.boards.last_mut() {
                Some(board) if board.priority == priority => board.envelopes.push(envelope),
                _ => shelf.boards.push(Board {
                    priority,
                    envelopes: vec![envelope],
                }),
            }
        }
        let hidden = object.items.len().saturating_sub(MOST_ENVELOPES) as u64;
        shelf.more = object.more + hidden;
        shelf
    }
}

fn envelope(run: &RunState, item: &Item, front: bool) -> Envelope {
    let sender = item.msg.and_then(|msg| run.message(msg));
    let sender = sender.and_then(|message| run.worker(&message.worker));
    Envelope {
        msg: item.msg,
        letter: sender.and_then(|worker| worker.letter),
        key: item.key,
        text: shown(item),
        len: item.len,
        front,
    }
}

fn shown(item: &Item) -> String {
    let Some(text) = &item.preview.text else {
        return "…".to_owned();
    };
    let start: String = text.chars().take(LETTERS).collect();
    if start.len() as u64 == item.len {
        start
    } else {
        format!("{start}…")
    }
}
