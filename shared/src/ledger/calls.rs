//! Calls that move bytes, and reports of them: from entry to return.

use super::{
    Entered, Ledger, Motion, Tied,
    books::Books,
    explain::Take,
    source::{Label, Source, Stamp, cut},
    stream::{Stream, Taken},
};
use crate::{
    event::{Part, Tie},
    ids::{CallId, MsgId, ObjectId, WorkerId},
};
use std::collections::BTreeMap;

/// Splices under way that lead from object to object; two that lead in a circle would have no end.
const MAX_SPLICES: u32 = 8;

/// A call that has not returned.
#[derive(Debug)]
pub(super) struct Open {
    worker: WorkerId,
    /// Where bytes come from, if from an object.
    from: Option<ObjectId>,
    /// Where they go, if into an object, and as which send.
    to: Option<(ObjectId, Stamp)>,
    msg: Option<MsgId>,
    inferred: bool,
    copy: bool,
    /// Another receive from the same object was under way at the same time.
    overlapped: bool,
}

impl Open {
    pub(super) fn works_on(&self, object: &ObjectId) -> bool {
        self.from.as_ref() == Some(object) || self.to.as_ref().is_some_and(|(to, _)| to == object)
    }
}

impl Ledger {
    /// A call that moves bytes was entered; it has moved none yet.
    pub fn entered(&mut self, worker: &WorkerId, call: CallId, motion: Motion<'_>) -> Entered {
        match motion {
            Motion::Send { fd, len, bytes } => {
                let Some((object, _)) = self.table.get(worker, fd) else { return Entered::default() };
                self.enter_send(worker, call, object, Some(fd), len, bytes)
            }
            Motion::Receive { fd, .. } => match self.table.get(worker, fd) {
                Some((object, _)) => self.enter_receive(worker, call, object, None, false),
                None => Entered::default(),
            },
            Motion::Move { from, to, len } | Motion::Copy { from, to, len } => {
                let copy = matches!(motion, Motion::Copy { .. });
                let (from, to) = (self.table.get(worker, from), self.table.get(worker, to));
                match (from, to) {
                    (Some((from, _)), Some((to, _))) => {
                        let label = Label::Brought { from: from.clone(), parts: Vec::new(), copy };
                        let id = self.tick();
                        if let Some(stream) = self.streams.get_mut(&to) {
                            stream.enter(id, Source::new(label, worker, len, &[]));
                        }
                        self.enter_receive(worker, call, from, Some((to, id)), copy)
                    }
                    (Some((from, _)), None) => self.enter_receive(worker, call, from, None, copy),
                    (None, Some((to, _))) => self.enter_send(worker, call, to, None, len, &[]),
                    (None, None) => Entered::default(),
                }
            }
        }
    }

    fn enter_send(
        &mut self,
        worker: &WorkerId,
        call: CallId,
        object: ObjectId,
        fd: Option<i32>,
        len: u64,
        bytes: &[u8],
    ) -> Entered {
        let announced = fd.and_then(|fd| self.books.current(worker, fd));
        let msg = announced.unwrap_or_else(|| self.books.infer());
        let id = self.tick();
        self.add_source(&object, id, worker, msg, len, bytes, false);
        self.calls.insert(call, Open {
            worker: worker.clone(),
            from: None,
            to: Some((object.clone(), id)),
            msg: Some(msg),
            inferred: announced.is_none(),
            copy: false,
            overlapped: false,
        });
        Entered { object: Some(object), msg: announced }
    }

    #[expect(clippy::too_many_arguments, reason = "one send has that many facts, and two callers")]
    fn add_source(
        &mut self,
        object: &ObjectId,
        id: Stamp,
        worker: &WorkerId,
        msg: MsgId,
        len: u64,
        bytes: &[u8],
        reported: bool,
    ) {
        let base = self.books.get(msg).map_or(0, |book| {
            book.live.push((object.clone(), id));
            book.sent
        });
        let mut source = Source::new(Label::Message { msg, base }, worker, len, bytes);
        source.reported = reported;
        // A message that is inferred is whole if its bytes are received before its send returned.
        if source.atomic
            && let Some(book) = self.books.get(msg)
        {
            book.len.get_or_insert(len);
        }
        if let Some(stream) = self.streams.get_mut(object) {
            stream.enter(id, source);
        }
    }

