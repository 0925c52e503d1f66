//! What only sockets within one machine can do: say who is there, and hand over open files.

use super::{said, served, text_with};
use crate::subject::{Subject, received};
use harness::World;
use serde_json::{Value, json};

async fn passed(subject: Subject, what: &str) -> (World, Value) {
    let mut world = served(subject, json!({})).await;
    let client = &mut world.client;
    let (left, right) = (subject.sender(), subject.answerer());
    text_with(client, &left, "look at this", json!({"with": what})).await;
    said(client, "came", 1).await;
    client
        .until("the message", |state| received(state) == 1)
        .await;
    client.act("use", &right, json!({})).await;
    let used = said(client, "used", 1).await["text"].clone();
    (world, used)
}

pub(crate) async fn an_open_file_can_be_passed(subject: Subject) {
    let (world, used) = passed(subject, "file").await;
    assert_eq!(used, "from a file\n");
    world.end().await;
}

pub(crate) async fn a_pipe_can_be_passed(subject: Subject) {
    let (world, used) = passed(subject, "pipe").await;
    assert_eq!(used, "from a pipe\n");
    world.end().await;
}

pub(crate) async fn the_kernel_says_who_is_there(subject: Subject) {
    let mut world = served(subject, json!({})).await;
    let client = &mut world.client;
    let (left, right) = (subject.sender(), subject.answerer());
    client.act("credentials", &right, json!({})).await;
    let peer = said(client, "peer", 1).await;
    // A pair was made by the parent, and that is who the kernel remembers.
    let made_by = if subject.variant == "socketpair" {
        "parent"
    } else {
        left.as_str()
    };
    assert_eq!(peer["pid"], client.worker(made_by).pid);
    world.end().await;
}
