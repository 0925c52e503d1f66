//! Signals that are read from a descriptor.

use super::{RTMIN, USR1, act, masks, number, raise, said};
use crate::subject::{Subject, gone, received};
use serde_json::json;
use shared::{os::Signal, state::Life};

pub(crate) async fn a_signalfd_reads_what_is_pending(subject: Subject) {
    let mut world = subject.run(json!({"takes": "demand"})).await;
    let client = &mut world.client;
    raise(client, "SIGRTMIN", Some(3), 1).await;
    raise(client, "SIGUSR1", None, 1).await;
    client
        .until("both pending", |state| {
            masks(state, |all| &all.pending, USR1) && masks(state, |all| &all.pending, RTMIN)
        })
        .await;
    act(client, "take", json!({"times": 2})).await;
    client
        .until("both read", |state| received(state) == 2)
        .await;
    client
        .until("the reader's word on both", |state| {
            let one = state.worker(&"receiver".into());
            one.is_some_and(|one| one.said.iter().filter(|said| said.what == "read").count() == 2)
        })
        .await;
    let order: Vec<_> = said(client, "read")
        .iter()
        .map(|about| (number(about, "number"), number(about, "value")))
        .collect();
    assert_eq!(
        order,
        [(Some(10), None), (Some(34), Some(3))],
        "the lowest first"
    );
    world.end().await;
}

pub(crate) async fn a_signal_that_is_not_blocked_is_not_read(subject: Subject) {
    let mut world = subject.run(json!({"takes": "demand"})).await;
    let client = &mut world.client;
    act(client, "unblock", json!({"signal": "SIGUSR1"})).await;
    client
        .until("it is not blocked", |state| {
            state
                .worker(&"receiver".into())
                .is_some_and(|one| one.signals.is_some())
                && !masks(state, |all| &all.blocked, USR1)
        })
        .await;
    raise(client, "SIGUSR1", None, 1).await;
    let killed = Life::Killed {
        signal: Signal::SIGUSR1,
    };
    client
        .until("its default has killed", |state| {
            gone(state, "receiver", killed)
        })
        .await;
    world.end().await;
}
