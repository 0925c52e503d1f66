//! Runs as they look in the states that the stage must draw, folded from events written by hand.

use serde_json::{Value, json};
use shared::{
    event::Event,
    state::{RunState, apply},
};

/// Inode of every pipe here.
const PIPE: &str = "pipe:[41207]";

/// A run that is told event by event.
#[derive(Debug)]
pub(crate) struct Scene {
    run: RunState,
    object: &'static str,
    letters: u64,
}

impl Scene {
    /// A run that has begun.
    pub(crate) fn new(variant: &str, params: &Value) -> Self {
        let object = if variant == "fifo" { "fifo:[52]" } else { PIPE };
        let mut scene = Self {
            run: RunState {
                run: Some("demo".into()),
                ..RunState::default()
            },
            object,
            letters: 0,
        };
        scene.tell(json!({"source": "run", "kind": "run.started", "entry": "pipe", "variant": variant, "params": params,
            "xray": true, "host": "Linux 6.1", "mono_ns": 0}));
        scene
    }

    /// What is to be drawn.
    pub(crate) fn state(self) -> RunState {
        self.run
    }

    fn tell(&mut self, mut event: Value) {
        event["seq"] = (self.run.seq + 1).into();
        event["at_ns"] = (self.run.seq * 40_000).into();
        let event: Event = serde_json::from_value(event).expect("written as the protocol has it");
        apply(&mut self.run, &event);
    }

    /// Tells a fact about a process.
    pub(crate) fn about(&mut self, worker: &str, mut event: Value) -> &mut Self {
        event["worker"] = worker.into();
        if event.get("source").is_none() {
            event["source"] = "process".into();
        }
        self.tell(event);
        self
    }

    /// A process comes to be.
    pub(crate) fn born(&mut self, worker: &str) -> &mut Self {
        self.letters += 1;
        let role = worker.split('-').next().unwrap_or(worker);
        self.about(
            worker,
            json!({"kind": "process.started", "role": role, "parent": 1, "pid": self.letters + 1,
            "host_pid": 41_210 + self.letters}),
        )
    }

    /// The pipe comes to be, with who holds which end under which descriptor.
    pub(crate) fn pipe(&mut self, holders: &[(&str, i32, &str)]) -> &mut Self {
        let (kind, name) = if self.object == PIPE {
            ("pipe", Value::Null)
        } else {
            ("fifo", json!("/tmp/ipc-3/fifo"))
        };
        self.tell(json!({"source": "call", "object": self.object, "kind": "object.created", "object_type": kind, "name": name}));
        self.holders(holders).gauge(0, 0)
    }

    /// Who holds which end.
    pub(crate) fn holders(&mut self, holders: &[(&str, i32, &str)]) -> &mut Self {
        let holders: Vec<_> = holders
            .iter()
            .map(|(worker, fd, end)| json!({"worker": worker, "fd": fd, "end": end}))
            .collect();
        self.tell(json!({"source": "gauge", "object": self.object, "kind": "object.state", "holders": holders}));
        self
    }

    /// What the kernel says.
    pub(crate) fn gauge(&mut self, bytes: u64, pages: u64) -> &mut Self {
        self.tell(
            json!({"source": "gauge", "object": self.object, "kind": "gauge", "readings": [
            {"figure": "bytes", "value": bytes, "max": 65_536, "origin": "LIVE", "how": "FIONREAD"},
            {"figure": "slots", "value": pages, "max": 16, "origin": "MODEL", "how": "pages"}]}),
        );
        self
    }

    /// A process is in a call.
    pub(crate) fn enters(
        &mut self,
        worker: &str,
        name: &str,
        args: &[&str],
        len: u64,
        msg: Option<u64>,
    ) -> &mut Self {
        let object = self.object;
        let fd = args.first().and_then(|fd| fd.parse::<i32>().ok());
        self.about(worker, json!({"source": "call", "object": object, "kind": "call.entered", "name": name, "args": args,
            "fd": fd, "len": len, "msg": msg}))
    }

    /// It sleeps there.
    pub(crate) fn sleeps(&mut self, worker: &str, because: &str) -> &mut Self {
        self.about(worker, json!({"source": "gauge", "kind": "process.state", "state": "asleep", "because": because}))
    }

