//! What the tracer adds, and that nothing of it is shown when it is off.

use crate::subject::{Subject, received};
use serde_json::json;

pub(crate) async fn a_message_knows_its_calls_on_both_sides(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    client.send_text("writer", "hello").await;
    client
        .until("the message on the other side", |state| {
            received(state) == 1
        })
        .await;
    let message = &client.state().messages[0];
    let names = |calls: &[u64]| -> Vec<_> {
        calls
            .iter()
            .filter_map(|call| client.state().call(*call))
            .map(|call| call.name.clone())
            .collect()
    };
    assert_eq!(
        (names(&message.sends), names(&message.receives)),
        (vec!["write".to_owned()], vec!["read".to_owned()])
    );
    world.end().await;
}
