//! Signals of the lesson: which are on their way, which of them a worker got, and what its masks say.
//!
//! A signal has no descriptor and no object of its own: the set of pending signals of its receiver stands for one. A send is
//! known by its words (and, with X-ray, its call), an arrival by the receiver's words: its handler ran, or a call returned it.
//! What the kernel threw away nobody is told of; it is concluded from the masks, and only when nothing else is possible.

use super::{Supervisor, objects::Sending};
use crate::{gauge, tracer::Ended};
use serde_json::Value;
use shared::{
    command::Values,
    event::{Item, Kind, Masks, Origin, Part, ProcState, Source, Tie},
    ids::{CallId, MsgId, ObjectId},
    ledger::{Tied, signals::Arrived},
};

/// Signals on their way that one event names: it is at most 8 KiB.
const MOST: usize = 24;
/// What a receiver says when it got one.
const GOT: &[&str] = &["handled", "waited", "read"];
/// Signals without a handler, of which the state tells.
const STOPS: i32 = libc::SIGSTOP;
const GOES_ON: i32 = libc::SIGCONT;

/// What is remembered of signals.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Who receives, and what its pending set is called.
    receiver: Option<(usize, ObjectId)>,
    items: Vec<Item>,
    /// The call that last took a signal.
    took: Option<CallId>,
    /// The receiver was seen frozen.
    frozen: bool,
    /// A receiver in Python whose calls go on after a signal: its function may run much later than its handler.
    defers: bool,
}

impl Supervisor {
    fn shows_signals(&self) -> bool {
        self.play.mechanism.shows_signals()
    }

    /// A worker is there: if it is the receiver, so is its set of pending signals.
    pub(super) fn signals_born(&mut self, worker: usize) {
        let hand = &self.crew[worker];
        if !self.shows_signals() || hand.role != "receiver" || self.watch.receiver.is_some() {
            return;
        }
        let object = ObjectId::new(format!("signals:[{}]", hand.id));
        self.watch.receiver = Some((worker, object.clone()));
        let kind = Kind::ObjectCreated {
            object_type: "signals".to_owned(),
            name: None,
        };
        let made = hand.fact(Source::Process, kind).object(Some(object));
        self.journal.tell(made);
        let how = self.play.params.get("handler").cloned();
        self.signal_order(
            worker,
            &how.map(|how| ("how".to_owned(), how)).into_iter().collect(),
        );
        self.look_soon(worker);
    }

    /// A worker is about to send one; the set it goes into.
    pub(super) fn signal_sending(&mut self, worker: usize, said: &Sending<'_>) -> Option<ObjectId> {
        if said.fd < 0 {
            self.share_semaphore(worker);
        }
        if !self.shows_signals() || said.fd >= 0 {
            return None;
        }
        let signal = i32::try_from(said.key?).ok()?;
        let value = std::str::from_utf8(said.bytes).ok();
        let value = value.and_then(|text| text.parse().ok());
        let from = self.crew[worker].pid;
        self.ledger.signals.announced(signal, said.msg, from, value);
        self.tell_on_their_way();
        self.watch
            .receiver
            .as_ref()
            .map(|(_, object)| object.clone())
    }

    /// Its call is back.
    pub(super) fn signal_sent(&mut self, msg: MsgId, done: bool) -> Option<ObjectId> {
        if !self.shows_signals() {
            return None;
        }
        self.ledger.signals.sent(msg, done);
        self.tell_on_their_way();
        let (receiver, object) = self.watch.receiver.clone()?;
        self.tell_masks(receiver);
        self.look_soon(receiver);
        Some(object)
    }

    /// The message that a call which sends a signal is about.
    pub(super) fn signal_call(&self, worker: usize, name: &str) -> Option<MsgId> {
        let sends = matches!(name, "kill" | "tgkill" | "rt_sigqueueinfo");
        let mut announced = self.crew[worker].sending.iter().rev();
        let announced = announced.find(|announced| announced.fd < 0)?;
        (sends && self.shows_signals()).then_some(announced.msg)
    }

    /// A call returned that may have taken one; its words follow.
    pub(super) fn signal_taken(&mut self, name: &str, call: CallId) {
        if name == "rt_sigtimedwait" {
            self.watch.took = Some(call);
        }
    }

