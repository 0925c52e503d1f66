//! How long a run that was told to stop is waited for.

use std::time::Duration;
use tokio::time::Instant;

/// From `stop` to the last reaped process. Killing takes milliseconds; a host may be busy.
const PATIENCE: Duration = Duration::from_secs(3);
/// The same for a supervisor that still has something to tell: megabytes may be waiting, which a busy server reads in
/// seconds.
const AT_MOST: Duration = Duration::from_secs(30);

/// A run that was told to stop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopping {
    patience: Instant,
    at_most: Instant,
}

impl Stopping {
    /// It was told just now.
    pub(super) fn now() -> Self {
        let now = Instant::now();
        Self {
            patience: now + PATIENCE,
            at_most: now + AT_MOST,
        }
    }

    /// Its supervisor was heard: it is alive, and on its way.
    pub(super) fn heard(&mut self) {
        self.patience = Instant::now() + PATIENCE;
    }

    /// When it is waited for no longer.
    pub(super) fn due(self) -> Instant {
        self.patience.min(self.at_most)
    }
}

#[cfg(test)]
mod tests {
    use super::{AT_MOST, PATIENCE, Stopping};
    use std::time::Duration;
    use tokio::time::{Instant, advance};

    #[tokio::test(start_paused = true)]
    async fn who_is_heard_has_more_time_but_not_for_ever() {
        let begun = Instant::now();
        let mut stopping = Stopping::now();
        assert_eq!(stopping.due(), begun + PATIENCE);
        advance(PATIENCE - Duration::from_secs(1)).await;
        stopping.heard();
        assert_eq!(stopping.due(), Instant::now() + PATIENCE);
        advance(AT_MOST).await;
        stopping.heard();
        assert_eq!(stopping.due(), begun + AT_MOST);
    }
}
