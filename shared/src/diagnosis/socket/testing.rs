//! Runs of sockets for tests, told event by event.

use crate::{
    event::Event,
    state::{RunState, apply},
};
use serde_json::{Value, json};

/// The listening socket.
pub(super) const LISTENER: &str = "listener:[7]";

/// A run in the making.
pub(super) struct Story {
    pub(super) run: RunState,
    pids: i32,
}

impl Story {
    /// A parent, client A and server B.
    pub(super) fn new(variant: &str) -> Self {
        let mut story = Self {
            run: RunState::default(),
            pids: 1,
        };
        story.tell(
            "run",
            None,
            json!({"kind": "run.started", "entry": "socket", "variant": variant, "params": {}, "xray": true,
            "host": "", "mono_ns": 0}),
        );
        for role in ["parent", "client", "server"] {
            story.born(role, role);
        }
        story
    }

    pub(super) fn tell(
        &mut self,
        source: &str,
        worker: Option<&str>,
        mut event: Value,
    ) -> &mut Self {
        let seq = self.run.seq + 1;
        event["seq"] = seq.into();
        event["at_ns"] = (seq * 1000).into();
        event["source"] = source.into();
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
            json!({"kind": "process.started", "role": role, "parent": 1, "pid": pid, "host_pid": pid}),
        )
    }

    pub(super) fn made(&mut self, object: &str, object_type: &str) -> &mut Self {
        self.tell(
            "call",
            None,
            json!({"kind": "object.created", "object": object, "object_type": object_type}),
        )
    }

    fn end(
        &mut self,
        object: &str,
        holder: Option<(&str, i32)>,
        peer: Option<&str>,
        socket: &Value,
    ) -> &mut Self {
        let holders: Vec<_> = holder
            .iter()
            .map(|(worker, fd)| json!({"worker": worker, "fd": fd, "end": "both"}))
            .collect();
        self.tell(
            "gauge",
            None,
            json!({"kind": "object.state", "object": object, "holders": holders, "peer": peer, "socket": socket}),
        )
    }

    /// The server listens.
    pub(super) fn listens(&mut self, local: &str) -> &mut Self {
        self.made(LISTENER, "listener");
        let socket = json!({"transport": "tcp", "state": "LISTEN", "local": local});
        self.end(LISTENER, Some(("server", 3)), None, &socket)
    }

    /// `socket:[1]` of the client and `socket:[2]` of the server.
    pub(super) fn connected(&mut self) -> &mut Self {
        let socket = json!({"transport": "tcp", "state": "ESTABLISHED", "local": "127.1.2.2:5000"});
        self.made("socket:[1]", "socket");
        self.made("socket:[2]", "socket");
        self.end(
            "socket:[1]",
            Some(("client", 3)),
            Some("socket:[2]"),
            &socket,
        );
        self.end(
            "socket:[2]",
            Some(("server", 4)),
            Some("socket:[1]"),
            &socket,
        )
    }

    /// The client's end has that state, and nobody has it open.
    pub(super) fn state(&mut self, object: &str, state: &str) -> &mut Self {
        let socket = json!({"transport": "tcp", "state": state, "local": "127.1.2.2:5000"});
        self.end(object, None, None, &socket)
    }

    /// The client has shut down a direction.
    pub(super) fn shut(&mut self, object: &str, end: &str) -> &mut Self {
        let socket = json!({"transport": "tcp", "state": "FIN_WAIT2", "local": "127.1.2.3:4000", "shut": end});
        self.end(object, Some(("client", 3)), Some("socket:[2]"), &socket)
    }

    /// `datagram:[9]` of the server, and what lies in it.
    pub(super) fn mailbox(&mut self, items: &[(u64, &str)]) -> &mut Self {
        let socket = json!({"transport": "udp", "state": "CLOSE", "local": "127.1.2.2:5000"});
        self.made("datagram:[9]", "datagram");
        self.end("datagram:[9]", Some(("server", 3)), None, &socket);
        for (msg, text) in items {
            self.sends("client", *msg, text, text.len(), None);
        }
        let items: Vec<_> = items
            .iter()
            .map(|(msg, text)| json!({"msg": msg, "len": text.len(), "preview": {"text": text, "len": text.len()}}))
            .collect();
        self.tell(
            "call",
            None,
            json!({"kind": "object.items", "object": "datagram:[9]", "items": items, "origin": "MODEL"}),
        )
    }

    pub(super) fn gauge(
        &mut self,
        object: &str,
        figures: &[(&str, u64, Option<u64>)],
    ) -> &mut Self {
        let readings: Vec<_> = figures
            .iter()
            .map(|(figure, value, max)| json!({"figure": figure, "value": value, "max": max, "origin": "LIVE", "how": ""}))
            .collect();
        self.tell(
            "gauge",
            None,
            json!({"kind": "gauge", "object": object, "readings": readings}),
        )
    }

    pub(super) fn asleep(&mut self, worker: &str, because: &str) -> &mut Self {
        self.tell(
            "gauge",
            Some(worker),
            json!({"kind": "process.state", "state": "asleep", "because": because}),
        )
    }

    pub(super) fn says(&mut self, worker: &str, what: &str, about: &Value) -> &mut Self {
        self.tell(
            "report",
            Some(worker),
            json!({"kind": "process.said", "what": what, "about": about}),
        )
    }

    /// A call that failed.
    pub(super) fn fails(&mut self, worker: &str, call: &str, errno: &str) -> &mut Self {
        self.tell(
            "call",
            Some(worker),
            json!({"kind": "call.entered", "name": call, "args": ["3"], "fd": 3}),
        );
        let entered = self.run.seq;
        self.tell(
            "call",
            Some(worker),
            json!({"kind": "call.returned", "call": entered, "name": call, "args": ["3"], "fd": 3, "errno": errno, "took_ns": 1}),
        )
    }

    /// A message of which `n` bytes went in.
    pub(super) fn sends(
        &mut self,
        worker: &str,
        msg: u64,
        text: &str,
        n: usize,
        errno: Option<&str>,
    ) -> &mut Self {
        let len = text.len();
        self.tell(
            "report",
            Some(worker),
            json!({"kind": "message.sending", "msg": msg, "fd": 3, "len": len, "preview": {"text": text, "len": len}}),
        );
        self.tell(
            "report",
            Some(worker),
            json!({"kind": "message.sent", "msg": msg, "n": n, "errno": errno}),
        )
    }

    /// The server takes bytes out of `socket:[2]`: of which message, from where to where.
    pub(super) fn receives(&mut self, text: &str, parts: &[(u64, u64, u64)]) -> &mut Self {
        let object = "socket:[2]";
        let parts: Vec<_> = parts
            .iter()
            .map(|(msg, from, to)| json!({"msg": msg, "from": from, "to": to}))
            .collect();
        let entered = json!({"kind": "call.entered", "object": object, "name": "recvfrom", "args": ["4"], "fd": 4});
        self.tell("call", Some("server"), entered);
        let call = self.run.seq;
        let len = text.len();
        self.tell(
            "call",
            Some("server"),
            json!({"kind": "call.returned", "object": object, "call": call, "name": "recvfrom", "args": ["4"], "fd": 4,
            "ret": len, "data": {"text": text, "len": len}, "took_ns": 1, "parts": parts}),
        )
    }
}
