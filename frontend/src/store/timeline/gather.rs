//! Reads the events of a window into spans with columns and times.

use super::spans::{Ends, Raw, Span, find, is_drawn, never_drawn, put, raw, take};
use crate::{
    mechanism::count,
    store::{EventLog, words},
};
use shared::{
    event::{Event, Kind, ProcState, Source, Wait},
    ids::{CallId, MsgId, Seq, WorkerId},
    state::RunState,
};

/// A pause this long gets a break of its own: a learner was waited for.
const GAP_NS: u64 = 20_000_000;

/// A window, read.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) bars: Vec<Raw>,
    pub(super) gaps: Vec<(u32, u64)>,
    pub(super) columns: u32,
    pub(super) first_ns: u64,
    pub(super) last_ns: u64,
    pub(super) from: Seq,
    pub(super) to: Seq,
    pub(super) older: bool,
    /// Bars by call; by message that was reported as sent; by message that was reported as received.
    pub(super) of_call: Vec<(CallId, usize)>,
    pub(super) reported_send: Vec<(MsgId, usize)>,
    pub(super) reported_receive: Vec<(MsgId, usize)>,
    /// Bars that are still going on, by lane.
    pub(super) open: Vec<(u64, usize)>,
    pub(super) frozen: Vec<(u64, usize)>,
}

/// Reads the window that ends with `until`.
pub(super) fn gather(state: &RunState, log: &EventLog, until: Seq) -> Gathered {
    let mut out = Gathered::default();
    let drawn = |event: &Event| is_drawn(event, state.xray);
    let mut events: Vec<_> = log
        .between(0, until + 1)
        .rev()
        .filter(|event| drawn(event))
        .take(super::WINDOW + 1)
        .collect();
    out.older = events.len() > super::WINDOW;
    events.truncate(super::WINDOW);
    events.reverse();
    let (Some(first), Some(last)) = (events.first(), events.last()) else {
        return out;
    };
    (out.from, out.to, out.first_ns, out.last_ns) = (first.seq, last.seq, first.at_ns, first.at_ns);
    for event in &events {
        if let Some(lane) = lane_of(state, event.worker.as_ref()) {
            out.take(event, lane);
        }
    }
    out.finish(state, until == state.seq);
    out
}

fn lane_of(state: &RunState, worker: Option<&WorkerId>) -> Option<usize> {
    state
        .workers
        .iter()
        .position(|known| Some(&known.id) == worker)
}

/// A thread as a key: its lane in the low byte.
fn thread(lane: usize, event: &Event) -> u64 {
    u64::try_from(event.task.unwrap_or_default()).unwrap_or_default() << 8 | lane as u64 & 0xff
}

fn lane_of_thread(key: u64) -> usize {
    usize::try_from(key & 0xff).unwrap_or_default()
}

/// Bytes that a call moved: as the ledger says, else as read and write return them. Others return descriptors and numbers.
fn moved(event: &Event, name: &str, ret: Option<i64>) -> Option<u64> {
    if !event.parts.is_empty() {
        return Some(event.parts.iter().map(|part| part.to - part.from).sum());
    }
    let returns = [
        "read", "write", "pread", "pwrite", "recv", "send", "splice", "tee",
    ];
    ret.filter(|ret| *ret >= 0 && returns.iter().any(|known| name.starts_with(known)))
        .map(i64::unsigned_abs)
}

impl Gathered {
    /// A column for an event, after a break where time passed.
    fn column(&mut self, event: &Event) -> u32 {
        let pause = event.at_ns.saturating_sub(self.last_ns);
        if self.columns > 0 && pause >= GAP_NS {
            self.gaps.push((self.columns, pause));
            self.columns += 1;
        }
        self.last_ns = self.last_ns.max(event.at_ns);
        self.columns += 1;
        self.columns - 1
    }