    /// The tracer saw the delivery of one begin.
    pub(super) fn signal_begun(&mut self, worker: usize, signal: i32) {
        let receiver = self.watch.receiver.as_ref();
        if receiver.is_none_or(|one| one.0 != worker) {
            return;
        }
        let caught = self
            .tell_masks(worker)
            .is_some_and(|masks| Masks::has(&masks.caught, signal));
        if self.in_python(worker) && caught {
            // Its handler in C runs now; its function in Python will run once for several.
            let arrived = Arrived {
                signal,
                origin: None,
            };
            self.signal_arrived(worker, None, arrived, Source::Process);
        } else {
            self.ledger.signals.begun(signal);
        }
    }

    /// A worker has said something: perhaps that it got one.
    pub(super) fn signal_said(&mut self, worker: usize, what: &str, about: &Values) {
        if !self.shows_signals() || !GOT.contains(&what) {
            return;
        }
        // What a read of a signalfd brought, its call has told; what came to Python, its delivery.
        let told = what == "read" || (what == "handled" && self.in_python(worker));
        if told && self.tracer.traces() {
            return;
        }
        let number = |name: &str| {
            let value = about.get(name)?.as_i64()?;
            i32::try_from(value).ok()
        };
        let Some(signal) = number("number") else {
            return;
        };
        let call = if what == "waited" {
            self.watch.took.take()
        } else {
            None
        };
        let origin = number("from").map(|from| (from, number("value")));
        // A function in Python runs once for several; the bytes that its handler in C wrote are one each.
        let delivered = about.get("delivered").and_then(Value::as_array);
        let all: Vec<i32> = match delivered {
            Some(bytes) => {
                let bytes = bytes.iter().filter_map(Value::as_i64);
                bytes.filter_map(|byte| i32::try_from(byte).ok()).collect()
            }
            None => vec![signal],
        };
        for signal in all {
            self.signal_arrived(worker, call, Arrived { signal, origin }, Source::Report);
        }
        self.tell_masks(worker);
    }

    fn signal_arrived(
        &mut self,
        worker: usize,
        call: Option<CallId>,
        arrived: Arrived,
        source: Source,
    ) {
        let tied = self.ledger.signals.arrived(arrived);
        self.tell_signal(worker, call, &tied, source);
    }

    fn tell_signal(&mut self, worker: usize, call: Option<CallId>, tied: &Tied, source: Source) {
        self.journal.counts.received += tied.complete.len() as u64;
        let mut parts = if tied.tie == Tie::Ambiguous {
            tied.candidates.clone()
        } else {
            tied.parts.clone()
        };
        parts.truncate(MOST);
        if parts.is_empty() {
            // Nothing is not end-of-file here: it came from somebody who was not seen to send it.
            parts.push(Part {
                msg: None,
                from: 0,
                to: 0,
            });
        }
        for complete in tied.complete.chunks(MOST).map(<[MsgId]>::to_vec).chain(
            // At least one event.
            tied.complete.is_empty().then(Vec::new),
        ) {
            let kind = Kind::MessageReceived {
                call,
                len: 0,
                complete,
                tie: tied.tie,
            };
            let object = self.watch.receiver.as_ref().map(|one| one.1.clone());
            let fact = self.crew[worker].fact(source, kind);
            self.journal.tell(fact.object(object).parts(parts.clone()));
        }
        self.tell_on_their_way();
    }

    /// A worker's state was just read.
    pub(super) fn look_at_signals(&mut self, worker: usize) {
        if !self.shows_signals() {
            return;
        }
        // What is over before the masks are read, was pending by then, or delivered, or thrown away.
        let over = self.ledger.signals.over();
        let Some(masks) = self.tell_masks(worker) else {
            return;
        };
        let Some((receiver, _)) = self.watch.receiver.clone() else {
            return;
        };
        if receiver != worker || over.is_empty() {
            return;
        }
        let hand = &self.crew[worker];
        let gauge = hand.gauge.as_ref();
        let Some(doing) = gauge.and_then(|gauge| gauge.read(hand.frozen)) else {
            return;
        };
        self.signal_froze(worker, doing.state == ProcState::Frozen);
        // Asleep after that, it has begun every handler that was to run; and a handler that has begun says so in its one
        // call, in which it does not sleep for long.
        let asleep = doing.state == ProcState::Asleep && !self.watch.defers;
        let speaking = doing
            .wchan
            .as_deref()
            .is_some_and(|wchan| wchan.contains("send"));
        if !asleep || speaking {
            return;
        }
        if self.tracer.traces() {
            self.drain(worker);
        } else {
            self.drain_all();
        }
        for (signal, sent) in over {
            let signals = &mut self.ledger.signals;
            let lost = if signal == STOPS || signal == GOES_ON {
                // Each takes the other away; what came of them the state has told, if it was seen in time.
                signals.settled(signal, &sent);
                Vec::new()
            } else if Masks::has(&masks.pending, signal) {
                signals.merged(signal, &sent)
            } else if self.crew[worker].language.name().is_some()
                && Masks::has(&masks.caught, signal)
            {
                let complete = signals.delivered(signal, &sent);
                self.signals_came(worker, complete);
                Vec::new()
            } else {
                signals.settled(signal, &sent)
            };
            self.signals_lost(lost);
        }
        self.tell_on_their_way();
    }

