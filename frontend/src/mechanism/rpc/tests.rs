use super::{Fate, Picture, line, work};
use serde_json::{Value, json};
use shared::{
    event::Event,
    state::{RunState, apply},
};

/// A run that is told event by event.
struct Told(RunState);

impl Told {
    fn new() -> Self {
        let mut told = Self(RunState::default());
        told.tell(
            json!({"source": "run", "kind": "run.started", "entry": "rpc", "variant": "xml",
            "params": {"clients": 2}, "xray": true, "host": "Linux 6.1", "mono_ns": 0}),
        );
        for (pid, worker, role) in [
            (2, "client", "client"),
            (3, "client-2", "client"),
            (4, "server", "server"),
        ] {
            told.tell(
                json!({"source": "process", "kind": "process.started", "worker": worker, "pid": pid,
                "host_pid": pid, "role": role, "parent": 1}),
            );
        }
        told
    }

    fn tell(&mut self, mut event: Value) -> &mut Self {
        event["seq"] = (self.0.seq + 1).into();
        event["at_ns"] = (self.0.seq + 1).into();
        let event: Event = serde_json::from_value(event).unwrap();
        apply(&mut self.0, &event);
        self
    }

    fn says(&mut self, worker: &str, what: &str, about: Value) -> &mut Self {
        let mut said =
            json!({"source": "report", "kind": "process.said", "worker": worker, "what": what});
        said["about"] = about;
        self.tell(said)
    }

    fn calls(&mut self, worker: &str, call: &str, number: u64) -> &mut Self {
        self.says(
            worker,
            "calling",
            json!({"msg": number, "call": call, "try": number, "head": "POST", "body": call,
            "bytes": 100}),
        )
    }

    fn line(&self, worker: &str) -> super::Line {
        line(self.0.worker(&worker.into()).unwrap()).unwrap()
    }

    fn work(&self) -> super::Work {
        work(self.0.worker(&"server".into()).unwrap())
    }
}

#[test]
fn a_line_has_a_hole_until_there_is_a_result() {
    let mut told = Told::new();
    told.calls("client", "square(5)", 1);
    assert_eq!(told.line("client").fate, Fate::Waits);
    told.says(
        "client",
        "returned",
        json!({"msg": 1, "call": "square(5)", "value": "25"}),
    );
    let line = told.line("client");
    assert_eq!(
        (line.fate, line.tries),
        (Fate::Returned("25".to_owned()), 1)
    );
}

#[test]
fn a_call_that_was_sent_again_says_so_and_one_that_never_left_was_not_sent() {
    let mut told = Told::new();
    told.calls("client", "increment()", 1).says(
        "client",
        "unanswered",
        json!({"call": "increment()", "why": "timed out"}),
    );
    assert_eq!(
        told.line("client").fate,
        Fate::Unanswered("timed out".to_owned())
    );
    told.calls("client", "increment()", 2);
    assert_eq!(told.line("client").tries, 2);
    told.says(
        "client",
        "refused",
        json!({"call": "echo(None)", "why": "TypeError"}),
    );
    assert_eq!(told.line("client").tries, 0);
}

#[test]
fn the_envelopes_are_those_of_the_call_that_moved_last() {
    let mut told = Told::new();
    assert!(Picture::of(&told.0).envelopes.is_empty());
    told.calls("client", "square(5)", 1)
        .calls("client-2", "square(6)", 2)
        .says(
            "client",
            "returned",
            json!({"msg": 1, "value": "25", "head": "HTTP", "body": "25", "bytes": 9}),
        );
    let envelopes = Picture::of(&told.0).envelopes;
    let shown: Vec<_> = envelopes
        .iter()
        .map(|one| (one.request, one.body.as_str()))
        .collect();
    assert_eq!(shown, [(true, "square(5)"), (false, "25")]);
}

#[test]
fn a_server_says_what_it_executes_and_how_often() {
    let mut told = Told::new();
    told.says("server", "called", json!({"call": "slow(1)", "fd": 4}))
        .says("server", "called", json!({"call": "slow(2)", "fd": 5}))
        .says(
            "server",
            "executed",
            json!({"call": "slow(1)", "fd": 4, "value": "1", "times": 1}),
        );
    let work = told.work();
    assert_eq!(work.now, ["slow(2)"]);
    assert_eq!(work.last, Some(("slow(1)".to_owned(), "1".to_owned())));
    assert_eq!(work.times, 1);
}

#[test]
fn the_counter_is_what_stands_in_the_file() {
    let mut told = Told::new();
    told.tell(
        json!({"source": "gauge", "kind": "object.created", "object": "file:[1:2]", "object_type": "file",
        "name": "/tmp/run/counter"}),
    );
    assert_eq!(Picture::of(&told.0).counter, None);
    told.tell(
        json!({"source": "gauge", "kind": "object.bytes", "object": "file:[1:2]", "at": 0,
        "hex": "0200000000000000", "total": 8}),
    );
    assert_eq!(Picture::of(&told.0).counter, Some(2));
}

#[test]
fn a_line_of_a_manager_s_client_is_several_calls_and_may_change_a_copy() {
    let mut told = Told::new();
    let program = "tasks['1'].append(2)";
    told.says(
        "client",
        "proved",
        json!({"challenge": "3f 2a", "digest": "9c"}),
    );
    assert_eq!(
        Picture::of(&told.0).proof,
        Some(["3f 2a".to_owned(), "9c".to_owned()])
    );
    let call = "tasks.__getitem__('1')";
    told.says(
        "client",
        "calling",
        json!({"call": call, "program": program, "try": 1}),
    )
    .says(
        "client",
        "returned",
        json!({"call": call, "program": program, "value": "[1]"}),
    )
    .says("client", "copy", json!({"value": "[1, 2]"}))
    .says(
        "client",
        "line",
        json!({"call": program, "program": program, "value": "None"}),
    );
    let line = told.line("client");
    assert_eq!(line.program, program);
    assert_eq!(line.copy.as_deref(), Some("[1, 2]"));
    assert_eq!(line.fate, Fate::Returned("None".to_owned()));
    assert_eq!(
        Picture::of(&told.0).proof,
        None,
        "there are calls to look at"
    );
    told.says(
        "client",
        "line",
        json!({"call": "x", "program": "x", "raised": "TypeError: x"}),
    );
    assert_eq!(
        told.line("client").fate,
        Fate::Raised("TypeError: x".to_owned())
    );
    told.says(
        "client",
        "calling",
        json!({"call": call, "program": "x", "try": 1}),
    );
    assert_eq!(told.line("client").copy, None);
}
