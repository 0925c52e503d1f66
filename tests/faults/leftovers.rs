//! What has a name outlives every process, unless somebody removes it: files, shared memory, queues, semaphores, keys.

use crate::case::{Case, kill};
use backend::{
    gauge::{Scope, named, numbered_objects},
    worker::Names,
};
use harness::{Leftovers, World, client::Plan};
use serde_json::json;
use shared::{catalog::ENTRIES, command::Values, event::Outcome, ids::RunId, mechanism::cast};
use std::collections::BTreeSet;

/// Kinds of what is there by a name or a key of the run. Its folder depends on the server's environment, and is looked at
/// by [`Leftovers`].
fn named_by(run: &RunId) -> Vec<&'static str> {
    let names = Names::new(run);
    let mut kinds: Vec<_> = numbered_objects(&names)
        .iter()
        .map(|object| object.object_type)
        .collect();
    let scope = Scope::new(names, BTreeSet::new());
    let named = named::memory(&scope)
        .into_iter()
        .chain(named::queues(&scope));
    kinds.extend(named.map(|named| named.object_type));
    kinds
}

pub(crate) async fn of_a_killed_supervisor_no_name_and_no_key_stays(case: Case) {
    // In a box, names are gone with it.
    let mut world = World::with(case.account, &["--isolation", "basic"]).await;
    let before = Leftovers::before(&world.server);
    let mut seen = BTreeSet::new();
    let mut runs = Vec::new();
    for entry in ENTRIES.iter().filter(|entry| entry.built) {
        for variant in entry.variants {
            let plan = Plan::new(entry.id, variant.id, json!({}), case.xray);
            let run = world.client.start(plan).await;
            let cast = cast(entry.id, variant.id, &Values::new());
            world
                .client
                .until("all processes of the run", |state| {
                    state.workers.len() == cast.len()
                })
                .await;
            if let Some(sender) = cast.iter().find(|member| member.sends) {
                world.client.send_text(sender.id.as_str(), "12").await;
            }
            world
                .client
                .until("the message is under way", |state| {
                    state.messages.iter().any(|message| message.sent.is_some())
                })
                .await;
            seen.extend(named_by(&run));
            let supervisors = world.server.supervisors();
            assert_eq!(supervisors.len(), 1, "{}/{}", entry.id, variant.id);
            kill(supervisors[0].pid);
            let end = world.client.ended().await;
            assert_eq!(end.outcome, Outcome::SupervisorDied);
            assert_eq!(named_by(&run), [""; 0], "{}/{}", entry.id, variant.id);
            runs.push(run);
        }
    }
    before.none(&world.server, &runs).await;
    for kind in ["memory", "mqueue", "msgqueue", "semaphore"] {
        assert!(seen.contains(kind), "a lesson has a {kind}: {seen:?}");
    }
}
