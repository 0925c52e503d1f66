//! A limit that is hit is told in the run, with what the program got, and in words.

use crate::{case::Case, figure};
use harness::{World, client::Plan, http};
use serde_json::json;
use shared::{
    event::{Event, Kind},
    limit,
    os::{Errno, Signal},
};

/// Bytes allowed: pages, so that a file system can be that large.
const FEW: u64 = 64 * 1024;
/// Bytes sent.
const MANY: u64 = 4 * FEW;

/// A file that is written to, on a server with one limit that is lower.
async fn writes(case: Case, limit: &str) -> World {
    let mut world = World::with(case.account, &[limit, &FEW.to_string()]).await;
    let plan = Plan::new("file", "write", json!({}), case.xray);
    world.client.start(plan).await;
    world
        .client
        .until("the writer", |state| {
            state.worker(&"writer".into()).is_some()
        })
        .await;
    world.client.flood("writer", MANY, 1).await;
    world
}

/// The limit that was hit, checked by name and value.
async fn hit(world: &mut World, name: &str) -> (Option<Errno>, Option<Signal>) {
    let is_hit = |event: &Event| matches!(event.kind, Kind::LimitHit { .. });
    let event = world.client.event("the limit", is_hit).await;
    let Kind::LimitHit {
        limit,
        value,
        errno,
        signal,
    } = event.kind
    else {
        panic!("just seen");
    };
    assert_eq!((limit.as_str(), value), (name, FEW));
    assert_eq!(event.worker, Some("writer".into()));
    figure(
        "a limit in words",
        limit::words(&limit, value, errno, signal),
    );
    (errno, signal)
}

pub(crate) async fn a_file_that_grows_too_large_is_told(case: Case) {
    let mut world = writes(case, "--file-bytes").await;
    let got = hit(&mut world, "file_bytes").await;
    assert!(
        got.0 == Some(Errno::EFBIG) || got.1 == Some(Signal::SIGXFSZ),
        "{got:?}"
    );
    world.end().await;
}

pub(crate) async fn a_full_tmp_of_a_box_is_told(case: Case) {
    let mut world = writes(case, "--tmp-bytes").await;
    let health = http::get(world.server.address, "/api/health").await.json();
    if health["protection"]["level"] == "full" {
        let got = hit(&mut world, "tmp_bytes").await;
        assert_eq!(got, (Some(Errno::ENOSPC), None));
    } else {
        figure("a full /tmp", "not tried: this host permits no box");
    }
    world.end().await;
}
