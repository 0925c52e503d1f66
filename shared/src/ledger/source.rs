//! One send into an object, as far as it is known.

use crate::{
    event::Part,
    ids::{MsgId, ObjectId, WorkerId},
    os::PIPE_BUF,
};

/// A moment in the order of observation; also names a source, by the moment its send was entered.
pub(super) type Stamp = u64;

/// What the bytes of a send are.
#[derive(Clone, Debug)]
pub(super) enum Label {
    /// Bytes of a message, from this one on.
    Message { msg: MsgId, base: u64 },
    /// Bytes that splice or tee brought from another object.
    Brought {
        from: ObjectId,
        parts: Vec<Part>,
        copy: bool,
    },
    /// Parts of many messages, and bytes of a protocol, which are of none.
    Framed { parts: Vec<Part> },
}

/// One send: a call, or in an untraced run a report.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) label: Label,
    pub(super) worker: WorkerId,
    /// Known by report only: its order against other workers' sends is not known.
    pub(super) reported: bool,
    /// Bytes it wanted to move.
    pub(super) offered: u64,
    /// Bytes it has moved; not known before it returned, nor when its process died in it.
    pub(super) moved: Option<u64>,
    /// When its return, or its process's death, was observed.
    pub(super) over: Option<Stamp>,
    /// Its bytes stand together, pipe(7): never more than [`PIPE_BUF`].
    pub(super) atomic: bool,
    /// Its first bytes, as far as they were seen.
    pub(super) content: Vec<u8>,
}

impl Source {
    pub(super) fn new(label: Label, worker: &WorkerId, offered: u64, content: &[u8]) -> Self {
        let atomic = matches!(label, Label::Message { .. }) && offered <= PIPE_BUF;
        Self {
            label,
            worker: worker.clone(),
            reported: false,
            offered,
            moved: None,
            over: None,
            atomic,
            content: content.to_vec(),
        }
    }

    /// What of it is of no message is known to be of none.
    pub(super) fn framed(&self) -> bool {
        matches!(self.label, Label::Framed { .. })
    }

    /// Bytes it can have put in at most.
    pub(super) fn most(&self) -> u64 {
        self.moved.unwrap_or(self.offered)
    }

    /// It may have put in no more than `consumed`, though we cannot know: its process died in the call.
    pub(super) fn may_be_over(&self, consumed: u64) -> bool {
        self.over.is_some() && self.moved.is_none() && (!self.atomic || consumed == 0)
    }

    /// The bytes `[from, to)` of this send as bytes of messages.
    pub(super) fn parts(&self, from: u64, to: u64) -> Vec<Part> {
        match &self.label {
            Label::Message { msg, base } => vec![Part {
                msg: Some(*msg),
                from: base + from,
                to: base + to,
            }],
            Label::Brought { parts, .. } | Label::Framed { parts } => cut(parts, from, to),
        }
    }

    /// How many of at most `len` received bytes can be this source's bytes from `offset` on. What was not seen agrees.
    pub(super) fn agreeing(&self, offset: u64, received: &[u8], len: u64) -> u64 {
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let known = self.content.get(from..).unwrap_or_default();
        let differs = known
            .iter()
            .zip(received)
            .position(|(sent, got)| sent != got);
        differs.map_or(len, |at| len.min(at as u64))
    }
}

/// The bytes `[from, to)` of a row of parts.
pub(super) fn cut(parts: &[Part], from: u64, to: u64) -> Vec<Part> {
    let mut found = Vec::new();
    let mut at = 0;
    for part in parts {
        let end = at + (part.to - part.from);
        let (first, last) = (from.max(at), to.min(end));
        if first < last {
            found.push(Part {
                msg: part.msg,
                from: part.from + (first - at),
                to: part.from + (last - at),
            });
        }
        at = end;
    }
    if to > at {
        found.push(Part {
            msg: None,
            from: from.max(at),
            to,
        });
    }
    found
}
