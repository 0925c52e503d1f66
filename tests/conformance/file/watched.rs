//! Who is told of a change, and who has to look.

use super::send;
use crate::subject::{Subject, received};
use serde_json::{Value, json};
use shared::{event::Wait, state::RunState};

fn woken(state: &RunState) -> Vec<Value> {
    let reader = state.worker(&"reader".into());
    let said = reader.into_iter().flat_map(|reader| &reader.said);
    said.filter(|said| said.what == "woken")
        .filter_map(|said| said.about.get("event").cloned())
        .collect()
}

fn asleep(state: &RunState) -> bool {
    crate::subject::sleeps(state, "reader", Wait::Event)
}

pub(crate) async fn the_watcher_wakes_at_the_close_and_not_before(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    client.until("the reader asleep", asleep).await;
    client.act("open", "writer", json!({})).await;
    send(client, "writer", "hello").await;
    assert_eq!(
        woken(client.state()),
        [] as [Value; 0],
        "nobody has closed it"
    );
    client.act("close", "writer", json!({})).await;
    client
        .until("the message on the other side", |state| {
            received(state) == 1
        })
        .await;
    assert_eq!(woken(client.state()), ["IN_CLOSE_WRITE"]);
    client.until("the reader asleep again", asleep).await;
    world.end().await;
}

pub(crate) async fn who_polls_looks_in_vain(subject: Subject) {
    let params = json!({"wake": "poll", "poll": 20, "reader": "demand"});
    let mut world = subject.run(params).await;
    let client = &mut world.client;
    send(client, "writer", "hello").await;
    client
        .until("the message on the other side", |state| {
            received(state) == 1
        })
        .await;
    client
        .until("looks in vain", |state| {
            let mut figures = state.objects.iter().filter_map(|it| it.reading("vain"));
            figures.any(|vain| vain.value >= 3)
        })
        .await;
    assert_eq!(received(client.state()), 1, "nothing new came");
    world.end().await;
}
