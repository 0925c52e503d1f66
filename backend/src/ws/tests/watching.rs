//! What those who watch a run see and may do.

use super::{Client, World};
use crate::{lab::Limits, link::ToBox};
use serde_json::{Value, json};
use shared::event::Outcome;

/// Shows the run to others: the code, and the owner's next number.
async fn shown(owner: &mut Client, run: &str) -> String {
    owner
        .say(json!({"type": "watch", "id": 70, "run": run}))
        .await;
    assert_eq!(owner.hear().await["re"], 70);
    let told = owner.hear().await;
    assert_eq!(
        (&told["type"], &told["run"], &told["count"]),
        (&json!("watchers"), &json!(run), &json!(0))
    );
    told["key"].as_str().unwrap().to_owned()
}

/// Somebody who watches: the run's state when it began to, and where the presenter was.
async fn watcher(world: &World, key: &str) -> (Client, Value, Value) {
    let (mut client, _) = world.client().await;
    client
        .say(json!({"type": "watch", "id": 1, "key": key}))
        .await;
    let ack = client.hear().await;
    assert_eq!(
        (&ack["type"], &ack["re"]),
        (&json!("ack"), &json!(1)),
        "{ack}"
    );
    let state = client.hear().await;
    assert_eq!(state["type"], "snapshot", "{state}");
    let place = client.hear().await;
    assert_eq!(place["type"], "place", "{place}");
    (client, state, place)
}

#[tokio::test]
async fn who_watches_sees_every_event_and_may_do_nothing() {
    let mut world = World::new(Limits::default()).await;
    let (mut owner, _, run, mut supervisor) = world.running().await;
    supervisor.events(20).await;
    owner.events(20).await;
    let key = shown(&mut owner, &run).await;
    let (mut client, state, _) = watcher(&world, &key.to_uppercase()).await;
    assert_eq!((&state["run"], &state["seq"]), (&json!(run), &json!(20)));
    assert_eq!(owner.hear().await["count"], 1, "the owner is told");
    supervisor.events(30).await;
    assert_eq!(client.events(30).await, (21..=50).collect::<Vec<_>>());
    for (id, message) in [
        json!({"type": "send", "data": {"text": "hi"}}),
        json!({"type": "act", "worker": "reader", "do": "kill"}),
        // Of a call, the supervisor would have to look: that is for whoever owns it.
        json!({"type": "fetch", "call": 1, "from": 0, "len": 1}),
        json!({"type": "stop"}),
        json!({"type": "place", "at": {"beat": 7}}),
    ]
    .into_iter()
    .enumerate()
    {
        let mut message = message;
        message["id"] = json!(id + 2);
        message["run"] = json!(run);
        client.say(message).await;
        assert_eq!(
            client.refused().await,
            (json!(id + 2), json!("wrong_token"))
        );
    }
    // What was before it came may be read, by itself.
    client
        .say(json!({"type": "replay", "id": 9, "run": run, "after": 0, "until": 20}))
        .await;
    assert_eq!(client.events(20).await, (1..=20).collect::<Vec<_>>());
    assert_eq!(client.hear().await["re"], 9);
    assert_eq!(owner.events(30).await, (21..=50).collect::<Vec<_>>());
    owner
        .say(json!({"type": "stop", "id": 3, "run": run}))
        .await;
    assert_eq!(
        supervisor.heard.recv().await,
        Some(ToBox::Stop {
            outcome: Outcome::Stopped
        }),
        "the first thing that the supervisor hears"
    );
    supervisor.end(Outcome::Stopped).await;
    let last = client.hear().await;
    assert_eq!(last["events"][0]["kind"], "run.finished");
}

/// The reason of the refusal and its field.
async fn refusal(client: &mut Client) -> (Value, Value) {
    let message = client.hear().await;
    let failure = &message["failure"];
    (failure["code"].clone(), failure["field"].clone())
}