    /// It was frozen.
    pub(crate) fn frozen(&mut self, worker: &str) -> &mut Self {
        self.about(
            worker,
            json!({"source": "process", "kind": "process.state", "state": "frozen"}),
        )
    }

    /// It ended.
    pub(crate) fn killed(&mut self, worker: &str, signal: &str) -> &mut Self {
        self.about(worker, json!({"kind": "process.exited", "signal": signal}))
    }

    /// It wrote a whole message.
    pub(crate) fn writes(&mut self, worker: &str, msg: u64, text: &str) -> &mut Self {
        let (len, object) = (text.len(), self.object);
        let shown: String = text.chars().take(32).collect();
        let args = [
            "4".to_owned(),
            format!("\"{shown}\"{}", if len > 32 { "..." } else { "" }),
            len.to_string(),
        ];
        let preview = json!({"text": shown, "len": len});
        self.about(worker, json!({"source": "report", "kind": "message.sending", "msg": msg, "fd": 4, "len": len, "preview": preview}));
        let args: Vec<_> = args.iter().map(String::as_str).collect();
        self.enters(worker, "write", &args, len as u64, Some(msg));
        let call = self.run.seq;
        self.about(worker, json!({"source": "call", "object": object, "kind": "call.returned", "call": call, "name": "write",
            "args": args, "fd": 4, "ret": len, "msg": msg, "took_ns": 28_000, "parts": [{"msg": msg, "from": 0, "to": len}]}));
        self.about(
            worker,
            json!({"source": "report", "kind": "message.sent", "msg": msg, "n": len}),
        )
    }

    /// It read bytes of one message.
    pub(crate) fn reads(
        &mut self,
        worker: &str,
        msg: u64,
        from: u64,
        to: u64,
        text: &str,
    ) -> &mut Self {
        let (n, object) = (to - from, self.object);
        self.enters(worker, "read", &["3", "", "4096"], 4096, None);
        let (call, shown) = (self.run.seq, format!("\"{text}\""));
        self.about(worker, json!({"source": "call", "object": object, "kind": "call.returned", "call": call, "name": "read",
            "args": ["3", shown, "4096"], "fd": 3, "ret": n, "took_ns": 31_000, "parts": [{"msg": msg, "from": from, "to": to}]}))
    }

    /// Parent, one writer and the reader, with the ends they need.
    pub(crate) fn pair(variant: &str, params: &Value) -> Self {
        let mut scene = Self::new(variant, params);
        scene
            .born("parent")
            .pipe(&[])
            .born("writer")
            .born("reader")
            .holders(&[("writer", 4, "write"), ("reader", 3, "read")]);
        scene
            .enters("parent", "wait4", &["-1", "", "0"], 0, None)
            .sleeps("parent", "child");
        scene
    }
}

/// All of them by name.
pub(crate) fn all() -> Vec<(&'static str, RunState)> {
    vec![
        (
            "not-started",
            RunState {
                entry: "pipe".to_owned(),
                ..RunState::default()
            },
        ),
        ("starting", Scene::new("anonymous", &json!({})).state()),
        ("empty", empty()),
        ("one-message", one_message()),
        ("full", full()),
        ("pages", pages()),
        ("dead-reader", dead_reader()),
        ("forgotten-end", forgotten_end()),
        ("fifo-waits", fifo_waits()),
        ("four-writers", four_writers()),
        ("ended", ended()),
    ]
}

fn empty() -> RunState {
    let mut scene = Scene::pair("anonymous", &json!({}));
    scene
        .sleeps("writer", "command")
        .enters("reader", "read", &["3", "", "4096"], 4096, None)
        .sleeps("reader", "pipe_empty");
    scene.state()
}

fn one_message() -> RunState {
    let mut scene = Scene::pair("anonymous", &json!({"reader": "demand"}));
    scene
        .sleeps("reader", "command")
        .writes("writer", 1, "hello")
        .gauge(5, 1)
        .sleeps("writer", "command");
    scene.state()
}

