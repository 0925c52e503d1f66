//! Names of the kinds of events, without formatting an event.

use super::{Holder, Kind};

impl Kind {
    /// As in JSON: `call.returned`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::RunStarted { .. } => "run.started",
            Self::RunFinished { .. } => "run.finished",
            Self::ProcessStarted { .. } => "process.started",
            Self::ProcessExited { .. } => "process.exited",
            Self::ProcessState { .. } => "process.state",
            Self::ProcessOutput { .. } => "process.output",
            Self::ProcessSignaled { .. } => "process.signaled",
            Self::ProcessSignals { .. } => "process.signals",
            Self::ProcessSaid { .. } => "process.said",
            Self::ObjectCreated { .. } => "object.created",
            Self::ObjectState { .. } => "object.state",
            Self::ObjectItems { .. } => "object.items",
            Self::ObjectBytes { .. } => "object.bytes",
            Self::ObjectRemoved {} => "object.removed",
            Self::MessageSending { .. } => "message.sending",
            Self::MessageSent { .. } => "message.sent",
            Self::MessageReceived { .. } => "message.received",
            Self::MessageLost { .. } => "message.lost",
            Self::MemoryStored { .. } => "memory.stored",
            Self::MemoryLoaded { .. } => "memory.loaded",
            Self::CallEntered { .. } => "call.entered",
            Self::CallInterrupted { .. } => "call.interrupted",
            Self::CallReturned { .. } => "call.returned",
            Self::Gauge { .. } => "gauge",
            Self::LimitHit { .. } => "limit.hit",
            Self::Skipped { .. } => "skipped",
            Self::CommandWaiting { .. } => "command.waiting",
            Self::CommandDone { .. } => "command.done",
            Self::Unknown => "unknown",
        }
    }

    /// All names, in the order of the protocol.
    pub const NAMES: &[&str] = &[
        "run.started",
        "run.finished",
        "process.started",
        "process.exited",
        "process.state",
        "process.output",
        "process.signaled",
        "process.signals",
        "process.said",
        "object.created",
        "object.state",
        "object.items",
        "object.bytes",
        "object.removed",
        "message.sending",
        "message.sent",
        "message.received",
        "message.lost",
        "memory.stored",
        "memory.loaded",
        "call.entered",
        "call.interrupted",
        "call.returned",
        "gauge",
        "limit.hit",
        "skipped",
        "command.waiting",
        "command.done",
    ];
}

impl Kind {
    /// An `object.state` of holders alone.
    pub fn held_by(holders: Vec<Holder>) -> Self {
        Self::ObjectState {
            holders,
            names: Vec::new(),
            mappings: Vec::new(),
            locks: Vec::new(),
            offsets: Vec::new(),
            peer: None,
            socket: None,
        }
    }
}
