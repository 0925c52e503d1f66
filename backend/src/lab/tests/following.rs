//! Sessions see every event once, or are told what they did not see.

use super::{Browser, follow, until};
use crate::lab::{
    Limits, Token,
    fake::{lab, start},
};
use shared::{event::Outcome, state::RunState};
use std::time::Duration;
use tokio::time::Instant;

#[tokio::test]
async fn a_start_gives_a_snapshot_and_then_every_event() {
    let (lab, mut boxes) = lab(Limits::default());
    let (started, mut supervisor) = start(&lab, &mut boxes, &Token::random()).await;
    assert_eq!(
        (supervisor.setup.variant.as_str(), supervisor.setup.cpu),
        ("anonymous", Some(0))
    );
    assert_eq!(
        supervisor.setup.params["writers"], 1,
        "defaults are filled in"
    );
    supervisor.events(5).await;
    until(&started.run, 5).await;
    let (mut browser, mut follower) = (Browser::default(), follow(&lab, &started.run, None));
    assert!(!browser.take(&mut follower, Instant::now()));
    supervisor.events(3).await;
    supervisor.end(Outcome::Completed).await;
    started.run.over().await;
    assert!(browser.take(&mut follower, Instant::now()));
    assert_eq!(
        (browser.events, browser.snapshots, browser.lagged),
        ((1..=9).collect(), 1, 0)
    );
    assert_eq!(browser.state.finished.unwrap().outcome, Outcome::Completed);
}

#[tokio::test]
async fn taking_up_a_run_again_loses_and_doubles_nothing() {
    let (lab, mut boxes) = lab(Limits {
        journal_events: 50,
        ..Limits::default()
    });
    let (started, mut supervisor) = start(&lab, &mut boxes, &Token::random()).await;
    supervisor.events(40).await;
    until(&started.run, 40).await;
    let mut browser = Browser {
        state: RunState {
            seq: 17,
            ..RunState::default()
        },
        ..Browser::default()
    };
    assert!(!browser.take(&mut follow(&lab, &started.run, Some(17)), Instant::now()));
    assert_eq!(
        (browser.events, browser.snapshots),
        ((18..=40).collect(), 0)
    );

    supervisor.events(60).await;
    until(&started.run, 100).await;
    let mut late = Browser::default();
    late.take(&mut follow(&lab, &started.run, Some(17)), Instant::now());
    assert_eq!(
        (late.events, late.snapshots, late.lagged),
        ((51..=100).collect(), 1, 0)
    );
    let mut ahead = Browser::default();
    ahead.take(
        &mut follow(&lab, &started.run, Some(1_000_000)),
        Instant::now(),
    );
    assert_eq!(
        ahead.snapshots, 1,
        "a client that knows more than there is gets the truth"
    );
}

#[tokio::test]
async fn a_slow_browser_gets_a_count_and_a_state_and_the_run_does_not_wait() {
    let (lab, mut boxes) = lab(Limits {
        queue_bytes: 10_000,
        events_per_second: 0,
        ..Limits::default()
    });
    let (started, mut supervisor) = start(&lab, &mut boxes, &Token::random()).await;
    let (mut browser, mut follower) = (Browser::default(), follow(&lab, &started.run, None));
    browser.take(&mut follower, Instant::now());
    for _ in 0..100 {
        supervisor.events(50).await;
    }
    until(&started.run, 5000).await;
    browser.take(&mut follower, Instant::now());
    assert_eq!(
        (browser.lagged, browser.snapshots, browser.state.seq),
        (5000, 2, 5000)
    );
    supervisor.events(1).await;
    until(&started.run, 5001).await;
    browser.take(&mut follower, Instant::now());
    assert_eq!(browser.events, [5001]);
}

#[tokio::test]
async fn more_events_a_second_than_allowed_become_a_state_twice_a_second() {
    let (lab, mut boxes) = lab(Limits {
        events_per_second: 100,
        ..Limits::default()
    });
    let (started, mut supervisor) = start(&lab, &mut boxes, &Token::random()).await;
    let (mut browser, mut follower) = (Browser::default(), follow(&lab, &started.run, None));
    let begin = Instant::now();
    browser.take(&mut follower, begin);
    supervisor.events(1000).await;
    until(&started.run, 1000).await;
    browser.take(&mut follower, begin);
    assert_eq!(browser.events.len(), 400, "four seconds' worth at once");
    browser.take(&mut follower, begin + Duration::from_millis(499));
    assert_eq!(browser.events.len(), 400);
    browser.take(&mut follower, begin + Duration::from_millis(500));
    assert_eq!((browser.lagged, browser.state.seq), (600, 1000));
}
