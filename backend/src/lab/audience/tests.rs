//! Those who watch see every event once, or are told what they did not see, and the run does not notice them.

use super::Joined;
use crate::lab::{
    Limits, Run, Step, Token,
    fake::{lab, start},
    tests::{Browser, until},
};
use shared::{codec, command::ServerMessage, event::Outcome};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// A beat or two of the broadcast, where hundreds watch.
const SOON: Duration = Duration::from_millis(1_500);

/// Somebody who watches.
struct Watcher {
    joined: Joined,
    browser: Browser,
}

impl Watcher {
    /// Takes all there is until it knows that event.
    async fn until(&mut self, seq: u64) {
        while self.browser.state.seq < seq {
            match self.joined.viewer.step() {
                Step::Frames(frames) => frames.iter().for_each(|frame| self.browser.frame(frame)),
                Step::Wait(_) => self.joined.viewer.changed().await,
                Step::Last(frame) => panic!("{frame}"),
                Step::Over => panic!("the run is over"),
            }
        }
    }
}

fn watcher(lab: &crate::lab::Lab, run: &Arc<Run>) -> Watcher {
    let key = lab.shown(run.id()).unwrap().key().to_owned();
    Watcher {
        joined: lab.join(&key, None, None).unwrap(),
        browser: Browser::default(),
    }
}

#[tokio::test(start_paused = true)]
async fn hundreds_are_told_the_same_frames() {
    let (lab, mut boxes) = lab(Limits::default());
    let (started, mut supervisor) = start(&lab, &mut boxes, &Token::random()).await;
    let audience = lab.show(&started.run, None).unwrap();
    supervisor.events(10).await;
    until(&started.run, 10).await;
    let mut watchers: Vec<_> = (0..300).map(|_| watcher(&lab, &started.run)).collect();
    assert_eq!(audience.count(), 300);
    for watcher in &mut watchers {
        watcher.until(10).await;
    }
    supervisor.events(200).await;
    until(&started.run, 210).await;
    for watcher in &mut watchers {
        watcher.until(210).await;
        assert_eq!(watcher.browser.events, (11..=210).collect::<Vec<_>>());
        assert_eq!((watcher.browser.snapshots, watcher.browser.lagged), (1, 0));
    }
    supervisor.end(Outcome::Completed).await;
    started.run.over().await;
    watchers.truncate(2);
    for watcher in &mut watchers {
        watcher.until(211).await;
        assert_eq!(
            watcher.browser.state.finished.as_ref().unwrap().outcome,
            Outcome::Completed
        );
    }
    assert_eq!(audience.count(), 2, "those who left are not counted");
}

