//! SIGTERM to the server.

use crate::{
    case::{Case, all_gone},
    figure,
};
use nix::sys::signal::Signal;
use std::time::{Duration, Instant};

/// Longest time for a server to stop when asked.
const IN_ORDER: Duration = Duration::from_secs(2);

/// Close code "going away".
const GOING_AWAY: u16 = 1001;

pub(crate) async fn a_server_that_is_asked_to_stop_tells_everybody(case: Case) {
    let mut world = case.world(&[]).await;
    let before = world.server.family();
    let begun = Instant::now();
    world.server.signal(Signal::SIGTERM);
    world.client.end().await;
    assert_eq!(
        world.client.closed.as_ref().map(|closed| closed.0),
        Some(GOING_AWAY)
    );
    assert!(
        world.client.closing.is_some(),
        "the last words come before the close frame"
    );
    let status = world.server.ended(IN_ORDER).await;
    figure(
        "from SIGTERM to the exit",
        format_args!("{:?}", begun.elapsed()),
    );
    assert_eq!(status.code(), Some(0), "{}", world.server.log());
    all_gone(&world.server, &before).await;
}
