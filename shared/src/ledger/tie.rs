//! From pieces of sends to parts of messages.

use super::{
    Ledger, Tied,
    books::Books,
    explain::{Piece, Take},
    source::{Label, Source, Stamp, cut},
    stream::{Stream, Taken},
};
use crate::{
    event::{Part, Tie},
    ids::{MsgId, ObjectId},
};
use std::collections::BTreeMap;

/// Splices under way that lead from object to object; two that lead in a circle would have no end.
pub(super) const MAX_SPLICES: u32 = 8;

impl Ledger {
    /// What a receive got, in messages.
    pub(super) fn tie(&self, object: &ObjectId, taken: &Taken, tied: &mut Tied) {
        tied.tie = taken.tie;
        let parts = tied_pieces(&self.streams, object, taken, MAX_SPLICES)
            .into_iter()
            .map(|(part, _)| part);
        tied.parts = parts.collect();
        let nameless = tied.parts.iter().any(|part| part.msg.is_none());
        let Some(stream) = self.streams.get(object) else {
            return;
        };
        let framed = |piece: &Piece| {
            let source = piece.0.and_then(|id| stream.sources.get(&id));
            source.is_some_and(Source::framed)
        };
        if tied.tie == Tie::Certain && nameless && !taken.pieces.iter().all(framed) {
            tied.tie = Tie::Unknown;
        }
        let parts = |take: &Take| match stream.sources.get(&take.source) {
            Some(source) => source.parts(take.from, take.to),
            None => Vec::new(),
        };
        tied.candidates = taken
            .candidates
            .iter()
            .flat_map(parts)
            .filter(|part| part.msg.is_some())
            .collect();
        if tied.tie == Tie::Ambiguous {
            // All that fit are named: those that are certain as well.
            tied.candidates
                .extend(tied.parts.iter().filter(|part| part.msg.is_some()));
        }
        tied.candidates
            .sort_by_key(|part| (part.msg, part.from, part.to));
        tied.candidates.dedup();
        tied.lost = taken.discarded.iter().flat_map(parts).collect();
        join(&mut tied.parts);
    }

    /// Forgets sends that are used up, and says which of the messages named are complete now.
    pub(super) fn settle(
        &mut self,
        object: &ObjectId,
        left: Option<Stamp>,
        named: &[MsgId],
    ) -> Vec<MsgId> {
        let mut named = named.to_vec();
        let gone = self
            .streams
            .get_mut(object)
            .map(|stream| stream.used_up(left))
            .unwrap_or_default();
        for (id, source) in &gone {
            named.extend(self.books.release(object, *id, source));
        }
        named.sort_unstable();
        named.dedup();
        let mut complete = Vec::new();
        for msg in named {
            let Some(book) = self.books.get(msg) else {
                continue;
            };
            let taken = |(object, id): &(ObjectId, Stamp)| {
                self.streams.get(object).map_or(0, |s| s.taken_of(*id).0)
            };
            let taken: u64 = book.live.iter().map(taken).sum();
            let received =
                (book.used_up + taken + book.elsewhere).saturating_sub(book.passed + book.thrown);
            if !book.complete && received > 0 && book.len.is_some_and(|len| received >= len) {
                book.complete = true;
                complete.push(msg);
            }
            self.books.tidy(msg);
        }
        complete
    }
}

impl Books {
    /// A send of a message is used up, or its object is gone; the messages it was of.
    pub(super) fn release(&mut self, object: &ObjectId, id: Stamp, source: &Source) -> Vec<MsgId> {
        match &source.label {
            Label::Message { msg, .. } => {
                if let Some(book) = self.get(*msg) {
                    book.live.retain(|(of, live)| *live != id || of != object);
                    book.used_up += source.moved.unwrap_or(0);
                }
                vec![*msg]
            }
            Label::Brought { parts, .. } => parts.iter().filter_map(|part| part.msg).collect(),
            // Its messages are in books of their own.
            Label::Framed { .. } => Vec::new(),
        }
    }
}

/// The pieces of a receive as parts, and whether each is of a message sent into this very object (or a mere copy).
pub(super) fn tied_pieces(
    streams: &BTreeMap<ObjectId, Stream>,
    object: &ObjectId,
    taken: &Taken,
    depth: u32,
) -> Vec<(Part, bool)> {
    let mut found = Vec::new();
    let mut at = 0;
    for (id, from, to) in &taken.pieces {
        let len = to - from;
        let source = id.and_then(|id| streams.get(object)?.sources.get(&id));
        let parts = match source {
            None => vec![Part {
                msg: None,
                from: at,
                to: at + len,
            }],
            // A splice that is still under way: its bytes are the next ones of where it takes them from.
            Some(Source {
                label: Label::Brought { from: origin, .. },
                moved: None,
                ..
            }) if depth > 0 => {
                let next = Taken {
                    pieces: peek(streams, origin, *to),
                    ..Taken::default()
                };
                let parts: Vec<_> = tied_pieces(streams, origin, &next, depth - 1)
                    .into_iter()
                    .map(|(part, _)| part)
                    .collect();
                cut(&parts, *from, *to)
            }
            Some(source) => source.parts(*from, *to),
        };
        let own = source.is_none_or(|source| match &source.label {
            Label::Message { .. } | Label::Framed { .. } => true,
            Label::Brought { copy, .. } => *copy,
        });
        found.extend(parts.into_iter().map(|part| (part, own)));
        at += len;
    }
    found
}

fn peek(streams: &BTreeMap<ObjectId, Stream>, object: &ObjectId, len: u64) -> Vec<Piece> {
    streams
        .get(object)
        .map_or_else(|| vec![(None, 0, len)], |stream| stream.peek(len))
}

/// The bytes of a receive as far as its sends were seen, for the object they go on to.
pub(super) fn content_of(stream: &Stream, taken: &Taken) -> Vec<u8> {
    let mut content = Vec::new();
    for (id, from, to) in &taken.pieces {
        let source = id.and_then(|id| stream.sources.get(&id));
        let range = usize::try_from(*from).ok().zip(usize::try_from(*to).ok());
        let bytes = source
            .zip(range)
            .and_then(|(source, (from, to))| source.content.get(from..to));
        // What follows a gap cannot be placed.
        let Some(bytes) = bytes else { break };
        content.extend_from_slice(bytes);
    }
    content
}

pub(super) fn named(tied: &Tied) -> Vec<MsgId> {
    tied.parts
        .iter()
        .chain(&tied.candidates)
        .filter_map(|part| part.msg)
        .collect()
}

/// Joins parts that continue each other.
pub(super) fn join(parts: &mut Vec<Part>) {
    let mut joined: Vec<Part> = Vec::new();
    for part in parts.drain(..) {
        match joined.last_mut() {
            Some(last) if last.msg == part.msg && last.to == part.from => last.to = part.to,
            _ => joined.push(part),
        }
    }
    *parts = joined;
}
