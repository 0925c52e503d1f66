//! Counters: eventfd and named semaphore. And the signalfd, through which a process reads its own pending signals.
//!
//! What is in a counter the kernel or the memory says; who put it in, books of their own, see [`shared::ledger::counter`].

use super::{Nature, Received, Scene, Sending, Way};
use crate::{
    gauge::{self, Held},
    sys::signals::signalfd_siginfo,
    tracer::{Entered, Flow, Returned},
};
use shared::{
    event::{Origin, Part, Reading, Source, Tie},
    ids::{CallId, MsgId},
    ledger::{self, Tied, counter::Counter, signals::Arrived},
};
use std::collections::BTreeMap;

/// Largest figure that JSON carries exactly, 2^53 - 1; a counter can hold more, which is then said in words.
const EXACT: u64 = (1 << 53) - 1;
/// Messages that one take names: what one of a thousand was is not told better by naming all.
const NAMED: usize = 24;
/// Bytes of a semaphore that are looked at: value and sleepers.
const SEMAPHORE: usize = 8;

/// What is remembered of one.
#[derive(Debug, Default)]
pub(super) struct Count {
    books: Counter,
    /// The first value is in the books.
    begun: bool,
    /// EFD_SEMAPHORE, and every semaphore: one at a time.
    units: bool,
    /// The last value that was read, and how many sleep.
    live: Option<(u64, Option<u64>)>,
    /// Sends in calls that are not back.
    calls: BTreeMap<CallId, Option<MsgId>>,
}

impl Nature for Count {
    fn opened(&mut self, scene: &mut Scene<'_>, _worker: usize, held: &Held) {
        if held.object_type == "eventfd" && !self.begun {
            self.measure(scene, gauge::look_at_event(held.pid, held.fd));
        }
    }

    fn entered(
        &mut self,
        scene: &mut Scene<'_>,
        worker: usize,
        key: CallId,
        call: &Entered,
    ) -> Option<ledger::Entered> {
        self.begin(scene);
        let mut msg = None;
        if call.flow == Flow::Send {
            msg = scene
                .announced(worker, call.fd.unwrap_or(-1))
                .map(|(msg, _)| msg);
            if let (Some(msg), Some(value)) = (msg, number(&call.data)) {
                self.books.announced(msg, worker, value);
            }
            self.calls.insert(key, msg);
        }
        Some(ledger::Entered {
            object: Some(scene.id.clone()),
            msg,
        })
    }

    fn returned(
        &mut self,
        scene: &mut Scene<'_>,
        worker: usize,
        key: CallId,
        call: &Returned,
        moved: u64,
    ) -> Option<Tied> {
        let mut tied = match call.flow {
            Flow::Send => {
                let msg = self.calls.remove(&key).flatten();
                match msg {
                    Some(msg) if moved == 0 => self.books.failed(msg),
                    None if moved > 0 => self.books.nameless(number(&call.data).unwrap_or(0)),
                    Some(_) | None => {}
                }
                self.added(msg, moved)
            }
            Flow::Receive if moved == 0 => Tied::default(),
            Flow::Receive if scene.object_type == "signalfd" => {
                read_signals(scene, worker, &call.data)
            }
            Flow::Receive => self.took(number(&call.data), moved),
            Flow::None | Flow::Move | Flow::Copy => Tied::default(),
        };
        tied.object = Some(scene.id.clone());
        Some(tied)
    }

    fn called(&mut self, scene: &mut Scene<'_>, _worker: usize, _call: &Returned, _way: Way) {
        self.sample(scene);
    }

    fn sending(&mut self, scene: &mut Scene<'_>, worker: usize, said: &Sending<'_>) -> Option<()> {
        self.begin(scene);
        // With X-ray, of a descriptor, the call tells.
        if !scene.traced || said.fd < 0 {
            let value = std::str::from_utf8(said.bytes).ok();
            let value = value.and_then(|text| text.parse().ok());
            self.books.announced(said.msg, worker, value.unwrap_or(1));
        }
        Some(())
    }

    fn sent(&mut self, scene: &mut Scene<'_>, _worker: usize, msg: MsgId, n: u64) -> Option<Tied> {
        let by_words = !scene.traced || scene.object_type == "semaphore";
        let mut tied = match by_words {
            // A post has no bytes, and does not fail.
            true if scene.object_type == "semaphore" => self.added(Some(msg), 0),
            true if n == 0 => {
                self.books.failed(msg);
                Tied::default()
            }
            true => self.added(Some(msg), n),
            false => Tied::default(),
        };
        tied.object = Some(scene.id.clone());
        self.sample(scene);
        Some(tied)
    }

