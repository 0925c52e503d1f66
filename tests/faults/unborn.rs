//! A role in another language is that program only after a while. What if it never comes?

use crate::case::{Case, kill};
use harness::World;
use serde_json::json;
use shared::event::Outcome;
use std::time::{Duration, Instant};

/// Runs that are started until one was caught before it began; a Python takes some ten milliseconds to begin.
const TRIES: usize = 20;
/// How long to look for the process of one run.
const LOOK: Duration = Duration::from_secs(2);

pub(crate) async fn a_role_that_dies_before_it_has_begun_ends_the_run(case: Case) {
    let mut world = World::with(case.account, &[]).await;
    for _ in 0..TRIES {
        let mut plan = case.plan(json!({}));
        plan.roles.insert("writer".to_owned(), "python".to_owned());
        world.client.start(plan).await;
        let begun = Instant::now();
        let found = loop {
            let family = world.server.family();
            // By that name from the moment it runs the other program until it has read its role.
            let python = family
                .into_iter()
                .find(|one| one.name.starts_with("python"));
            if python.is_some() || begun.elapsed() > LOOK {
                break python;
            }
        };
        if let Some(python) = found {
            kill(python.pid);
        }
        world
            .client
            .until("the writer, or the end", |state| {
                state.finished.is_some() || state.worker(&"writer".into()).is_some()
            })
            .await;
        let Some(end) = world.client.state().finished.clone() else {
            // It was there already.
            world.client.stop().await;
            continue;
        };
        assert_eq!(end.outcome, Outcome::Failed);
        let why = end.message.unwrap_or_default();
        assert!(
            why.starts_with("writer, in python, ended before it began"),
            "{why}"
        );
        return;
    }
    panic!("no writer was caught before it began");
}
