//! Runs of a file for tests, told event by event.

use crate::{
    diagnosis::{Tone, sentence},
    event::{Event, Wait},
    os::Signal,
    state::{RunState, apply},
};
use serde_json::{Value, json};

const FILE: &str = "file:[12]";

/// A run in the making.
pub(super) struct Story {
    pub(super) state: RunState,
    pids: i32,
}

impl Story {
    /// A parent, writers A and B, reader C, and a file with its name.
    pub(super) fn file(variant: &str) -> Self {
        let mut story = Self {
            state: RunState::default(),
            pids: 1,
        };
        story.tell(
            None,
            json!({"kind": "run.started", "entry": "file", "variant": variant, "params": {"writers": 2}, "xray": true, "host": "",
                "mono_ns": 0}),
        );
        for worker in ["parent", "writer", "writer-2", "reader"] {
            story.started(worker);
        }
        story.tell(
            None,
            json!({"kind": "object.created", "object_type": "file", "name": "/run/shared_data.txt"}),
        );
        story.holds(&[]).figures(&[("size", 0), ("links", 1)]);
        story
    }

    fn tell(&mut self, worker: Option<&str>, mut event: Value) -> &mut Self {
        event["seq"] = (self.state.seq + 1).into();
        event["at_ns"] = 0.into();
        event["source"] = "call".into();
        event["object"] = FILE.into();
        if let Some(worker) = worker {
            event["worker"] = worker.into();
        }
        let event: Event = serde_json::from_value(event).unwrap();
        apply(&mut self.state, &event);
        self
    }

    pub(super) fn started(&mut self, worker: &str) -> &mut Self {
        self.pids += 1;
        let role = worker.split('-').next().unwrap();
        let born = json!({"kind": "process.started", "role": role, "parent": 1, "pid": self.pids,
            "host_pid": self.pids});
        self.tell(Some(worker), born)
    }

    pub(super) fn holds(&mut self, holders: &[(&str, i32, &str)]) -> &mut Self {
        let holders: Vec<Value> = holders
            .iter()
            .map(|(worker, fd, end)| {
                let end = if *end == "w" { "write" } else { "read" };
                json!({"worker": worker, "fd": fd, "end": end})
            })
            .collect();
        let names = ["/run/shared_data.txt"];
        self.tell(
            None,
            json!({"kind": "object.state", "holders": holders, "names": names}),
        )
    }

    /// Locks, and whether each waits; a worker without a name is a program outside.
    pub(super) fn locks(&mut self, locks: &[(&str, bool)]) -> &mut Self {
        let locks: Vec<Value> = locks
            .iter()
            .map(|(worker, waiting)| {
                let worker = (!worker.is_empty()).then_some(worker);
                json!({"worker": worker, "kind": "flock", "mode": "exclusive", "from": 0, "waiting": waiting})
            })
            .collect();
        let names = ["/run/shared_data.txt"];
        self.tell(
            None,
            json!({"kind": "object.state", "holders": [], "names": names, "locks": locks}),
        )
    }

    pub(super) fn figures(&mut self, figures: &[(&str, u64)]) -> &mut Self {
        let readings: Vec<Value> = figures
            .iter()
            .map(|(figure, value)| {
                json!({"figure": figure, "value": value, "origin": "LIVE", "how": "stat"})
            })
            .collect();
        self.tell(None, json!({"kind": "gauge", "readings": readings}))
    }

    pub(super) fn wrote(&mut self, worker: &str, msg: u64, text: &str) -> &mut Self {
        let len = text.len();
        self.tell(
            Some(worker),
            json!({"kind": "message.sending", "msg": msg, "fd": 3, "len": len, "preview": {"text": text, "len": len}}),
        );
        self.called(worker, "write", msg, len);
        self.tell(
            Some(worker),
            json!({"kind": "message.sent", "msg": msg, "n": len}),
        )
    }

    pub(super) fn reads(&mut self, worker: &str, msg: u64, n: usize) -> &mut Self {
        self.called(worker, "read", msg, n)
    }

    fn called(&mut self, worker: &str, name: &str, msg: u64, n: usize) -> &mut Self {
        let call = self.state.seq + 1;
        self.tell(
            Some(worker),
            json!({"kind": "call.entered", "name": name, "args": [], "fd": 3}),
        );
        let parts = if n > 0 {
            json!([{"msg": msg, "from": 0, "to": n}])
        } else {
            json!([])
        };
        self.tell(
            Some(worker),
            json!({"kind": "call.returned", "call": call, "name": name, "args": [], "fd": 3, "ret": n, "took_ns": 1,
                "parts": parts}),
        )
    }

    pub(super) fn lost(&mut self, msg: u64, from: u64, to: u64) -> &mut Self {
        self.tell(
            None,
            json!({"kind": "message.lost", "msg": msg, "from": from, "to": to}),
        )
    }

    pub(super) fn sleeps(&mut self, worker: &str, why: Wait) -> &mut Self {
        self.tell(
            Some(worker),
            json!({"kind": "process.state", "state": "asleep", "because": why}),
        )
    }

    pub(super) fn killed(&mut self, worker: &str, signal: Signal) -> &mut Self {
        self.tell(
            Some(worker),
            json!({"kind": "process.exited", "signal": signal}),
        )
    }

    pub(super) fn said(&self) -> (Tone, String) {
        let said = sentence(&self.state);
        (said.tone, said.headline)
    }
}
