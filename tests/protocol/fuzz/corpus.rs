//! Valid input of every kind, to be bent.

use backend::{
    link::{FromBox, ToBox},
    worker::wire::{Command, Report, Touched},
};
use serde::Serialize;
use serde_json::{Value, json};
use shared::{
    command::{Data, Effect, Values},
    event::{Counts, Event, Kind, Outcome, Preview, Source},
    os::{Errno, Signal},
};

/// What clients say.
pub(crate) fn client() -> Vec<String> {
    let messages = [
        json!({"type": "hello", "protocol": 1}),
        json!({"type": "hello", "protocol": 1, "token": "t", "resume": {"run": "r", "after": 3}}),
        json!({"type": "start", "id": 1, "entry": "pipe", "variant": "fifo", "params": {"capacity": 4096}, "xray": false}),
        json!({"type": "start", "id": 1, "entry": "pipe", "roles": {"writer": "python"}}),
        json!({"type": "send", "id": 2, "run": "r", "worker": "writer", "data": {"text": "hello"}, "times": 3}),
        json!({"type": "send", "id": 2, "run": "r", "data": {"base64": "aGVsbG8="}}),
        json!({"type": "send", "id": 2, "run": "r", "data": {"fill": "61", "len": 65536}}),
        json!({"type": "act", "id": 3, "run": "r", "worker": "reader", "do": "read", "args": {"len": 10}}),
        json!({"type": "fetch", "id": 4, "run": "r", "call": 9, "from": 0, "len": 100}),
        json!({"type": "replay", "id": 5, "run": "r", "after": 0, "until": 9}),
        json!({"type": "stop", "id": 6, "run": "r"}),
        json!({"type": "watch", "id": 7, "run": "r", "key": "k"}),
        json!({"type": "watch", "id": 8, "key": "k7mx4pqd2w", "after": 3}),
        json!({"type": "place", "id": 9, "run": "r", "at": {"lesson": "pipe/flood", "beat": 2, "phase": "done", "call": 7}}),
    ];
    messages.iter().map(Value::to_string).collect()
}

/// Events of a short run, one a line.
pub(crate) fn recording() -> String {
    let common = |seq: u64, worker: &str, kind: Value| {
        let mut event = json!({"seq": seq, "at_ns": seq * 1000, "source": "call", "worker": worker, "pid": 7,
            "host_pid": 70, "object": "pipe:[5]"});
        event
            .as_object_mut()
            .expect("an object")
            .extend(kind.as_object().expect("an object").clone());
        event.to_string()
    };
    let preview = json!({"text": "hello", "len": 5});
    let kinds = [
        json!({"kind": "run.started", "entry": "pipe", "variant": "anonymous", "params": {}, "xray": true, "host": "Linux"}),
        json!({"kind": "process.started", "role": "writer", "parent": 1}),
        json!({"kind": "object.created", "object_type": "pipe"}),
        json!({"kind": "object.state", "holders": [{"worker": "writer", "fd": 4, "end": "write"}]}),
        json!({"kind": "message.sending", "msg": 1, "fd": 4, "len": 5, "preview": preview}),
        json!({"kind": "call.entered", "name": "write", "args": ["4", "\"hello\"", "5"], "fd": 4, "len": 5, "msg": 1,
            "data": preview}),
        json!({"kind": "gauge", "readings": [{"figure": "bytes", "value": 5, "max": 65536, "origin": "LIVE",
            "how": "FIONREAD"}]}),
        json!({"kind": "call.returned", "call": 6, "name": "write", "args": ["4", "\"hello\"", "5"], "fd": 4, "ret": 5,
            "msg": 1, "took_ns": 30_000}),
        json!({"kind": "message.sent", "msg": 1, "n": 5}),
        json!({"kind": "message.received", "call": 6, "len": 5, "complete": [1], "tie": "certain"}),
        json!({"kind": "process.state", "state": "asleep", "because": "pipe_empty", "wchan": "anon_pipe_read"}),
        json!({"kind": "call.interrupted", "call": 6}),
        json!({"kind": "message.lost", "msg": 1, "from": 0, "to": 5}),
        json!({"kind": "command.waiting", "verb": "read", "call": 6}),
        json!({"kind": "command.done", "verb": "read"}),
        json!({"kind": "process.output", "stream": "stderr", "text": "oops"}),
        json!({"kind": "process.signaled", "signal": "SIGPIPE"}),
        json!({"kind": "limit.hit", "limit": "processes", "value": 64, "errno": "EAGAIN"}),
        json!({"kind": "skipped", "what": "calls", "count": 9}),
        json!({"kind": "process.exited", "signal": "SIGPIPE"}),
        json!({"kind": "object.removed"}),
        json!({"kind": "run.finished", "outcome": "completed", "counts": Counts::default()}),
    ];
    let header = json!({"format": shared::recording::FORMAT, "version": shared::recording::VERSION, "server": "s",
        "run": "r", "started_unix_ms": 1, "oldest": 1});
    let mut lines = vec![header.to_string()];
    lines.extend(
        (1..)
            .zip(kinds)
            .map(|(seq, kind)| common(seq, "writer", kind)),
    );
    lines.join("\n")
}

