//! The ribbon of an object: what it holds, as far as calls have told.
//!
//! Invariant: bytes of the ribbon minus bytes owed = bytes written minus bytes read. A read can be seen to return before
//! the write that fed it, so that bytes are *owed*; the write's return settles them.

use super::{KEEP_SEGMENTS, Object, Segment};
use std::collections::VecDeque;

impl Segment {
    /// Bytes of it.
    pub fn len(&self) -> u64 {
        self.to.saturating_sub(self.from)
    }

    /// It has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Object {
    /// Bytes went in.
    pub(super) fn put(&mut self, part: Segment) {
        self.written = self.written.saturating_add(part.len());
        // Bytes that are owed have gone already.
        for left in take_matching(&mut self.owed, part) {
            push(&mut self.ribbon, left);
        }
    }

    /// Bytes came out. `late`: their send was seen to return, so that they cannot be owed.
    pub(super) fn take(&mut self, part: Segment, late: bool) {
        self.read = self.read.saturating_add(part.len());
        for left in take_matching(&mut self.ribbon, part) {
            let mut left = take_untied(&mut self.ribbon, left);
            if late || left.msg.is_none() {
                left = take_front(&mut self.ribbon, left);
            }
            if !left.is_empty() {
                push(&mut self.owed, left);
            }
        }
    }
}

/// Takes the bytes of `part` out, wherever they are; what of it was not there.
fn take_matching(ribbon: &mut VecDeque<Segment>, part: Segment) -> Vec<Segment> {
    if part.msg.is_none() {
        return vec![part];
    }
    let mut missing = vec![part];
    let mut at = 0;
    while at < ribbon.len() && !missing.is_empty() {
        let Some(segment) = ribbon.get(at).copied() else {
            break;
        };
        let hit = missing
            .iter()
            .position(|m| segment.msg == m.msg && segment.from < m.to && m.from < segment.to);
        let Some(hit) = hit else {
            at += 1;
            continue;
        };
        let wanted = missing.swap_remove(hit);
        let (from, to) = (segment.from.max(wanted.from), segment.to.min(wanted.to));
        let piece = |from, to| Segment {
            msg: segment.msg,
            from,
            to,
        };
        missing.extend(
            [piece(wanted.from, from), piece(to, wanted.to)]
                .into_iter()
                .filter(|m| !m.is_empty()),
        );
        ribbon.remove(at);
        for rest in [piece(to, segment.to), piece(segment.from, from)] {
            if !rest.is_empty() {
                ribbon.insert(at, rest);
            }
        }
    }
    missing
}

/// Takes bytes from segments that have no message; what of `part` is left.
fn take_untied(ribbon: &mut VecDeque<Segment>, mut part: Segment) -> Segment {
    let mut at = 0;
    while !part.is_empty() && at < ribbon.len() {
        let Some(segment) = ribbon.get_mut(at) else {
            break;
        };
        if segment.msg.is_some() {
            at += 1;
            continue;
        }
        let n = segment.len().min(part.len());
        segment.from += n;
        part.from += n;
        if segment.is_empty() {
            ribbon.remove(at);
        }
    }
    part
}

/// Takes bytes from the front, whatever they are; what of `part` is left.
fn take_front(ribbon: &mut VecDeque<Segment>, mut part: Segment) -> Segment {
    while !part.is_empty() {
        let Some(front) = ribbon.front_mut() else {
            break;
        };
        let n = front.len().min(part.len());
        front.from += n;
        part.from += n;
        if front.is_empty() {
            ribbon.pop_front();
        }
    }
    part
}

/// Appends, joins neighbors that continue each other, and keeps the bound by making the oldest anonymous.
fn push(ribbon: &mut VecDeque<Segment>, part: Segment) {
    if part.is_empty() {
        return;
    }
    match ribbon.back_mut() {
        Some(last) if last.msg == part.msg && last.to == part.from => last.to = part.to,
        _ => ribbon.push_back(part),
    }
    if ribbon.len() > KEEP_SEGMENTS
        && let (Some(first), Some(second)) = (ribbon.pop_front(), ribbon.pop_front())
    {
        let to = first.len().saturating_add(second.len());
        ribbon.push_front(Segment {
            msg: None,
            from: 0,
            to,
        });
    }
}
