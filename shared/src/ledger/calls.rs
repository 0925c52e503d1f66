//! Calls that move bytes, and reports of them: from entry to return.

use super::{
    Entered, Ledger, Motion, Tied,
    source::{Label, Source, Stamp, cut},
    stream::{Stream, Taken},
    tie::{MAX_SPLICES, content_of, named, tied_pieces},
};
use crate::{
    event::Part,
    ids::{CallId, MsgId, ObjectId, WorkerId},
};

/// A call that has not returned.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) worker: WorkerId,
    /// Where bytes come from, if from an object.
    pub(super) from: Option<ObjectId>,
    /// Where they go, if into an object, and as which send.
    pub(super) to: Option<(ObjectId, Stamp)>,
    pub(super) msg: Option<MsgId>,
    pub(super) inferred: bool,
    pub(super) copy: bool,
    /// Another receive from the same object was under way at the same time.
    pub(super) overlapped: bool,
    /// What it sends into is gone, and so much of it had been received by then.
    pub(super) bereft: Option<u64>,
}

impl Open {
    pub(super) fn works_on(&self, object: &ObjectId) -> bool {
        self.from.as_ref() == Some(object) || self.to.as_ref().is_some_and(|(to, _)| to == object)
    }

    /// The stream it sends into is gone: what more it moves, nobody will ever get.
    pub(super) fn bereft(&mut self, object: &ObjectId, stream: &Stream) -> bool {
        match (&self.from, &self.to) {
            (None, Some((to, id))) if to == object => {
                self.bereft = Some(stream.taken_of(*id).1);
                true
            }
            _ => false,
        }
    }
}

