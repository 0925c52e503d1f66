//! What a call carries, and what it cannot.

use super::{call, returns, said, text};
use crate::subject::{Subject, asked};
use serde_json::json;
use shared::event::Tie;

pub(crate) async fn a_call_returns_what_the_function_returns(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    for (typed, value) in [
        ("square(5)", "25"),
        ("add(1, 2)", "3"),
        ("divide(1, 4)", "0.25"),
        ("reverse([1, 2, 3])", "[3, 2, 1]"),
        ("echo('<&> \\'x\\'')", "\"<&> 'x'\""),
        ("echo({'a': [1, True]})", "{'a': [1, True]}"),
        ("increment()", "1"),
        ("increment()", "2"),
        ("hello", "'hello'"),
    ] {
        returns(client, typed, value).await;
    }
    world.end().await;
}

pub(crate) async fn call_and_answer_are_two_messages_over_one_connection(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    returns(client, "square(5)", "25").await;
    client
        .until("both messages in whole", |state| {
            state.messages.len() == 2 && state.messages.iter().all(|message| message.arrived)
        })
        .await;
    let state = client.state();
    let mut ways = Vec::new();
    for message in &state.messages {
        assert_eq!(message.tie, Tie::Certain, "{message:?}");
        assert_eq!(message.bytes_out, message.len, "{message:?}");
        let (receiver, _) = message.receivers.first().expect("it has arrived");
        ways.push((message.worker.to_string(), receiver.to_string()));
    }
    let way = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    assert_eq!(ways, [way("client", "server"), way("server", "client")]);
    world.end().await;
}

pub(crate) async fn a_tuple_arrives_as_a_list(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    returns(&mut world.client, "echo((1, 2))", "[1, 2]").await;
    let called = said(&world.client, "server", "called");
    assert_eq!(text(&called[0], "call"), "echo([1, 2])");
    world.end().await;
}

pub(crate) async fn a_fault_has_a_code_and_a_text(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    let codes = if subject.variant == "json" {
        [-32_000, -32_601]
    } else {
        [1, 1]
    };
    for ((typed, says), code) in [("divide(1, 0)", "division by zero"), ("cube(3)", "cube")]
        .into_iter()
        .zip(codes)
    {
        let (what, about) = call(client, typed).await;
        assert_eq!(what, "fault", "{about:?}");
        assert_eq!(about.get("code"), Some(&json!(code)), "{about:?}");
        assert!(text(&about, "text").contains(says), "{about:?}");
    }
    // What does not exist was not executed, and the server has survived both.
    assert_eq!(said(client, "server", "executed").len(), 1);
    returns(client, "square(2)", "4").await;
    world.end().await;
}

pub(crate) async fn what_is_no_call_never_leaves(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    let (what, about) = call(client, "square(").await;
    assert_eq!(what, "refused");
    assert!(text(&about, "why").starts_with("SyntaxError"), "{about:?}");
    assert_eq!(asked(client.state()).count(), 0, "{}", client.tail());
    world.end().await;
}

pub(crate) async fn nothing_and_large_numbers_have_no_element_in_xml(subject: Subject) {
    let mut world = subject.run(json!({})).await;
    let client = &mut world.client;
    for typed in ["echo(None)", "square(3000000000)"] {
        let (what, about) = call(client, typed).await;
        assert_eq!(what, "refused", "{typed}: {about:?}");
    }
    assert!(said(client, "server", "called").is_empty());
    let (what, about) = call(client, "square(50000)").await;
    assert_eq!(what, "fault", "{about:?}");
    assert!(
        text(&about, "text").contains("int exceeds XML-RPC limits"),
        "{about:?}"
    );
    let executed = said(client, "server", "executed");
    assert_eq!(text(&executed[0], "value"), "2500000000", "it was executed");
    world.end().await;
}

pub(crate) async fn json_has_a_word_for_nothing_and_large_numbers(subject: Subject) {
    let mut world = subject
        .run(json!({"framing": "length", "transport": "unix"}))
        .await;
    let client = &mut world.client;
    returns(client, "echo(None)", "None").await;
    returns(client, "square(50000)", "2500000000").await;
    world.end().await;
}