    fn received(
        &mut self,
        scene: &mut Scene<'_>,
        _worker: usize,
        got: &Received<'_>,
    ) -> Option<Tied> {
        self.begin(scene);
        let value = std::str::from_utf8(got.bytes).ok();
        let mut tied = self.took(value.and_then(|text| text.parse().ok()), got.len);
        tied.object = Some(scene.id.clone());
        self.sample(scene);
        Some(tied)
    }

    fn sample(&mut self, scene: &mut Scene<'_>) {
        match scene.object_type {
            "eventfd" => {
                let mut holders = scene.state.holders.iter();
                let seen = holders.find_map(|holder| {
                    gauge::look_at_event(scene.host(&holder.worker)?, holder.fd)
                });
                self.measure(scene, seen);
            }
            "semaphore" => {
                let words = scene.read(0, SEMAPHORE);
                let words = words.and_then(|(bytes, _)| gauge::semaphore(&bytes));
                if let Some((value, sleepers)) = words {
                    self.units = true;
                    self.live(scene, value, Some(sleepers));
                }
            }
            _ => {}
        }
    }

    fn readings(&mut self, scene: &mut Scene<'_>) -> Option<(Source, Vec<Reading>)> {
        let Some((value, sleepers)) = self.live else {
            return Some((Source::Gauge, Vec::new()));
        };
        let figure = |figure: &str, value: u64, how: &str| Reading {
            figure: figure.to_owned(),
            value: value.min(EXACT),
            max: None,
            origin: Origin::Live,
            how: if value > EXACT {
                format!("{how}: {value}")
            } else {
                how.to_owned()
            },
        };
        let how = if scene.object_type == "eventfd" {
            "fdinfo"
        } else {
            "memory"
        };
        let mut readings = vec![figure("value", value, how)];
        readings.extend(sleepers.map(|sleepers| figure("sleepers", sleepers, how)));
        Some((Source::Gauge, readings))
    }

    fn removed(&mut self, scene: &mut Scene<'_>) {
        let lost = self.books.removed();
        scene.lost(lost);
    }
}

impl Count {
    fn measure(&mut self, scene: &mut Scene<'_>, seen: Option<gauge::EventReading>) {
        if let Some(seen) = seen {
            self.units = seen.units;
            self.live(scene, seen.count, None);
        }
    }

    /// What is in before anybody has put anything in: when it is first looked at, somebody may have.
    fn begin(&mut self, scene: &Scene<'_>) {
        if !std::mem::replace(&mut self.begun, true) {
            self.books.nameless(scene.ledger.first_value);
        }
    }

    fn live(&mut self, scene: &mut Scene<'_>, value: u64, sleepers: Option<u64>) {
        self.begin(scene);
        if self.live != Some((value, sleepers)) {
            self.live = Some((value, sleepers));
            scene.changed();
            scene.stir();
        }
    }

    fn added(&mut self, msg: Option<MsgId>, moved: u64) -> Tied {
        let whole = Part {
            msg,
            from: 0,
            to: moved,
        };
        Tied {
            parts: vec![whole],
            msg,
            ..Tied::default()
        }
    }

    /// `moved` bytes came out of it, which are a number.
    fn took(&mut self, value: Option<u64>, moved: u64) -> Tied {
        let mut tied = match value {
            Some(value) if !self.units => self.books.took_all(value),
            Some(_) | None => self.books.took_one(),
        };
        // The bytes are nobody's: what was added is not in them any more, only the sum.
        let sum = Part {
            msg: None,
            from: 0,
            to: moved,
        };
        let mut named = if tied.tie == Tie::Ambiguous {
            std::mem::take(&mut tied.candidates)
        } else {
            std::mem::take(&mut tied.parts)
        };
        // What is complete is named in full: it is told with its parts.
        named.truncate(NAMED.max(tied.complete.len()));
        tied.parts = std::iter::once(sum).chain(named).collect();
        tied.candidates = tied.parts.clone();
        tied
    }
}

/// The structures that a read of a signalfd brought, each a signal.
fn read_signals(scene: &mut Scene<'_>, _worker: usize, bytes: &[u8]) -> Tied {
    let mut all = Tied {
        parts: vec![Part {
            msg: None,
            from: 0,
            to: bytes.len() as u64,
        }],
        ..Tied::default()
    };
    for info in bytes
        .chunks(crate::sys::signals::SIGNALFD_SIGINFO)
        .filter_map(signalfd_siginfo)
    {
        let tied = scene.ledger.signals.arrived(Arrived {
            signal: info.signal,
            origin: Some((info.from, info.value)),
        });
        all.parts.extend(tied.parts);
        all.complete.extend(tied.complete);
        all.candidates.extend(tied.candidates);
        all.tie = tied.tie;
    }
    all
}

fn number(bytes: &[u8]) -> Option<u64> {
    Some(u64::from_ne_bytes(bytes.get(..8)?.try_into().ok()?))
}
