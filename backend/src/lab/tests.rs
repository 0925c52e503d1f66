//! What the lab promises, against boxes that a test plays.

use super::{
    Command, Done, Follower, Lab, Limits, Order, Run, Step, Token,
    fake::{event, lab, start},
};
use crate::link::{FromBox, ToBox};
use shared::{
    codec,
    command::{Data, Effect, ServerMessage},
    event::Outcome,
    failure::{Code, Failure},
    state::{RunState, apply},
};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

fn follow(lab: &Lab, run: &Arc<Run>, after: Option<u64>) -> Follower {
    Follower::new(
        Arc::clone(run),
        after,
        lab.limits().queue_bytes,
        lab.limits().events_per_second,
    )
}

/// A browser: folds what it gets, and knows whether anything came twice or not at all.
#[derive(Default)]
struct Browser {
    state: RunState,
    events: Vec<u64>,
    lagged: u64,
    snapshots: u64,
}

impl Browser {
    /// Takes all there is at `now`; true when the run is over.
    fn take(&mut self, follower: &mut Follower, now: Instant) -> bool {
        loop {
            match follower.step(now) {
                Step::Frames(frames) => frames.iter().for_each(|frame| self.frame(frame)),
                Step::Wait(_) => return false,
                Step::Over => return true,
            }
        }
    }

    fn frame(&mut self, frame: &str) {
        match codec::decode_server(frame).unwrap() {
            ServerMessage::Snapshot { state, seq, .. } => {
                assert_eq!(state.seq, seq);
                self.state = *state;
                self.snapshots += 1;
            }
            ServerMessage::Events { events, .. } => {
                assert!(frame.len() <= shared::command::MAX_EVENTS_FRAME);
                for event in events {
                    assert_eq!(event.seq, self.state.seq + 1, "lost or doubled");
                    apply(&mut self.state, &event);
                    self.events.push(event.seq);
                }
            }
            ServerMessage::Lagged { from, to, .. } => {
                assert_eq!(from, self.state.seq + 1);
                self.lagged += to + 1 - from;
            }
            other => panic!("not for a follower: {other:?}"),
        }
    }
}

async fn until(run: &Run, seq: u64) {
    run.subscribe().wait_for(|last| *last >= seq).await.unwrap();
}

async fn finished(run: &Run) -> Outcome {
    run.over().await;
    run.read(|journal| journal.state().finished.clone())
        .expect("the last event says how it ended")
        .outcome
}

