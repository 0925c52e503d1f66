//! What a learner does to a run, and what it may cost.

use crate::subject::{FULL, Subject, by, figure, living, received, sleeps};
use harness::World;
use serde_json::json;
use shared::{
    command::Effect,
    event::{Kind, Outcome, Wait},
    failure::Code,
    state::RunState,
};

fn frozen(state: &RunState, worker: &str) -> bool {
    state
        .worker(&worker.into())
        .is_some_and(|worker| worker.frozen)
}

pub(crate) async fn a_freeze_shortens_a_blocked_write_at_most_once(subject: Subject) {
    const LEN: u64 = 100_000;
    let mut world = subject.run(json!({"reader": "demand"})).await;
    let client = &mut world.client;
    client.flood("writer", LEN, 1).await;
    let full = |state: &RunState| {
        figure(state, "bytes") == Some(FULL) && sleeps(state, "writer", Wait::PipeFull)
    };
    client
        .until("a full pipe and the writer asleep", full)
        .await;
    client.act("freeze", "writer", json!({})).await;
    client
        .until("the writer frozen", |state| frozen(state, "writer"))
        .await;
    client.act("resume", "writer", json!({})).await;
    client
        .until("the writer asleep again", |state| {
            !frozen(state, "writer") && full(state)
        })
        .await;
    client
        .act("read", "reader", json!({"len": FULL, "times": 1}))
        .await;
    client
        .until("the writer through", |state| {
            state.messages[0].sent.is_some_and(|sent| sent.n == LEN)
        })
        .await;
    client
        .act("read", "reader", json!({"len": FULL, "times": 1}))
        .await;
    client
        .until("the message on the other side", |state| {
            received(state) == 1
        })
        .await;
    assert_eq!(
        client.state().messages[0].bytes_out,
        LEN,
        "a freeze doubles nothing"
    );
    if subject.xray {
        let write = |kind: &Kind| match kind {
            Kind::CallReturned { name, ret, .. } if name == "write" => *ret,
            _ => None,
        };
        let writes: Vec<_> = client
            .events()
            .iter()
            .filter(|event| by(event, "writer"))
            .filter_map(|event| write(&event.kind))
            .collect();
        let rest = i64::try_from(LEN - FULL).expect("short");
        assert_eq!(
            writes,
            [65_536, rest],
            "the frozen write returned short, and the rest followed\n{}",
            client.tail()
        );
    }
    world.end().await;
}

pub(crate) async fn a_frozen_worker_says_so_and_goes_on(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    let ack = client.act("freeze", "reader", json!({})).await;
    assert_eq!(ack.effect, Effect::Done, "a freeze never waits");
    client
        .until("the reader frozen", |state| frozen(state, "reader"))
        .await;
    assert!(client.worker("reader").can_resume());
    client.send_text("writer", "wait for it").await;
    client
        .until("the message in the pipe", |state| {
            figure(state, "bytes") == Some(11)
        })
        .await;
    assert_eq!(received(client.state()), 0);
    client.act("resume", "reader", json!({})).await;
    client
        .until("the message on the other side", |state| {
            !frozen(state, "reader") && received(state) == 1
        })
        .await;
    world.end().await;
}

pub(crate) async fn stop_twice_is_the_same_as_once(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    client.stop().await;
    assert_eq!(
        client.state().finished.as_ref().map(|end| end.outcome),
        Some(Outcome::Stopped)
    );
    if let Err(failure) = client.try_stop().await {
        assert_eq!(failure.code, Code::RunOver, "{failure}");
    }
    let refused = client
        .try_act("freeze", "reader", json!({}))
        .await
        .expect_err("there is no reader any more");
    assert_eq!(refused.code, Code::RunOver, "{refused}");
    assert!(living(client.state()).is_empty(), "{}", client.tail());
    let ends = client
        .events()
        .iter()
        .filter(|event| matches!(event.kind, Kind::RunFinished { .. }));
    assert_eq!(ends.count(), 1);
    world.end().await;
}

pub(crate) async fn what_does_not_exist_is_refused_by_name(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    for (verb, worker, args, field) in [
        ("freeze", "nobody", json!({}), "worker"),
        ("sing", "reader", json!({}), "do"),
        ("read", "writer", json!({}), "worker"),
        ("read", "reader", json!({"len": 0}), "len"),
        ("read", "reader", json!({"speed": 3}), "speed"),
        ("close", "writer", json!({"end": "both"}), "end"),
    ] {
        let refused = client
            .try_act(verb, worker, args)
            .await
            .expect_err("it does not exist");
        assert_eq!(
            (refused.code, refused.field.as_deref()),
            (Code::BadParam, Some(field)),
            "{verb} {worker}: {refused}"
        );
        assert!(
            refused.message.len() > 10 && refused.hint.len() > 3,
            "a refusal is a sentence: {refused}"
        );
    }
    let data = shared::command::Data::Text {
        text: "hello".to_owned(),
    };
    for worker in ["nobody", "reader"] {
        let refused = client
            .try_send(worker, data.clone(), 1)
            .await
            .expect_err("it cannot send");
        assert_eq!(
            (refused.code, refused.field.as_deref()),
            (Code::BadParam, Some("worker")),
            "{refused}"
        );
    }
    world.end().await;
}

pub(crate) async fn a_command_to_a_sleeping_worker_waits(subject: Subject) {
    let mut world = subject.run(json!({"reader": "demand"})).await;
    let client = &mut world.client;
    client.act("read", "reader", json!({"len": 10})).await;
    client
        .until("the reader asleep in read", |state| {
            sleeps(state, "reader", Wait::PipeEmpty)
        })
        .await;
    client.act("read", "reader", json!({"len": 20})).await;
    let waits = |state: &RunState| {
        state
            .waiting
            .iter()
            .any(|waiting| waiting.worker.as_str() == "reader")
    };
    client.until("a command that waits", waits).await;
    client.send_text("writer", "first").await;
    client
        .until("the first message on the other side", |state| {
            received(state) == 1
        })
        .await;
    client
        .until("no command that waits", |state| state.waiting.is_empty())
        .await;
    client.send_text("writer", "second").await;
    client
        .until("the second message on the other side", |state| {
            received(state) == 2
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_run_that_is_stopped_in_the_middle_leaves_nothing(subject: Subject) {
    let mut world = subject.run(json!({"writers": 4})).await;
    let client = &mut world.client;
    for writer in ["writer", "writer-2", "writer-3", "writer-4"] {
        client.flood(writer, 4096, 1000).await;
    }
    client
        // Bytes, not messages: of four writers at once that all say the same, a program without X-ray cannot tell whose is whose.
        .until("some bytes on the other side", |state| {
            state.counts.bytes_received > 10 * 4096
        })
        .await;
    client.stop().await;
    world.end().await;
}

pub(crate) async fn a_message_right_after_the_start_is_not_lost(subject: Subject) {
    let mut world = World::new().await;
    let client = &mut world.client;
    let started = client
        .try_start(subject.plan(json!({})))
        .await
        .expect("the run starts");
    client.run = started.run.expect("an ack of start names the run");
    // Nobody has been born yet.
    client.send_text("writer", "early").await;
    client
        .until("the message on the other side", |state| {
            received(state) == 1
        })
        .await;
    world.end().await;
}
