//! What bytes that were read are of: every write that can be each of them, and the bytes themselves, which tell.

use super::{
    super::{source::Stamp, tie::join},
    Content, Extents, Found, Write,
};
use crate::{
    event::{Part, Tie, Wrote},
    ids::{MsgId, WorkerId},
};

/// A write that can be what is at some bytes, and where it begins if it is.
type Fit = (Stamp, u64);

impl Extents {
    /// What `n` bytes from `at` on are of, for a read that began at `read`.
    pub(super) fn find(&self, read: Stamp, at: u64, n: u64, bytes: &[u8]) -> Found {
        let mut found = Found::default();
        let to = at.saturating_add(n);
        for (from, to, fits) in self.runs(read, at, to, bytes) {
            self.tell_apart(at, from, to, &fits, bytes, &mut found);
        }
        join(&mut found.parts);
        if found.tie == Tie::Ambiguous {
            // All that fit are named: those that are certain as well.
            let certain = found.parts.iter().filter(|part| part.msg.is_some());
            found.candidates.extend(certain);
        }
        found
            .candidates
            .sort_by_key(|part| (part.msg, part.from, part.to));
        join(&mut found.candidates);
        found.candidates.dedup();
        found
    }

    /// Who wrote what of the bytes that are there now, `live` from `at` on; nobody, where they are not what was written.
    pub fn writers(&self, at: u64, live: &[u8]) -> Vec<Wrote> {
        let to = at.saturating_add(live.len() as u64);
        let mut wrote: Vec<Wrote> = Vec::new();
        for (from, to, fits) in self.runs(Stamp::MAX, at, to, live) {
            for (from, to, fits) in self.sets(at, from, to, &fits, live) {
                let only = match fits.as_slice() {
                    [(id, start)] => self.writes.get(id).map(|write| (write, *start)),
                    _ => None,
                };
                let (worker, msg, base) =
                    only.map_or((None, None, 0), |(write, start)| about(write, start, from));
                match wrote.last_mut() {
                    Some(last)
                        if last.to == from
                            && last.worker == worker
                            && last.msg == msg
                            && (msg.is_none() || last.at + (last.to - last.from) == base) =>
                    {
                        last.to = to;
                    }
                    _ => wrote.push(Wrote {
                        from,
                        to,
                        worker,
                        msg,
                        at: base,
                    }),
                }
            }
        }
        wrote
    }

    /// Ranges of `[at, to)`, each with all writes that a read can have got there.
    fn runs(&self, read: Stamp, at: u64, to: u64, bytes: &[u8]) -> Vec<(u64, u64, Vec<Fit>)> {
        let mut others: Vec<(u64, u64, Fit)> = self
            .layers
            .gone(at, to, read)
            .filter_map(|(from, to, layer)| {
                let start = self.writes.get(&layer)?.at;
                Some((from, to, (layer, start)))
            })
            .collect();
        for (id, start, len) in self.under_way(at, bytes) {
            let (from, to) = (start.max(at), start.saturating_add(len).min(to));
            if from < to {
                others.push((from, to, (id, start)));
            }
        }
        let mut cuts: Vec<u64> = others
            .iter()
            .flat_map(|(from, to, _)| [*from, *to])
            .collect();
        cuts.sort_unstable();
        cuts.dedup();
        let mut runs = Vec::new();
        for (from, to, segment) in self.layers.segments(at, to) {
            let own: Vec<Fit> = segment
                .layers()
                .iter()
                .filter_map(|id| Some((*id, self.writes.get(id)?.at)))
                .collect();
            let inner = cuts.iter().copied().filter(|cut| from < *cut && *cut < to);
            let mut begin = from;
            for end in inner.chain([to]) {
                let mut fits = own.clone();
                let more = others.iter().filter(|(f, t, _)| *f < end && begin < *t);
                fits.extend(more.map(|(_, _, fit)| *fit));
                fits.sort_unstable();
                fits.dedup();
                runs.push((begin, end, fits));
                begin = end;
            }
        }
        runs
    }

    /// Cuts `[from, to)` where the bytes fit to other writes than before; `bytes` begin at `at`.
    fn sets(
        &self,
        at: u64,
        from: u64,
        to: u64,
        fits: &[Fit],
        bytes: &[u8],
    ) -> Vec<(u64, u64, Vec<Fit>)> {
        let seen = at.saturating_add(bytes.len() as u64).clamp(from, to);
        let fit = |(id, start): &Fit, place: u64| {
            let byte = usize::try_from(place - at)
                .ok()
                .and_then(|at| bytes.get(at));
            let write = self.writes.get(id);
            write
                .zip(byte)
                .is_some_and(|(write, byte)| write.content.fits(place - start, *byte))
        };
        // Here all of a write is there, or nothing: bytes that are as one of them has left them are its bytes. A read that
        // was torn just where two agree would have got the same.
        let whole: Vec<Fit> = fits
            .iter()
            .copied()
            .filter(|one| (from..seen).all(|place| fit(one, place)))
            .collect();
        if !whole.is_empty() {
            return vec![(from, to, whole)];
        }
        let mut sets: Vec<(u64, u64, Vec<Fit>)> = Vec::new();
        for place in from..seen {
            let fitting = fits.iter().copied().filter(|one| fit(one, place));
            // Without a copy where nothing has changed, as a rule.
            match sets.last_mut() {
                Some((_, end, last)) if last.iter().copied().eq(fitting.clone()) => {
                    *end = place + 1;
                }
                _ => sets.push((place, place + 1, fitting.collect())),
            }
        }
        if seen < to {
            sets.push((seen, to, fits.to_vec()));
        }
        sets
    }

    fn tell_apart(
        &self,
        at: u64,
        from: u64,
        to: u64,
        fits: &[Fit],
        bytes: &[u8],
        found: &mut Found,
    ) {
        for (from, to, fits) in self.sets(at, from, to, fits, bytes) {
            let untied = Part {
                msg: None,
                from: from - at,
                to: to - at,
            };
            let part = |(id, start): &Fit| {
                let write = self.writes.get(id)?;
                let (_, msg, base) = about(write, *start, from);
                Some(Part {
                    msg: Some(msg?),
                    from: base,
                    to: base + (to - from),
                })
            };
            match fits.as_slice() {
                [] => {
                    found.tie = Tie::Unknown;
                    found.parts.push(untied);
                }
                [only] => {
                    let write = self.writes.get(&only.0);
                    if write.is_none_or(|write| matches!(write.content, Content::Unseen)) {
                        found.tie = Tie::Unknown;
                    }
                    found.parts.push(part(only).unwrap_or(untied));
                }
                several => {
                    if found.tie == Tie::Certain {
                        found.tie = Tie::Ambiguous;
                    }
                    found.parts.push(untied);
                    found.candidates.extend(several.iter().filter_map(part));
                }
            }
        }
    }
}

/// Who wrote the byte at `from`, of which message, and which byte of it that is, if the write begins at `start`.
fn about(write: &Write, start: u64, from: u64) -> (Option<WorkerId>, Option<MsgId>, u64) {
    let (msg, base) = write.msg.map_or((None, 0), |(msg, base)| {
        (Some(msg), base + from.saturating_sub(start))
    });
    (write.worker.clone(), msg, base)
}