    fn enter_receive(
        &mut self,
        worker: &WorkerId,
        call: CallId,
        object: ObjectId,
        to: Option<(ObjectId, Stamp)>,
        copy: bool,
    ) -> Entered {
        let mut overlapped = false;
        if !copy {
            for other in self.calls.values_mut().filter(|open| !open.copy && open.from.as_ref() == Some(&object)) {
                other.overlapped = true;
                overlapped = true;
            }
        }
        self.calls.insert(call, Open {
            worker: worker.clone(),
            from: Some(object.clone()),
            to,
            msg: None,
            inferred: false,
            copy,
            overlapped,
        });
        Entered { object: Some(object), msg: None }
    }

    /// A call was interrupted before it moved anything, and is entered again now: the same call.
    pub fn reentered(&mut self, worker: &WorkerId, call: CallId) {
        let now = self.tick();
        let Some(open) = self.calls.get_mut(&call).filter(|open| open.worker == *worker) else { return };
        let Some((object, id)) = &mut open.to else { return };
        let Some(stream) = self.streams.get_mut(object) else { return };
        let renamed = stream.reenter(*id, now);
        if let Some(book) = open.msg.and_then(|msg| self.books.get(msg)) {
            book.live.iter_mut().filter(|(_, live)| live == id).for_each(|(_, live)| *live = renamed);
        }
        *id = renamed;
    }

    /// A call returned: `moved` bytes (0 where it failed), and what the first of them were, of a receive.
    pub fn returned(&mut self, worker: &WorkerId, call: CallId, moved: u64, bytes: &[u8]) -> Tied {
        let Some(open) = self.calls.remove(&call).filter(|open| open.worker == *worker) else {
            return Tied::default();
        };
        match (open.from, open.to) {
            (None, Some((object, id))) => self.leave_send(object, id, open.msg, open.inferred, moved),
            (Some(object), None) if !open.copy => self.receive(object, moved, bytes, !open.overlapped),
            (Some(object), to) => self.bring(object, to, moved, open.copy, !open.overlapped),
            (None, None) => Tied::default(),
        }
    }

    fn leave_send(&mut self, object: ObjectId, id: Stamp, msg: Option<MsgId>, inferred: bool, moved: u64) -> Tied {
        let now = self.tick();
        let mut tied = Tied { msg, inferred, object: Some(object), ..Tied::default() };
        let Some(object) = &tied.object else { return tied };
        if let Some(msg) = msg
            && let Some(book) = self.books.get(msg)
        {
            if moved > 0 {
                tied.parts = vec![Part { msg: Some(msg), from: book.sent, to: book.sent + moved }];
            }
            book.sent += moved;
            if inferred {
                book.len = Some(book.sent);
            }
        }
        let Some(stream) = self.streams.get_mut(object) else { return tied };
        stream.leave(id, now, Some(moved));
        tied.complete = self.settle(&object.clone(), Some(id), &msg.into_iter().collect::<Vec<_>>());
        if moved == 0 && inferred {
            tied.msg = None;
            msg.into_iter().for_each(|msg| self.books.forget(msg));
        }
        tied
    }

    fn receive(&mut self, object: ObjectId, moved: u64, bytes: &[u8], alone: bool) -> Tied {
        let mut tied = Tied::default();
        if moved > 0
            && let Some(stream) = self.streams.get_mut(&object)
        {
            let taken = stream.take(moved, bytes, alone);
            self.tie(&object, &taken, &mut tied);
            for (part, own) in &tied_pieces(&self.streams, &object, &taken, MAX_SPLICES) {
                let Some(book) = part.msg.and_then(|msg| self.books.get(msg)) else { continue };
                if !own {
                    book.elsewhere += part.to - part.from;
                }
            }
            for part in &tied.lost {
                let Some(book) = part.msg.and_then(|msg| self.books.get(msg)) else { continue };
                book.passed += part.to - part.from;
            }
            let named = named(&tied);
            tied.complete = self.settle(&object, None, &named);
        }
        tied.object = Some(object);
        tied
    }

