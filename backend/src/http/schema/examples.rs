//! One full example of every message and of every kind of event: with every field, so that all can be typed.

use serde_json::{Value, json};
use shared::{
    command::{ClientMessage, ServerMessage},
    event::Event,
};

/// What a client can say.
pub(super) fn client() -> Vec<ClientMessage> {
    read([
        json!({"type": "hello", "protocol": 1, "token": "0123456789abcdef0123456789abcdef",
            "resume": {"run": "5f0c1d2e3a4b", "after": 41}}),
        json!({"type": "start", "id": 1, "entry": "pipe", "variant": "fifo", "params": {"capacity": 4096},
            "roles": {"writer": "rust"}, "xray": true}),
        json!({"type": "send", "id": 2, "run": "5f0c1d2e3a4b", "worker": "writer", "data": {"text": "hello"}, "times": 3,
            "args": {"priority": 5}}),
        json!({"type": "act", "id": 3, "run": "5f0c1d2e3a4b", "worker": "reader", "object": "pipe:[41207]", "do": "read",
            "args": {"len": 16}}),
        json!({"type": "fetch", "id": 4, "run": "5f0c1d2e3a4b", "call": 17, "message": 2, "from": 0, "len": 1024}),
        json!({"type": "replay", "id": 5, "run": "5f0c1d2e3a4b", "after": 10, "until": 20}),
        json!({"type": "stop", "id": 6, "run": "5f0c1d2e3a4b"}),
        json!({"type": "watch", "id": 7, "run": "5f0c1d2e3a4b", "key": "k7mx4pqd2w", "after": 41}),
        json!({"type": "place", "id": 8, "run": "5f0c1d2e3a4b", "at": a_place()}),
    ])
}

/// What the server can say.
pub(super) fn server() -> Vec<ServerMessage> {
    let event = &events()[1];
    let state = shared::state::RunState::default();
    read([
        json!({"type": "hello", "protocol": 1, "server": "ipc-playground 0.1.0", "protection": "basic",
            "token": "0123456789abcdef0123456789abcdef", "limits": {"runs": 200}, "grace_ms": 60_000,
            "python": "Python 3.11", "no_python": ["zeromq"]}),
        json!({"type": "ack", "re": 2, "run": "5f0c1d2e3a4b", "message": 1, "effect": "queued"}),
        json!({"type": "rejected", "re": 2, "failure": failure()}),
        json!({"type": "snapshot", "run": "5f0c1d2e3a4b", "seq": 0, "at_ns": 0, "started_unix_ms": 1_700_000_000_000_u64,
            "oldest": 1, "state": state}),
        json!({"type": "events", "run": "5f0c1d2e3a4b", "events": [event]}),
        json!({"type": "lagged", "run": "5f0c1d2e3a4b", "from": 42, "to": 977}),
        json!({"type": "bytes", "re": 4, "from": 0, "total": 5, "data": {"base64": "aGVsbG8="}}),
        json!({"type": "watchers", "run": "5f0c1d2e3a4b", "key": "k7mx4pqd2w", "count": 28}),
        json!({"type": "place", "run": "5f0c1d2e3a4b", "at": a_place()}),
        json!({"type": "closing", "failure": failure(), "retry_ms": 2000}),
    ])
}

fn a_place() -> Value {
    json!({"lesson": "pipe/forgotten-end", "beat": 2, "phase": "done", "chosen": 1, "call": 17, "message": 6})
}

fn failure() -> Value {
    json!({"code": "bad_param", "message": "Writers cannot be \"9\"", "hint": "a whole number from 1 to 4 processes",
        "field": "writers", "limit": "payload_bytes", "value": 32_768})
}

