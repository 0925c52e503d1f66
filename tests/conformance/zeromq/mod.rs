//! What ZeroMQ promises, and what it does not: who gets a message, who gets none, and when somebody sleeps.

mod closing;

pub(crate) use closing::*;

use crate::subject::{Subject, freeze, gone, kill, resume};
use harness::{Client, World};
use serde_json::json;
use shared::{
    command::Data,
    event::{Event, Kind},
    os::{Errno, Signal},
    state::{Life, RunState},
};

fn text(text: &str) -> Data {
    Data::Text {
        text: text.to_owned(),
    }
}

fn big() -> Data {
    Data::Fill {
        fill: "61".to_owned(),
        len: 32_000,
    }
}

/// Messages that were received, by whom.
fn received(state: &RunState, who: &str) -> usize {
    let got = state.messages.iter().filter(|message| {
        let mut receivers = message.receivers.iter();
        message.arrived && receivers.any(|(worker, _)| worker.as_str() == who)
    });
    got.count()
}

async fn says(client: &mut Client, who: &str, word: &str) {
    client
        .event(&format!("{who} says {word}"), |event: &Event| {
            let mine = event.worker.as_ref().is_some_and(|id| id.as_str() == who);
            mine && matches!(&event.kind, Kind::ProcessSaid { what, .. } if what == word)
        })
        .await;
}

/// A message to one who receives, so that the two are connected.
async fn connected(world: &mut World, from: &str, to: &str) {
    world.client.send(from, text("ready"), 1).await;
    let client = &mut world.client;
    client
        .until("the first message", |state| received(state, to) > 0)
        .await;
}

pub(crate) async fn every_subscriber_gets_every_message(subject: Subject) {
    let mut world = subject.run(json!({"subscribers": 3})).await;
    world.client.send("publisher", text("news"), 1).await;
    world
        .client
        .until("all three have it", |state| {
            ["subscriber", "subscriber-2", "subscriber-3"]
                .iter()
                .all(|who| received(state, who) == 1)
        })
        .await;
    assert_eq!(world.client.state().counts.lost, 0);
    world.end().await;
}

pub(crate) async fn what_is_published_before_anybody_is_connected_is_lost(subject: Subject) {
    let params = json!({"order": "told", "handshake": false});
    let mut world = subject.run(params).await;
    world.client.send("publisher", text("early"), 1).await;
    let client = &mut world.client;
    client
        .until("it is sent", |state| state.counts.sent == 1)
        .await;
    client.act("connect", "subscriber", json!({})).await;
    says(client, "subscriber", "handshake_succeeded").await;
    // The subscription is on its way: sooner or later, something comes.
    let mut sent = 1;
    while received(client.state(), "subscriber") == 0 {
        sent += 1;
        assert!(sent < 200, "nothing comes\n{}", client.tail());
        client
            .send("publisher", text(&format!("late {sent}")), 1)
            .await;
        client
            .until("it is sent", |state| state.counts.sent == sent)
            .await;
    }
    let client = &mut world.client;
    client
        .until("the early one is counted as lost", |state| {
            state
                .messages
                .front()
                .is_some_and(|message| message.lost && !message.arrived)
        })
        .await;
    world.end().await;
}

pub(crate) async fn a_full_shelf_is_no_error_to_a_publisher(subject: Subject) {
    const MESSAGES: u32 = 40;
    let mut world = subject.run(json!({"hwm": 2})).await;
    connected(&mut world, "publisher", "subscriber").await;
    freeze(&mut world.client, "subscriber").await;
    world.client.send("publisher", big(), MESSAGES).await;
    let client = &mut world.client;
    client
        .until("all sends are back", |state| {
            state.counts.sent == u64::from(MESSAGES) + 1
        })
        .await;
    let failed = client.state().messages.iter().find(|message| {
        message
            .sent
            .is_some_and(|sent| sent.errno.is_some() || sent.n != message.len)
    });
    assert!(failed.is_none(), "{failed:?}");
    resume(client, "subscriber").await;
    client.send("publisher", text("end"), 1).await;
    client
        .until("the end, and what did not come before it", |state| {
            state
                .messages
                .back()
                .is_some_and(|message| message.arrived || message.lost)
        })
        .await;
    let came = received(client.state(), "subscriber");
    assert!(came < MESSAGES as usize, "{came} came\n{}", client.tail());
    world.end().await;
}

pub(crate) async fn work_is_dealt_in_turn(subject: Subject) {
    let mut world = subject.run(json!({"pullers": 2})).await;
    for who in ["puller", "puller-2"] {
        says(&mut world.client, who, "handshake_succeeded").await;
    }
    // Who binds learns of a connection a moment later; from then on each gets every other message.
    for n in 1..=12 {
        world
            .client
            .send("pusher", text(&format!("job {n}")), 1)
            .await;
        let client = &mut world.client;
        client
            .until("it has come", |state| {
                received(state, "puller") + received(state, "puller-2") == n
            })
            .await;
    }
    let state = world.client.state();
    let shares = [received(state, "puller"), received(state, "puller-2")];
    assert!(shares.iter().all(|share| *share >= 4), "{shares:?}");
    world.end().await;
}

