//! What a call promises, and what it does not.

mod failing;
mod manager;
mod serving;
mod values;

pub(crate) use failing::*;
pub(crate) use manager::*;
pub(crate) use serving::*;
pub(crate) use values::*;

use harness::{Client, World};
use serde_json::{Value, json};
use shared::{
    command::{Data, Values},
    event::{Event, Kind},
    state::RunState,
};

/// What a worker said about one of these things, in order.
fn said(client: &Client, worker: &str, what: &str) -> Vec<Values> {
    let about = |event: &Event| match &event.kind {
        Kind::ProcessSaid { what: word, about } if word == what => Some(about.clone()),
        _ => None,
    };
    let mine = |event: &&Event| {
        event
            .worker
            .as_ref()
            .is_some_and(|id| id.as_str() == worker)
    };
    client
        .events()
        .iter()
        .filter(mine)
        .filter_map(about)
        .collect()
}

fn text<'a>(about: &'a Values, name: &str) -> &'a str {
    about.get(name).and_then(Value::as_str).unwrap_or_default()
}

async fn send(client: &mut Client, worker: &str, call: &str) {
    let text = call.to_owned();
    client.send(worker, Data::Text { text }, 1).await;
}

/// Has a client call, and waits until it says how that ended.
async fn call(client: &mut Client, typed: &str) -> (String, Values) {
    const ENDS: [&str; 4] = ["returned", "fault", "refused", "unanswered"];
    let before = client.state().seq;
    send(client, "client", typed).await;
    let end = client
        .event("the end of the call", |event| {
            let ours = event
                .worker
                .as_ref()
                .is_some_and(|id| id.as_str() == "client");
            event.seq > before
                && ours
                && matches!(&event.kind, Kind::ProcessSaid { what, .. } if ENDS.contains(&what.as_str()))
        })
        .await;
    match end.kind {
        Kind::ProcessSaid { what, about } => (what, about),
        _ => panic!("a process says it"),
    }
}

async fn returns(client: &mut Client, typed: &str, value: &str) {
    let (what, about) = call(client, typed).await;
    assert_eq!(
        (what.as_str(), text(&about, "value")),
        ("returned", value),
        "{typed}: {about:?}"
    );
}

/// The server listens again after it was started once more.
async fn restart(world: &mut World) {
    let client = &mut world.client;
    let listeners = |state: &RunState| {
        let objects = state.objects.iter();
        objects
            .filter(|object| object.object_type == "listener" && !object.removed)
            .count()
    };
    client
        .until("nobody who listens", |state| listeners(state) == 0)
        .await;
    client.act("restart", "server", json!({})).await;
    client
        .until("a server that listens", |state| {
            listeners(state) == 1
                && state
                    .worker(&"server".into())
                    .is_some_and(shared::state::Worker::alive)
        })
        .await;
}

/// The claims of all variants.
macro_rules! rpc_claims {
    ($subject:expr) => {
        claims! { $subject;
            rpc: a_call_returns_what_the_function_returns
                call_and_answer_are_two_messages_over_one_connection
                a_tuple_arrives_as_a_list
                a_fault_has_a_code_and_a_text
                what_is_no_call_never_leaves
                a_thread_for_each_serves_side_by_side
                a_server_that_dies_executes_once_or_not_at_all
                a_call_that_is_sent_again_is_executed_twice
                a_client_gives_up_and_the_server_does_not
                where_nobody_listens_nothing_is_sent;
        }
    };
}

/// The claims of `rpc/xml`.
macro_rules! xml_claims {
    ($subject:expr) => {
        rpc_claims!($subject);
        claims! { $subject;
            rpc: nothing_and_large_numbers_have_no_element_in_xml
                one_thread_serves_one_after_the_other
                each_call_has_a_connection_unless_it_is_kept;
        }
    };
    (traced $subject:expr) => {};
}

/// The claims of `rpc/manager`.
macro_rules! manager_claims {
    ($subject:expr) => {
        claims! { $subject;
            rpc: both_sides_prove_that_they_know_the_key
                who_has_another_key_is_sent_away
                a_method_of_a_proxy_is_a_message_and_its_answer
                what_one_has_set_all_see
                what_is_done_to_a_copy_is_done_in_vain
                an_addition_is_two_calls
                two_additions_can_become_one
                under_the_lock_no_addition_is_lost
                who_waits_for_the_lock_keeps_nobody_else
                a_lock_stays_with_the_dead
                what_the_server_raises_is_raised_in_the_client
                what_a_proxy_has_not_never_leaves
                a_server_that_dies_takes_all_with_it
                a_server_that_dies_in_a_call_leaves_a_question
                it_is_reached_through_a_unix_socket_as_well;
        }
    };
    (traced $subject:expr) => {};
}

/// The claims of `rpc/json`.
macro_rules! json_claims {
    ($subject:expr) => {
        rpc_claims!($subject);
        claims! { $subject;
            rpc: json_has_a_word_for_nothing_and_large_numbers
                one_connection_is_kept_for_all_calls
                a_kept_connection_keeps_a_server_of_one_thread;
        }
    };
    (traced $subject:expr) => {};
}