#[tokio::test]
async fn who_watches_may_read_all_bytes_of_a_message() {
    let mut world = World::new(Limits::default()).await;
    let (mut owner, _, run, mut supervisor) = world.running().await;
    supervisor.events(1).await;
    owner.events(1).await;
    let key = shown(&mut owner, &run).await;
    let (mut client, ..) = watcher(&world, &key).await;
    owner.hear().await;
    let long = "x".repeat(30_000);
    owner
        .say(json!({"type": "send", "id": 2, "run": run, "data": {"text": long}}))
        .await;
    let heard = supervisor.heard.recv().await;
    assert!(matches!(heard, Some(ToBox::Send { first: 1, .. })));
    let fetch = |id: u64, message: u64, from: u64, len: u64| json!({"type": "fetch", "id": id, "run": run, "message": message, "from": from, "len": len});
    client.say(fetch(2, 1, 29_998, 1_000_000)).await;
    assert_eq!(
        client.hear().await,
        json!({"type": "bytes", "re": 2, "from": 29_998, "total": 30_000, "data": {"base64": "eHg="}})
    );
    // What is not there is refused as to the owner.
    client.say(fetch(3, 9, 0, 1)).await;
    assert_eq!(
        refusal(&mut client).await,
        (json!("bad_param"), json!("message"))
    );
    client.say(fetch(4, 1, 30_001, 1)).await;
    assert_eq!(
        refusal(&mut client).await,
        (json!("bad_param"), json!("from"))
    );
    // Nobody else reads it, and the supervisor has heard of nothing.
    let (mut thief, _) = world.client().await;
    thief.say(fetch(5, 1, 0, 1)).await;
    assert_eq!(thief.refused().await, (json!(5), json!("wrong_token")));
    assert!(supervisor.heard.try_recv().is_err());
}

#[tokio::test]
async fn who_comes_back_loses_nothing_and_sees_nothing_twice() {
    let mut world = World::new(Limits::default()).await;
    let (mut owner, _, run, mut supervisor) = world.running().await;
    supervisor.events(10).await;
    owner.events(10).await;
    let key = shown(&mut owner, &run).await;
    let (stays, first, _) = watcher(&world, &key).await;
    assert_eq!(first["seq"], 10);
    let mut stays = stays;
    for (others, after) in [(true, 10), (true, 40), (false, 70)] {
        supervisor.events(15).await;
        if others {
            assert_eq!(stays.events(15).await.len(), 15);
        }
        let mut again = world.client().await.0;
        let known = json!({"type": "watch", "id": 2, "key": key, "run": run, "after": after});
        again.say(known).await;
        assert_eq!(again.hear().await["re"], 2);
        assert_eq!(
            again.events(15).await,
            (after + 1..=after + 15).collect::<Vec<_>>(),
            "no state is needed"
        );
        supervisor.events(15).await;
        let mut seen = Vec::new();
        while seen.len() < 15 {
            // Where the presenter is may come in between.
            let message = again.hear().await;
            for event in message["events"].as_array().into_iter().flatten() {
                seen.push(event["seq"].as_u64().unwrap());
            }
        }
        assert_eq!(seen, (after + 16..=after + 30).collect::<Vec<_>>());
        if others {
            assert_eq!(stays.events(15).await.len(), 15);
        }
        if after == 40 {
            // From now on nobody watches in between.
            while owner.hear().await["count"] != json!(2) {}
            drop(again);
            drop(std::mem::replace(&mut stays, world.stranger().await));
            while owner.hear().await["count"] != json!(0) {}
        }
    }
}

#[tokio::test]
async fn where_the_presenter_is_is_told_to_all_and_to_those_who_come_later() {
    let mut world = World::new(Limits::default()).await;
    let (mut owner, _, run, mut supervisor) = world.running().await;
    supervisor.events(1).await;
    owner.events(1).await;
    owner
        .say(json!({"type": "place", "id": 2, "run": run, "at": {}}))
        .await;
    assert_eq!(
        owner.refused().await,
        (json!(2), json!("not_supported")),
        "nobody may watch yet"
    );
    let key = shown(&mut owner, &run).await;
    let (mut early, _, place) = watcher(&world, &key).await;
    assert_eq!(place["at"], json!({}));
    let at = json!({"lesson": "pipe/flood", "beat": 1, "phase": "done", "message": 7});
    owner
        .say(json!({"type": "place", "id": 3, "run": run, "at": at}))
        .await;
    assert_eq!(early.hear().await["at"], at);
    let (_late, _, place) = watcher(&world, &key).await;
    assert_eq!((&place["at"], &place["run"]), (&at, &json!(run)));
}

