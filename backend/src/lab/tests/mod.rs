//! What the lab promises, against boxes that a test plays.

mod asking;
mod ending;
mod following;

use super::{Follower, Lab, Run, Step};
use shared::{
    codec,
    command::ServerMessage,
    event::Outcome,
    state::{RunState, apply},
};
use std::sync::Arc;
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
pub(super) struct Browser {
    pub(super) state: RunState,
    pub(super) events: Vec<u64>,
    pub(super) lagged: u64,
    pub(super) snapshots: u64,
}

impl Browser {
    /// Takes all there is at `now`; true when the run is over.
    fn take(&mut self, follower: &mut Follower, now: Instant) -> bool {
        loop {
            match follower.step(now) {
                Step::Frames(frames) => frames.iter().for_each(|frame| self.frame(frame)),
                Step::Last(frame) => self.frame(&frame),
                Step::Wait(_) => return false,
                Step::Over => return true,
            }
        }
    }

    pub(super) fn frame(&mut self, frame: &str) {
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
            // Where the presenter is, is told to those who watch only.
            ServerMessage::Place { .. } => {}
            ServerMessage::Hello { .. }
            | ServerMessage::Ack { .. }
            | ServerMessage::Rejected { .. }
            | ServerMessage::Bytes { .. }
            | ServerMessage::Watchers { .. }
            | ServerMessage::Closing { .. } => panic!("not for a follower: {frame}"),
        }
    }
}

pub(super) async fn until(run: &Run, seq: u64) {
    run.subscribe().wait_for(|last| *last >= seq).await.unwrap();
}

async fn finished(run: &Run) -> Outcome {
    run.over().await;
    run.read(|journal| journal.state().finished.clone())
        .expect("the last event says how it ended")
        .outcome
}