#[tokio::test(start_paused = true)]
async fn who_comes_in_the_middle_of_a_flood_sees_each_event_once() {
    let (lab, mut boxes) = lab(Limits::default());
    let (started, mut supervisor) = start(&lab, &mut boxes, &Token::random()).await;
    lab.show(&started.run, None).unwrap();
    let mut watchers = Vec::new();
    for round in 1..=20 {
        watchers.push(watcher(&lab, &started.run));
        supervisor.events(50).await;
        until(&started.run, 50 * round).await;
        // Different for each, so that they come at different places of the ring.
        tokio::time::sleep(Duration::from_millis(13 * round)).await;
        for watcher in &mut watchers {
            watcher.until(25 * round).await;
        }
    }
    for watcher in &mut watchers {
        // `Browser` insists on each event once and in order.
        watcher.until(1000).await;
        assert_eq!(watcher.browser.lagged, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_slow_is_told_what_was_left_out_and_the_others_are_not() {
    let (lab, mut boxes) = lab(Limits {
        queue_bytes: 50_000,
        ..Limits::default()
    });
    let (started, mut supervisor) = start(&lab, &mut boxes, &Token::random()).await;
    lab.show(&started.run, None).unwrap();
    let (mut slow, mut quick) = (watcher(&lab, &started.run), watcher(&lab, &started.run));
    supervisor.events(1).await;
    until(&started.run, 1).await;
    slow.until(1).await;
    for round in 0..40 {
        supervisor.events(50).await;
        until(&started.run, 51 + 50 * round).await;
        quick.until(51 + 50 * round).await;
    }
    assert_eq!(quick.browser.lagged, 0);
    slow.until(2001).await;
    assert!(slow.browser.lagged > 0 && slow.browser.snapshots == 2);
    let quick = quick.browser.events.len() as u64;
    let slow = slow.browser.events.len() as u64 + slow.browser.lagged;
    assert!(
        slow.abs_diff(quick) <= 1,
        "seen or counted: {slow} of {quick}"
    );
}

#[tokio::test(start_paused = true)]
async fn watchers_alone_keep_no_run_alive() {
    let (lab, mut boxes) = lab(Limits::default());
    let (started, mut supervisor) = start(&lab, &mut boxes, &Token::random()).await;
    let run = Arc::clone(&started.run);
    lab.show(&run, None).unwrap();
    let mut watcher = watcher(&lab, &run);
    supervisor.events(1).await;
    watcher.until(1).await;
    drop(started);
    assert!(
        supervisor.heard.recv().await.is_some(),
        "it is told to stop"
    );
    supervisor.end(Outcome::Abandoned).await;
    watcher.until(2).await;
    let key = watcher.joined.audience.key().to_owned();
    tokio::time::sleep(Duration::from_secs(601)).await;
    assert!(
        lab.join(&key, None, None).is_err(),
        "the code went with its run"
    );
    assert!(matches!(watcher.joined.viewer.step(), Step::Last(_)));
}

#[tokio::test]
async fn where_nobody_may_watch_nothing_is_shown() {
    let (lab, mut boxes) = lab(Limits {
        watchers: 0,
        ..Limits::default()
    });
    let (started, _supervisor) = start(&lab, &mut boxes, &Token::random()).await;
    assert!(lab.show(&started.run, None).is_err());
}

#[tokio::test(start_paused = true)]
async fn what_was_left_out_is_told_of_its_own_run() {
    let (lab, mut boxes) = lab(Limits {
        queue_bytes: 50_000,
        ..Limits::default()
    });
    let owner = Token::random();
    let (first, mut supervisor) = start(&lab, &mut boxes, &owner).await;
    let audience = lab.show(&first.run, None).unwrap();
    let mut watcher = watcher(&lab, &first.run);
    supervisor.events(1).await;
    until(&first.run, 1).await;
    watcher.until(1).await;
    // So much at once that all go on from a state.
    supervisor.events(2_000).await;
    until(&first.run, 2_001).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let (second, _box) = start(&lab, &mut boxes, &owner).await;
    lab.show(&second.run, Some(audience.key())).unwrap();
    let Step::Frames(frames) = watcher.joined.viewer.step() else {
        panic!("there is something to say")
    };
    let lagged = frames.iter().find_map(|frame| {
        let said = codec::decode_server(frame).unwrap();
        if let ServerMessage::Lagged { run, from, to } = said {
            Some((run, from, to))
        } else {
            None
        }
    });
    assert_eq!(lagged, Some((first.run.id().clone(), 2, 2_001)));
}

/// What was before they came is told to nobody, so nobody waits until it could be told to hundreds.
#[tokio::test(start_paused = true)]
async fn hundreds_who_come_after_a_flood_begin_at_once() {
    let (lab, mut boxes) = lab(Limits::default());
    let (started, mut supervisor) = start(&lab, &mut boxes, &Token::random()).await;
    lab.show(&started.run, None).unwrap();
    supervisor.events(6_000).await;
    until(&started.run, 6_000).await;
    let come = Instant::now();
    let mut watchers: Vec<_> = (0..500).map(|_| watcher(&lab, &started.run)).collect();
    for watcher in &mut watchers {
        watcher.until(6_000).await;
    }
    assert!(come.elapsed() < SOON, "{:?}", come.elapsed());
    // And they hear at once of what happens then.
    supervisor.events(10).await;
    until(&started.run, 6_010).await;
    for watcher in &mut watchers {
        watcher.until(6_010).await;
        assert_eq!(watcher.browser.events, (6_001..=6_010).collect::<Vec<_>>());
    }
    assert!(come.elapsed() < 2 * SOON, "{:?}", come.elapsed());
}

/// Those who were there before have yet to be told of a flood; whoever comes then does not wait for that.
#[tokio::test(start_paused = true)]
async fn who_comes_while_others_are_told_of_a_flood_begins_at_once() {
    let (lab, mut boxes) = lab(Limits::default());
    let (started, mut supervisor) = start(&lab, &mut boxes, &Token::random()).await;
    lab.show(&started.run, None).unwrap();
    let mut early = watcher(&lab, &started.run);
    let _others: Vec<_> = (0..400).map(|_| watcher(&lab, &started.run)).collect();
    supervisor.events(1).await;
    until(&started.run, 1).await;
    early.until(1).await;
    supervisor.events(6_000).await;
    until(&started.run, 6_001).await;
    tokio::time::sleep(SOON).await;
    let come = Instant::now();
    let mut late = watcher(&lab, &started.run);
    late.until(6_001).await;
    assert!(come.elapsed() < SOON, "{:?}", come.elapsed());
    assert_eq!(
        late.browser.events,
        Vec::<u64>::new(),
        "it began with a state"
    );
    supervisor.events(1).await;
    for watcher in [&mut early, &mut late] {
        watcher.until(6_002).await;
        assert_eq!(watcher.browser.lagged, 0);
    }
    assert_eq!(early.browser.events, (2..=6_002).collect::<Vec<_>>());
}

/// Each row that fills up while the rows are woken was once given the time of a whole beat.
#[tokio::test(start_paused = true)]
async fn hundreds_who_come_one_by_one_keep_nobody_waiting() {
    let (lab, mut boxes) = lab(Limits::default());
    let (started, mut supervisor) = start(&lab, &mut boxes, &Token::random()).await;
    lab.show(&started.run, None).unwrap();
    supervisor.events(1).await;
    until(&started.run, 1).await;
    let mut first = watcher(&lab, &started.run);
    first.until(1).await;
    let mut watchers = Vec::new();
    for _ in 0..499 {
        tokio::time::sleep(Duration::from_millis(1)).await;
        watchers.push(watcher(&lab, &started.run));
    }
    let all_there = Instant::now();
    supervisor.events(1).await;
    until(&started.run, 2).await;
    for watcher in &mut watchers {
        watcher.until(2).await;
    }
    assert!(all_there.elapsed() < SOON, "{:?}", all_there.elapsed());
}