    fn signals_came(&mut self, worker: usize, complete: Vec<MsgId>) {
        if !complete.is_empty() {
            let whole = |msg: &MsgId| Part {
                msg: Some(*msg),
                from: 0,
                to: 0,
            };
            let tied = Tied {
                parts: complete.iter().map(whole).collect(),
                complete,
                ..Tied::default()
            };
            self.tell_signal(worker, None, &tied, Source::Gauge);
        }
    }

    fn in_python(&self, worker: usize) -> bool {
        self.crew[worker].language.name().is_some()
    }

    /// SIGSTOP and SIGCONT run no handler: the state tells that they came.
    pub(super) fn signal_froze(&mut self, worker: usize, frozen: bool) {
        let receiver = self.watch.receiver.as_ref();
        if receiver.is_none_or(|one| one.0 != worker) {
            return;
        }
        let signal = match (std::mem::replace(&mut self.watch.frozen, frozen), frozen) {
            (false, true) => STOPS,
            (true, false) => GOES_ON,
            _ => return,
        };
        let mut sent = self.ledger.signals.items().into_iter();
        if sent.any(|item| item.key == Some(i64::from(signal))) {
            let origin = None;
            self.signal_arrived(worker, None, Arrived { signal, origin }, Source::Gauge);
        }
    }

    /// A worker has ended.
    pub(super) fn signals_gone(&mut self, worker: usize, how: Ended) {
        let Some((_, object)) = self
            .watch
            .receiver
            .clone()
            .filter(|(receiver, _)| *receiver == worker)
        else {
            return;
        };
        let by = match how {
            Ended::Signal(signal) => Some(signal.0),
            Ended::Code(_) => None,
        };
        let (last, lost) = self.ledger.signals.ended(by);
        if let Some(tied) = last {
            self.tell_signal(worker, None, &tied, Source::Process);
        }
        self.signals_lost(lost);
        self.tell_on_their_way();
        let gone = Self::about(&object, Source::Process, Kind::ObjectRemoved {});
        self.journal.tell(gone);
        self.watch.receiver = None;
    }

    fn signals_lost(&mut self, lost: Vec<MsgId>) {
        let Some((_, object)) = self.watch.receiver.clone() else {
            return;
        };
        for msg in lost {
            self.journal.counts.lost += 1;
            let kind = Kind::MessageLost {
                msg,
                from: 0,
                to: 0,
            };
            self.journal.tell(Self::about(&object, Source::Gauge, kind));
        }
    }

    /// What a worker's masks are now, told if they changed.
    fn tell_masks(&mut self, worker: usize) -> Option<Masks> {
        let hand = &mut self.crew[worker];
        let masks = gauge::masks(hand.host).filter(|_| hand.alive())?;
        if hand.masks.as_ref() != Some(&masks) {
            hand.masks = Some(masks.clone());
            let kind = Kind::ProcessSignals {
                masks: masks.clone(),
            };
            let fact = hand.fact(Source::Gauge, kind);
            self.journal.tell(fact);
        }
        Some(masks)
    }

    /// What is on its way, by the books, told if it changed: which are pending, the masks say; how many, nobody does.
    fn tell_on_their_way(&mut self) {
        let Some((_, object)) = self.watch.receiver.clone() else {
            return;
        };
        let mut items = self.ledger.signals.items();
        let more = items.len().saturating_sub(MOST) as u64;
        items.truncate(MOST);
        if items == self.watch.items {
            return;
        }
        self.watch.items.clone_from(&items);
        let kind = Kind::ObjectItems {
            items,
            more,
            origin: Origin::Model,
        };
        let fact = Self::about(&object, Source::Report, kind);
        self.journal.tell_if_room("gauges", fact);
    }

    /// A command was given to a receiver: whether its function in Python may run later than its handler.
    pub(super) fn signal_order(&mut self, worker: usize, order: &Values) {
        let restarts = order.get("how").and_then(Value::as_str) == Some("restart");
        self.watch.defers |= restarts && self.in_python(worker);
    }
}
