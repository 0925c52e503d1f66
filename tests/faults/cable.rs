//! Two machines, and the cable between them. Where the host permits none, the run says so instead of showing something.

use crate::case::Case;
use harness::{TestServer, World, client::Plan, procfs::Process};
use serde_json::{Value, json};
use shared::{event::Outcome, state::RunState};
use std::{collections::BTreeSet, fs, path::PathBuf};

/// A run on two machines; `None` where the host permits no second one, which the run must have said.
async fn two_machines(case: Case, variant: &str, params: Value) -> Option<World> {
    let mut world = World::with(case.account, &[]).await;
    let mut all = json!({"machines": "two"});
    if let (Some(all), Some(params)) = (all.as_object_mut(), params.as_object()) {
        all.extend(params.clone());
    }
    let plan = Plan::new("socket", variant, all, case.xray);
    world.client.start(plan).await;
    let born = |state: &RunState| state.workers.len() == 3 || state.finished.is_some();
    world
        .client
        .until("client and server, or the end", born)
        .await;
    let Some(finished) = world.client.state().finished.clone() else {
        return Some(world);
    };
    let why = finished.message.unwrap_or_default();
    assert_eq!(finished.outcome, Outcome::Failed, "{why}");
    assert!(why.contains("does not permit a second machine"), "{why}");
    world.end().await;
    None
}

/// Whether the cable is in, as the kernel said last.
fn plugged(state: &RunState) -> Option<bool> {
    let mut objects = state.objects.iter();
    let cable = objects.find(|object| object.object_type == "cable")?;
    Some(cable.reading("up")?.value > 0)
}

/// Networks that the server and its runs are in; each is gone with the last process in it.
fn networks(server: &TestServer) -> BTreeSet<PathBuf> {
    let link = |process: Process| fs::read_link(format!("/proc/{}/ns/net", process.pid)).ok();
    server.family().into_iter().filter_map(link).collect()
}

pub(crate) async fn what_listens_on_one_machine_only_is_refused_to_the_other(case: Case) {
    let params = json!({"bind": "second", "connect": "demand"});
    let Some(mut world) = two_machines(case, "tcp", params).await else {
        return;
    };
    world.client.act("connect", "client", json!({})).await;
    let refused = world
        .client
        .event("the refusal", |event| {
            let text = serde_json::to_string(event).unwrap_or_default();
            text.contains("ECONNREFUSED")
        })
        .await;
    assert_eq!(refused.worker, Some("client".into()));
    world.end().await;
}

pub(crate) async fn what_is_sent_into_a_pulled_cable_is_sent_again(case: Case) {
    let Some(mut world) = two_machines(case, "tcp", json!({})).await else {
        return;
    };
    assert_eq!(networks(&world.server).len(), 3, "ours, and two machines");
    let client = &mut world.client;
    client.send_text("client", "before").await;
    client
        .until("the first message", |state| state.counts.received == 1)
        .await;
    assert_eq!(plugged(client.state()), Some(true));
    client.act("pull-cable", "server", json!({})).await;
    client
        .until("the cable pulled", |state| plugged(state) == Some(false))
        .await;
    client.send_text("client", "meanwhile").await;
    let again = |event: &shared::event::Event| {
        let text = serde_json::to_value(&event.kind).unwrap_or_default();
        let readings = text["readings"].as_array().cloned().unwrap_or_default();
        let figure = readings
            .iter()
            .find(|reading| reading["figure"] == "retransmits");
        figure.is_some_and(|figure| figure["value"].as_u64() >= Some(1))
    };
    client.event("a retransmission", again).await;
    assert_eq!(client.state().counts.received, 1, "the cable is pulled");
    client.act("plug-cable", "server", json!({})).await;
    client
        .until("what was sent meanwhile", |state| {
            state.counts.received == 2
        })
        .await;
    assert_eq!(plugged(client.state()), Some(true));
    world.end().await;
}

pub(crate) async fn with_one_machine_there_is_no_cable(case: Case) {
    let mut world = World::with(case.account, &[]).await;
    let plan = Plan::new("socket", "udp", json!({}), case.xray);
    world.client.start(plan).await;
    let pulled = world
        .client
        .try_act("pull-cable", "server", json!({}))
        .await;
    let message = pulled.map_err(|failure| failure.message);
    assert_eq!(
        message,
        Err("there is one machine, and no cable".to_owned())
    );
    assert_eq!(plugged(world.client.state()), None, "none is told of");
    world.end().await;
}

pub(crate) async fn datagrams_cross_it_too(case: Case) {
    let Some(mut world) = two_machines(case, "udp", json!({})).await else {
        return;
    };
    let client = &mut world.client;
    client.send_text("client", "over there").await;
    client
        .until("it on the other machine", |state| {
            state.counts.received == 1
        })
        .await;
    world.end().await;
}