/// A scenario with everything the format has.
pub(crate) fn scenario() -> String {
    "---\ntitle: A title\nrun: pipe/anonymous forgotten=reader-write\nminutes: 3\n---\nProse.\n\n```beat\n\
     do: send writer text=hello\ndo: close writer end=write\nsay: It waits.\nask: What now?\n- returns 0\n\
     - sleeps for ever *\nexpect: process.state reader because=pipe_empty\n\
     absent: call.returned reader name=read ret=0\n```\n"
        .to_owned()
}

/// What workers say.
pub(crate) fn reports() -> Vec<String> {
    lines(&[
        Report::Started {
            role: "writer".to_owned(),
            pid: 7,
            parent: 1,
            language: Some("python".to_owned()),
        },
        Report::Ready,
        Report::Taken,
        Report::Sending {
            msg: 1,
            fd: 4,
            len: 5,
            preview: Preview::default(),
            key: Some(5),
            inode: Some((1, 2)),
            to: Some("127.1.2.3:5000".to_owned()),
            ends: None,
        },
        Report::Sent {
            msg: 1,
            n: 5,
            errno: Some(Errno::EPIPE),
        },
        Report::Received {
            fd: 3,
            len: 5,
            preview: Preview {
                text: Some("hello".to_owned()),
                base64: None,
                len: 5,
            },
            key: Some(5),
            inode: Some((1, 2)),
            ends: "127.1.2.3:5000"
                .parse()
                .ok()
                .zip("127.1.2.4:41000".parse().ok()),
        },
        Report::Failed {
            call: "read".to_owned(),
            errno: Errno::EAGAIN,
        },
        Report::Reaped {
            pid: 8,
            code: None,
            signal: Some(Signal::SIGKILL),
        },
        Report::Said {
            what: "locked".to_owned(),
            about: Values::from([("by".to_owned(), "flock".into())]),
        },
        Report::Stored(Touched {
            msg: Some(1),
            at: 8,
            address: Some("0x7f12a4c00008".to_owned()),
            name: Some("cells".to_owned()),
            len: 5,
            preview: Preview::default(),
        }),
        Report::Loaded(Touched::default()),
        Report::Here {
            address: "0x7f12a4c00010".to_owned(),
        },
        Report::Skipped { count: 3 },
    ])
}

/// What workers are told.
pub(crate) fn commands() -> Vec<String> {
    lines(&[
        Command::Send {
            msg: 1,
            data: Data::Base64 {
                base64: "aGVsbG8=".to_owned(),
            },
            times: 2,
            args: std::iter::once(("priority".to_owned(), 5.into())).collect(),
        },
        Command::Act(
            [
                ("do".to_owned(), "read".into()),
                ("len".to_owned(), 10.into()),
            ]
            .into(),
        ),
        Command::Wait { pid: 8 },
    ])
}

/// What supervisors say.
pub(crate) fn from_box() -> Vec<String> {
    let event = Event {
        seq: 1,
        at_ns: 0,
        source: Source::Process,
        worker: Some("writer".into()),
        pid: Some(7),
        host_pid: Some(70),
        task: None,
        object: None,
        parts: Vec::new(),
        re: None,
        kind: Kind::ProcessExited {
            code: Some(0),
            signal: None,
        },
    };
    lines(&[
        FromBox::Events {
            events: vec![event],
        },
        FromBox::Ack {
            re: 1,
            effect: Effect::Queued,
        },
        FromBox::Bytes {
            re: 1,
            from: 0,
            total: 5,
            data: Data::Base64 {
                base64: "aGVsbG8=".to_owned(),
            },
        },
        FromBox::End {
            outcome: Outcome::Completed,
            message: None,
            counts: Counts::default(),
        },
        FromBox::Gone { status: -9 },
    ])
}

/// What supervisors are told.
pub(crate) fn to_box() -> Vec<String> {
    lines(&[
        ToBox::Send {
            re: Some(1),
            worker: Some("writer".into()),
            first: 1,
            times: 3,
            data: Data::Fill {
                fill: "61".to_owned(),
                len: 9,
            },
            args: Values::from([("priority".to_owned(), 5.into())]),
        },
        ToBox::Stop {
            outcome: Outcome::Stopped,
        },
    ])
}

fn lines<T: Serialize>(values: &[T]) -> Vec<String> {
    values
        .iter()
        .map(|value| serde_json::to_string(value).expect("it becomes JSON"))
        .collect()
}
