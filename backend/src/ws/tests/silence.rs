//! Who says nothing, and who goes without a word.

use super::World;
use crate::{lab::Limits, ws::close};
use futures_util::StreamExt;
use serde_json::Value;
use std::time::Duration;
use tokio::time::{Instant, pause, sleep};
use tokio_tungstenite::tungstenite::Message;

/// What comes until the close code, and after how long of a clock that runs as fast as nothing happens.
async fn end(client: &mut super::Client, wait: Duration) -> (Vec<Value>, usize, u16) {
    pause();
    let begun = Instant::now();
    // It does not even read, so that no ping is answered.
    sleep(wait).await;
    assert!(begun.elapsed() < wait + Duration::from_secs(1));
    let (mut said, mut pings) = (Vec::new(), 0);
    loop {
        match client.socket.next().await {
            Some(Ok(Message::Text(text))) => said.push(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Ping(_))) => pings += 1,
            Some(Ok(Message::Close(Some(frame)))) => return (said, pings, frame.code.into()),
            other => panic!("no close frame but {other:?}"),
        }
    }
}

#[tokio::test]
async fn who_is_silent_for_45_seconds_is_pinged_and_then_told_goodbye() {
    let world = World::new(Limits::default()).await;
    let (mut client, _) = world.client().await;
    let (said, pings, code) = end(&mut client, Duration::from_secs(46)).await;
    assert_eq!((pings, code), (2, close::POLICY));
    let last = &said[said.len() - 1];
    assert_eq!(last["type"], "closing");
    assert!(
        last["failure"]["message"]
            .as_str()
            .unwrap()
            .contains("45 seconds")
    );
}

#[tokio::test]
async fn who_says_no_hello_for_5_seconds_is_told_goodbye() {
    let world = World::new(Limits::default()).await;
    let mut client = world.stranger().await;
    let (said, pings, code) = end(&mut client, Duration::from_secs(6)).await;
    assert_eq!((pings, code), (0, close::POLICY));
    assert!(
        said[0]["failure"]["message"]
            .as_str()
            .unwrap()
            .contains("hello")
    );
}