    /// splice and tee: bytes of one object, now in another (or out of sight).
    fn bring(
        &mut self,
        object: ObjectId,
        to: Option<(ObjectId, Stamp)>,
        moved: u64,
        copy: bool,
        alone: bool,
    ) -> Tied {
        let mut tied = Tied::default();
        let now = self.tick();
        let Some(stream) = self.streams.get_mut(&object) else { return tied };
        let taken = if copy {
            Taken { pieces: stream.peek(moved), ..Taken::default() }
        } else {
            stream.take(moved, &[], alone)
        };
        let content = content_of(stream, &taken);
        self.tie(&object, &taken, &mut tied);
        let named = named(&tied);
        if let Some((to, id)) = to {
            for part in tied.parts.iter().filter(|_| !copy) {
                let Some(book) = part.msg.and_then(|msg| self.books.get(msg)) else { continue };
                book.passed += part.to - part.from;
            }
            if let Some(stream) = self.streams.get_mut(&to) {
                if let Some(source) = stream.sources.get_mut(&id) {
                    source.content = content;
                    source.label = Label::Brought { from: object.clone(), parts: tied.parts.clone(), copy };
                }
                stream.leave(id, now, Some(moved));
            }
            tied.complete = self.settle(&to, Some(id), &[]);
            tied.into = Some(to);
        }
        if !copy {
            tied.complete.extend(self.settle(&object, None, &named));
        }
        tied.object = Some(object);
        tied
    }

    /// What a receive got, in messages.
    fn tie(&self, object: &ObjectId, taken: &Taken, tied: &mut Tied) {
        tied.tie = taken.tie;
        let parts = tied_pieces(&self.streams, object, taken, MAX_SPLICES).into_iter().map(|(part, _)| part);
        tied.parts = parts.collect();
        if tied.tie == Tie::Certain && tied.parts.iter().any(|part| part.msg.is_none()) {
            tied.tie = Tie::Unknown;
        }
        let Some(stream) = self.streams.get(object) else { return };
        let parts = |take: &Take| match stream.sources.get(&take.source) {
            Some(source) => source.parts(take.from, take.to),
            None => Vec::new(),
        };
        tied.candidates = taken.candidates.iter().flat_map(parts).filter(|part| part.msg.is_some()).collect();
        if tied.tie == Tie::Ambiguous {
            // All that fit are named: those that are certain as well.
            tied.candidates.extend(tied.parts.iter().filter(|part| part.msg.is_some()));
        }
        tied.candidates.sort_by_key(|part| (part.msg, part.from, part.to));
        tied.candidates.dedup();
        tied.lost = taken.discarded.iter().flat_map(parts).collect();
        join(&mut tied.parts);
    }

    /// Forgets sends that are used up, and says which of the messages named are complete now.
    fn settle(&mut self, object: &ObjectId, left: Option<Stamp>, named: &[MsgId]) -> Vec<MsgId> {
        let mut named = named.to_vec();
        let gone = self.streams.get_mut(object).map(|stream| stream.used_up(left)).unwrap_or_default();
        for (id, source) in &gone {
            named.extend(self.books.release(object, *id, source));
        }
        named.sort_unstable();
        named.dedup();
        let mut complete = Vec::new();
        for msg in named {
            let Some(book) = self.books.get(msg) else { continue };
            let taken = |(object, id): &(ObjectId, Stamp)| self.streams.get(object).map_or(0, |s| s.taken_of(*id).0);
            let taken: u64 = book.live.iter().map(taken).sum();
            let received = (book.used_up + taken + book.elsewhere).saturating_sub(book.passed);
            if !book.complete && received > 0 && book.len.is_some_and(|len| received >= len) {
                book.complete = true;
                complete.push(msg);
            }
            self.books.tidy(msg);
        }
        complete
    }

