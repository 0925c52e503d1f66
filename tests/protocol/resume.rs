//! A lost connection loses nothing.

use harness::{
    Client, World,
    client::Plan,
    dice::Dice,
    raw::{Heard, Raw},
};
use serde_json::json;
use shared::{PROTOCOL, command::ServerMessage, event::Kind, failure::Code};

#[tokio::test]
async fn whatever_the_moment_of_the_break_all_events_come_exactly_once() {
    const BREAKS: usize = 12;
    let mut dice = Dice::seeded();
    let mut world = World::running(Plan::new("pipe", "anonymous", json!({}), true)).await;
    let mut sent = 0;
    for _ in 0..BREAKS {
        let times = u32::try_from(1 + dice.below(30)).expect("few");
        world.client.flood("writer", 64, times).await;
        sent += u64::from(times);
        world.client.take_frames(dice.below(8)).await;
        // Dropped without a close frame, with whatever was on its way.
        world.client = Client::resume(&world.server, world.client).await;
    }
    let client = &mut world.client;
    client
        .until("all messages on the other side", |state| {
            state.counts.received == sent
        })
        .await;
    client.stop().await;
    let seqs: Vec<_> = client.events().iter().map(|event| event.seq).collect();
    assert!(
        seqs.iter().copied().eq(1..=client.state().seq),
        "1..n, each once: {seqs:?}"
    );
    assert!(matches!(
        client.events().last().map(|event| &event.kind),
        Some(Kind::RunFinished { .. })
    ));
    world.end().await;
}

#[tokio::test]
async fn a_run_that_ended_meanwhile_is_told_to_its_end() {
    let mut world = World::running(Plan::new("pipe", "anonymous", json!({}), true)).await;
    world.client.try_stop().await.expect("stop is taken");
    world.client = Client::resume(&world.server, world.client).await;
    world.client.ended().await;
    world.end().await;
}

#[tokio::test]
async fn a_token_that_does_not_own_the_run_cannot_take_it() {
    let mut world = World::running(Plan::new("pipe", "anonymous", json!({}), true)).await;
    let stranger = Client::connect(&world.server).await;
    let run = world.client.run.clone();
    for token in [
        None,
        Some("guessed".to_owned()),
        Some(stranger.token.clone()),
    ] {
        let mut raw = Raw::connect(&world.server).await;
        let hello = json!({"type": "hello", "protocol": PROTOCOL, "token": token, "resume": {"run": run, "after": 0}});
        raw.say_text(hello.to_string()).await;
        let mut refused = false;
        while !refused {
            match raw.hear().await {
                Heard::Message(message) => match *message {
                    ServerMessage::Hello { token: given, .. } => {
                        assert_ne!(given, world.client.token);
                    }
                    ServerMessage::Rejected { failure, .. }
                    | ServerMessage::Closing { failure, .. } => {
                        assert!(
                            [Code::WrongToken, Code::UnknownRun].contains(&failure.code),
                            "{failure}"
                        );
                        refused = true;
                    }
                    other => panic!("a stranger gets {other:?}"),
                },
                Heard::Closed { code, .. } => panic!("refused without a sentence: {code}"),
                Heard::Gone => panic!("gone without a word"),
            }
        }
        raw.close().await;
    }
    stranger.close().await;
    world.client.send_text("writer", "still mine").await;
    world
        .client
        .until("the message on the other side", |state| {
            state.counts.received == 1
        })
        .await;
    world.end().await;
}
