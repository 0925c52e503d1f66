//! posix_ipc, sysv_ipc and `ipcs` at our queues: each sends to our consumer, receives from our producer, or sees the queue.

use crate::tool;
use harness::{Client, World, client::Plan};
use serde_json::{Value, json};
use shared::{
    event::{Kind, Tie},
    state::RunState,
};

async fn run(variant: &str, params: Value) -> World {
    let mut world = World::among_others(Plan::new("queue", variant, params, true)).await;
    world
        .client
        .until("everybody there, and the name of the queue", |state| {
            state.workers.len() == 3 && name(state).is_some()
        })
        .await;
    world
}

/// The name that leads to the queue: `/…` or `key 0x…`.
fn name(state: &RunState) -> Option<String> {
    state.objects.first()?.names.first().cloned()
}

/// Its key, as a program is given it.
fn key(state: &RunState) -> String {
    let name = name(state).expect("the run has told it");
    name.trim_start_matches("key ").to_owned()
}

fn messages(state: &RunState) -> Option<u64> {
    let queue = state.objects.first()?;
    Some(queue.reading("messages")?.value)
}

/// Our consumer got a text that none of our processes sent: it says so, and ties it to nobody's message.
async fn came_from_a_stranger(client: &mut Client, text: &str) {
    let shows = |event: &shared::event::Event| match &event.kind {
        Kind::CallReturned {
            data: Some(data), ..
        } => data.text.as_deref() == Some(text),
        _ => false,
    };
    client
        .until("the peer's message", |state| {
            state.calls.iter().any(|call| {
                call.data
                    .as_ref()
                    .is_some_and(|data| data.text.as_deref() == Some(text))
            })
        })
        .await;
    let event = client.events().iter().find(|event| shows(event));
    assert!(event.is_some(), "{}", client.tail());
    let tie = client.events().iter().find_map(|event| match event.kind {
        Kind::MessageReceived { tie, .. } => Some((tie, event.parts.first()?.msg)),
        _ => None,
    });
    assert_eq!(tie, Some((Tie::Unknown, None)), "nobody saw it being sent");
}

#[tokio::test]
async fn posix_ipc_sends_to_our_consumer() {
    let mut world = run("posix", json!({})).await;
    let name = name(world.client.state()).expect("it has one");
    let program = "import posix_ipc, sys\n\
                   posix_ipc.MessageQueue(sys.argv[1]).send(b'from a stranger', priority=7)";
    tool::said(&tool::python(program, &[&name]));
    came_from_a_stranger(&mut world.client, "from a stranger").await;
    let key = world
        .client
        .events()
        .iter()
        .find_map(|event| match event.kind {
            Kind::CallReturned {
                key, ret: Some(15), ..
            } => key,
            _ => None,
        });
    assert_eq!(key, Some(7), "its priority came with it");
    world.end().await;
}

/// Messages of our producer with their priorities or types, each when the one before is in the queue.
async fn put_in_turn(client: &mut Client, what: &str, all: [(&str, u64); 2]) {
    for (n, (text, number)) in (1..).zip(all) {
        let data = shared::command::Data::Text {
            text: text.to_owned(),
        };
        let args = [(what.to_owned(), number.into())].into();
        let sent = client.try_send_with("producer", data, 1, args).await;
        sent.expect("it is taken");
        client
            .until("it is in the queue", |state| messages(state) == Some(n))
            .await;
    }
}

#[tokio::test]
async fn posix_ipc_receives_from_our_producer_the_highest_priority_first() {
    let mut world = run("posix", json!({"consumer": "demand"})).await;
    let client = &mut world.client;
    put_in_turn(client, "priority", [("plain", 1), ("urgent", 9)]).await;
    let name = name(client.state()).expect("it has one");
    let program = "import posix_ipc, sys\n\
                   queue = posix_ipc.MessageQueue(sys.argv[1])\n\
                   print(queue.max_messages, queue.max_message_size, queue.current_messages)\n\
                   print(queue.receive(5), queue.receive(5))";
    let said = tool::said(&tool::python(program, &[&name]));
    assert_eq!(said, "10 256 2\n(b'urgent', 9) (b'plain', 1)");
    client
        .until("an empty queue, by the kernel's word", |state| {
            messages(state) == Some(0)
        })
        .await;
    world.end().await;
}

#[tokio::test]
async fn sysv_ipc_sends_to_our_consumer() {
    let mut world = run("sysv", json!({})).await;
    let key = key(world.client.state());
    let program = "import sysv_ipc, sys\n\
                   sysv_ipc.MessageQueue(int(sys.argv[1], 16)).send(b'from a stranger', type=4)";
    tool::said(&tool::python(program, &[&key]));
    came_from_a_stranger(&mut world.client, "from a stranger").await;
    world.end().await;
}

#[tokio::test]
async fn sysv_ipc_receives_the_type_it_asks_for_from_our_producer() {
    let mut world = run("sysv", json!({"consumer": "demand"})).await;
    let client = &mut world.client;
    put_in_turn(client, "type", [("one", 1), ("two", 2)]).await;
    let key = key(client.state());
    let program = "import sysv_ipc, sys\n\
                   queue = sysv_ipc.MessageQueue(int(sys.argv[1], 16))\n\
                   print(queue.current_messages, queue.receive(type=2), queue.receive())";
    let said = tool::said(&tool::python(program, &[&key]));
    assert_eq!(said, "2 (b'two', 2) (b'one', 1)");
    client
        .until("an empty queue, by the kernel's word", |state| {
            messages(state) == Some(0)
        })
        .await;
    world.end().await;
}

#[tokio::test]
async fn ipcs_sees_our_queue_and_what_is_in_it() {
    let Some(ipcs) = tool::program("ipcs") else {
        return;
    };
    let mut world = run("sysv", json!({"consumer": "demand"})).await;
    let client = &mut world.client;
    client.send_text("producer", "hello").await;
    client
        .until("it is in the queue", |state| messages(state) == Some(1))
        .await;
    let key = key(client.state());
    let output = std::process::Command::new(&ipcs)
        .arg("-q")
        .output()
        .expect("it runs");
    let lines = tool::said(&output);
    let ours = lines.lines().find(|line| line.starts_with(&key));
    let ours = ours.unwrap_or_else(|| panic!("{key} is not in\n{lines}"));
    // key, msqid, owner, perms, used-bytes, messages
    let columns: Vec<_> = ours.split_whitespace().collect();
    let id = client.state().objects[0].id.to_string();
    assert_eq!(id, format!("msgqueue:[{}]", columns[1]));
    assert_eq!(columns[3..], ["600", "5", "1"]);
    world.end().await;
    let output = std::process::Command::new(ipcs)
        .arg("-q")
        .output()
        .expect("it runs");
    assert!(
        !tool::said(&output).contains(&key),
        "the run has cleaned up"
    );
}
