//! What the kernel's message queues promise, Python's, and the one in shared memory.

mod both;
mod posix;
mod python;
mod ring;
mod shared_out;
mod sysv;

pub(crate) use both::*;
pub(crate) use posix::*;
pub(crate) use python::*;
pub(crate) use ring::*;
pub(crate) use shared_out::*;
pub(crate) use sysv::*;

use crate::subject::{Subject, figure, received};
use harness::{Client, World};
use serde_json::{Value, json};
use shared::{
    command::{Data, Values},
    event::{Kind, Wait},
    os::Errno,
    state::RunState,
};

/// Sends a text with a priority or a type, whichever the variant has.
async fn send(client: &mut Client, subject: Subject, text: &str, key: u64) {
    let name = if subject.variant == "sysv" {
        "type"
    } else {
        "priority"
    };
    let args: Values = [(name.to_owned(), key.into())].into();
    let data = Data::Text {
        text: text.to_owned(),
    };
    let sent = client.try_send_with("producer", data, 1, args).await;
    sent.expect("the message is taken");
}

/// Sends texts of priority 1 or type 1, and waits until the producer has said that all are in.
async fn fill(client: &mut Client, subject: Subject, texts: &[&str]) {
    for text in texts {
        send(client, subject, text, 1).await;
    }
    let all = texts.len() as u64;
    client
        .until("all messages in the queue", |state| {
            state.counts.sent == all && figure(state, "messages") == Some(all)
        })
        .await;
}

/// Sends texts, and waits until the producer has said that all are put.
async fn fill_put(client: &mut Client, texts: &[&str]) {
    for text in texts {
        let text = (*text).to_owned();
        client.send("producer", Data::Text { text }, 1).await;
    }
    let all = texts.len() as u64;
    client
        .until("all objects put", |state| state.counts.sent == all)
        .await;
}

/// Has the consumer receive once, and waits until it has: the text it got.
async fn receive(client: &mut Client, args: Value) -> String {
    let before = received(client.state());
    client.act("receive", "consumer", args).await;
    client
        .until("a message received", |state| received(state) > before)
        .await;
    last_text(client)
}

/// The text of the message that was received last.
fn last_text(client: &Client) -> String {
    let received = client
        .events()
        .iter()
        .rev()
        .find_map(|event| match &event.kind {
            Kind::MessageReceived { complete, .. } | Kind::MemoryLoaded { complete, .. } => {
                complete.last().copied()
            }
            _ => None,
        });
    let message = received.and_then(|msg| client.state().message(msg));
    let text = message.and_then(|message| message.preview.text.clone());
    text.unwrap_or_else(|| panic!("no text was received\n{}", client.tail()))
}

/// Somebody got that error: seen at its call, or said by itself where calls are not seen.
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

/// How the sending of the last message failed.
fn refused(state: &RunState) -> Option<Errno> {
    state.messages.back()?.sent?.errno
}

/// A run whose consumer receives on command.
async fn on_demand(subject: Subject, mut params: Value) -> World {
    params["consumer"] = json!("demand");
    subject.run(params).await
}

/// The consumer of that name sleeps, because there is nothing for it.
fn waits(state: &RunState, consumer: &str) -> bool {
    crate::subject::sleeps(state, consumer, Wait::QueueEmpty)
}

/// The claims of `queue/posix` and `queue/sysv`.
macro_rules! kernel_queue_claims {
    ($subject:expr) => {
        claims! { $subject;
            queue: a_full_queue_lets_its_sender_sleep
                without_waiting_a_full_queue_says_eagain
                an_empty_queue_lets_its_reader_sleep
                what_it_holds_is_what_the_kernel_counts
                a_killed_producer_is_no_end_of_file
                messages_of_a_killed_producer_stay
                a_cut_off_burst_loses_nothing_that_went_in;
            queue: each_message_goes_to_one_consumer
                a_killed_consumer_takes_nothing_with_it
                one_stop_ends_one_consumer
                three_producers_and_three_consumers_lose_and_double_nothing;
        }
    };
}

/// The claims of `queue/posix`.
macro_rules! posix_queue_claims {
    ($subject:expr) => {
        kernel_queue_claims!($subject);
        claims! { $subject;
            queue: a_higher_priority_leaves_first_and_equal_ones_in_order
                a_message_that_is_too_long_is_refused_whole
                a_buffer_that_might_be_too_small_is_refused
                a_name_can_go_while_the_queue_lives
                nobody_has_to_have_it_open
                a_notification_comes_once
                a_consumer_that_registers_again_hears_of_every_message;
        }
    };
    (traced $subject:expr) => {
        claims! { $subject;
            queue: only_one_can_be_registered
                the_kernel_stops_making_queues;
        }
    };
}

/// The claims of `queue/python`.
macro_rules! python_queue_claims {
    ($subject:expr) => {
        claims! { $subject;
            queue: maxsize_lets_its_producer_sleep
                a_consumer_killed_inside_get_leaves_the_others_waiting
                one_stop_ends_one_who_gets_it
                a_producer_ends_when_all_it_put_is_in_the_pipe;
        }
    };
    (traced $subject:expr) => {
        claims! { $subject;
            queue: a_thread_of_its_own_writes;
        }
    };
}

/// The claims of `queue/shared`.
macro_rules! ring_claims {
    ($subject:expr) => {
        claims! { $subject;
            queue: without_a_free_slot_its_producer_sleeps
                what_lies_in_it_is_read_from_its_memory
                a_reader_killed_inside_get_keeps_a_plain_lock
                a_robust_lock_goes_on_to_the_next_reader
                put_is_back_before_anything_is_stored
                what_is_changed_after_put_arrives_changed
                what_is_longer_than_a_slot_is_refused_in_words
                a_killed_producer_loses_its_row_and_no_more
                one_stop_is_for_one_reader
                a_producer_ends_when_all_it_put_is_in_the_ring
                what_lies_in_it_outlives_its_users;
            queue: three_producers_and_three_consumers_lose_and_double_nothing;
        }
    };
    (traced $subject:expr) => {};
}

/// The claims of `queue/sysv`.
macro_rules! sysv_queue_claims {
    ($subject:expr) => {
        kernel_queue_claims!($subject);
        claims! { $subject;
            queue: a_reader_gets_the_type_it_asks_for
                the_lowest_type_can_be_asked_for
                two_readers_of_their_own_types_do_not_disturb_each_other
                removing_it_wakes_who_sleeps_in_it
                a_message_is_cut_only_where_that_is_asked_for
                a_message_that_does_not_fit_stays
                nobody_holds_it;
        }
    };
    (traced $subject:expr) => {};
}
