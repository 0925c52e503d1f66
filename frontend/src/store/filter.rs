//! Which events a log shows. Filtering is incremental: what was looked at once is not looked at again.

use super::{EventLog, words};
use shared::{
    event::{Event, Kind},
    ids::{Seq, WorkerId},
};

/// What is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this worker alone.
    pub worker: Option<WorkerId>,
    /// Of this group alone.
    pub group: Group,
    /// With this text somewhere in its line; case does not matter.
    pub text: String,
}

/// Groups of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Group {
    /// All.
    #[default]
    All,
    /// System calls.
    Calls,
    /// Messages.
    Messages,
    /// Births, states and ends of processes.
    Processes,
    /// Kernel objects and their figures.
    Kernel,
    /// The run and the commands.
    Run,
}

impl Group {
    /// Each group, its name in addresses, and how it is called.
    pub const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::All, "all", "Everything"),
        (Self::Calls, "calls", "System calls"),
        (Self::Messages, "messages", "Messages"),
        (Self::Processes, "processes", "Processes"),
        (Self::Kernel, "kernel", "Kernel objects"),
        (Self::Run, "run", "Run and commands"),
    ];

    /// The group an event belongs to.
    pub fn of(kind: &Kind) -> Self {
        match kind {
            Kind::CallEntered { .. } | Kind::CallInterrupted { .. } | Kind::CallReturned { .. } => {
                Self::Calls
            }
            Kind::MessageSending { .. }
            | Kind::MessageSent { .. }
            | Kind::MessageReceived { .. }
            | Kind::MessageLost { .. }
            | Kind::MemoryStored { .. }
            | Kind::MemoryLoaded { .. } => Self::Messages,
            Kind::ProcessStarted { .. }
            | Kind::ProcessExited { .. }
            | Kind::ProcessState { .. }
            | Kind::ProcessOutput { .. }
            | Kind::ProcessSignaled { .. }
            | Kind::ProcessSignals { .. }
            | Kind::ProcessSaid { .. } => Self::Processes,
            Kind::ObjectCreated { .. }
            | Kind::ObjectState { .. }
            | Kind::ObjectItems { .. }
            | Kind::ObjectBytes { .. }
            | Kind::ObjectRemoved {}
            | Kind::Gauge { .. } => Self::Kernel,
            Kind::RunStarted { .. }
            | Kind::RunFinished { .. }
            | Kind::LimitHit { .. }
            | Kind::Skipped { .. }
            | Kind::CommandWaiting { .. }
            | Kind::CommandDone { .. }
            | Kind::Unknown => Self::Run,
        }
    }
}

impl Filter {
    /// Everything is wanted.
    pub fn is_all(&self) -> bool {
        self.worker.is_none() && self.group == Group::All && self.text.is_empty()
    }

    /// This event is wanted.
    pub fn takes(&self, event: &Event) -> bool {
        (self.worker.is_none() || self.worker == event.worker)
            && (self.group == Group::All || self.group == Group::of(&event.kind))
            && (self.text.is_empty() || {
                let line = format!(
                    "{} {}",
                    event.worker.as_ref().map_or("", WorkerId::as_str),
                    words::event(event)
                );
                line.to_ascii_lowercase()
                    .contains(&self.text.to_ascii_lowercase())
            })
    }
}

/// The `seq`s of the events that a filter takes, brought up to date as a log grows. One value serves one run.
#[derive(Clone, Debug, Default)]
pub struct Filtered {
    filter: Filter,
    seqs: Vec<Seq>,
    /// Looked at up to and with this event.
    seen: Seq,
    /// `EventLog::mended` then.
    mended: u64,
}

impl Filtered {
    /// Takes a log into account, up to and with `until`. Looks at new events only, unless the filter changed or events
    /// came in before those looked at.
    pub fn update(&mut self, filter: &Filter, log: &EventLog, until: Seq) {
        if self.filter != *filter || self.mended != log.mended() || until < self.seen {
            *self = Self {
                filter: filter.clone(),
                mended: log.mended(),
                ..Self::default()
            };
        }
        let filter = &self.filter;
        let new = log
            .between(self.seen + 1, until + 1)
            .filter(|event| filter.takes(event));
        self.seqs.extend(new.map(|event| event.seq));
        self.seen = until;
        if let Some((first, _)) = log.range() {
            let gone = self.seqs.partition_point(|seq| *seq < first);
            self.seqs.drain(..gone);
        }
    }

    /// The `seq`s, in order.
    pub fn seqs(&self) -> &[Seq] {
        &self.seqs
    }
}

#[cfg(test)]
mod tests {
    use super::{Filter, Filtered, Group};
    use crate::store::{EventLog, testing};
    use shared::event::Kind;
    use std::rc::Rc;

    fn log(seqs: &[u64]) -> EventLog {
        let mut log = EventLog::default();
        for &seq in seqs {
            let worker = if seq % 2 == 0 { "writer" } else { "reader" };
            log.insert(Rc::new(testing::of(
                seq,
                Some(worker),
                Kind::CommandDone {
                    verb: format!("verb{seq}"),
                },
            )));
        }
        log
    }

    #[test]
    fn a_filter_takes_by_worker_group_and_text() {
        let log = log(&[1, 2, 3, 4, 12]);
        let mut filtered = Filtered::default();
        let mut seqs = |filter: Filter, until| {
            filtered.update(&filter, &log, until);
            filtered.seqs().to_vec()
        };
        assert_eq!(seqs(Filter::default(), 3), [1, 2, 3]);
        assert_eq!(seqs(Filter::default(), 12), [1, 2, 3, 4, 12]);
        assert_eq!(
            seqs(
                Filter {
                    worker: Some("writer".into()),
                    ..Filter::default()
                },
                12
            ),
            [2, 4, 12]
        );
        assert_eq!(
            seqs(
                Filter {
                    text: "VERB1".into(),
                    ..Filter::default()
                },
                12
            ),
            [1, 12]
        );
        assert_eq!(
            seqs(
                Filter {
                    group: Group::Calls,
                    ..Filter::default()
                },
                12
            ),
            [0_u64; 0]
        );
    }

    #[test]
    fn an_event_that_comes_late_takes_its_place() {
        let mut log = log(&[1, 2, 5]);
        let mut filtered = Filtered::default();
        filtered.update(&Filter::default(), &log, 5);
        log.insert(Rc::new(testing::event(3)));
        filtered.update(&Filter::default(), &log, 5);
        assert_eq!(filtered.seqs(), [1, 2, 3, 5]);
    }
}
