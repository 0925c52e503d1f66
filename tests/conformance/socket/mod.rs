//! What sockets promise: streams and messages, connections and datagrams, and what goes wrong with them.

mod accepting;
mod datagram;
mod ending;
mod pair;
mod relay;
mod starting;
mod stream;

pub(crate) use accepting::*;
pub(crate) use datagram::*;
pub(crate) use ending::*;
pub(crate) use pair::*;
pub(crate) use relay::*;
pub(crate) use starting::*;
pub(crate) use stream::*;

use crate::subject::{Subject, by};
use harness::{Client, World};
use serde_json::Value;
use shared::{
    command::{Data, Values},
    event::{Event, Kind},
    os::Errno,
    state::RunState,
};
use std::cell::Cell;

/// The claims of `socket/tcp`.
macro_rules! tcp_claims {
    ($subject:expr) => {
        stream_claims!($subject);
        listen_claims!($subject);
        claims! { $subject;
            socket: another_address_of_the_machine_is_not_listened_at
                any_address_is_all_of_them
                what_was_not_read_is_broken_off
                a_reset_is_told_to_the_other_side
                a_relay_passes_on_both_ways
                a_relay_that_swaps_changes_the_order_of_bytes;
        }
    };
    (traced $subject:expr) => {};
}

/// The claims of `socket/unix-stream`.
macro_rules! unix_stream_claims {
    ($subject:expr) => {
        stream_claims!($subject);
        listen_claims!($subject);
        unix_claims!($subject);
    };
    (traced $subject:expr) => {};
}

/// The claims of `socket/unix-seqpacket`.
macro_rules! seqpacket_claims {
    ($subject:expr) => {
        listen_claims!($subject);
        unix_claims!($subject);
        claims! { $subject;
            socket: a_buffer_that_is_too_small_cuts_the_message
                an_answer_comes_back
                a_sender_waits_for_room;
        }
    };
    (traced $subject:expr) => {};
}

/// The claims of `socket/socketpair`.
macro_rules! socketpair_claims {
    ($subject:expr) => {
        stream_claims!($subject);
        unix_claims!($subject);
        claims! { $subject;
            socket: a_pipe_can_be_passed;
        }
    };
    (traced $subject:expr) => {};
}

/// The claims of `socket/udp`.
macro_rules! udp_claims {
    ($subject:expr) => {
        claims! { $subject;
            socket: a_buffer_that_is_too_small_cuts_the_message
                an_answer_comes_back
                a_full_receiver_loses_what_comes
                nobody_there_is_told_to_a_connected_socket_only
                what_is_too_long_for_a_datagram_is_refused
                a_relay_throws_away_its_share
                a_relay_that_waits_changes_nothing_else;
        }
    };
    (traced $subject:expr) => {};
}

/// The claims of `socket/unix-datagram`.
macro_rules! unix_datagram_claims {
    ($subject:expr) => {
        claims! { $subject;
            socket: a_buffer_that_is_too_small_cuts_the_message
                an_answer_comes_back
                a_sender_waits_for_room
                a_server_that_comes_back_finds_its_address_taken;
        }
    };
    (traced $subject:expr) => {};
}

/// Of all streams.
macro_rules! stream_claims {
    ($subject:expr) => {
        claims! { $subject;
            socket: both_directions_are_apart
                two_sends_are_one_receive
                a_receive_takes_as_much_as_it_asked_for
                a_length_before_each_message_keeps_them_apart
                a_length_is_found_however_the_bytes_are_cut
                a_sender_sleeps_when_nobody_receives
                a_send_that_must_not_wait_is_short;
        }
    };
}

/// Of all that listen.
macro_rules! listen_claims {
    ($subject:expr) => {
        claims! { $subject;
            socket: every_client_has_a_connection_of_its_own
                connections_wait_until_they_are_accepted
                a_full_accept_queue_lets_connect_sleep
                nobody_listening_is_a_refusal
                half_closed_the_other_direction_goes_on
                a_close_is_the_end_of_what_comes
                a_killed_client_is_the_end_of_what_comes
                a_send_to_nobody_is_epipe
                a_server_that_comes_back_finds_its_address_taken
                a_server_that_takes_it_over_is_found_again;
        }
    };
}

/// Of Unix sockets with somebody at the other end.
macro_rules! unix_claims {
    ($subject:expr) => {
        claims! { $subject;
            socket: the_kernel_says_who_is_there
                an_open_file_can_be_passed;
        }
    };
}

/// A run in which everybody who connects at the start has done so, and is accepted where that is done at once.
async fn served(subject: Subject, params: Value) -> World {
    let mut world = subject.run(params.clone()).await;
    if subject.listens() && params.get("connect").is_none() {
        let clients = params.get("clients").and_then(Value::as_u64).unwrap_or(1);
        said(&mut world.client, "connected", clients).await;
        if params.get("takes").is_none() {
            said(&mut world.client, "accepted", clients).await;
        }
    }
    world
}

impl Subject {
    /// A server accepts.
    fn listens(self) -> bool {
        ["tcp", "unix-stream", "unix-seqpacket"].contains(&self.variant)
    }
}

/// What a worker's words of that kind are about, as often as they were said.
fn about(client: &Client, what: &str) -> Vec<Values> {
    let words = client
        .events()
        .iter()
        .filter_map(|event| match &event.kind {
            Kind::ProcessSaid { what: said, about } if said == what => Some(about.clone()),
            _ => None,
        });
    words.collect()
}

/// Waits until that was said so often; the last of them.
async fn said(client: &mut Client, what: &str, times: u64) -> Values {
    let count = Cell::new(0);
    let event = client
        .event(&format!("{what}, {times} times"), |event| {
            let is = matches!(&event.kind, Kind::ProcessSaid { what: said, .. } if said == what);
            count.set(count.get() + u64::from(is));
            is && count.get() == times
        })
        .await;
    match event.kind {
        Kind::ProcessSaid { about, .. } => about,
        other => panic!("{other:?}"),
    }
}

/// A call of a worker failed so: seen by the tracer, or said by the worker. A receive is named as it was made.
fn is_failure(event: &Event, worker: &str, calls: &[&str], errno: Errno) -> bool {
    by(event, worker)
        && match &event.kind {
            Kind::CallReturned {
                name,
                errno: Some(got),
                ..
            } => calls.contains(&name.as_str()) && *got == errno,
            Kind::ProcessOutput { stream, text } if stream == "report" => {
                let told = |call: &&str| text.starts_with(&format!("{call}: {errno}"));
                calls.iter().any(told)
            }
            _ => false,
        }
}

async fn fails(client: &mut Client, worker: &str, calls: &[&str], errno: Errno) {
    let what = format!("{worker}: {calls:?} = {errno}");
    client
        .event(&what, |event| is_failure(event, worker, calls, errno))
        .await;
}

/// How the calls of a receive are named.
const RECEIVES: &[&str] = &["recv", "recvfrom", "recvmsg"];

async fn text(client: &mut Client, worker: &str, text: &str) {
    let text = text.to_owned();
    client.send(worker, Data::Text { text }, 1).await;
}

/// A send with what goes beside the payload.
async fn text_with(client: &mut Client, worker: &str, text: &str, args: Value) {
    let text = text.to_owned();
    let args = serde_json::from_value(args).expect("arguments are an object");
    client
        .try_send_with(worker, Data::Text { text }, 1, args)
        .await
        .expect("it is taken");
}

/// How many messages their senders are done with.
fn sent(state: &RunState) -> usize {
    let done = state
        .messages
        .iter()
        .filter(|message| message.sent.is_some());
    done.count()
}
