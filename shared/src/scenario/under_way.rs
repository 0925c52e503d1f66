//! Messages of a step that are under way.

use crate::{
    event::{Event, Kind, ProcState, Wait},
    ids::WorkerId,
};

/// Messages of a step that are under way: the next step begins when they are through, or cannot go on by themselves.
#[derive(Clone, Debug)]
pub struct UnderWay {
    worker: Option<WorkerId>,
    left: u32,
}

impl UnderWay {
    /// So many messages of that process; of anybody if absent.
    pub fn new(worker: Option<WorkerId>, left: u32) -> Self {
        Self { worker, left }
    }

    /// Nothing more is to be waited for.
    pub fn is_over(&self) -> bool {
        self.left == 0
    }

    /// Takes an event into account.
    pub fn see(&mut self, event: &Event) {
        if self.worker.is_some() && event.worker != self.worker {
            return;
        }
        if matches!(event.kind, Kind::MessageSent { .. }) {
            self.left = self.left.saturating_sub(1);
        }
        let stuck = matches!(
            event.kind,
            Kind::ProcessExited { .. }
                | Kind::CommandWaiting { .. }
                | Kind::ProcessState {
                    state: ProcState::Frozen,
                    ..
                }
                | Kind::ProcessState {
                    because: Some(
                        Wait::PipeFull
                            | Wait::FifoOpen
                            | Wait::QueueFull
                            | Wait::SocketFull
                            | Wait::FileLock
                            | Wait::Futex
                    ),
                    ..
                }
        );
        if stuck {
            self.left = 0;
        }
    }
}
