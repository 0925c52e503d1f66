//! What a file promises, handed over in five ways.

mod append;
mod lasting;
mod locks;
mod mapped;
mod torn;
mod watched;

pub(crate) use append::*;
pub(crate) use lasting::*;
pub(crate) use locks::*;
pub(crate) use mapped::*;
pub(crate) use torn::*;
pub(crate) use watched::*;

use crate::subject::{Subject, received};
use harness::{Client, World};
use serde_json::{Value, json};
use shared::{
    event::{Event, Kind},
    state::{Object, RunState},
};

/// A run whose reader reads when told.
async fn on_demand(subject: Subject, mut params: Value) -> World {
    params["reader"] = "demand".into();
    subject.run(params).await
}

/// The file that has the name.
fn file(state: &RunState) -> Option<&Object> {
    let named = |object: &&Object| {
        let mut names = object.names.iter();
        names.any(|name| name.ends_with("/shared_data.txt"))
    };
    state
        .objects
        .iter()
        .rev()
        .find(|object| object.object_type == "file" && !object.removed && named(object))
}

/// What is in the file that has the name, as the kernel said last.
fn content(state: &RunState) -> Option<String> {
    let content = file(state)?.content.as_ref()?;
    let bytes = shared::codec::parse_hex(&content.hex).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Waits until that is in the file.
async fn holds(client: &mut Client, text: &str) {
    client
        .until(&format!("{text:?} in the file"), |state| {
            content(state).as_deref() == Some(text)
        })
        .await;
}

/// Sends, and waits until the sender has said that it is done.
async fn send(client: &mut Client, worker: &str, text: &str) {
    let before = client.state().counts.sent;
    client.send_text(worker, text).await;
    client
        .until("the message sent", |state| state.counts.sent > before)
        .await;
}

/// Has the reader read to the end, and waits until it has; the bytes of it that were told.
async fn read(client: &mut Client) -> Vec<Event> {
    let from = client.events().len();
    client.act("read", "reader", json!({})).await;
    let ends = |event: &Event| match &event.kind {
        Kind::CallReturned { name, ret, .. } => name == "read" && *ret == Some(0),
        Kind::MessageReceived { len, call, .. } => *len == 0 && call.is_none(),
        _ => false,
    };
    let mut seen = from;
    while !client
        .events()
        .get(seen..)
        .unwrap_or_default()
        .iter()
        .any(ends)
    {
        seen = client.events().len();
        client
            .until("the end of the file", |state| state.seq > seen as u64)
            .await;
    }
    let new = client.events().get(from..).unwrap_or_default();
    let received = |event: &&Event| matches!(event.kind, Kind::MessageReceived { len: 1.., .. });
    new.iter().filter(received).cloned().collect()
}

/// Reads, and waits until so many messages were received in whole.
async fn read_until(client: &mut Client, messages: u64) {
    client.act("read", "reader", json!({})).await;
    client
        .until("the messages on the other side", |state| {
            received(state) == messages
        })
        .await;
}

/// The claims of `file/write` and `file/rename`.
macro_rules! file_write_claims {
    ($subject:expr) => {
        claims! { $subject;
            file: a_read_takes_nothing_away
                it_is_there_when_everybody_is_gone
                before_the_first_write_there_is_no_file
                a_read_between_open_and_write_finds_nothing
                a_version_that_nobody_read_is_lost;
        }
    };
    (traced $subject:expr) => {
        claims! { $subject;
            file: fsync_is_a_call_of_its_own
                at_full_speed_reads_are_torn;
        }
    };
}

/// The claims of `file/rename`.
macro_rules! file_rename_claims {
    ($subject:expr) => {
        claims! { $subject;
            file: a_read_takes_nothing_away
                it_is_there_when_everybody_is_gone
                before_the_first_write_there_is_no_file
                a_reader_gets_all_of_one_or_all_of_the_other
                the_old_one_lives_while_it_is_open
                a_version_that_nobody_read_is_lost;
        }
    };
    (traced $subject:expr) => {
        claims! { $subject;
            file: fsync_is_a_call_of_its_own
                at_full_speed_no_read_is_torn;
        }
    };
}

/// The claims of `file/append`.
macro_rules! file_append_claims {
    ($subject:expr) => {
        claims! { $subject;
            file: it_is_there_when_everybody_is_gone
                two_that_append_lose_no_line
                without_o_append_each_writes_over_the_other
                the_end_of_a_file_is_the_end_for_now;
            file: who_wants_a_lock_waits_until_it_is_free
                a_stranger_writes_all_the_same
                a_dead_owner_has_no_lock
                ranges_that_do_not_meet_do_not_wait
                shared_locks_go_together;
        }
    };
    (traced $subject:expr) => {
        claims! { $subject;
            file: fsync_is_a_call_of_its_own;
        }
    };
}

/// The claims of `file/watched`.
macro_rules! file_watched_claims {
    ($subject:expr) => {
        claims! { $subject;
            file: it_is_there_when_everybody_is_gone
                the_watcher_wakes_at_the_close_and_not_before
                who_polls_looks_in_vain;
        }
    };
    (traced $subject:expr) => {};
}

/// The claims of `file/mapped`.
macro_rules! file_mapped_claims {
    ($subject:expr) => {
        claims! { $subject;
            file: it_is_there_when_everybody_is_gone
                a_store_is_seen_where_it_was_put
                a_read_finds_what_was_stored
                a_page_behind_the_end_kills;
        }
    };
    (traced $subject:expr) => {
        claims! { $subject;
            file: a_store_makes_no_call
                msync_is_a_call_of_its_own;
        }
    };
}