    fn take(&mut self, event: &Event, lane: usize) {
        match &event.kind {
            Kind::CallEntered {
                name, args, len, ..
            } => {
                let base = len.map_or_else(|| name.clone(), |len| format!("{name} {}", count(len)));
                let title = format!("{name}({})", args.join(", "));
                let title = match event.task {
                    Some(task) => format!("thread {task}: {title}"),
                    None => title,
                };
                let bar = self.push(event, lane, Span::Open, base, title, Some(event.seq));
                put(&mut self.open, thread(lane, event), bar);
                put(&mut self.of_call, event.seq, bar);
            }
            Kind::CallReturned {
                call,
                name,
                args,
                ret,
                errno,
                ..
            } => {
                let known = find(&self.of_call, *call)
                    .filter(|bar| find(&self.open, thread(lane, event)) == Some(*bar));
                let soon = event.at_ns.saturating_sub(self.last_ns) < GAP_NS;
                let at_once = known
                    .is_some_and(|bar| soon && bar + 1 == self.bars.len() && self.is_newest(bar));
                let column = if at_once {
                    self.columns.saturating_sub(1)
                } else {
                    self.column(event)
                };
                self.last_ns = self.last_ns.max(event.at_ns);
                let bar = known.unwrap_or_else(|| {
                    // It was entered before the window: its bar begins at the left edge.
                    let bar = self.bars.len();
                    let ends = Ends {
                        from: 0,
                        to: column,
                        from_ns: self.first_ns,
                        to_ns: event.at_ns,
                    };
                    self.bars.push(raw(
                        lane,
                        ends,
                        Span::Open,
                        String::new(),
                        String::new(),
                        Some(*call),
                        *call,
                    ));
                    bar
                });
                take(&mut self.open, thread(lane, event));
                put(&mut self.of_call, *call, bar);
                let moved = moved(event, name, *ret);
                self.returned(
                    bar,
                    (column, event.at_ns),
                    (name, args),
                    moved,
                    (*ret, *errno),
                );
                if at_once {
                    self.merge(bar, *call);
                }
            }
            Kind::ProcessState { state, because, .. } => self.state(event, lane, *state, *because),
            Kind::ProcessSignaled { signal } => {
                let title = format!("{signal}: {}", signal.meaning());
                self.push(event, lane, Span::Signal, signal.to_string(), title, None);
            }
            Kind::ProcessExited { code, signal } => {
                let label = signal.map_or_else(
                    || format!("exit {}", code.unwrap_or_default()),
                    |signal| signal.to_string(),
                );
                let bar = self.push(event, lane, Span::Exit, label, words::event(event), None);
                let to = self.bars.get(bar).map(|raw| raw.ends).unwrap_or_default();
                let mut ended: Vec<usize> =
                    take(&mut self.frozen, lane as u64).into_iter().collect();
                while let Some(at) = self
                    .open
                    .iter()
                    .position(|known| lane_of_thread(known.0) == lane)
                {
                    ended.push(self.open.remove(at).1);
                }
                for open in ended {
                    if let Some(raw) = self.bars.get_mut(open) {
                        (raw.ends.to, raw.ends.to_ns) =
                            (to.from.saturating_sub(1).max(raw.ends.from), to.from_ns);
                    }
                }
            }
            Kind::MessageSending { msg, len, .. } => {
                let bar = self.push(
                    event,
                    lane,
                    Span::Reported,
                    format!("send {}", count(*len)),
                    words::event(event),
                    None,
                );
                put(&mut self.reported_send, *msg, bar);
            }
            Kind::MessageSent { msg, .. } => {
                let column = self.column(event);
                if let Some(raw) =
                    find(&self.reported_send, *msg).and_then(|bar| self.bars.get_mut(bar))
                {
                    (raw.ends.to, raw.ends.to_ns) = (column, event.at_ns);
                    raw.title = words::event(event);
                }
            }
            Kind::MessageReceived { len, .. } => {
                let bar = self.push(
                    event,
                    lane,
                    Span::Reported,
                    format!("got {}", count(*len)),
                    words::event(event),
                    None,
                );
                for msg in event.parts.iter().filter_map(|part| part.msg) {
                    self.reported_receive.push((msg, bar));
                }
            }
            Kind::MemoryStored { msg, len, .. } => {
                let label = format!("store {}", count(*len));
                let bar = self.said(event, lane, label);
                if let Some(msg) = msg {
                    put(&mut self.reported_send, *msg, bar);
                }
            }
            Kind::MemoryLoaded { len, .. } => {
                let label = format!("load {}", count(*len));
                let bar = self.said(event, lane, label);
                for msg in event.parts.iter().filter_map(|part| part.msg) {
                    self.reported_receive.push((msg, bar));
                }
            }
            Kind::ProcessSaid { what, .. } => {
                self.said(event, lane, what.replace('_', " "));
            }
            never_drawn!() => {}
        }
    }

    /// What a process told of itself: a bar that no call stands for.
    fn said(&mut self, event: &Event, lane: usize, label: String) -> usize {
        let span = if event.source == Source::Memory {
            Span::Memory
        } else {
            Span::Reported
        };
        self.push(event, lane, span, label, words::event(event), None)
    }

    fn state(&mut self, event: &Event, lane: usize, state: ProcState, because: Option<Wait>) {
        if state == ProcState::Frozen {
            let bar = self.push(
                event,
                lane,
                Span::Frozen,
                "frozen".to_owned(),
                "frozen: stopped by SIGSTOP".to_owned(),
                None,
            );
            self.frozen.push((lane as u64, bar));
            return;
        }
        if let Some(bar) = take(&mut self.frozen, lane as u64) {
            let column = self.column(event);
            if let Some(raw) = self.bars.get_mut(bar) {
                (raw.ends.to, raw.ends.to_ns) = (column, event.at_ns);
            }
        }
        if state == ProcState::Asleep
            && let Some(because) = because
            && let Some(raw) = find(&self.open, lane as u64).and_then(|bar| self.bars.get_mut(bar))
        {
            raw.span = Span::Slept;
            raw.title = format!("{}, asleep: {}", raw.title, words::wait(because));
        }
    }

    fn push(
        &mut self,
        event: &Event,
        lane: usize,
        span: Span,
        base: String,
        title: String,
        call: Option<CallId>,
    ) -> usize {
        let column = self.column(event);
        let ends = Ends {
            from: column,
            to: column,
            from_ns: event.at_ns,
            to_ns: event.at_ns,
        };
        self.bars
            .push(raw(lane, ends, span, base, title, call, event.seq));
        self.bars.len() - 1
    }

    /// Nothing was drawn after this bar began.
    fn is_newest(&self, bar: usize) -> bool {
        self.bars
            .get(bar)
            .is_some_and(|raw| raw.ends.from + 1 == self.columns)
    }
}
