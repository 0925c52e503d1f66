//! How many watch, told to the owner.

use super::{Audience, Frame};
use crate::lab::Step;
use shared::{codec, command::ServerMessage};
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, time::Instant};

/// A class that comes in is told as a number that grows, not as a frame for each of them.
const PAUSE: Duration = Duration::from_millis(500);

/// The count as the owner's session reads it.
#[derive(Debug)]
pub struct Tally {
    audience: Arc<Audience>,
    count: watch::Receiver<u64>,
    told: Option<u64>,
    next: Option<Instant>,
}

impl Tally {
    /// Tells the count at once, then whenever it changes.
    pub fn new(audience: Arc<Audience>) -> Self {
        let mut count = audience.count.subscribe();
        count.mark_changed();
        Self {
            audience,
            count,
            told: None,
            next: None,
        }
    }

    /// Whose count it is.
    pub fn audience(&self) -> &Arc<Audience> {
        &self.audience
    }

    /// Returns when the count is another. May be dropped before it is ready.
    pub async fn changed(&mut self) {
        tokio::select! {
            told = self.count.changed() => if told.is_err() { std::future::pending::<()>().await },
            () = self.audience.closed.cancelled() => {}
        }
    }

    /// What to tell at `now`.
    pub fn step(&mut self, now: Instant) -> Step {
        let count = *self.count.borrow_and_update();
        if self.audience.closed.is_cancelled() {
            return Step::Over;
        }
        if self.told == Some(count) {
            return Step::Wait(None);
        }
        if let Some(next) = self.next.filter(|next| *next > now) {
            return Step::Wait(Some(next));
        }
        self.told = Some(count);
        self.next = Some(now + PAUSE);
        let message = ServerMessage::Watchers {
            run: self.audience.run().id().clone(),
            key: self.audience.key().to_owned(),
            count,
        };
        Step::Frames(vec![Frame::from(codec::encode_server(&message))])
    }
}
