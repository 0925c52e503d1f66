use super::super::{Tone, sentence};
use crate::{
    event::Event,
    state::{RunState, apply},
};
use serde_json::{Value, json};

/// A run that is told event by event.
struct Story(RunState);

impl Story {
    fn new() -> Self {
        let mut story = Self(RunState::default());
        story.tell(
            json!({"source": "run", "kind": "run.started", "entry": "rpc", "variant": "xml",
            "params": {"clients": 2}, "xray": true, "host": "Linux 6.1", "mono_ns": 0}),
        );
        for (pid, worker, role) in [
            (1, "parent", "parent"),
            (2, "server", "server"),
            (3, "client", "client"),
            (4, "client-2", "client"),
        ] {
            story.tell(
                json!({"source": "process", "kind": "process.started", "worker": worker,
                "pid": pid, "host_pid": pid, "role": role, "parent": 1}),
            );
        }
        story
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
            json!({"msg": number, "call": call, "try": number}),
        )
    }

    fn kill(&mut self, worker: &str) -> &mut Self {
        self.tell(
            json!({"source": "process", "kind": "process.exited", "worker": worker,
            "signal": "SIGKILL"}),
        )
    }

    fn headline(&self) -> String {
        sentence(&self.0).headline
    }
}

#[test]
fn a_server_that_nobody_has_called_listens() {
    assert_eq!(
        Story::new().headline(),
        "The server listens, and nobody has called."
    );
}

#[test]
fn a_call_waits_and_then_has_its_result() {
    let mut story = Story::new();
    story.calls("client", "square(5)", 1);
    assert_eq!(
        story.headline(),
        "Client A waits for what `square(5)` returns."
    );
    story.says(
        "client",
        "returned",
        json!({"call": "square(5)", "value": "25"}),
    );
    assert_eq!(story.headline(), "`square(5)` returned 25 to client A.");
}

#[test]
fn who_comes_while_the_one_thread_is_busy_sits_on_the_bench() {
    let mut story = Story::new();
    story
        .tell(
            json!({"source": "call", "kind": "object.created", "object": "listener:[1]",
            "object_type": "listener"}),
        )
        .tell(
            json!({"source": "gauge", "kind": "gauge", "object": "listener:[1]", "readings": [
            {"figure": "waiting", "value": 2, "max": 5, "origin": "LIVE", "how": "sock_diag"}]}),
        )
        .calls("client", "slow(1)", 1)
        .says("server", "called", json!({"call": "slow(1)", "fd": 4}));
    assert_eq!(
        story.headline(),
        "The server is in `slow(1)`; 2 connections wait in the accept queue."
    );
}

#[test]
fn a_server_that_dies_leaves_a_question() {
    for (executed, truth) in [(true, "It was:"), (false, "The server had begun")] {
        let mut story = Story::new();
        story.calls("client", "increment()", 1).says(
            "server",
            "called",
            json!({"call": "increment()", "fd": 4}),
        );
        if executed {
            let about = json!({"call": "increment()", "fd": 4, "value": "1", "times": 1});
            story.says("server", "executed", about);
        }
        let why = "the server has closed the connection";
        story.kill("server").says(
            "client",
            "unanswered",
            json!({"call": "increment()", "why": why}),
        );
        let said = sentence(&story.0);
        assert_eq!(
            said.headline,
            "Client A cannot know whether `increment()` was executed."
        );
        assert!(said.detail.starts_with(truth), "{}", said.detail);
        assert_eq!(said.tone, Tone::Warning);
    }
}

#[test]
fn giving_up_takes_nothing_back() {
    let mut story = Story::new();
    story
        .calls("client", "slow(9)", 1)
        .says("server", "called", json!({"call": "slow(9)", "fd": 4}))
        .says(
            "client",
            "unanswered",
            json!({"call": "slow(9)", "why": "timed out"}),
        );
    let said = sentence(&story.0);
    assert_eq!(
        said.headline,
        "Client A has given up waiting for `slow(9)`."
    );
    assert!(said.detail.starts_with("Nobody tells the server"));
}

