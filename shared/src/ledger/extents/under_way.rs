//! Where writes that have not returned can have put their bytes already.

use super::{super::source::Stamp, Extents, MAX_APPENDS, Place, Write};
use crate::event::Part;
use std::collections::BTreeSet;

/// Places tried for one append; with more, those that come first are.
const MAX_STARTS: usize = 64;

/// Ranges kept of what reads got of one write before it returned; more are taken as one.
const MAX_GOT: usize = 64;

/// A write under way and a place where it can begin, with its length.
pub(super) type Begins = (Stamp, u64, u64);

impl Extents {
    /// A reader can have a message before the call that writes it returns: what was read then is not lost, whatever is
    /// written over it afterwards. `parts` were read from `at` on.
    pub(super) fn got_under_way(&mut self, at: u64, parts: &[Part]) {
        let mut from = at;
        for part in parts {
            let to = from.saturating_add(part.to.saturating_sub(part.from));
            let here = from..to;
            from = to;
            for id in &self.pending {
                let Some(write) = self.writes.get_mut(id) else {
                    continue;
                };
                if part.msg.is_none() || write.msg.map(|(msg, _)| msg) != part.msg {
                    continue;
                }
                let full = write.got.len() == MAX_GOT;
                match write.got.last_mut() {
                    Some(last) if full || last.end == here.start => {
                        *last = last.start.min(here.start)..last.end.max(here.end);
                    }
                    _ => write.got.push(here.clone()),
                }
            }
        }
    }

    /// Writes under way, with every place where each can begin: of appends, behind what there was or any of the others.
    /// `bytes` were read from `at` on.
    pub(super) fn under_way(&self, at: u64, bytes: &[u8]) -> Vec<Begins> {
        let pending = || {
            let all = self.pending.iter();
            all.filter_map(|id| Some((*id, self.writes.get(id)?)))
        };
        let lens: Vec<(Stamp, u64)> = pending()
            .filter(|(_, write)| write.place == Place::End)
            .map(|(id, write)| (id, write.len))
            .take(MAX_APPENDS)
            .collect();
        let mut all = Vec::new();
        for (id, write) in pending() {
            if write.place != Place::End {
                all.push((id, write.at, write.len));
                continue;
            }
            let others: Vec<u64> = lens
                .iter()
                .filter(|(other, _)| *other != id)
                .map(|(_, len)| *len)
                .collect();
            let starts = self.starts(write, &others);
            // What is appended stays as it is, unless somebody writes over it.
            let alone = self
                .writes
                .range(write.begun..)
                .all(|(_, other)| other.place == Place::End);
            let fits = |start: &u64| alone && whole(write, *start, at, bytes);
            let fitting: Vec<u64> = starts.iter().copied().filter(fits).collect();
            let starts = if fitting.is_empty() { starts } else { fitting };
            all.extend(starts.into_iter().map(|start| (id, start, write.len)));
        }
        all
    }

    /// Where an append can begin: where the end was when it began, or has been since, and behind others under way.
    fn starts(&self, write: &Write, others: &[u64]) -> Vec<u64> {
        let since = self.layers.segments(write.at, self.end.max(write.at));
        let ends = since.map(|(_, to, _)| to).take(MAX_STARTS);
        let ends: BTreeSet<u64> = ends.chain([write.at, self.end.max(write.at)]).collect();
        let mut starts = BTreeSet::new();
        for which in 0..1u32 << others.len() {
            let before = others.iter().enumerate();
            let before = before.filter(|(at, _)| which >> at & 1 == 1);
            let before: u64 = before.map(|(_, len)| *len).sum();
            starts.extend(ends.iter().map(|end| end.saturating_add(before)));
        }
        starts.into_iter().take(MAX_STARTS).collect()
    }
}

/// All that was read where the write would be, from `start` on, is what it writes; and something was read there.
fn whole(write: &Write, start: u64, at: u64, bytes: &[u8]) -> bool {
    let from = start.max(at);
    let to = start
        .saturating_add(write.len)
        .min(at.saturating_add(bytes.len() as u64));
    from < to
        && (from..to).all(|place| {
            let byte = usize::try_from(place - at)
                .ok()
                .and_then(|at| bytes.get(at));
            byte.is_some_and(|byte| write.content.fits(place - start, *byte))
        })
}
