//! Which messages came out of a receive, were made up, or are lost.

use super::Supervisor;
use shared::{
    event::{Kind, Part, Source, Tie},
    ids::{CallId, MsgId},
    ledger::Tied,
};

/// Parts an event names; thousands of tiny messages can be taken with one read, and an event is at most 8 KiB.
const MAX_PARTS: usize = 100;

impl Supervisor {
    /// The rest of a packet that was longer than the buffer.
    pub(super) fn thrown_away(&mut self, worker: usize, tied: &Tied, source: Source, at: u64) {
        for part in &tied.lost {
            let Some(msg) = part.msg else { continue };
            self.journal.counts.lost += 1;
            let (from, to) = (part.from, part.to);
            let kind = Kind::MessageLost { msg, from, to };
            let fact = self.crew[worker].fact(source, kind);
            self.journal.tell(fact.object(tied.object.clone()).at(at));
        }
    }

    /// A program that does not report has sent: its message is made up.
    pub(super) fn inferred(&mut self, worker: usize, msg: MsgId, n: u64, at: u64) {
        self.journal.counts.sent += 1;
        let kind = Kind::MessageSent {
            msg,
            n,
            errno: None,
            inferred: true,
        };
        let fact = self.crew[worker].fact(Source::Call, kind).at(at);
        self.journal.tell(fact);
    }

    /// Tells which messages came out of a receive; in several events where they are many.
    pub(super) fn received(
        &mut self,
        worker: usize,
        call: Option<CallId>,
        tied: &Tied,
        source: Source,
        at: u64,
    ) {
        self.journal.counts.received += tied.complete.len() as u64;
        let mut complete = tied.complete.chunks(MAX_PARTS);
        // Where calls are seen, they have told what was moved already, and this names all that fit.
        let ambiguous = tied.tie == Tie::Ambiguous && call.is_some();
        let parts = if ambiguous {
            tied.candidates.get(..MAX_PARTS).unwrap_or(&tied.candidates)
        } else {
            &tied.parts
        };
        let mut told = false;
        for parts in parts.chunks(MAX_PARTS) {
            let complete = complete.next().unwrap_or_default().to_vec();
            // Candidates can be more bytes than came.
            let moved = if ambiguous { &tied.parts } else { parts };
            let len = moved.iter().map(|part| part.to - part.from).sum();
            let fact = self.crew[worker]
                .fact(
                    source,
                    Kind::MessageReceived {
                        call,
                        len,
                        complete,
                        tie: tied.tie,
                    },
                )
                .object(tied.object.clone())
                .parts(parts.to_vec())
                .at(at);
            self.journal.tell(fact);
            told = true;
        }
        if !told {
            // End-of-file, or empty messages.
            let kind = Kind::MessageReceived {
                call,
                len: 0,
                complete: complete.next().unwrap_or_default().to_vec(),
                tie: tied.tie,
            };
            let fact = self.crew[worker]
                .fact(source, kind)
                .object(tied.object.clone())
                .at(at);
            self.journal.tell(fact);
        }
    }
}

/// The parts as far as an event has room; what follows is one part of no message, so that the sum stays right.
pub(super) fn merged(parts: &[Part]) -> Vec<Part> {
    let mut merged: Vec<Part> = parts.iter().take(MAX_PARTS).copied().collect();
    let rest: u64 = parts
        .iter()
        .skip(MAX_PARTS)
        .map(|part| part.to - part.from)
        .sum();
    if rest > 0 {
        merged.push(Part {
            msg: None,
            from: 0,
            to: rest,
        });
    }
    merged
}
