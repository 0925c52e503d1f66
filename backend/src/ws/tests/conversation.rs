//! What a client and a session say to each other when all is well, or a connection is lost or slow.

use super::World;
use crate::{
    lab::Limits,
    link::{FromBox, ToBox},
    ws::{Farewell, close, writer::FEEDS},
};
use serde_json::{Value, json};
use shared::{
    command::Effect,
    event::Outcome,
    failure::{Code, Failure},
};
use std::time::Duration;

#[tokio::test]
async fn a_run_is_started_told_and_stopped() {
    let mut world = World::new(Limits::default()).await;
    let (mut client, _, run, mut supervisor) = world.running().await;
    supervisor.events(500).await;
    assert_eq!(client.events(500).await, (1..=500).collect::<Vec<_>>());
    client
        .say(json!({"type": "send", "id": 2, "run": run, "data": {"text": "hi"}}))
        .await;
    let Some(ToBox::Send {
        re: Some(2),
        first: 1,
        ..
    }) = supervisor.heard.recv().await
    else {
        panic!("a send")
    };
    supervisor
        .say
        .send(FromBox::Ack {
            re: 2,
            effect: Effect::Queued,
        })
        .await
        .unwrap();
    assert_eq!(
        client.hear().await,
        json!({"type": "ack", "re": 2, "run": run, "message": 1, "effect": "queued"})
    );
    client
        .say(json!({"type": "fetch", "id": 3, "run": run, "message": 1, "from": 1, "len": 9}))
        .await;
    assert_eq!(
        client.hear().await,
        json!({"type": "bytes", "re": 3, "from": 1, "total": 2, "data": {"base64": "aQ=="}})
    );
    client
        .say(json!({"type": "replay", "id": 4, "run": run, "after": 10, "until": 12}))
        .await;
    assert_eq!(client.events(2).await, [11, 12]);
    assert_eq!(client.hear().await["re"], 4);
    client
        .say(json!({"type": "stop", "id": 5, "run": run}))
        .await;
    assert_eq!(
        supervisor.heard.recv().await,
        Some(ToBox::Stop {
            outcome: Outcome::Stopped
        })
    );
    supervisor.end(Outcome::Stopped).await;
    let (one, other) = (client.hear().await, client.hear().await);
    let last = if one["type"] == "events" { one } else { other };
    assert_eq!(last["events"][0]["kind"], "run.finished");
    client
        .say(json!({"type": "send", "id": 6, "run": run, "data": {"text": "hi"}}))
        .await;
    assert_eq!(client.refused().await, (json!(6), json!("run_over")));
}

#[tokio::test]
async fn a_lost_connection_takes_the_run_up_again() {
    let mut world = World::new(Limits::default()).await;
    let (mut client, token, run, mut supervisor) = world.running().await;
    supervisor.events(10).await;
    client.events(10).await;
    drop(client);
    supervisor.events(10).await;
    let hello = json!({"type": "hello", "protocol": 1, "token": token, "resume": {"run": run, "after": 10}});
    let mut again = world.stranger().await;
    again.say(hello).await;
    assert_eq!(again.hear().await["token"], token);
    assert_eq!(again.events(10).await, (11..=20).collect::<Vec<_>>());
    supervisor.events(1).await;
    assert_eq!(again.events(1).await, [21]);

    let mut thief = world.stranger().await;
    let stolen = json!({"type": "hello", "protocol": 1, "token": "0".repeat(32), "resume": {"run": run, "after": 0}});
    thief.say(stolen).await;
    assert_ne!(thief.hear().await["token"], token);
    assert_eq!(thief.refused().await, (Value::Null, json!("wrong_token")));
    let mut lost = world.stranger().await;
    lost.say(json!({"type": "hello", "protocol": 1, "resume": {"run": "gone", "after": 0}}))
        .await;
    lost.hear().await;
    assert_eq!(lost.refused().await, (Value::Null, json!("unknown_run")));
}

#[tokio::test]
async fn a_browser_that_does_not_read_slows_nobody() {
    let limits = Limits {
        events_per_second: 0,
        queue_bytes: 100_000,
        ..Limits::default()
    };
    let mut world = World::new(limits).await;
    let (mut slow, token, run, mut supervisor) = world.running().await;
    let mut quick = world.stranger().await;
    quick.say(json!({"type": "hello", "protocol": 1, "token": token, "resume": {"run": run, "after": 0}})).await;
    quick.hear().await;
    assert_eq!(quick.hear().await["type"], "snapshot");
    for _ in 0..200 {
        supervisor.events(300).await;
        assert_eq!(quick.events(300).await.len(), 300);
    }
    // Its socket held some; then it was told what it missed, and what is.
    let mut last = 0;
    let lagged = loop {
        let message = slow.hear().await;
        match message["type"].as_str() {
            Some("events") => {
                last = message["events"].as_array().unwrap().last().unwrap()["seq"]
                    .as_u64()
                    .unwrap();
            }
            Some("lagged") => break message,
            _ => panic!("{message}"),
        }
    };
    assert_eq!(lagged["from"], last + 1);
    assert_eq!(slow.hear().await["seq"], lagged["to"]);
}

#[tokio::test]
async fn a_flood_that_never_pauses_is_seen_as_it_comes() {
    let limits = Limits {
        events_per_second: 0,
        queue_bytes: 50_000,
        ..Limits::default()
    };
    let mut world = World::new(limits).await;
    let (mut client, _, _, mut supervisor) = world.running().await;
    // All frames are there at once, so the task of the run has no reason to wait.
    for _ in 0..100 {
        supervisor.events(50).await;
    }
    assert_eq!(
        client.events(5_000).await,
        (1..=5_000).collect::<Vec<_>>(),
        "no lag"
    );
}

#[tokio::test]
async fn a_stop_is_said_to_everybody() {
    let mut world = World::new(Limits::default()).await;
    let (mut client, ..) = world.running().await;
    let mut silent = world.stranger().await;
    let failure = Failure::new(Code::Internal, "the server stops", "wait");
    let retry = Some(Duration::from_secs(2));
    world.farewell.send_replace(Some(Farewell {
        code: close::GOING_AWAY,
        failure,
        retry,
    }));
    for client in [&mut client, &mut silent] {
        assert_eq!(
            client.closed().await,
            (json!("internal"), json!(close::GOING_AWAY))
        );
    }
}

#[tokio::test]
async fn a_connection_that_follows_too_many_runs_is_told_which_it_follows_no_longer() {
    let mut world = World::new(Limits {
        runs_per_address: 0,
        starts_per_second: 0,
        ..Limits::default()
    })
    .await;
    let (mut client, _, first, _box) = world.running().await;
    let mut boxes = Vec::new();
    for id in 2..=u64::try_from(FEEDS).unwrap() {
        client
            .say(json!({"type": "start", "id": id, "entry": "pipe"}))
            .await;
        assert_eq!(client.hear().await["re"], id);
        assert_eq!(client.hear().await["type"], "snapshot");
        boxes.push(world.boxes.recv().await);
    }
    client
        .say(json!({"type": "start", "id": 99, "entry": "pipe"}))
        .await;
    assert_eq!(client.hear().await["re"], 99);
    let told = client.hear().await;
    assert_eq!(
        (&told["type"], &told["failure"]["limit"]),
        (&json!("rejected"), &json!("feeds_per_connection"))
    );
    let words = told["failure"]["message"].as_str().unwrap();
    assert!(words.contains(&first), "{words}");
    assert_eq!(client.hear().await["type"], "snapshot");
}