#[tokio::test]
async fn those_who_watch_go_on_to_the_next_run_of_the_same_owner() {
    let mut world = World::new(Limits::default()).await;
    let (mut owner, token, run, mut supervisor) = world.running().await;
    supervisor.events(5).await;
    owner.events(5).await;
    let key = shown(&mut owner, &run).await;
    let (mut client, ..) = watcher(&world, &key).await;
    owner.hear().await;
    owner
        .say(json!({"type": "start", "id": 2, "entry": "pipe"}))
        .await;
    let next = owner.hear().await["run"].clone();
    assert_eq!(owner.hear().await["type"], "snapshot");
    let mut second = world.boxes.recv().await.unwrap();
    second.events(3).await;
    owner.events(3).await;
    owner
        .say(json!({"type": "watch", "id": 3, "run": next, "key": key}))
        .await;
    assert_eq!(owner.hear().await["re"], 3);
    let told = owner.hear().await;
    assert_eq!((&told["key"], &told["run"]), (&json!(key), &next));
    let state = client.hear().await;
    assert_eq!((&state["type"], &state["run"]), (&json!("snapshot"), &next));
    assert_eq!(client.events(3).await, [1, 2, 3], "from its beginning");
    // The run before is not shown any more, and a thief cannot carry watchers away.
    client
        .say(json!({"type": "replay", "id": 9, "run": run, "after": 0, "until": 5}))
        .await;
    loop {
        let message = client.hear().await;
        if message["type"] == "rejected" {
            assert_eq!(message["failure"]["code"], "wrong_token");
            break;
        }
    }
    let (mut thief, other, own, _box) = world.running().await;
    assert_ne!(other, token);
    thief
        .say(json!({"type": "watch", "id": 2, "run": own, "key": key}))
        .await;
    thief.hear().await;
    assert_ne!(thief.hear().await["key"], json!(key));
}

#[tokio::test]
async fn a_code_that_leads_nowhere_is_refused_and_searching_for_one_is_stopped() {
    let mut world = World::new(Limits {
        commands_per_second: 0,
        watchers: 1,
        ..Limits::default()
    })
    .await;
    let (mut owner, _, run, _box) = world.running().await;
    let key = shown(&mut owner, &run).await;
    let (_first, ..) = watcher(&world, &key).await;
    let (mut client, _) = world.client().await;
    client
        .say(json!({"type": "watch", "id": 1, "key": key}))
        .await;
    assert_eq!(
        client.refused().await,
        (json!(1), json!("limit_hit")),
        "as many watch as may"
    );
    client
        .say(json!({"type": "watch", "id": 2, "run": run}))
        .await;
    assert_eq!(
        client.refused().await,
        (json!(2), json!("wrong_token")),
        "its name alone opens nothing"
    );
    client.say(json!({"type": "watch", "id": 3})).await;
    assert_eq!(client.refused().await, (json!(3), json!("bad_param")));
    let mut codes = Vec::new();
    for id in 0..70 {
        client
            .say(json!({"type": "watch", "id": id, "key": format!("{id:010}")}))
            .await;
        codes.push(client.refused().await.1);
    }
    assert_eq!(codes[0], "unknown_run");
    assert_eq!(codes[69], "limit_hit");
}

#[tokio::test]
async fn with_its_run_a_code_is_gone_and_whoever_watched_is_told() {
    let mut world = World::new(Limits {
        keep_ms: 0,
        ..Limits::default()
    })
    .await;
    let (mut owner, _, run, mut supervisor) = world.running().await;
    supervisor.events(1).await;
    let key = shown_after(&mut owner, &run).await;
    let (mut client, ..) = watcher(&world, &key).await;
    supervisor.end(Outcome::Completed).await;
    loop {
        let message = client.hear().await;
        if message["type"] == "rejected" {
            assert_eq!(
                (&message["re"], &message["failure"]["code"]),
                (&Value::Null, &json!("unknown_run"))
            );
            break;
        }
        assert!(message["type"].is_string(), "ended without a word");
    }
    client
        .say(json!({"type": "watch", "id": 2, "key": key}))
        .await;
    assert_eq!(client.refused().await, (json!(2), json!("unknown_run")));
}

/// As [`shown`], while events come.
async fn shown_after(owner: &mut Client, run: &str) -> String {
    owner.events(1).await;
    shown(owner, run).await
}