fn full() -> RunState {
    let mut scene = Scene::pair("anonymous", &json!({}));
    scene
        .writes("writer", 1, "hello")
        .reads("reader", 1, 0, 5, "hello")
        .gauge(0, 0);
    scene
        .enters("reader", "read", &["3", "", "4096"], 4096, None)
        .frozen("reader");
    let page = "b".repeat(4096);
    for msg in 2..18 {
        scene.writes("writer", msg, &page);
    }
    scene.gauge(65_536, 16).enters(
        "writer",
        "write",
        &["4", &format!("\"{}\"...", &page[..32]), "4096"],
        4096,
        Some(18),
    );
    scene.sleeps("writer", "pipe_full");
    scene.state()
}

fn pages() -> RunState {
    let mut scene = Scene::pair("anonymous", &json!({"packets": true, "reader": "demand"}));
    for msg in 1..17 {
        scene.writes("writer", msg, "a small packet");
    }
    scene
        .gauge(16 * 14, 16)
        .enters(
            "writer",
            "write",
            &["4", "\"a small packet\"", "14"],
            14,
            Some(17),
        )
        .sleeps("writer", "pipe_full");
    scene.sleeps("reader", "command");
    scene.state()
}

fn dead_reader() -> RunState {
    let mut scene = Scene::pair("anonymous", &json!({}));
    scene
        .writes("writer", 1, "hello")
        .gauge(5, 1)
        .killed("reader", "SIGKILL");
    scene.enters("writer", "write", &["4", "\"anybody?\"", "8"], 8, Some(2));
    scene
        .about(
            "writer",
            json!({"kind": "process.signaled", "signal": "SIGPIPE"}),
        )
        .killed("writer", "SIGPIPE")
        .holders(&[]);
    scene.state()
}

fn forgotten_end() -> RunState {
    let mut scene = Scene::pair("anonymous", &json!({"forgotten": "reader-write"}));
    scene
        .holders(&[("reader", 3, "read"), ("reader", 4, "write")])
        .sleeps("writer", "command");
    scene
        .enters("reader", "read", &["3", "", "4096"], 4096, None)
        .sleeps("reader", "pipe_empty");
    scene.state()
}

fn fifo_waits() -> RunState {
    let mut scene = Scene::new("fifo", &json!({}));
    scene.born("parent").pipe(&[]).born("writer").born("reader");
    scene
        .enters(
            "writer",
            "openat",
            &["AT_FDCWD", "\"/tmp/ipc-3/fifo\"", "O_WRONLY"],
            0,
            None,
        )
        .sleeps("writer", "fifo_open");
    scene
        .frozen("reader")
        .enters("parent", "wait4", &["-1", "", "0"], 0, None)
        .sleeps("parent", "child");
    scene.state()
}

fn four_writers() -> RunState {
    let mut scene = Scene::new("anonymous", &json!({"writers": 4}));
    scene.born("parent").pipe(&[]);
    let writers = ["writer", "writer-2", "writer-3", "writer-4"];
    for writer in writers {
        scene.born(writer);
    }
    scene.born("reader");
    let mut holders: Vec<_> = writers.iter().map(|writer| (*writer, 4, "write")).collect();
    holders.push(("reader", 3, "read"));
    scene
        .holders(&holders)
        .enters("reader", "read", &["3", "", "4096"], 4096, None)
        .frozen("reader");
    for (at, len) in [4096, 9000, 3000, 12_000, 4096, 4096, 9000, 1000]
        .into_iter()
        .enumerate()
    {
        scene.writes(writers[at % 4], at as u64 + 1, &"x".repeat(len));
    }
    for writer in writers {
        scene.sleeps(writer, "command");
    }
    scene
        .gauge(46_288, 13)
        .enters(
            "writer",
            "write",
            &["4", "\"aaaaaaaa\"...", "30000"],
            30_000,
            Some(9),
        )
        .sleeps("writer", "pipe_full")
        .gauge(65_536, 16);
    scene.frozen("writer-3").killed("writer-4", "SIGKILL");
    scene.state()
}

fn ended() -> RunState {
    let mut scene = Scene::pair("anonymous", &json!({}));
    scene
        .writes("writer", 1, "hello")
        .reads("reader", 1, 0, 5, "hello");
    for worker in ["writer", "reader", "parent"] {
        scene.about(worker, json!({"kind": "process.exited", "code": 0}));
    }
    scene.tell(json!({"source": "run", "kind": "run.finished", "outcome": "completed", "counts": serde_json::to_value(&scene.run.counts).expect("counts are numbers")}));
    scene.state()
}
