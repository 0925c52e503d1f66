//! A run is watched: read-only, from any moment, through lost connections, by many.

use harness::{Client, TestServer, World, client::Plan};
use serde_json::json;
use shared::{
    command::{ClientMessage, Data},
    failure::{Code, Failure},
    ids::RunId,
};

fn plan() -> Plan {
    Plan::new("pipe", "anonymous", json!({}), true)
}

/// Lets others watch the run of a client: the code.
async fn shown(owner: &mut Client) -> String {
    owner.show(None).await.expect("a run can be shown")
}

#[tokio::test]
async fn who_watches_sees_what_the_owner_sees_and_can_do_nothing() {
    let mut world = World::running(plan()).await;
    world.client.send_text("writer", "before").await;
    let key = shown(&mut world.client).await;
    let mut watcher = Client::connect(&world.server).await;
    watcher.watch(&key).await.expect("the code leads there");
    assert_eq!(watcher.run, world.client.run);
    let data = || Data::text("me too");
    for refused in [
        watcher
            .request(|id, run| ClientMessage::Send {
                id,
                run,
                worker: None,
                data: data(),
                times: None,
                args: Default::default(),
            })
            .await,
        watcher
            .request(|id, run| ClientMessage::Act {
                id,
                run,
                worker: Some("reader".into()),
                object: None,
                verb: "kill".to_owned(),
                args: Default::default(),
            })
            .await,
        watcher
            .request(|id, run| ClientMessage::Stop { id, run })
            .await,
    ] {
        let failure = refused.expect_err("only the owner may");
        assert_eq!(failure.code, Code::WrongToken);
        assert!(failure.message.contains("watch"), "{failure}");
    }
    world.client.send_text("writer", "after").await;
    for client in [&mut world.client, &mut watcher] {
        client
            .until("both messages on the other side", |state| {
                state.counts.received == 2
            })
            .await;
    }
    world.client.stop().await;
    watcher.ended().await;
    assert_eq!(watcher.state(), world.client.state());
    watcher.close().await;
    world.end().await;
}

#[tokio::test]
async fn leaving_and_coming_back_loses_nothing_and_doubles_nothing() {
    const BREAKS: u64 = 8;
    let mut world = World::running(plan()).await;
    let key = shown(&mut world.client).await;
    let mut watcher = Client::connect(&world.server).await;
    watcher.watch(&key).await.expect("the code leads there");
    let first = watcher.state().seq;
    for sent in 1..=BREAKS {
        world.client.flood("writer", 64, 7).await;
        watcher
            .take_frames(usize::try_from(sent % 3).expect("few"))
            .await;
        watcher = Client::watch_again(&world.server, watcher, &key).await;
        world
            .client
            .until("all messages on the other side", |state| {
                state.counts.received == 7 * sent
            })
            .await;
    }
    world.client.stop().await;
    watcher.ended().await;
    // `Client` insists on each event once and in order.
    let followed = &watcher.runs[&watcher.run];
    assert_eq!((followed.snapshots, followed.lagged.len()), (1, 0));
    let seqs = followed.events.iter().map(|event| event.seq);
    assert!(seqs.eq(first + 1..=watcher.state().seq));
    assert_eq!(watcher.state(), world.client.state());
    watcher.close().await;
    world.end().await;
}

#[tokio::test]
async fn a_code_leads_to_the_next_run_of_its_owner_and_to_nobody_elses() {
    let mut world = World::running(plan()).await;
    let key = shown(&mut world.client).await;
    let mut watcher = Client::connect(&world.server).await;
    watcher.watch(&key).await.expect("the code leads there");
    world.client.stop().await;
    world.client.start(plan()).await;
    assert_eq!(world.client.show(Some(&key)).await.as_ref(), Ok(&key));
    let next: RunId = world.client.run.clone();
    watcher.run = next;
    world.client.send_text("writer", "hello").await;
    for client in [&mut world.client, &mut watcher] {
        client
            .until("the message of the second run", |state| {
                state.counts.received == 1
            })
            .await;
    }
    let mut thief = Client::connect(&world.server).await;
    thief.start(plan()).await;
    let other = thief.show(Some(&key)).await.expect("a code of its own");
    assert_ne!(other, key);
    thief.stop().await;
    thief.close().await;
    watcher.close().await;
    world.end().await;
}

#[tokio::test]
async fn a_wrong_code_is_refused_and_searching_is_stopped() {
    let server = TestServer::start();
    let mut client = Client::connect(&server).await;
    let mut codes = Vec::new();
    for n in 0..70 {
        let refused: Result<(), Failure> = client.watch(&format!("{n:010}")).await;
        codes.push(refused.expect_err("no such code").code);
        // Below the rate at which any command is refused.
        if n % 25 == 24 {
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
    }
    assert_eq!(codes.first(), Some(&Code::UnknownRun));
    assert_eq!(codes.last(), Some(&Code::LimitHit));
    client.close().await;
}
