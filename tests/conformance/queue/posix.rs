//! What a POSIX queue promises. mq_overview(7).

use super::{failed, fill, on_demand, receive, refused, send};
use crate::subject::{Subject, figure, object, received};
use serde_json::json;
use shared::{
    event::{Kind, Wait},
    os::Errno,
    state::RunState,
};

pub(crate) async fn a_higher_priority_leaves_first_and_equal_ones_in_order(subject: Subject) {
    let mut world = on_demand(subject, json!({})).await;
    let client = &mut world.client;
    let sent = [
        ("plain 1", 0),
        ("high 1", 9),
        ("plain 2", 0),
        ("high 2", 9),
        ("middle", 5),
    ];
    for (text, priority) in sent {
        send(client, subject, text, priority).await;
    }
    client
        .until("five in the queue", |state| {
            figure(state, "messages") == Some(5)
        })
        .await;
    let mut came = Vec::new();
    for _ in sent {
        came.push(receive(client, json!({})).await);
    }
    assert_eq!(came, ["high 1", "high 2", "middle", "plain 1", "plain 2"]);
    world.end().await;
}

pub(crate) async fn a_message_that_is_too_long_is_refused_whole(subject: Subject) {
    let mut world = on_demand(subject, json!({"msgsize": 8})).await;
    let client = &mut world.client;
    fill(client, subject, &["12345678"]).await;
    send(client, subject, "123456789", 1).await;
    client
        .until("the refusal", |state| {
            refused(state) == Some(Errno::EMSGSIZE)
        })
        .await;
    assert_eq!(figure(client.state(), "messages"), Some(1));
    world.end().await;
}

pub(crate) async fn a_buffer_that_might_be_too_small_is_refused(subject: Subject) {
    let mut world = on_demand(subject, json!({"msgsize": 64, "buffer": 63})).await;
    let client = &mut world.client;
    fill(client, subject, &["tiny"]).await;
    client.act("receive", "consumer", json!({})).await;
    client
        .until("the refusal", |state| {
            failed(state, "consumer", Errno::EMSGSIZE)
        })
        .await;
    assert_eq!(receive(client, json!({"len": 64})).await, "tiny");
    world.end().await;
}

pub(crate) async fn a_name_can_go_while_the_queue_lives(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    client
        .until("both have it open", |state| {
            object(state).holders.len() == 2
        })
        .await;
    client.act("unlink", "parent", json!({})).await;
    client
        .until("no name any more", |state| object(state).names.is_empty())
        .await;
    send(client, subject, "still here", 1).await;
    client
        .until("the message on the other side", |state| {
            received(state) == 1
        })
        .await;
    assert!(!object(client.state()).removed);
    for worker in ["producer", "consumer"] {
        client.act("kill", worker, json!({})).await;
    }
    client
        .until("the queue gone, and the run over", |state| {
            object(state).removed && state.finished.is_some()
        })
        .await;
    world.end().await;
}

pub(crate) async fn nobody_has_to_have_it_open(subject: Subject) {
    let mut world = on_demand(subject, json!({"consumers": 2})).await;
    let client = &mut world.client;
    fill(client, subject, &["kept"]).await;
    client.act("close", "producer", json!({})).await;
    client.act("close", "consumer", json!({})).await;
    client.act("kill", "consumer-2", json!({})).await;
    let let_go = |state: &RunState| {
        let queue = object(state);
        queue.holders.is_empty() && queue.names.len() == 1
    };
    client.until("nobody has it open", let_go).await;
    assert!(!object(client.state()).removed);
    assert_eq!(
        figure(client.state(), "messages"),
        Some(1),
        "asked for by its name"
    );
    client.act("unlink", "parent", json!({})).await;
    client
        .until("the queue gone, and the message with it", |state| {
            object(state).removed && state.counts.lost == 1
        })
        .await;
    world.end().await;
}

fn notified(state: &RunState) -> usize {
    let consumer = state.worker(&"consumer".into());
    consumer.map_or(0, |worker| {
        worker
            .said
            .iter()
            .filter(|said| said.what == "notified")
            .count()
    })
}

fn waits_for_signal(state: &RunState) -> bool {
    crate::subject::sleeps(state, "consumer", Wait::Signal)
}

pub(crate) async fn a_notification_comes_once(subject: Subject) {
    let mut world = subject.run(json!({"notify": "once"})).await;
    let client = &mut world.client;
    client.until("the consumer asleep", waits_for_signal).await;
    send(client, subject, "first", 1).await;
    client
        .until(
            "the first received, and the consumer asleep again",
            |state| {
                received(state) == 1
                    && waits_for_signal(state)
                    && figure(state, "notify") == Some(0)
            },
        )
        .await;
    send(client, subject, "second", 1).await;
    client
        .until("the second in the queue, unnoticed", |state| {
            figure(state, "messages") == Some(1) && waits_for_signal(state)
        })
        .await;
    assert_eq!((notified(client.state()), received(client.state())), (1, 1));
    world.end().await;
}

pub(crate) async fn a_consumer_that_registers_again_hears_of_every_message(subject: Subject) {
    let mut world = subject.run(json!({"notify": "again"})).await;
    let client = &mut world.client;
    for n in 1..=3 {
        client.until("the consumer asleep", waits_for_signal).await;
        send(client, subject, &format!("message {n}"), 1).await;
        client
            .until("it was told and has it", |state| {
                received(state) == n && notified(state) as u64 == n
            })
            .await;
    }
    world.end().await;
}

pub(crate) async fn only_one_can_be_registered(subject: Subject) {
    let mut world = subject
        .run(json!({"notify": "again", "consumers": 2}))
        .await;
    let client = &mut world.client;
    client
        .until("one of the two refused", |state| {
            ["consumer", "consumer-2"]
                .iter()
                .any(|one| failed(state, one, Errno::EBUSY))
        })
        .await;
    world.end().await;
}

pub(crate) async fn the_kernel_stops_making_queues(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    client.act("more", "parent", json!({"times": 100})).await;
    client
        .until("no more queues", |state| {
            failed(state, "parent", Errno::EMFILE)
        })
        .await;
    let limit = client.events().iter().find_map(|event| match &event.kind {
        Kind::LimitHit { limit, value, .. } => Some((limit.clone(), *value)),
        _ => None,
    });
    assert_eq!(limit, Some(("mqueue_bytes".to_owned(), 64 * 1024)));
    client
        .act("more", "parent", json!({"times": 1, "maxmsg": 100_000}))
        .await;
    client
        .until("none that large", |state| {
            failed(state, "parent", Errno::EINVAL)
        })
        .await;
    world.end().await;
}