#[tokio::test]
async fn a_start_gives_a_snapshot_and_then_every_event() {
    let (lab, mut boxes) = lab(Limits::default());
    let (started, mut supervisor) = start(&lab, &mut boxes, &Token::random()).await;
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

#[tokio::test]
async fn a_lying_supervisor_ends_its_own_run_only() {
    for lie in [event(7), event(1)] {
        let (lab, mut boxes) = lab(Limits::default());
        let (started, mut supervisor) = start(&lab, &mut boxes, &Token::random()).await;
        supervisor.events(3).await;
        supervisor
            .say
            .send(FromBox::Events { events: vec![lie] })
            .await
            .unwrap();
        assert_eq!(
            supervisor.heard.recv().await,
            Some(ToBox::Stop {
                outcome: Outcome::Failed
            })
        );
        supervisor.end(Outcome::Completed).await;
        assert_eq!(finished(&started.run).await, Outcome::Failed);
        assert_eq!(started.run.read(super::Journal::last), 4);
    }
}

#[tokio::test]
async fn a_dead_supervisor_is_said() {
    let (lab, mut boxes) = lab(Limits::default());
    let (started, mut supervisor) = start(&lab, &mut boxes, &Token::random()).await;
    supervisor.events(3).await;
    supervisor
        .say
        .send(FromBox::Gone { status: -9 })
        .await
        .unwrap();
    assert_eq!(finished(&started.run).await, Outcome::SupervisorDied);
}

#[tokio::test(start_paused = true)]
async fn nobody_there_or_nobody_doing_anything_ends_a_run() {
    for (stays, expected, seconds) in [(false, Outcome::Abandoned, 60), (true, Outcome::Idle, 600)]
    {
        let (lab, mut boxes) = lab(Limits::default());
        let (started, mut supervisor) = start(&lab, &mut boxes, &Token::random()).await;
        let begin = Instant::now();
        let run = Arc::clone(&started.run);
        let _stays = stays.then_some(started.attached);
        assert_eq!(
            supervisor.heard.recv().await,
            Some(ToBox::Stop { outcome: expected })
        );
        assert_eq!(begin.elapsed().as_secs(), seconds);
        supervisor.end(expected).await;
        assert_eq!(finished(&run).await, expected);
        assert!(
            lab.find(run.id(), run.owner()).is_ok(),
            "it can still be replayed"
        );
        tokio::time::sleep(Duration::from_secs(601)).await;
        assert_eq!(
            lab.find(run.id(), run.owner()).unwrap_err().code,
            Code::UnknownRun
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_supervisor_that_does_not_stop_is_given_up() {
    let (lab, mut boxes) = lab(Limits::default());
    let (started, _supervisor) = start(&lab, &mut boxes, &Token::random()).await;
    started.run.end(Outcome::Stopped);
    assert_eq!(finished(&started.run).await, Outcome::Failed);
}

#[tokio::test]
async fn refusals_name_the_limit_and_come_before_any_process() {
    let (lab, mut boxes) = lab(Limits {
        runs: 3,
        runs_per_address: 2,
        ..Limits::default()
    });
    let (owner, here) = (Token::random(), Some("::1".parse().unwrap()));
    let order = |json| Order {
        entry: "pipe".to_owned(),
        params: serde_json::from_value(json).unwrap(),
        ..Order::default()
    };
    let fine = || order(serde_json::json!({}));
    let refused = lab
        .start(&owner, here, order(serde_json::json!({"writers": 9})))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code, refused.field.as_deref()),
        (Code::BadParam, Some("writers"))
    );
    assert!(boxes.try_recv().is_err(), "no box was made");
    let _first = lab.start(&owner, here, fine()).await.unwrap();
    let second = lab.start(&owner, here, fine()).await.unwrap();
    let refused = lab.start(&owner, here, fine()).await.unwrap_err();
    assert_eq!(
        (refused.limit.as_deref(), refused.value),
        (Some("runs_per_address"), Some(2))
    );
    let _third = lab
        .start(&owner, Some("192.0.2.1".parse().unwrap()), fine())
        .await
        .unwrap();
    let refused = lab.start(&owner, None, fine()).await.unwrap_err();
    assert_eq!(
        (refused.limit.as_deref(), refused.value),
        (Some("runs"), Some(3))
    );
    drop(boxes.recv().await);
    drop(boxes.recv().await);
    second.run.over().await;
    lab.start(&owner, here, fine()).await.unwrap();
}

#[tokio::test]
async fn answers_find_their_request_and_refused_messages_give_their_number_back() {
    let (lab, mut boxes) = lab(Limits::default());
    let (started, mut supervisor) = start(&lab, &mut boxes, &Token::random()).await;
    let send = |times| Command::Send {
        worker: None,
        data: Data::Text {
            text: "hi".to_owned(),
        },
        times,
    };
    let first = started.run.request(1, send(3)).unwrap();
    let second = started.run.request(1, send(1)).unwrap();
    for _ in 0..2 {
        supervisor.heard.recv().await.unwrap();
    }
    supervisor
        .say
        .send(FromBox::Ack {
            re: 1,
            effect: Effect::Done,
        })
        .await
        .unwrap();
    let failure = Failure::new(Code::WorkerBusy, "64 wait", "wait");
    supervisor
        .say
        .send(FromBox::Refused {
            re: Some(1),
            failure: failure.clone(),
        })
        .await
        .unwrap();
    assert_eq!(
        first.await.unwrap(),
        Ok(Done::Ack {
            message: Some(1),
            effect: Effect::Done
        })
    );
    assert_eq!(second.await.unwrap(), Err(failure));
    let _third = started.run.request(2, send(1)).unwrap();
    let Some(ToBox::Send { first, data, .. }) = supervisor.heard.recv().await else {
        panic!("a send")
    };
    assert_eq!(
        (first, data),
        (
            4,
            Data::Base64 {
                base64: "aGk=".to_owned()
            }
        )
    );
    assert!(started.run.payload(3, 0, 9).is_ok());

    let unanswered = started.run.request(3, send(1)).unwrap();
    drop(supervisor);
    assert_eq!(unanswered.await.unwrap().unwrap_err().code, Code::RunOver);
    assert_eq!(
        started.run.request(4, send(1)).unwrap_err().code,
        Code::RunOver
    );
}

#[tokio::test]
async fn journals_of_ended_runs_make_room_for_living_ones() {
    let (lab, mut boxes) = lab(Limits {
        server_journal_bytes: 60_000,
        ..Limits::default()
    });
    let owner = Token::random();
    let (old, mut supervisor) = start(&lab, &mut boxes, &owner).await;
    supervisor.events(400).await;
    supervisor.end(Outcome::Completed).await;
    old.run.over().await;
    let (new, mut supervisor) = start(&lab, &mut boxes, &owner).await;
    supervisor.events(300).await;
    until(&new.run, 300).await;
    assert_eq!(
        lab.find(old.run.id(), &owner).unwrap_err().code,
        Code::UnknownRun
    );
    let id = new.run.id().clone();
    drop(old);
    supervisor.events(2_000).await;
    until(&new.run, 2_300).await;
    assert!(lab.find(&id, &owner).unwrap().read(super::Journal::oldest) > 1);
    assert!(lab.counters()["journal_bytes"] < 90_000);
}
