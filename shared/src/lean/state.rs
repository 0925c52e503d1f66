//! The state of a run.

use super::{Lean, Wrong, field, lean_struct, word};
use crate::state::{
    Call, Content, Finished, Life, LimitHit, Message, Object, OpenCall, RunState, Said, Segment,
    Sent, Task, Waiting, Worker,
};
use serde_json::Value;

lean_struct! { RunState {
    run, entry, variant, params, xray, xray_off, host, seq, at_ns, finished, workers, objects, messages, calls, waiting, limit,
    counts,
} }
lean_struct! { Finished { outcome, message } }
lean_struct! { Worker {
    id, role, letter, pid, host_pid, life, frozen, state, because, wchan, now, last, signal, calls, bytes_out, bytes_in, output,
    language, signals,
} or { said, tasks } }
lean_struct! { Said { what, at_ns } or { about } }
lean_struct! { Task { tid, now } }
lean_struct! { Content { at, hex, total, writers } }
lean_struct! { OpenCall { call, name, args, fd, object, len, msg, since_ns, interrupted, paused, slept, line } }
lean_struct! { Call {
    call, returned, worker, name, args, fd, object, ret, errno, parts, data, entered_ns, took_ns, slept, interrupted,
    task, key, line,
} }
lean_struct! { Object {
    id, object_type, name, ribbon, written, read, readings, holders, removed, owed, peer, socket, items_origin, content,
} or { names, mappings, locks, offsets, items, more } }
lean_struct! { Segment { msg, from, to } }
lean_struct! { Message {
    id, worker, len, preview, source, sent, bytes_in, bytes_out, bytes_lost, receivers, sends, receives, tie,
    key,
} or { arrived, lost } }
lean_struct! { Sent { n, errno } }
lean_struct! { Waiting { re, worker, verb, since } }
lean_struct! { LimitHit { limit, value, worker } }

impl Lean for Life {
    fn lean(value: Option<&Value>) -> Result<Self, Wrong> {
        let value = value.ok_or("life")?;
        match word(value.get("life")) {
            "alive" => Ok(Self::Alive),
            "exited" => Ok(Self::Exited {
                code: field(value, "code")?,
            }),
            "killed" => Ok(Self::Killed {
                signal: field(value, "signal")?,
            }),
            _ => Err("life"),
        }
    }
}
