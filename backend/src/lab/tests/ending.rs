//! However a run ends, its end is said, and what it took is given back.

use super::{finished, until};
use crate::{
    lab::{
        Journal, Limits, Token,
        fake::{event, lab, start},
    },
    link::{FromBox, ToBox},
};
use shared::{event::Outcome, failure::Code};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

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
        assert_eq!(started.run.read(Journal::last), 4);
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
    assert!(lab.find(&id, &owner).unwrap().read(Journal::oldest) > 1);
    assert!(lab.counters()["journal_bytes"] < 90_000);
}