impl Ledger {
    /// A call that moves bytes was entered; it has moved none yet.
    pub fn entered(&mut self, worker: &WorkerId, call: CallId, motion: Motion<'_>) -> Entered {
        match motion {
            Motion::Send { fd, len, bytes } => {
                let Some(object) = self.table.target(worker, fd) else {
                    return Entered::default();
                };
                self.enter_send(worker, call, object, Some(fd), len, bytes)
            }
            Motion::Receive { fd, .. } => match self.table.get(worker, fd) {
                Some((object, _)) => self.enter_receive(worker, call, object, None, false),
                None => Entered::default(),
            },
            Motion::Move { from, to, len } | Motion::Copy { from, to, len } => {
                let copy = matches!(motion, Motion::Copy { .. });
                let from = self.table.get(worker, from).map(|(from, _)| from);
                let to = self.table.target(worker, to);
                match (from, to) {
                    (Some(from), Some(to)) => {
                        let label = Label::Brought {
                            from: from.clone(),
                            parts: Vec::new(),
                            copy,
                        };
                        let id = self.tick();
                        if let Some(stream) = self.streams.get_mut(&to) {
                            stream.enter(id, Source::new(label, worker, len, &[]));
                        }
                        self.enter_receive(worker, call, from, Some((to, id)), copy)
                    }
                    (Some(from), None) => self.enter_receive(worker, call, from, None, copy),
                    (None, Some(to)) => self.enter_send(worker, call, to, None, len, &[]),
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
        if self.frames(&object) {
            return self.enter_framed(worker, call, object, len, bytes);
        }
        let announced = fd.and_then(|fd| self.books.current(worker, fd));
        let msg = announced.unwrap_or_else(|| self.books.infer());
        self.books.begins(worker, msg, bytes);
        let id = self.tick();
        self.add_source(&object, id, worker, msg, len, bytes, false);
        self.calls.insert(
            call,
            Open {
                worker: worker.clone(),
                from: None,
                to: Some((object.clone(), id)),
                msg: Some(msg),
                inferred: announced.is_none(),
                copy: false,
                overlapped: false,
                bereft: None,
            },
        );
        Entered {
            object: Some(object),
            msg: announced,
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one send has that many facts, and two callers"
    )]
    pub(super) fn add_source(
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
            for other in self
                .calls
                .values_mut()
                .filter(|open| !open.copy && open.from.as_ref() == Some(&object))
            {
                other.overlapped = true;
                overlapped = true;
            }
        }
        self.calls.insert(
            call,
            Open {
                worker: worker.clone(),
                from: Some(object.clone()),
                to,
                msg: None,
                inferred: false,
                copy,
                overlapped,
                bereft: None,
            },
        );
        Entered {
            object: Some(object),
            msg: None,
        }
    }

    /// A call was interrupted before it moved anything, and is entered again now: the same call.
    pub fn reentered(&mut self, worker: &WorkerId, call: CallId) {
        let now = self.tick();
        let Some(open) = self
            .calls
            .get_mut(&call)
            .filter(|open| open.worker == *worker)
        else {
            return;
        };
        let Some((object, id)) = &mut open.to else {
            return;
        };
        let Some(stream) = self.streams.get_mut(object) else {
            return;
        };
        let renamed = stream.reenter(*id, now);
        if let Some(book) = open.msg.and_then(|msg| self.books.get(msg)) {
            book.live
                .iter_mut()
                .filter(|(_, live)| live == id)
                .for_each(|(_, live)| *live = renamed);
        }
        *id = renamed;
    }

    /// A call returned: `moved` bytes (0 where it failed), and what the first of them were, of a receive.
    pub fn returned(&mut self, worker: &WorkerId, call: CallId, moved: u64, bytes: &[u8]) -> Tied {
        let Some(open) = self
            .calls
            .remove(&call)
            .filter(|open| open.worker == *worker)
        else {
            return Tied::default();
        };
        match (open.from, open.to) {
            (None, Some((object, id))) if self.frames(&object) => {
                self.leave_framed(worker, object, id, moved)
            }
            (None, Some((object, id))) => {
                let gone = !self.streams.contains_key(&object);
                let mut tied = self.leave_send(object, id, open.msg, open.inferred, moved);
                if gone {
                    tied.lost = cut(&tied.parts, open.bereft.unwrap_or(0).min(moved), moved);
                }
                open.msg
                    .into_iter()
                    .for_each(|msg| self.books.went(worker, msg));
                tied
            }
            (Some(object), None) if !open.copy => {
                let tied = self.receive(object, moved, bytes, !open.overlapped);
                self.framed_arrived(worker, &tied);
                tied
            }
            (Some(object), to) => self.bring(object, to, moved, open.copy, !open.overlapped),
            (None, None) => Tied::default(),
        }
    }

    pub(super) fn leave_send(
        &mut self,
        object: ObjectId,
        id: Stamp,
        msg: Option<MsgId>,
        inferred: bool,
        moved: u64,
    ) -> Tied {
        let now = self.tick();
        let mut tied = Tied {
            msg,
            inferred,
            object: Some(object),
            ..Tied::default()
        };
        let Some(object) = &tied.object else {
            return tied;
        };
        if let Some(msg) = msg
            && let Some(book) = self.books.get(msg)
        {
            if moved > 0 {
                tied.parts = vec![Part {
                    msg: Some(msg),
                    from: book.sent,
                    to: book.sent + moved,
                }];
            }
            book.sent += moved;
            if inferred {
                book.len = Some(book.sent);
            }
        }
        let Some(stream) = self.streams.get_mut(object) else {
            return tied;
        };
        stream.leave(id, now, Some(moved));
        tied.complete = self.settle(
            &object.clone(),
            Some(id),
            &msg.into_iter().collect::<Vec<_>>(),
        );
        if moved == 0 && inferred {
            tied.msg = None;
            msg.into_iter().for_each(|msg| self.books.forget(msg));
        }
        tied
    }

    pub(super) fn receive(
        &mut self,
        object: ObjectId,
        moved: u64,
        bytes: &[u8],
        alone: bool,
    ) -> Tied {
        let mut tied = Tied::default();
        if moved > 0
            && let Some(stream) = self.streams.get_mut(&object)
        {
            let taken = stream.take(moved, bytes, alone);
            self.tie(&object, &taken, &mut tied);
            for (part, own) in &tied_pieces(&self.streams, &object, &taken, MAX_SPLICES) {
                let Some(book) = part.msg.and_then(|msg| self.books.get(msg)) else {
                    continue;
                };
                if !own {
                    book.elsewhere += part.to - part.from;
                }
            }
            for part in &tied.lost {
                let Some(book) = part.msg.and_then(|msg| self.books.get(msg)) else {
                    continue;
                };
                book.thrown += part.to - part.from;
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
        let Some(stream) = self.streams.get_mut(&object) else {
            return tied;
        };
        let taken = if copy {
            Taken {
                pieces: stream.peek(moved),
                ..Taken::default()
            }
        } else {
            stream.take(moved, &[], alone)
        };
        let content = content_of(stream, &taken);
        self.tie(&object, &taken, &mut tied);
        let named = named(&tied);
        if let Some((to, id)) = to {
            for part in tied.parts.iter().filter(|_| !copy) {
                let Some(book) = part.msg.and_then(|msg| self.books.get(msg)) else {
                    continue;
                };
                book.passed += part.to - part.from;
            }
            if let Some(stream) = self.streams.get_mut(&to) {
                if let Some(source) = stream.sources.get_mut(&id) {
                    source.content = content;
                    source.label = Label::Brought {
                        from: object.clone(),
                        parts: tied.parts.clone(),
                        copy,
                    };
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
}