pub(crate) async fn a_pusher_sleeps_and_loses_nothing(subject: Subject) {
    const MESSAGES: u32 = 40;
    let mut world = subject.run(json!({"hwm": 2})).await;
    connected(&mut world, "pusher", "puller").await;
    freeze(&mut world.client, "puller").await;
    world.client.send("pusher", big(), MESSAGES).await;
    let client = &mut world.client;
    client
        .until("a send that does not come back", |state| {
            state
                .messages
                .back()
                .is_some_and(|message| message.sent.is_none())
                && state.counts.sent > 1
        })
        .await;
    resume(client, "puller").await;
    client
        .until("all of them", |state| {
            received(state, "puller") == MESSAGES as usize + 1
        })
        .await;
    assert_eq!(client.state().counts.lost, 0);
    world.end().await;
}

pub(crate) async fn a_second_question_is_an_error(subject: Subject) {
    let mut world = subject.run(json!({"receiver": "demand"})).await;
    for question in ["one", "two"] {
        world.client.send("client", text(question), 1).await;
    }
    let client = &mut world.client;
    client
        .until("both sends are over", |state| {
            state.messages.len() == 2 && state.messages.iter().all(|message| message.sent.is_some())
        })
        .await;
    let messages = client.state().messages.iter();
    let errors: Vec<_> = messages
        .map(|message| message.sent.and_then(|sent| sent.errno))
        .collect();
    assert_eq!(errors, [None, Some(Errno::EFSM)]);
    world.end().await;
}

pub(crate) async fn everybody_gets_the_answer_to_its_own_question(subject: Subject) {
    let mut world = subject.run(json!({"clients": 2})).await;
    for (n, who) in (1..).zip(["client", "client-2", "client"]) {
        world
            .client
            .send(who, text(&format!("question {n}")), 1)
            .await;
        let client = &mut world.client;
        client
            .until("the answer", |state| {
                let all = received(state, "client") + received(state, "client-2");
                all == n
            })
            .await;
    }
    let state = world.client.state();
    assert_eq!(received(state, "client"), 2);
    assert_eq!(received(state, "client-2"), 1);
    world.end().await;
}

pub(crate) async fn it_comes_back_after_a_kill(subject: Subject) {
    let cast = subject.cast(&json!({}));
    let mut roles = cast.iter().map(|member| member.role);
    let binder = roles
        .rfind(|role| ["publisher", "pusher", "server"].contains(role))
        .expect("somebody binds");
    let mut world = subject.run(json!({})).await;
    let (sender, receiver) = (subject.sender(), subject.receiver());
    connected(&mut world, &sender, &receiver).await;
    let client = &mut world.client;
    kill(client, binder).await;
    client
        .until("its end", |state| {
            gone(
                state,
                binder,
                Life::Killed {
                    signal: Signal::SIGKILL,
                },
            )
        })
        .await;
    client.act("restart", binder, json!({})).await;
    client
        .until("it lives again", |state| {
            state
                .worker(&binder.into())
                .is_some_and(shared::state::Worker::alive)
        })
        .await;
    client.send(&sender, text("again"), 1).await;
    client
        .until("a message through the new connection", |state| {
            let again = |message: &shared::state::Message| {
                message.arrived && message.preview.text.as_deref() == Some("again")
            };
            state.messages.iter().any(again)
        })
        .await;
    world.end().await;
}

pub(crate) async fn the_same_over_tcp(subject: Subject) {
    let mut world = subject.run(json!({"transport": "tcp"})).await;
    let (sender, receiver) = (subject.sender(), subject.receiver());
    connected(&mut world, &sender, &receiver).await;
    assert_eq!(world.client.state().counts.lost, 0);
    world.end().await;
}

/// The claims of all variants.
macro_rules! all_zeromq_claims {
    ($subject:expr) => {
        claims! { $subject;
            zeromq: who_closes_its_socket_ends
                it_comes_back_after_a_kill
                the_same_over_tcp;
        }
    };
}

/// Of those that send without being asked.
macro_rules! shelf_claims {
    ($subject:expr) => {
        all_zeromq_claims!($subject);
        claims! { $subject;
            zeromq: what_is_on_the_shelf_of_a_closed_socket_is_sent
                without_linger_it_is_gone_with_the_socket;
        }
    };
}

/// The claims of `zeromq/pub-sub`.
macro_rules! pub_sub_claims {
    ($subject:expr) => {
        shelf_claims!($subject);
        claims! { $subject;
            zeromq: every_subscriber_gets_every_message
                what_is_published_before_anybody_is_connected_is_lost
                a_full_shelf_is_no_error_to_a_publisher;
        }
    };
    (traced $subject:expr) => {};
}

/// The claims of `zeromq/push-pull`.
macro_rules! push_pull_claims {
    ($subject:expr) => {
        shelf_claims!($subject);
        claims! { $subject;
            zeromq: work_is_dealt_in_turn
                a_pusher_sleeps_and_loses_nothing;
        }
    };
    (traced $subject:expr) => {};
}

/// The claims of `zeromq/req-rep`.
macro_rules! req_rep_claims {
    ($subject:expr) => {
        all_zeromq_claims!($subject);
        claims! { $subject;
            zeromq: a_second_question_is_an_error
                everybody_gets_the_answer_to_its_own_question;
        }
    };
    (traced $subject:expr) => {};
}

/// The claims of `zeromq/dealer-router`.
macro_rules! dealer_router_claims {
    ($subject:expr) => {
        shelf_claims!($subject);
        claims! { $subject;
            zeromq: everybody_gets_the_answer_to_its_own_question;
        }
    };
    (traced $subject:expr) => {};
}
