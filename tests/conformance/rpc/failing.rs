//! A server that dies, a client that gives up, a call that is sent again.

use super::{call, restart, returns, said, send, text};
use crate::subject::{Subject, asked, gone, kill};
use serde_json::json;
use shared::{
    event::Kind,
    os::Signal,
    state::{Life, RunState},
};

pub(crate) async fn a_server_that_dies_executes_once_or_not_at_all(subject: Subject) {
    for (dies, executed) in [("before", 0), ("after", 1)] {
        let mut world = subject.run(json!({"dies": dies})).await;
        let (what, _) = call(&mut world.client, "increment()").await;
        assert_eq!(what, "unanswered", "{dies}");
        let killed = Life::Killed { signal: Signal(9) };
        world
            .client
            .until("its death", |state| gone(state, "server", killed))
            .await;
        assert_eq!(said(&world.client, "server", "called").len(), 1, "{dies}");
        let all = said(&world.client, "server", "executed");
        assert_eq!(all.len(), executed, "{dies}");
        restart(&mut world).await;
        let value = (executed + 1).to_string();
        returns(&mut world.client, "increment()", &value).await;
        world.end().await;
    }
}

pub(crate) async fn a_call_that_is_sent_again_is_executed_twice(subject: Subject) {
    let mut world = subject
        .run(json!({"dies": "after", "retry": "again"}))
        .await;
    send(&mut world.client, "client", "increment()").await;
    let killed = Life::Killed { signal: Signal(9) };
    world
        .client
        .until("its death", |state| gone(state, "server", killed))
        .await;
    restart(&mut world).await;
    let answered = |state: &RunState| {
        let client = state.worker(&"client".into());
        client.is_some_and(|one| one.said.iter().any(|said| said.what == "returned"))
    };
    world.client.until("its answer", answered).await;
    let returned = said(&world.client, "client", "returned");
    assert_eq!(text(&returned[0], "value"), "2", "{returned:?}");
    assert_eq!(said(&world.client, "server", "executed").len(), 2);
    let calling = said(&world.client, "client", "calling");
    // A connection may still be made in the moment in which the old server dies.
    let mut sent: Vec<_> = calling
        .iter()
        .filter_map(|about| about.get("msg")?.as_u64())
        .collect();
    let times = sent.len();
    assert!(times >= 2, "{calling:?}");
    sent.sort_unstable();
    sent.dedup();
    assert_eq!(sent.len(), times, "each time is a message of its own");
    world.end().await;
}

pub(crate) async fn a_client_gives_up_and_the_server_does_not(subject: Subject) {
    let mut world = subject.run(json!({"timeout": 200})).await;
    let client = &mut world.client;
    let (what, about) = call(client, "slow(1)").await;
    assert_eq!(
        (what.as_str(), text(&about, "why")),
        ("unanswered", "timed out")
    );
    client
        .event(
            "the end of the function",
            |event| matches!(&event.kind, Kind::ProcessSaid { what, .. } if what == "executed"),
        )
        .await;
    returns(client, "square(5)", "25").await;
    world.end().await;
}

pub(crate) async fn where_nobody_listens_nothing_is_sent(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    kill(&mut world.client, "server").await;
    let (what, about) = call(&mut world.client, "increment()").await;
    assert_eq!(what, "unanswered");
    assert!(text(&about, "why").contains("refused"), "{about:?}");
    assert_eq!(asked(world.client.state()).count(), 0);
    restart(&mut world).await;
    returns(&mut world.client, "increment()", "1").await;
    world.end().await;
}
