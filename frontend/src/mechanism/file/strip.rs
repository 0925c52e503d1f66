//! What lies on a strip of bytes: blocks by who wrote them, carets, brackets; and the bytes as text.

use shared::{
    event::{LockKind, LockMode},
    ids::{MsgId, WorkerId},
    state::{Object, RunState},
};

/// Bytes shown as text.
const SHOWN: usize = 240;

/// Bytes of one writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// First byte.
    pub from: u64,
    /// One past the last byte.
    pub to: u64,
    /// The letter of who wrote it, if that was seen.
    pub letter: Option<char>,
    /// As part of which message.
    pub msg: Option<MsgId>,
}

/// Where an open file reads or writes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caret {
    /// Whose.
    pub who: String,
    /// Its letter.
    pub letter: Option<char>,
    /// Under which descriptor.
    pub fd: i32,
    /// Bytes from the start.
    pub pos: u64,
}

/// A lock, or somebody who waits for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bracket {
    /// Whose; of a program outside, or where the kernel does not say, nobody's.
    pub who: Option<String>,
    /// Its letter.
    pub letter: Option<char>,
    /// First byte.
    pub from: u64,
    /// One past the last; absent for the end, wherever that is.
    pub to: Option<u64>,
    /// It waits.
    pub waiting: bool,
    /// Several can have it.
    pub shared: bool,
    /// Which call made it.
    pub kind: LockKind,
}

impl Bracket {
    /// `writer has flock, exclusive, the whole file`
    pub fn words(&self) -> String {
        let who = self.who.as_deref().unwrap_or("a program outside");
        let does = if self.waiting { "waits for" } else { "has" };
        let kind = match self.kind {
            LockKind::Flock => "flock",
            LockKind::Posix => "F_SETLK",
            LockKind::Ofd => "F_OFD_SETLK",
        };
        let mode = if self.shared { "shared" } else { "exclusive" };
        let range = match (self.from, self.to) {
            (0, None) => "the whole file".to_owned(),
            (from, None) => format!("from byte {from} on"),
            (from, Some(to)) => format!("bytes {from} to {}", to.saturating_sub(1)),
        };
        format!("{who} {does} {kind}, {mode}, {range}")
    }
}

/// Text that one writer wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The letter of who wrote it, if that was seen.
    pub letter: Option<char>,
    /// Its bytes as text.
    pub text: String,
}

fn letter_of(run: &RunState, worker: &WorkerId) -> Option<char> {
    run.worker(worker)?.letter
}

/// Who wrote what, up to `len`; bytes that were not looked at are nobody's.
pub(super) fn blocks(run: &RunState, object: &Object, len: u64) -> Vec<Block> {
    let Some(content) = &object.content else {
        return Vec::new();
    };
    let mut blocks: Vec<Block> = content
        .writers
        .iter()
        .map(|wrote| Block {
            from: wrote.from,
            to: wrote.to.min(len),
            letter: wrote.worker.as_ref().and_then(|who| letter_of(run, who)),
            msg: wrote.msg,
        })
        .filter(|block| block.from < block.to)
        .collect();
    let seen = blocks.last().map_or(0, |block| block.to);
    if seen < len {
        let (letter, msg) = (None, None);
        blocks.push(Block {
            from: seen,
            to: len,
            letter,
            msg,
        });
    }
    blocks
}

/// One past the last byte that is not zero, of a file that is mapped and looked at: only a part of it is used as a rule.
pub(super) fn used(object: &Object) -> Option<u64> {
    let content = object
        .content
        .as_ref()
        .filter(|_| !object.mappings.is_empty())?;
    let bytes = shared::codec::parse_hex(&content.hex).ok()?;
    let used = bytes.iter().rposition(|byte| *byte != 0);
    Some(content.at + used.map_or(0, |at| at as u64 + 1))
}

pub(super) fn carets(run: &RunState, object: &Object) -> Vec<Caret> {
    let offsets = object.offsets.iter();
    offsets
        .map(|offset| Caret {
            who: offset.worker.to_string(),
            letter: letter_of(run, &offset.worker),
            fd: offset.fd,
            pos: offset.pos,
        })
        .collect()
}

pub(super) fn brackets(run: &RunState, object: &Object) -> Vec<Bracket> {
    let locks = object.locks.iter();
    locks
        .map(|lock| Bracket {
            who: lock.worker.as_ref().map(ToString::to_string),
            letter: lock.worker.as_ref().and_then(|who| letter_of(run, who)),
            from: lock.from,
            to: lock.to,
            waiting: lock.waiting,
            shared: lock.mode == LockMode::Shared,
            kind: lock.kind,
        })
        .collect()
}

/// The first bytes as text, without the zeros at their end.
pub(super) fn text(run: &RunState, object: &Object) -> Vec<Run> {
    let Some(content) = &object.content else {
        return Vec::new();
    };
    let bytes = shared::codec::parse_hex(&content.hex).unwrap_or_default();
    let used = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |at| at + 1);
    let bytes = bytes.get(..used.min(SHOWN)).unwrap_or_default();
    let mut runs: Vec<Run> = Vec::new();
    for (at, byte) in (content.at..).zip(bytes) {
        let mut writers = content.writers.iter();
        let wrote = writers.find(|wrote| wrote.from <= at && at < wrote.to);
        let letter = wrote
            .and_then(|wrote| wrote.worker.as_ref())
            .and_then(|who| letter_of(run, who));
        let shown = match byte {
            b'\n' => '↵',
            b' '..=b'~' => char::from(*byte),
            _ => '·',
        };
        match runs.last_mut() {
            Some(last) if last.letter == letter => last.text.push(shown),
            _ => runs.push(Run {
                letter,
                text: shown.to_string(),
            }),
        }
    }
    if used > SHOWN
        && let Some(last) = runs.last_mut()
    {
        last.text.push('…');
    }
    runs
}
