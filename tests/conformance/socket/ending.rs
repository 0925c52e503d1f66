//! Sending to who is gone.

use super::{said, served, text};
use crate::subject::{Subject, kill};
use serde_json::json;
use shared::{os::Errno, state::RunState};

pub(crate) async fn a_send_to_nobody_is_epipe(subject: Subject) {
    let mut world = served(subject, json!({})).await;
    let client = &mut world.client;
    kill(client, "server").await;
    said(client, "end", 1).await;
    let refused = |state: &RunState| {
        let mut all = state.messages.iter().filter_map(|message| message.sent);
        all.any(|sent| sent.errno == Some(Errno::EPIPE))
    };
    // TCP learns it from the answer to the first.
    for n in 1..=5 {
        text(client, "client", "is anybody there?").await;
        client
            .until("it is back", |state| super::sent(state) == n)
            .await;
        if refused(client.state()) {
            break;
        }
    }
    assert!(refused(client.state()), "{}", client.tail());
    let lives = client.worker("client").alive();
    assert!(lives, "SIGPIPE is ignored");
    world.end().await;
}
