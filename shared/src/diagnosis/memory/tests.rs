use crate::{
    diagnosis::sentence,
    event::Event,
    state::{RunState, apply},
};
use serde_json::{Value, json};

/// A run told event by event.
struct Told(RunState);

impl Told {
    fn new(guard: &str) -> Self {
        let mut told = Self(RunState::default());
        told.tell(json!({"source": "run", "kind": "run.started", "entry": "shared-memory", "variant": "shm",
            "params": {"guard": guard}, "xray": true, "host": "Linux 6.1", "mono_ns": 0}));
        for (pid, worker) in [(1, "parent"), (7, "writer"), (8, "reader")] {
            told.tell(
                json!({"source": "process", "kind": "process.started", "worker": worker, "pid": pid,
                "host_pid": pid, "role": worker, "parent": 1}),
            );
        }
        told.tell(json!({"source": "call", "kind": "object.created", "object": "memory:[1]", "object_type": "memory"}));
        told.state(&["writer", "reader"], true)
    }

    fn tell(&mut self, mut event: Value) {
        event["seq"] = (self.0.seq + 1).into();
        event["at_ns"] = (self.0.seq + 1).into();
        let event: Event = serde_json::from_value(event).unwrap();
        apply(&mut self.0, &event);
    }

    fn state(mut self, mapped: &[&str], named: bool) -> Self {
        let mappings: Vec<_> = mapped
            .iter()
            .map(|worker| json!({"worker": worker, "address": "0x7f00", "len": 4096}))
            .collect();
        let names = if named {
            json!(["/dev/shm/x"])
        } else {
            json!([])
        };
        self.tell(
            json!({"source": "gauge", "kind": "object.state", "object": "memory:[1]", "holders": [],
            "names": names, "mappings": mappings}),
        );
        self
    }

    fn says(mut self, worker: &str, what: &str, about: &Value) -> Self {
        self.tell(json!({"source": "report", "kind": "process.said", "worker": worker, "what": what, "about": about}));
        self
    }

    fn sleeps(mut self, worker: &str) -> Self {
        self.tell(
            json!({"source": "gauge", "kind": "process.state", "worker": worker, "state": "asleep",
            "because": "futex"}),
        );
        self
    }

    fn dies(mut self, worker: &str, signal: &str) -> Self {
        self.tell(json!({"source": "process", "kind": "process.exited", "worker": worker, "signal": signal}));
        self
    }

    /// The guard's first bytes.
    fn bytes(mut self, guard: &str, writers: &Value) -> Self {
        let hex = format!("{guard}{}", "0".repeat(256 - guard.len()));
        self.tell(json!({"source": "gauge", "kind": "object.bytes", "object": "memory:[1]", "at": 0, "hex": hex,
            "total": 4096, "writers": writers}));
        self
    }

    fn headline(&self) -> String {
        sentence(&self.0).headline
    }
}

#[test]
fn who_waits_for_a_dead_owner_waits_for_ever() {
    // glibc's mutex: 2 is taken with others waiting, the owner's thread stands at byte 8.
    let word = "020000000000000007000000";
    let waits = Told::new("mutex")
        .says("writer", "locked", &json!({}))
        .sleeps("reader")
        .bytes(word, &json!([]));
    assert_eq!(
        waits.headline(),
        "Reader B sleeps in `futex`: writer A has the mutex."
    );
    let stuck = waits.dies("writer", "SIGKILL");
    assert_eq!(
        stuck.headline(),
        "Reader B sleeps for ever: writer A had the mutex, and is dead."
    );
}

#[test]
fn an_owner_that_died_is_told_to_the_next() {
    let told = Told::new("robust")
        .dies("writer", "SIGKILL")
        .says("reader", "owner_died", &json!({"errno": "EOWNERDEAD"}))
        .says("reader", "consistent", &json!({}));
    assert_eq!(
        told.headline(),
        "Reader B got the mutex, and was told that its last owner died: `EOWNERDEAD`."
    );
}

#[test]
fn a_sequence_stays_odd_when_its_writer_dies() {
    let odd = Told::new("seqlock")
        .says("writer", "half", &json!({}))
        .bytes("03000000", &json!([]));
    assert!(!odd.headline().contains("stays odd"));
    assert_eq!(
        odd.dies("writer", "SIGKILL").headline(),
        "The sequence stays odd: writer A died in the middle of a write."
    );
}

#[test]
fn a_torn_record_is_told_from_two_messages_beside_each_other() {
    let halves = json!([{"from": 64, "to": 96, "worker": "reader"}, {"from": 96, "to": 128, "worker": "writer"}]);
    let beside = Told::new("none").bytes("", &halves);
    assert!(!beside.headline().contains("torn"), "{}", beside.headline());
    let torn = beside
        .says("reader", "half", &json!({"stored": 32}))
        .bytes("", &halves);
    assert_eq!(
        torn.headline(),
        "The record is torn: a part of it is by reader B, another by writer A."
    );
    let counted =
        Told::new("none").says("reader", "checked", &json!({"records": 1000, "torn": 12}));
    assert_eq!(
        counted.headline(),
        "12 of 1,000 records that reader B looked at were torn."
    );
    let none = Told::new("mutex").says("reader", "checked", &json!({"records": 1000, "torn": 0}));
    assert_eq!(
        none.headline(),
        "Reader B looked at 1,000 records: not one was torn."
    );
}

#[test]
fn a_lost_update_is_seen_by_its_steps_and_by_its_sum() {
    let store = json!({"did": "store", "cell": 0, "register": 2});
    let first = Told::new("none").says("writer", "step", &store);
    assert!(!first.headline().contains("lost"));
    let both = first.says("reader", "step", &store);
    assert_eq!(
        both.headline(),
        "An addition is lost: writer A and reader B stored the same sum, 2."
    );
    let sum = Told::new("none")
        .says(
            "writer",
            "added",
            &json!({"cell": 0, "n": 1, "times": 100, "now": 130}),
        )
        .says(
            "reader",
            "added",
            &json!({"cell": 0, "n": 1, "times": 100, "now": 150}),
        );
    assert_eq!(sum.headline(), "50 of 200 additions are lost.");
}

#[test]
fn a_name_keeps_memory_that_nobody_uses() {
    let alive = Told::new("none");
    assert!(
        alive.headline().starts_with("One page of memory"),
        "{}",
        alive.headline()
    );
    let gone = alive
        .dies("writer", "SIGKILL")
        .dies("reader", "SIGKILL")
        .bytes("", &json!([]))
        .state(&[], true);
    assert_eq!(
        gone.headline(),
        "Nobody has it mapped any more, and 4,096 bytes of memory are still there: its name keeps them."
    );
    let nameless = Told::new("none").state(&["writer", "reader"], false);
    assert!(
        nameless.headline().starts_with("No name leads"),
        "{}",
        nameless.headline()
    );
}

#[test]
fn a_wrong_name_and_a_wrong_address_are_told() {
    let refused = Told::new("none").says("reader", "refused", &json!({"errno": "ENOENT"}));
    assert_eq!(refused.headline(), "Reader B could not attach: `ENOENT`.");
    let dead = Told::new("none").dies("writer", "SIGSEGV");
    assert!(dead.headline().contains("`SIGSEGV`"), "{}", dead.headline());
}