#[test]
fn a_refused_connection_was_certainly_no_call() {
    let mut story = Story::new();
    story.kill("server").says(
        "client",
        "unanswered",
        json!({"call": "square(5)", "why": "connect: ECONNREFUSED"}),
    );
    assert!(story.headline().contains("nobody listens there"));
}

#[test]
fn what_was_sent_twice_is_told() {
    let mut story = Story::new();
    story
        .calls("client", "increment()", 1)
        .calls("client", "increment()", 2)
        .says(
            "client",
            "returned",
            json!({"call": "increment()", "value": "2"}),
        );
    assert_eq!(
        story.headline(),
        "`increment()` was sent 2 times, and returned 2 to client A."
    );
}

#[test]
fn a_fault_and_what_never_left_are_two_things() {
    let mut story = Story::new();
    story.calls("client", "divide(1, 0)", 1).says(
        "client",
        "fault",
        json!({"call": "divide(1, 0)", "code": 1, "text": "division by zero"}),
    );
    assert_eq!(
        story.headline(),
        "`divide(1, 0)` failed in the server, and client A was told so: fault 1."
    );
    let why = "TypeError: cannot marshal None";
    story.says(
        "client",
        "refused",
        json!({"call": "echo(None)", "why": why}),
    );
    assert_eq!(
        story.headline(),
        "Client A could not send `echo(None)`: TypeError: cannot marshal None."
    );
}

#[test]
fn what_was_done_to_a_copy_is_told_as_done_in_vain() {
    let mut story = Story::new();
    let program = "tasks['1']['done'] = True";
    let call = "tasks.__getitem__('1')";
    story
        .says(
            "client",
            "calling",
            json!({"call": call, "program": program, "try": 1}),
        )
        .says(
            "client",
            "returned",
            json!({"call": call, "program": program, "value": "{'done': False}"}),
        )
        .says(
            "client",
            "copy",
            json!({"program": program, "value": "{'done': True}"}),
        )
        .says(
            "client",
            "line",
            json!({"call": program, "program": program, "value": "None"}),
        );
    let said = sentence(&story.0);
    assert_eq!(
        said.headline,
        "`tasks['1']['done'] = True` has changed a copy: client A has {'done': True}, and the server does not."
    );
    assert_eq!(said.tone, Tone::Warning);
}

#[test]
fn a_lock_of_the_dead_is_told() {
    let mut story = Story::new();
    let call = "lock.acquire(True)";
    story
        .says("client", "calling", json!({"call": call, "try": 1}))
        .says("client", "returned", json!({"call": call, "value": "True"}))
        .says("client-2", "calling", json!({"call": call, "try": 1}));
    assert_eq!(story.headline(), "Client B waits for the lock.");
    story.kill("client");
    assert_eq!(
        story.headline(),
        "Client B waits for a lock that client A took before it was killed."
    );
}

#[test]
fn who_has_proven_its_key_has_not_called_yet() {
    let mut story = Story::new();
    story.says(
        "client",
        "proved",
        json!({"challenge": "3f", "digest": "9c"}),
    );
    assert_eq!(
        story.headline(),
        "Client A and the server have proven to each other that they have the same key."
    );
}

#[test]
fn another_key_and_an_exception_are_told() {
    let mut story = Story::new();
    let why = "AuthenticationError: digest sent was rejected";
    story.says("client", "turned-away", json!({"why": why}));
    assert_eq!(
        story.headline(),
        "Client A was turned away: AuthenticationError: digest sent was rejected."
    );
    let call = "tasks.__getitem__('no')";
    story
        .says("client", "calling", json!({"call": call, "try": 1}))
        .says(
            "client",
            "fault",
            json!({"call": call, "text": "KeyError: 'no'"}),
        );
    assert_eq!(
        story.headline(),
        "`tasks.__getitem__('no')` failed in the server, and client A was told so."
    );
    story.says(
        "client",
        "line",
        json!({"call": "x", "program": "x", "raised": "TypeError: y"}),
    );
    assert_eq!(
        story.headline(),
        "`x` raised TypeError: y in client A itself."
    );
}
