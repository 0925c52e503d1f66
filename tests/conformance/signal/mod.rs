//! What signals, signalfd, eventfd and named semaphores promise.

mod counters;
mod read;
mod signals;

pub(crate) use counters::*;
pub(crate) use read::*;
pub(crate) use signals::*;

use crate::subject::Subject;
use harness::Client;
use serde_json::{Value, json};
use shared::{
    command::{Data, Values},
    event::{Event, Kind, Masks},
    os::Errno,
    state::RunState,
};

/// SIGUSR1 and the first real-time signal.
const USR1: i32 = 10;
const RTMIN: i32 = 34;

/// Sends a signal so many times, with a value where there is one.
async fn raise(client: &mut Client, signal: &str, value: Option<i32>, times: u32) {
    let via = if value.is_some() { "sigqueue" } else { "kill" };
    let args: Values = [
        ("signal".to_owned(), signal.into()),
        ("via".to_owned(), via.into()),
    ]
    .into();
    let text = value.unwrap_or(1).to_string();
    let before = client.state().counts.sent;
    let sent = client
        .try_send_with("sender", Data::Text { text }, times, args)
        .await;
    sent.expect("the message is taken");
    client
        .until("the sender's own word on all of them", |state| {
            state.counts.sent == before + u64::from(times)
        })
        .await;
}

async fn act(client: &mut Client, verb: &str, args: Value) {
    client.act(verb, "receiver", args).await;
}

async fn block(client: &mut Client, signal: &str, number: i32) {
    ready(client).await;
    act(client, "block", json!({"signal": signal})).await;
    client
        .until("the signal blocked", |state| {
            masks(state, |all| &all.blocked, number)
        })
        .await;
}

/// The receiver is born with its signals blocked, and unblocks them when it is prepared.
async fn ready(client: &mut Client) {
    client
        .until("the receiver prepared", |state| {
            let worker = state.worker(&"receiver".into());
            worker.is_some_and(|worker| worker.signals.is_some())
                && !masks(state, |all| &all.blocked, USR1)
        })
        .await;
}

/// The receiver's mask has that signal.
fn masks(state: &RunState, mask: impl Fn(&Masks) -> &str, number: i32) -> bool {
    let worker = state.worker(&"receiver".into());
    let masks = worker.and_then(|worker| worker.signals.as_ref());
    masks.is_some_and(|masks| Masks::has(mask(masks), number))
}

/// What the receiver said about each of those things, in order.
fn said(client: &Client, what: &str) -> Vec<Values> {
    let about = |event: &Event| match &event.kind {
        Kind::ProcessSaid { what: word, about } if word == what => Some(about.clone()),
        _ => None,
    };
    client.events().iter().filter_map(about).collect()
}

fn number(about: &Values, name: &str) -> Option<i64> {
    about.get(name)?.as_i64()
}

/// Python's handler is told a number and nothing else, and runs once for several.
fn receives_in_python(subject: Subject) -> bool {
    matches!(
        subject.pair,
        crate::Pair::Python | crate::Pair::RustToPython
    )
}

/// Somebody got that error, as its call or the worker itself tells.
fn failed(state: &RunState, worker: &str, errno: Errno) -> bool {
    let by_call = state
        .calls
        .iter()
        .any(|call| call.worker.as_str() == worker && call.errno == Some(errno));
    let name = errno.to_string();
    let output = state
        .worker(&worker.into())
        .map(|worker| worker.output.contains(&name));
    by_call || output == Some(true)
}

/// The claims of `signal/signals`.
macro_rules! signals_claims {
    ($subject:expr) => {
        claims! { $subject;
            signal: five_of_one_number_that_is_blocked_are_one
                real_time_signals_queue_with_their_values
                a_handler_can_be_put_off_and_taken_away
                an_ignored_signal_is_thrown_away
                the_default_of_a_signal_ends_its_process
                a_signal_can_stop_and_continue_a_process
                nobody_can_block_or_handle_sigkill
                a_sender_of_a_dead_process_is_told
                sigwaitinfo_takes_the_lowest_first
                what_is_no_number_is_not_sent
                two_senders_are_told_apart;
        }
    };
    (traced $subject:expr) => {
        claims! { $subject;
            signal: a_handler_ends_a_read_unless_it_restarts;
        }
    };
}

/// The claims of `signal/signalfd`.
macro_rules! signalfd_claims {
    ($subject:expr) => {
        claims! { $subject;
            signal: a_signalfd_reads_what_is_pending
                a_signal_that_is_not_blocked_is_not_read;
        }
    };
    (traced $subject:expr) => {};
}

/// The claims of `signal/eventfd`.
macro_rules! eventfd_claims {
    ($subject:expr) => {
        claims! { $subject;
            signal: what_is_added_is_taken_as_one_sum
                as_a_semaphore_it_gives_one_at_a_time
                a_counter_at_zero_lets_its_reader_sleep
                a_full_counter_refuses_or_lets_sleep
                what_is_no_number_is_not_sent;
        }
    };
    (traced $subject:expr) => {};
}

/// The claims of `signal/semaphore`.
macro_rules! semaphore_claims {
    ($subject:expr) => {
        claims! { $subject;
            signal: each_post_lets_one_through
                a_killed_holder_gives_nothing_back
                a_semaphore_outlives_its_name_and_who_posted;
        }
    };
    (traced $subject:expr) => {
        claims! { $subject;
            signal: without_anybody_asleep_there_is_no_call;
        }
    };
}
