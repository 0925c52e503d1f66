//! Waiting for facts.

use std::time::{Duration, Instant};

/// The longest a single fact may take on two busy cores; what takes longer has failed.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Between two looks at something that cannot wake us, such as `/proc`. Short against every limit that is tested.
const LOOK: Duration = Duration::from_millis(5);

/// Looks again and again until there is something to see.
///
/// # Panics
/// If that takes longer than [`PATIENCE`]; the message names what was waited for.
pub async fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    within(PATIENCE, what, look).await
}

/// Looks again and again until there is something to see, for a given time at most.
///
/// # Panics
/// If that takes longer; the message names what was waited for.
pub async fn within<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(begun.elapsed() < limit, "not seen within {limit:?}: {what}");
        tokio::time::sleep(LOOK).await;
    }
}
