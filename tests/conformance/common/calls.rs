//! What is seen of calls, with X-ray and without.

use super::one_by_one;
use crate::subject::{Subject, by, living};
use serde_json::json;
use shared::event::{Event, Kind, Source};
use std::collections::BTreeMap;

/// Descriptors on which the playground talks to its workers; not part of the lesson.
const OURS: std::ops::RangeInclusive<i32> = 63..=127;

pub(crate) async fn every_call_that_is_entered_returns_once_or_dies_with_its_process(
    subject: Subject,
) {
    let mut world = subject.run(json!({})).await;
    one_by_one(&mut world, subject, 5).await;
    world.client.stop().await;
    let client = &world.client;
    let mut open = BTreeMap::new();
    for event in client.events() {
        match &event.kind {
            Kind::CallEntered { name, .. } => {
                assert_eq!(event.source, Source::Call);
                open.insert(event.seq, (name.clone(), event.pid, event.task));
            }
            Kind::CallReturned { call, name, .. } => {
                assert_eq!(
                    open.remove(call),
                    Some((name.clone(), event.pid, event.task)),
                    "{event:?}"
                );
            }
            _ => {}
        }
    }
    let mut in_a_call: Vec<_> = open.values().map(|(_, pid, task)| (*pid, *task)).collect();
    let calls = in_a_call.len();
    in_a_call.sort_unstable();
    in_a_call.dedup();
    assert_eq!(
        in_a_call.len(),
        calls,
        "a thread dies in one call at most: {open:?}"
    );
    assert!(living(client.state()).is_empty());
    assert!(client.state().counts.calls > 0, "{}", client.tail());
    world.end().await;
}

pub(crate) async fn descriptors_of_the_playground_are_never_shown(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    one_by_one(&mut world, subject, 1).await;
    world.client.stop().await;
    let descriptor = |event: &Event| match &event.kind {
        Kind::CallEntered { fd, .. } | Kind::CallReturned { fd, .. } => *fd,
        _ => None,
    };
    let shown = world
        .client
        .events()
        .iter()
        .find(|event| descriptor(event).is_some_and(|fd| OURS.contains(&fd)));
    assert!(shown.is_none(), "{shown:?}");
    world.end().await;
}

pub(crate) async fn a_call_knows_its_line(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    one_by_one(&mut world, subject, 1).await;
    world.client.stop().await;
    let roles = [subject.sender(), subject.receiver()];
    for role in &roles {
        let mine = |event: &&Event| by(event, role) && event.task.is_none();
        let lines: Vec<_> = world
            .client
            .events()
            .iter()
            .filter(mine)
            .filter_map(|event| match &event.kind {
                Kind::CallEntered { name, line, .. } if !name.starts_with("exit") => Some(*line),
                _ => None,
            })
            .collect();
        assert!(
            lines.iter().flatten().any(|line| *line > 0),
            "{role} made calls, none of which knows its line: {lines:?}\n{}",
            world.client.tail()
        );
    }
    world.end().await;
}

/// Without X-ray nothing may look as if a call had been seen.
pub(crate) async fn without_it_no_call_is_shown(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    one_by_one(&mut world, subject, 1).await;
    world.client.stop().await;
    let call = world
        .client
        .events()
        .iter()
        .find(|event| event.source == Source::Call);
    assert!(call.is_none(), "{call:?}");
    assert_eq!(world.client.state().counts.calls, 0);
    world.end().await;
}
