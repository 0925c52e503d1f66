//! What is done inside the guard: adding in one step or in three, and records that can be torn.
//!
//! The small functions at the end are the whole mechanism: there is no call in them.

use super::hands::Hands;
use crate::{bench::figures::monotonic_ns, sys::memory::Mapping, worker::Worker};
use nix::errno::Errno;
use serde_json::json;
use shared::mechanism::memory::{CELL_LEN, Guard, RECORD, RECORD_LEN};
use std::sync::atomic::Ordering;

/// Rounds of a loop between two looks at the clock.
const ROUNDS: u32 = 256;

/// The steps of an add that follow its load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Add,
    Store,
    Unlock,
}

impl Hands<'_> {
    #[track_caller]
    pub(super) fn add(
        &mut self,
        me: &mut Worker,
        memory: &Mapping,
        cell: usize,
        n: u64,
        times: u64,
    ) {
        let at = RECORD + CELL_LEN * cell;
        for _ in 0..times {
            if !self.enter(me, memory) {
                return;
            }
            let added = if self.params.guard == Guard::Atomics {
                add_at_once(memory, at, n)
            } else {
                add_in_three(memory, at, n)
            };
            self.leave(me, memory);
            if let Err(errno) = added {
                return me.failed("add", errno);
            }
        }
        let mut now = [0; CELL_LEN];
        memory.load(at, &mut now);
        me.said(
            "added",
            json!({"cell": cell, "n": n, "times": times, "now": i64::from_ne_bytes(now)}),
        );
        me.stored(None, memory.address() + at, &now);
    }

    /// One of: lock, load, add, store, unlock. Atomically there is one step only.
    #[track_caller]
    pub(super) fn step(&mut self, me: &mut Worker, memory: &Mapping, cell: usize) {
        let at = RECORD + CELL_LEN * cell;
        let mut now = [0; CELL_LEN];
        let (did, register) = match self.add {
            None if self.params.guard == Guard::Atomics => {
                if let Err(errno) = add_at_once(memory, at, 1) {
                    return me.failed("add", errno);
                }
                memory.load(at, &mut now);
                me.stored(None, memory.address() + at, &now);
                ("fetch_add", u64::from_ne_bytes(now))
            }
            None if !self.inside && self.params.guard != Guard::None => {
                if !self.enter(me, memory) {
                    return;
                }
                self.inside = true;
                ("lock", 0)
            }
            None => {
                me.loading();
                memory.load(at, &mut now);
                let register = u64::from_ne_bytes(now);
                me.loaded(memory.address() + at, &now);
                self.add = Some((Step::Add, register));
                ("load", register)
            }
            Some((Step::Add, register)) => {
                let sum = register.wrapping_add(1);
                self.add = Some((Step::Store, sum));
                ("add", sum)
            }
            Some((Step::Store, register)) => {
                memory.store(at, &register.to_ne_bytes());
                me.stored(None, memory.address() + at, &register.to_ne_bytes());
                self.add = self.inside.then_some((Step::Unlock, register));
                ("store", register)
            }
            Some((Step::Unlock, register)) => {
                self.add = None;
                self.inside = false;
                self.leave(me, memory);
                ("unlock", register)
            }
        };
        me.said(
            "step",
            json!({"did": did, "cell": cell, "register": register.cast_signed()}),
        );
    }

    #[track_caller]
    pub(super) fn fill(&mut self, me: &mut Worker, memory: &Mapping, hold: bool) {
        if !self.enter(me, memory) {
            return;
        }
        let record = [self.letter; RECORD_LEN];
        let (now, rest) = record.split_at(if hold { RECORD_LEN / 2 } else { RECORD_LEN });
        memory.store(RECORD, now);
        me.stored(None, memory.address() + RECORD, now);
        if hold {
            self.inside |= self.has_lock();
            self.rest = rest.to_vec();
            me.said("half", json!({"stored": now.len(), "left": rest.len()}));
        } else {
            self.leave(me, memory);
        }
    }

    #[track_caller]
    pub(super) fn finish(&mut self, me: &mut Worker, memory: &Mapping) {
        let rest = std::mem::take(&mut self.rest);
        if rest.is_empty() {
            return me.said("nothing_left", json!({}));
        }
        let at = RECORD + RECORD_LEN - rest.len();
        memory.store(at, &rest);
        self.inside = false;
        if self.has_lock() {
            self.leave(me, memory);
        }
        me.stored(None, memory.address() + at, &rest);
        me.said("whole", json!({}));
    }

    fn has_lock(&self) -> bool {
        !matches!(self.params.guard, Guard::None | Guard::Atomics)
    }

    #[track_caller]
    pub(super) fn overwrite(&mut self, me: &mut Worker, memory: &Mapping, ms: u64) {
        let letters = [self.letter, self.letter.to_ascii_lowercase()];
        let (until, mut records) = (monotonic_ns() + ms * 1_000_000, 0_u64);
        me.said("overwriting", json!({"ms": ms}));
        while monotonic_ns() < until {
            for _ in 0..ROUNDS {
                if !self.enter(me, memory) {
                    return;
                }
                store_record(memory, letters[usize::from(!records.is_multiple_of(2))]);
                self.leave(me, memory);
                records += 1;
            }
        }
        let mut last = [0; RECORD_LEN];
        memory.load(RECORD, &mut last);
        me.stored(None, memory.address() + RECORD, &last);
        me.said("overwrote", json!({"records": records}));
    }

    #[track_caller]
    pub(super) fn check(&mut self, me: &mut Worker, memory: &Mapping, ms: u64) {
        let until = monotonic_ns() + ms * 1_000_000;
        let (mut records, mut torn, mut vain) = (0_u64, 0_u64, 0_u64);
        let mut sample = None;
        me.said("checking", json!({"ms": ms}));
        while monotonic_ns() < until {
            for _ in 0..ROUNDS {
                let mut record = [0; RECORD_LEN];
                match self.load(me, memory, RECORD, &mut record) {
                    Ok(again) => vain += again,
                    Err(_) => return,
                }
                records += 1;
                if is_torn(&record) {
                    torn += 1;
                    sample.get_or_insert(record);
                }
            }
        }
        if let Some(sample) = sample {
            me.said("torn", json!({"record": String::from_utf8_lossy(&sample)}));
        }
        me.said(
            "checked",
            json!({"records": records, "torn": torn, "vain": vain}),
        );
    }
}

/// Load, add, store: whatever somebody else stores in between is lost.
pub(super) fn add_in_three(memory: &Mapping, at: usize, n: u64) -> Result<(), Errno> {
    let cell = memory.cell(at)?;
    let register = cell.load(Ordering::Relaxed);
    let sum = register.wrapping_add(n);
    cell.store(sum, Ordering::Relaxed);
    Ok(())
}

/// One instruction that nobody gets in between.
pub(super) fn add_at_once(memory: &Mapping, at: usize, n: u64) -> Result<(), Errno> {
    memory.cell(at)?.fetch_add(n, Ordering::SeqCst);
    Ok(())
}

/// Eight stores of eight bytes. Each is whole; the record is not, until the last is done.
pub(super) fn store_record(memory: &Mapping, letter: u8) {
    memory.store(RECORD, &[letter; RECORD_LEN]);
}

/// Not all of one letter.
fn is_torn(record: &[u8; RECORD_LEN]) -> bool {
    record.iter().any(|byte| *byte != record[0])
}
