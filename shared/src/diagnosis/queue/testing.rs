//! Runs of a queue for tests, told event by event.

use crate::{
    event::Event,
    state::{RunState, apply},
};
use serde_json::{Value, json};

/// A run in the making.
pub(super) struct Story {
    pub(super) run: RunState,
    pids: i32,
}

impl Story {
    /// A parent, producer A, consumer B, and a queue.
    pub(super) fn new(variant: &str, params: &[(&str, Value)]) -> Self {
        let mut story = Self {
            run: RunState::default(),
            pids: 1,
        };
        let params: Value = params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        story.tell(
            "run",
            None,
            json!({"kind": "run.started", "entry": "queue", "variant": variant, "params": params,
            "xray": true, "host": "", "mono_ns": 0}),
        );
        for role in ["parent", "producer", "consumer"] {
            story.born(role, role);
        }
        let object_type = match variant {
            "sysv" => "msgqueue",
            "shared" => "memory",
            _ => "mqueue",
        };
        story.tell(
            "call",
            None,
            json!({"kind": "object.created", "object_type": object_type}),
        );
        story
    }

    pub(super) fn tell(
        &mut self,
        source: &str,
        worker: Option<&str>,
        mut event: Value,
    ) -> &mut Self {
        event["seq"] = (self.run.seq + 1).into();
        event["at_ns"] = 0.into();
        event["source"] = source.into();
        let kind = event["kind"].as_str().unwrap_or_default().to_owned();
        if kind.starts_with("object.") || kind == "gauge" {
            event["object"] = "queue:[1]".into();
        }
        if let Some(worker) = worker {
            event["worker"] = worker.into();
        }
        let event: Event = serde_json::from_value(event).unwrap();
        apply(&mut self.run, &event);
        self
    }

    pub(super) fn born(&mut self, worker: &str, role: &str) -> &mut Self {
        self.pids += 1;
        let pid = self.pids;
        self.tell(
            "process",
            Some(worker),
            json!({"kind": "process.started", "role": role, "parent": 1, "pid": pid,
            "host_pid": pid}),
        )
    }

    pub(super) fn gauge(&mut self, figures: &[(&str, u64, Option<u64>)]) -> &mut Self {
        let readings: Vec<_> = figures.iter().map(|(figure, value, max)| {
            json!({"figure": figure, "value": value, "max": max, "origin": "LIVE", "how": ""})
        }).collect();
        self.tell(
            "gauge",
            None,
            json!({"kind": "gauge", "readings": readings}),
        )
    }

    /// Messages by id, key and text, the front first.
    pub(super) fn holds(&mut self, items: &[(u64, i64, &str)]) -> &mut Self {
        let items: Vec<_> = items.iter().map(|(msg, key, text)| {
            json!({"msg": msg, "key": key, "len": text.len(), "preview": {"text": text, "len": text.len()}})
        }).collect();
        self.tell(
            "call",
            None,
            json!({"kind": "object.items", "items": items, "origin": "MODEL"}),
        )
    }

    pub(super) fn asleep(&mut self, worker: &str, because: &str) -> &mut Self {
        self.tell(
            "gauge",
            Some(worker),
            json!({"kind": "process.state", "state": "asleep", "because": because}),
        )
    }

    /// A call that fails.
    pub(super) fn failed(&mut self, worker: &str, name: &str, errno: &str) -> &mut Self {
        self.tell(
            "call",
            Some(worker),
            json!({"kind": "call.entered", "name": name, "args": []}),
        );
        let call = self.run.seq;
        self.tell(
            "call",
            Some(worker),
            json!({"kind": "call.returned", "call": call, "name": name, "args": [],
            "errno": errno, "took_ns": 1}),
        )
    }
}
