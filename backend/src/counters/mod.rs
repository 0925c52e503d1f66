//! What a server counts about itself, for `/api/health` and `/metrics`.

mod histogram;

pub use histogram::Histogram;

use shared::{
    event::Outcome,
    failure::{Code, Failure},
};
use std::{
    collections::BTreeMap,
    fs,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Reasons that are told apart. There are fewer; a mistake of ours must not fill the memory.
const REASONS: usize = 64;

/// Counts of one server. Everything only grows, except what is there now.
#[derive(Debug, Default)]
pub struct Counters {
    /// Boxes that exist now.
    pub boxes: Gauge,
    /// Sessions of browsers and programs that exist now.
    pub sessions: Gauge,
    /// Runs ever started.
    pub runs: Counter,
    /// Events that runs have said.
    pub events: Counter,
    /// Events that a browser was too slow for.
    pub lagged: Counter,
    /// Connections that were cut because nobody read.
    pub stalled: Counter,
    /// From a request to start a run to the box being there.
    pub box_start: Histogram,
    /// From a request to start a run to its first process.
    pub first_process: Histogram,
    ended: Mutex<BTreeMap<String, u64>>,
    refused: Mutex<BTreeMap<String, u64>>,
}

impl Counters {
    /// A run has ended so.
    pub fn ended(&self, outcome: Outcome) {
        count(&self.ended, name(&outcome));
    }

    /// Somebody was refused something: told by the limit that was hit, else by the code.
    pub fn refused(&self, failure: &Failure) {
        let limit = failure
            .limit
            .clone()
            .filter(|_| failure.code == Code::LimitHit);
        count(&self.refused, limit.unwrap_or_else(|| name(&failure.code)));
    }

    /// A request was refused for where it came from: by `origin`, or by `host`.
    pub fn refused_for(&self, reason: &str) {
        count(&self.refused, reason.to_owned());
    }

    /// Runs that ended, by outcome.
    pub fn outcomes(&self) -> BTreeMap<String, u64> {
        self.ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Refusals, by reason.
    pub fn refusals(&self) -> BTreeMap<String, u64> {
        self.refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn count(counts: &Mutex<BTreeMap<String, u64>>, reason: String) {
    let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
    if counts.len() < REASONS || counts.contains_key(&reason) {
        *counts.entry(reason).or_default() += 1;
    }
}

/// As it is written in the protocol.
fn name(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_value(value).ok();
    let text = text.as_ref().and_then(serde_json::Value::as_str);
    text.unwrap_or("unknown").to_owned()
}

/// A number that grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// So many more.
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// So many by now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number of things that are there, each counted as long as its [`Counted`] lives.
#[derive(Clone, Debug, Default)]
pub struct Gauge(std::sync::Arc<AtomicU64>);

/// One of the things.
#[derive(Debug)]
#[must_use = "it counts as long as it lives"]
pub struct Counted(Gauge);

impl Gauge {
    /// One more, until what is returned is dropped.
    pub fn one(&self) -> Counted {
        self.0.fetch_add(1, Ordering::Relaxed);
        Counted(self.clone())
    }

    /// So many now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Bytes of a process that are in memory, `VmRSS` of `/proc/PID/status`; nothing if that cannot be read.
pub fn resident_bytes(pid: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::{Counters, REASONS, resident_bytes};
    use shared::{
        event::Outcome,
        failure::{Code, Failure},
    };

    #[test]
    fn refusals_are_told_apart_by_limit_and_code() {
        let counters = Counters::default();
        let refused = |code| Failure::new(code, "no", "ask");
        counters.refused(&refused(Code::LimitHit).limit("runs", 4));
        counters.refused(&refused(Code::LimitHit).limit("runs", 4));
        counters.refused(&refused(Code::WrongToken));
        counters.refused_for("origin");
        let found: Vec<_> = counters.refusals().into_iter().collect();
        assert_eq!(
            found,
            [("origin", 1), ("runs", 2), ("wrong_token", 1)].map(|(name, n)| (name.to_owned(), n))
        );
        counters.ended(Outcome::SupervisorDied);
        assert_eq!(counters.outcomes()["supervisor_died"], 1);
        for n in 0..1000 {
            counters.refused(&refused(Code::LimitHit).limit(n.to_string(), 1));
        }
        assert_eq!(counters.refusals().len(), REASONS);
    }

    #[test]
    fn what_is_there_is_counted_while_it_lives() {
        let counters = Counters::default();
        let (one, two) = (counters.boxes.one(), counters.boxes.one());
        assert_eq!(counters.boxes.get(), 2);
        drop((one, two));
        assert_eq!(counters.boxes.get(), 0);
    }

    #[test]
    fn a_process_knows_what_memory_it_has() {
        assert!(resident_bytes("self").is_some_and(|bytes| bytes > 100_000));
        assert_eq!(resident_bytes("0"), None);
    }
}
