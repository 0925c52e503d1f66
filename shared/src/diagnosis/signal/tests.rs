use crate::{
    diagnosis::sentence,
    event::Event,
    state::{RunState, apply},
};
use serde_json::{Value, json};

/// A run told event by event.
struct Told(RunState);

impl Told {
    fn new(variant: &str) -> Self {
        let mut told = Self(RunState::default());
        told.tell(json!({"source": "run", "kind": "run.started", "entry": "signal", "variant": variant, "params": {},
            "xray": true, "host": "Linux 6.1", "mono_ns": 0}));
        for (pid, worker) in [(1, "parent"), (2, "receiver"), (3, "sender")] {
            told.tell(
                json!({"source": "process", "kind": "process.started", "worker": worker, "pid": pid,
                "host_pid": pid, "role": worker, "parent": 1}),
            );
        }
        if matches!(variant, "eventfd" | "semaphore") {
            told.tell(json!({"source": "call", "kind": "object.created", "object": "x:[1]", "object_type": variant}));
            told.tell(
                json!({"source": "gauge", "kind": "gauge", "object": "x:[1]",
                "readings": [{"figure": "value", "value": 0, "origin": "LIVE", "how": "memory"}]}),
            );
        }
        told
    }

    fn tell(&mut self, mut event: Value) -> &mut Self {
        event["seq"] = (self.0.seq + 1).into();
        event["at_ns"] = 0.into();
        let event: Event = serde_json::from_value(event).unwrap();
        apply(&mut self.0, &event);
        self
    }

    fn send(&mut self, msg: u64, key: i64, errno: Option<&str>) -> &mut Self {
        self.tell(json!({"source": "report", "kind": "message.sending", "worker": "sender", "msg": msg, "fd": -1,
            "len": 0, "preview": {"text": "", "len": 0}, "key": key}));
        let mut sent = json!({"source": "report", "kind": "message.sent", "worker": "sender", "msg": msg, "n": 0});
        if let Some(errno) = errno {
            sent["errno"] = errno.into();
        }
        self.tell(sent)
    }

    fn masks(&mut self, pending: &str, blocked: &str, ignored: &str) -> &mut Self {
        self.tell(json!({"source": "gauge", "kind": "process.signals", "worker": "receiver", "masks": {
            "pending": pending, "blocked": blocked, "ignored": ignored, "caught": "0000000000000000"}}))
    }

    fn arrives(&mut self, msg: u64) -> &mut Self {
        self.tell(
            json!({"source": "report", "kind": "message.received", "worker": "receiver", "len": 0,
            "complete": [msg], "tie": "certain", "parts": [{"msg": msg, "from": 0, "to": 0}]}),
        )
    }

    fn lost(&mut self, msg: u64) -> &mut Self {
        self.tell(
            json!({"source": "gauge", "kind": "message.lost", "msg": msg, "from": 0, "to": 0}),
        )
    }

    fn asleep(&mut self, worker: &str, because: &str) -> &mut Self {
        self.tell(
            json!({"source": "gauge", "kind": "process.state", "worker": worker, "state": "asleep",
            "because": because}),
        )
    }

    fn says(&self, part: &str) {
        let sentence = sentence(&self.0);
        assert!(sentence.headline.contains(part), "{sentence:?}");
    }
}

const NONE: &str = "0000000000000000";
const USR1: &str = "0000000000000200";

#[test]
fn a_signal_that_is_held_back_is_pending_and_the_next_merge() {
    let mut told = Told::new("signals");
    told.send(1, 10, None).masks(USR1, USR1, NONE);
    told.says("SIGUSR1 is pending: receiver B has blocked it");
    told.send(2, 10, None).lost(2).send(3, 10, None).lost(3);
    told.says("SIGUSR1 is pending, once: 2 more sends were merged into it");
    told.masks(NONE, NONE, NONE).arrives(1);
    told.tell(
        json!({"source": "report", "kind": "process.said", "worker": "receiver", "what": "handled",
        "about": {"number": 10, "times": 1}}),
    );
    told.says("the handler of receiver B ran");
}

#[test]
fn an_ignored_signal_is_told_to_be_thrown_away() {
    let mut told = Told::new("signals");
    told.masks(NONE, NONE, USR1).send(1, 10, None).lost(1);
    told.says("eceiver B ignores SIGUSR1: it was thrown away");
}

#[test]
fn what_could_not_be_sent_is_told() {
    let mut told = Told::new("signals");
    told.send(1, 10, Some("ESRCH"));
    told.says("could not send SIGUSR1: ESRCH");
    let mut told = Told::new("eventfd");
    told.tell(
        json!({"source": "report", "kind": "process.said", "worker": "sender", "what": "no_number",
        "about": {"text": "hello", "call": "write"}}),
    );
    told.says("“hello” is no whole number");
}

#[test]
fn an_interrupted_call_and_a_refused_handler_are_told() {
    let mut told = Told::new("signals");
    for (name, errno, part) in [
        ("read", "EINTR", "ended the `read` of receiver B"),
        ("rt_sigaction", "EINVAL", "cannot be changed"),
    ] {
        told.tell(
            json!({"source": "call", "kind": "call.entered", "worker": "receiver", "name": name,
            "args": ["SIGKILL"]}),
        );
        let call = told.0.seq;
        told.tell(json!({"source": "call", "kind": "call.returned", "worker": "receiver", "call": call, "name": name,
            "args": ["SIGKILL"], "errno": errno, "took_ns": 1}));
        told.says(part);
    }
}

#[test]
fn a_semaphore_tells_of_its_bench_and_of_a_dead_holder() {
    let mut told = Told::new("semaphore");
    told.asleep("receiver", "futex");
    told.says("eceiver B sleeps: there is nothing to take");
    told.tell(json!({"source": "process", "kind": "process.started", "worker": "receiver-2", "pid": 4, "host_pid": 4,
        "role": "receiver", "parent": 1}));
    told.asleep("receiver-2", "futex");
    told.tell(json!({"source": "process", "kind": "process.exited", "worker": "receiver", "signal": "SIGKILL"}));
    told.says("is dead, and receiver C sleeps on");
}

#[test]
fn a_counter_that_was_taken_is_told() {
    let mut told = Told::new("eventfd");
    told.send(1, 3, None).arrives(1);
    told.says("took what sender A had added");
    told.send(2, 3, Some("EAGAIN"));
    told.says("no room for what sender A wanted to add");
}

#[test]
fn nothing_is_said_of_other_entries() {
    let mut told = Told::new("signals");
    told.0.entry = "pipe".to_owned();
    told.send(1, 10, Some("ESRCH"));
    assert!(!sentence(&told.0).headline.contains("SIGUSR1"));
}
