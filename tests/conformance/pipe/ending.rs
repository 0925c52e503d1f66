//! How it ends: end-of-file, SIGPIPE, EPIPE, and the ends that somebody forgot to close.

use crate::subject::{Subject, by, gone, holders, kill, place, received, sleeps};
use serde_json::json;
use shared::{
    event::{End, Kind, Outcome, Wait},
    os::{Errno, Signal},
    state::{Life, RunState},
};

const ENDED_WELL: Life = Life::Exited { code: 0 };

pub(crate) async fn end_of_file_comes_after_the_last_write_end_closes(subject: Subject) {
    let mut world = subject.run(json!({"writers": 2})).await;
    let client = &mut world.client;
    client.act("close", "writer", json!({"end": "write"})).await;
    client
        .until("one holder of the write end", |state| {
            holders(state, End::Write) == ["writer-2"]
        })
        .await;
    // That it is received proves that the reader still reads.
    client.send_text("writer-2", "still here").await;
    client
        .until("the message on the other side", |state| {
            received(state) == 1
        })
        .await;
    client
        .act("close", "writer-2", json!({"end": "write"}))
        .await;
    client
        .until("the reader ended by itself", |state| {
            gone(state, "reader", ENDED_WELL)
        })
        .await;
    let message = place(client, "a receive", |event| {
        matches!(event.kind, Kind::MessageReceived { .. })
    });
    let end = place(client, "the end", |event| {
        by(event, "reader") && matches!(event.kind, Kind::ProcessExited { .. })
    });
    assert!(message < end);
    if subject.xray {
        let eof = |kind: &Kind| matches!(kind, Kind::CallReturned { name, ret: Some(0), .. } if name == "read");
        let eofs = client
            .events()
            .iter()
            .filter(|event| by(event, "reader") && eof(&event.kind))
            .count();
        assert_eq!(
            eofs,
            1,
            "end-of-file is a read that returns 0\n{}",
            client.tail()
        );
    }
    world.end().await;
}

pub(crate) async fn end_of_file_never_comes_while_the_reader_forgot_a_write_end(subject: Subject) {
    let mut world = subject.run(json!({"forgotten": "reader-write"})).await;
    let client = &mut world.client;
    client.send_text("writer", "hello").await;
    client
        .until("the message on the other side", |state| {
            received(state) == 1
        })
        .await;
    client.act("close", "writer", json!({"end": "write"})).await;
    let alone = |state: &RunState| {
        holders(state, End::Write) == ["reader"] && sleeps(state, "reader", Wait::PipeEmpty)
    };
    client
        .until(
            "the reader asleep, holding the last write end itself",
            alone,
        )
        .await;
    client.stop().await;
    let eof = |kind: &Kind| matches!(kind, Kind::CallReturned { name, ret: Some(0), .. } if name == "read");
    assert!(
        !client
            .events()
            .iter()
            .any(|event| by(event, "reader") && eof(&event.kind))
    );
    assert!(!gone(client.state(), "reader", ENDED_WELL));
    world.end().await;
}

pub(crate) async fn end_of_file_waits_for_a_forgetful_parent(subject: Subject) {
    let mut world = subject.run(json!({"forgotten": "parent-write"})).await;
    let client = &mut world.client;
    client.act("close", "writer", json!({"end": "write"})).await;
    client
        .until("the parent holding the last write end", |state| {
            holders(state, End::Write) == ["parent"]
        })
        .await;
    assert!(client.worker("reader").alive());
    client.act("close", "parent", json!({"end": "write"})).await;
    client
        .until("the reader ended by itself", |state| {
            gone(state, "reader", ENDED_WELL)
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_killed_reader_gives_the_writer_sigpipe(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    kill(client, "reader").await;
    client.send_text("writer", "anybody?").await;
    let broken = Life::Killed {
        signal: Signal::SIGPIPE,
    };
    client
        .until("the writer killed by SIGPIPE", |state| {
            gone(state, "writer", broken)
        })
        .await;
    client.ended().await;
    assert_eq!(
        client.state().finished.as_ref().map(|end| end.outcome),
        Some(Outcome::Completed)
    );
    assert!(
        gone(client.state(), "parent", ENDED_WELL),
        "the parent waits for its children and goes"
    );
    world.end().await;
}

pub(crate) async fn a_writer_that_ignores_sigpipe_gets_epipe(subject: Subject) {
    let mut world = subject.run(json!({"sigpipe": "ignore"})).await;
    let client = &mut world.client;
    kill(client, "reader").await;
    for _ in 0..2 {
        client.send_text("writer", "anybody?").await;
    }
    let refused = |kind: &Kind| {
        matches!(
            kind,
            Kind::MessageSent {
                n: 0,
                errno: Some(Errno::EPIPE),
                ..
            }
        )
    };
    client
        .event("EPIPE", |event| by(event, "writer") && refused(&event.kind))
        .await;
    client
        .until("EPIPE again", |state| {
            state
                .messages
                .iter()
                .filter(|message| message.sent.is_some())
                .count()
                == 2
        })
        .await;
    assert!(client.worker("writer").alive());
    world.end().await;
}

pub(crate) async fn a_writer_that_forgot_a_read_end_never_learns(subject: Subject) {
    let mut world = subject.run(json!({"forgotten": "writer-read"})).await;
    let client = &mut world.client;
    kill(client, "reader").await;
    client.send_text("writer", "anybody?").await;
    let whole = |kind: &Kind| {
        matches!(
            kind,
            Kind::MessageSent {
                n: 8,
                errno: None,
                ..
            }
        )
    };
    client
        .event("a write that succeeds", |event| {
            by(event, "writer") && whole(&event.kind)
        })
        .await;
    assert!(client.worker("writer").alive());
    client.stop().await;
    assert_eq!(
        client.state().counts.lost,
        1,
        "nobody will ever read it\n{}",
        client.tail()
    );
    world.end().await;
}

pub(crate) async fn a_killed_writer_is_reported_and_closes_its_end(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    kill(client, "writer").await;
    client
        .until("the reader ended by itself", |state| {
            gone(state, "reader", ENDED_WELL)
        })
        .await;
    client.ended().await;
    world.end().await;
}