    /// A process is gone: its calls will not return.
    pub(super) fn abandon_calls(&mut self, worker: &WorkerId) {
        let now = self.tick();
        let open: Vec<_> = self.calls.iter().filter(|(_, open)| open.worker == *worker).map(|(id, _)| *id).collect();
        let calls = open.into_iter().filter_map(|call| self.calls.remove(&call)?.to);
        let reports = self.reported.extract_if(.., |(of, _), _| of == worker).map(|(_, to)| to);
        for (object, id) in calls.chain(reports).collect::<Vec<_>>() {
            if let Some(stream) = self.streams.get_mut(&object) {
                stream.leave(id, now, None);
            }
            self.settle(&object, Some(id), &[]);
        }
    }

    /// Without a tracer: a worker reports that it is about to send (`bytes`: the first of them), …
    pub fn reported_sending(&mut self, worker: &WorkerId, msg: MsgId, fd: i32, len: u64, bytes: &[u8]) {
        self.books.announce(worker, msg, fd, len);
        let Some((object, _)) = self.table.get(worker, fd) else { return };
        let id = self.tick();
        self.add_source(&object, id, worker, msg, len, bytes, true);
        self.reported.insert((worker.clone(), msg), (object, id));
    }

    /// … that it has sent `n` bytes of it, …
    pub fn reported_sent(&mut self, worker: &WorkerId, msg: MsgId, n: u64) -> Tied {
        let Some((object, id)) = self.reported.remove(&(worker.clone(), msg)) else { return Tied::default() };
        let tied = self.leave_send(object, id, Some(msg), false, n);
        self.books.finish(worker, msg);
        tied
    }

    /// … that it has received. Before this, the supervisor must have taken in all reports that other workers had made:
    /// then whatever fed the receive is known to be under way.
    pub fn reported_received(&mut self, worker: &WorkerId, fd: i32, len: u64, bytes: &[u8]) -> Tied {
        let Some((object, _)) = self.table.get(worker, fd) else { return Tied::default() };
        let receivers = self.receivers.entry(object.clone()).or_default();
        if !receivers.contains(worker) {
            receivers.push(worker.clone());
        }
        // Of two that receive, nobody knows who was first.
        let alone = receivers.len() == 1;
        self.receive(object, len, bytes, alone)
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
        }
    }
}

/// The pieces of a receive as parts, and whether each is of a message sent into this very object (or a mere copy).
fn tied_pieces(
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
            None => vec![Part { msg: None, from: at, to: at + len }],
            // A splice that is still under way: its bytes are the next ones of where it takes them from.
            Some(Source { label: Label::Brought { from: origin, .. }, moved: None, .. }) if depth > 0 => {
                let next = Taken { pieces: peek(streams, origin, *to), ..Taken::default() };
                let parts: Vec<_> = tied_pieces(streams, origin, &next, depth - 1).into_iter().map(|(part, _)| part).collect();
                cut(&parts, *from, *to)
            }
            Some(source) => source.parts(*from, *to),
        };
        let own = source.is_none_or(|source| match &source.label {
            Label::Message { .. } => true,
            Label::Brought { copy, .. } => *copy,
        });
        found.extend(parts.into_iter().map(|part| (part, own)));
        at += len;
    }
    found
}

fn peek(streams: &BTreeMap<ObjectId, Stream>, object: &ObjectId, len: u64) -> Vec<(Option<Stamp>, u64, u64)> {
    streams.get(object).map_or_else(|| vec![(None, 0, len)], |stream| stream.peek(len))
}

/// The bytes of a receive as far as its sends were seen, for the object they go on to.
fn content_of(stream: &Stream, taken: &Taken) -> Vec<u8> {
    let mut content = Vec::new();
    for (id, from, to) in &taken.pieces {
        let source = id.and_then(|id| stream.sources.get(&id));
        let range = usize::try_from(*from).ok().zip(usize::try_from(*to).ok());
        let bytes = source.zip(range).and_then(|(source, (from, to))| source.content.get(from..to));
        // What follows a gap cannot be placed.
        let Some(bytes) = bytes else { break };
        content.extend_from_slice(bytes);
    }
    content
}

fn named(tied: &Tied) -> Vec<MsgId> {
    tied.parts.iter().chain(&tied.candidates).filter_map(|part| part.msg).collect()
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
