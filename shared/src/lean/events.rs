//! Events.

use super::{Lean, Wrong, field, field_or, lean_struct, lean_words, word};
use crate::event::{
    Counts, End, Endpoint, Event, Holder, Item, Kind, Lock, LockKind, LockMode, Mapping, Masks,
    Offset, Origin, Outcome, Part, Preview, ProcState, Reading, Source, Tie, Wait, Wrote,
};
use serde_json::Value;

lean_words! { Source { "report" => Report, "call" => Call, "memory" => Memory, "gauge" => Gauge, "process" => Process, "run" => Run } }
lean_words! { Origin { "LIVE" => Live, "MEASURED" => Measured, "REPLAY" => Replay, "MODEL" => Model } }
lean_words! { Tie { "certain" => Certain, "ambiguous" => Ambiguous, "unknown" => Unknown } }
lean_words! { End { "read" => Read, "write" => Write, "both" => Both } }
lean_words! { ProcState { "running" => Running, "asleep" => Asleep, "frozen" => Frozen, "zombie" => Zombie } }
lean_words! { Wait {
    "pipe_full" => PipeFull, "pipe_empty" => PipeEmpty, "fifo_open" => FifoOpen, "queue_full" => QueueFull,
    "queue_empty" => QueueEmpty, "file_lock" => FileLock, "futex" => Futex, "signal" => Signal,
    "socket_full" => SocketFull, "socket_empty" => SocketEmpty, "accept" => Accept, "connect" => Connect, "poll" => Poll,
    "event" => Event, "child" => Child, "command" => Command,
    "other" => Other,
} }
lean_words! { Outcome {
    "completed" => Completed, "stopped" => Stopped, "idle" => Idle, "abandoned" => Abandoned,
    "supervisor_died" => SupervisorDied, "limit_hit" => LimitHit, "server_stopping" => ServerStopping, "failed" => Failed,
} }
lean_struct! { Part { msg, from, to } }
lean_struct! { Preview { text, base64, len } }
lean_struct! { Holder { worker, fd, end } }
lean_struct! { Item { msg, len, key, preview } }
lean_struct! { Mapping { worker, address, len } }
lean_words! { LockKind { "flock" => Flock, "posix" => Posix, "ofd" => Ofd } }
lean_words! { LockMode { "shared" => Shared, "exclusive" => Exclusive } }
lean_struct! { Lock { worker, kind, mode, from, to } or { waiting } }
lean_struct! { Endpoint { transport, state, local, remote, shut } }
lean_struct! { Offset { worker, fd, pos } }
lean_struct! { Wrote { from, to, worker, msg } or { at } }
lean_struct! { Masks { pending, blocked, ignored, caught } }
lean_struct! { Reading { figure, value, max, origin, how } }
lean_struct! { Counts { events, calls, sent, received, lost, bytes_sent, bytes_received, skipped } }

impl Lean for Event {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        let kind = Kind::lean(value)?;
        let value = value.ok_or("")?;
        Ok(Self {
            seq: field(value, "seq")?,
            at_ns: field(value, "at_ns")?,
            source: field(value, "source")?,
            worker: field(value, "worker")?,
            pid: field(value, "pid")?,
            host_pid: field(value, "host_pid")?,
            task: field(value, "task")?,
            object: field(value, "object")?,
            parts: field_or(value, "parts")?,
            re: field(value, "re")?,
            kind,
        })
    }
}

/// Reads a kind by its name: the fields that must be there, then those that have a default.
macro_rules! lean_kinds {
    ($value:ident: $($name:literal => $kind:ident { $($must:ident),* $(,)? } $(or { $($may:ident),* $(,)? })?;)*) => {
        match word($value.get("kind")) {
            $($name => Ok(Kind::$kind {
                $($must: field($value, stringify!($must))?,)*
                $($($may: field_or($value, stringify!($may))?,)*)?
            }),)*
            "" => Err("kind"),
            _ => Ok(Kind::Unknown),
        }
    };
}

impl Lean for Kind {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        let value = value.ok_or("kind")?;
        lean_kinds! { value:
            "run.started" => RunStarted { entry, variant, params, xray, xray_off, host } or { mono_ns };
            "run.finished" => RunFinished { outcome, message, counts };
            "process.started" => ProcessStarted { role, parent, language };
            "process.exited" => ProcessExited { code, signal };
            "process.state" => ProcessState { state, because, wchan };
            "process.output" => ProcessOutput { stream, text };
            "process.signaled" => ProcessSignaled { signal };
            "process.signals" => ProcessSignals { masks };
            "process.said" => ProcessSaid { what } or { about };
            "object.created" => ObjectCreated { object_type, name };
            "object.state" => ObjectState { holders, peer, socket } or { names, mappings, locks, offsets };
            "object.items" => ObjectItems { items, origin } or { more };
            "object.bytes" => ObjectBytes { at, hex, total } or { writers };
            "object.removed" => ObjectRemoved {};
            "message.sending" => MessageSending { msg, fd, len, preview, key };
            "message.sent" => MessageSent { msg, n, errno } or { inferred };
            "message.received" => MessageReceived { call, len } or { complete, tie };
            "message.lost" => MessageLost { msg, from, to };
            "memory.stored" => MemoryStored { msg, at, len, preview };
            "memory.loaded" => MemoryLoaded { at, len, preview } or { complete, tie };
            "call.entered" => CallEntered { name, args, fd, len, msg, data, line };
            "call.interrupted" => CallInterrupted { call };
            "call.returned" => CallReturned { call, name, args, fd, ret, errno, msg, data, took_ns, key, into } or { interrupted };
            "gauge" => Gauge { readings };
            "limit.hit" => LimitHit { limit, value, errno, signal };
            "skipped" => Skipped { what, count };
            "command.waiting" => CommandWaiting { verb, call };
            "command.done" => CommandDone { verb };
        }
    }
}