/// What can happen.
pub(super) fn events() -> Vec<Event> {
    let kinds = [
        json!({"kind": "run.started", "entry": "pipe", "variant": "anonymous", "params": {"writers": 1}, "xray": true,
            "xray_off": "ptrace is not permitted here", "host": "Linux 6.8.0 x86_64", "mono_ns": 5_000_000}),
        json!({"kind": "process.started", "role": "writer", "parent": 1202, "language": "python"}),
        json!({"kind": "process.exited", "code": 0, "signal": "SIGPIPE"}),
        json!({"kind": "process.state", "state": "asleep", "because": "pipe_full", "wchan": "pipe_write"}),
        json!({"kind": "process.output", "stream": "stderr", "text": "hello"}),
        json!({"kind": "process.signaled", "signal": "SIGSTOP"}),
        json!({"kind": "process.signals", "masks": {"pending": "0000000000000200", "blocked": "0000000000000200",
            "ignored": "0000000000001000", "caught": "0000000000000800"}}),
        json!({"kind": "process.said", "what": "handled", "about": {"signal": "SIGUSR1"}}),
        json!({"kind": "object.created", "object_type": "fifo", "name": "/tmp/pipe"}),
        json!({"kind": "object.state", "holders": [{"worker": "writer", "fd": 4, "end": "write"}],
            "names": ["/dev/shm/cells"], "mappings": [{"worker": "writer", "address": "0x7f12a4c00000", "len": 4096}],
            "locks": [{"worker": "writer", "kind": "flock", "mode": "exclusive", "from": 0, "to": 10, "waiting": true}],
            "offsets": [{"worker": "writer", "fd": 4, "pos": 5}], "peer": "socket:[41208]"}),
        json!({"kind": "object.items", "items": [{"msg": 1, "len": 5, "key": 3, "preview": {"text": "hello", "len": 5}}],
            "more": 2, "origin": "MODEL"}),
        json!({"kind": "object.bytes", "at": 0, "hex": "68656c6c6f", "total": 4096,
            "writers": [{"from": 0, "to": 5, "worker": "writer", "msg": 1, "at": 2}]}),
        json!({"kind": "object.removed"}),
        json!({"kind": "message.sending", "msg": 1, "fd": 4, "len": 5, "preview": {"text": "hello", "len": 5},
            "key": 5}),
        json!({"kind": "message.sent", "msg": 1, "n": 5, "errno": "EPIPE", "inferred": true}),
        json!({"kind": "message.received", "call": 17, "len": 5, "complete": [1], "tie": "certain"}),
        json!({"kind": "message.lost", "msg": 1, "from": 0, "to": 5}),
        json!({"kind": "memory.stored", "msg": 1, "at": 8, "len": 5, "preview": {"text": "hello", "len": 5}}),
        json!({"kind": "memory.loaded", "at": 8, "len": 5, "preview": {"text": "hello", "len": 5}, "complete": [1],
            "tie": "certain"}),
        json!({"kind": "call.entered", "name": "write", "args": ["4", "\"hello\"", "5"], "fd": 4, "len": 5, "msg": 1,
            "data": {"text": "hello", "len": 5}, "line": 41}),
        json!({"kind": "call.interrupted", "call": 17}),
        json!({"kind": "call.returned", "call": 17, "name": "read", "args": ["3", "\"hello\"", "4096"], "fd": 3, "ret": 5,
            "errno": "EAGAIN", "msg": 1, "data": {"text": "hello", "len": 5}, "took_ns": 4100, "interrupted": 1,
            "key": 5}),
        json!({"kind": "gauge",
            "readings": [{"figure": "bytes", "value": 5, "max": 65_536, "origin": "LIVE", "how": "FIONREAD"}]}),
        json!({"kind": "limit.hit", "limit": "cpu_seconds", "value": 30, "errno": "EMFILE", "signal": "SIGXCPU"}),
        json!({"kind": "skipped", "what": "reports", "count": 12}),
        json!({"kind": "command.waiting", "verb": "send", "call": 17}),
        json!({"kind": "command.done", "verb": "freeze"}),
        json!({"kind": "run.finished", "outcome": "completed", "message": "all processes ended",
            "counts": shared::event::Counts::default()}),
    ];
    let common = json!({"seq": 17, "at_ns": 1_042_000, "source": "call", "worker": "writer", "pid": 1203, "host_pid": 1203, "task": 1204,
        "object": "pipe:[41207]", "parts": [{"msg": 1, "from": 0, "to": 5}], "re": 2});
    read(kinds.map(|kind| {
        let mut event = common.clone();
        if let (Some(event), Value::Object(kind)) = (event.as_object_mut(), kind) {
            event.extend(kind);
        }
        event
    }))
}

fn read<T: serde::de::DeserializeOwned>(examples: impl IntoIterator<Item = Value>) -> Vec<T> {
    let read = |example| {
        serde_json::from_value(example).expect("each example is a message; a test reads them all")
    };
    examples.into_iter().map(read).collect()
}

/// Nothing is read here: a new kind of event does not compile until it stands in this list, and then the test below asks
/// for its example.
#[cfg(test)]
const fn place(kind: &shared::event::Kind) -> usize {
    match kind {
        shared::event::Kind::RunStarted { .. } => 0,
        shared::event::Kind::ProcessStarted { .. } => 1,
        shared::event::Kind::ProcessExited { .. } => 2,
        shared::event::Kind::ProcessState { .. } => 3,
        shared::event::Kind::ProcessOutput { .. } => 4,
        shared::event::Kind::ProcessSignaled { .. } => 5,
        shared::event::Kind::ProcessSignals { .. } => 6,
        shared::event::Kind::ProcessSaid { .. } => 7,
        shared::event::Kind::ObjectCreated { .. } => 8,
        shared::event::Kind::ObjectState { .. } => 9,
        shared::event::Kind::ObjectItems { .. } => 10,
        shared::event::Kind::ObjectBytes { .. } => 11,
        shared::event::Kind::ObjectRemoved {} => 12,
        shared::event::Kind::MessageSending { .. } => 13,
        shared::event::Kind::MessageSent { .. } => 14,
        shared::event::Kind::MessageReceived { .. } => 15,
        shared::event::Kind::MessageLost { .. } => 16,
        shared::event::Kind::MemoryStored { .. } => 17,
        shared::event::Kind::MemoryLoaded { .. } => 18,
        shared::event::Kind::CallEntered { .. } => 19,
        shared::event::Kind::CallInterrupted { .. } => 20,
        shared::event::Kind::CallReturned { .. } => 21,
        shared::event::Kind::Gauge { .. } => 22,
        shared::event::Kind::LimitHit { .. } => 23,
        shared::event::Kind::Skipped { .. } => 24,
        shared::event::Kind::CommandWaiting { .. } => 25,
        shared::event::Kind::CommandDone { .. } => 26,
        shared::event::Kind::RunFinished { .. } => 27,
        shared::event::Kind::Unknown => 28,
    }
}

#[cfg(test)]
mod tests {
    use super::{client, events, place, server};

    #[test]
    fn there_is_one_example_of_each_kind_of_event() {
        let places: Vec<_> = events().iter().map(|event| place(&event.kind)).collect();
        assert_eq!(places, (0..28).collect::<Vec<_>>());
    }

    #[test]
    fn every_example_survives_the_codec() {
        use shared::codec::{decode_client, decode_server, encode_client, encode_server};
        for message in client() {
            assert_eq!(decode_client(&encode_client(&message)).unwrap(), message);
        }
        for message in server() {
            assert_eq!(decode_server(&encode_server(&message)).unwrap(), message);
        }
    }
}
