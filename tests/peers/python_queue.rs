//! The `multiprocessing.Queue` of a Python that we did not start: it puts for our consumer, and gets what our producer put.

use crate::tool;
use harness::{World, client::Plan};
use serde_json::json;
use shared::{
    event::{End, Kind, Tie},
    state::RunState,
};

/// Places of the queue.
const BOUND: u64 = 5;

/// Makes a `multiprocessing.Queue` of the parts that our processes have, as the module does in a process that was spawned;
/// the pipe has no name, and is opened through the descriptors of one who has it.
const ATTACH: &str = r#"
import os, sys
from multiprocessing.connection import Connection
from multiprocessing.queues import Queue
from multiprocessing.synchronize import BoundedSemaphore, Lock

pid, reader, writer, prefix, bound = sys.argv[1:6]

def semaphore(kind, name, bound=1):
    made = kind.__new__(kind)
    made.__setstate__((0, 1, bound, prefix + name))
    return made

def opened(fd, how):
    return os.open(f"/proc/{pid}/fd/{fd}", how)

queue = Queue.__new__(Queue)
queue.__setstate__((
    False, int(bound),
    Connection(opened(reader, os.O_RDONLY), writable=False),
    Connection(opened(writer, os.O_WRONLY), readable=False),
    semaphore(Lock, "readers"), semaphore(Lock, "writers"), semaphore(BoundedSemaphore, "places", int(bound)),
    os.getpid(),
))
"#;

async fn run(consumer: &str) -> World {
    let params = json!({"maxsize": BOUND, "consumer": consumer});
    let mut world = World::among_others(Plan::new("queue", "python", params, true)).await;
    world
        .client
        .until("everybody there, with the queue", |state| {
            state.workers.len() == 3 && parts(state).is_some()
        })
        .await;
    world
}

/// What the program above is given.
fn parts(state: &RunState) -> Option<Vec<String>> {
    let consumer = state.worker(&"consumer".into())?;
    let pipe = state
        .objects
        .iter()
        .find(|object| object.object_type == "pipe")?;
    let held = |end: End| {
        let mut holders = pipe.holders.iter();
        let held = holders.find(|holder| holder.worker == consumer.id && holder.end == end)?;
        Some(held.fd.to_string())
    };
    let names = state.objects.iter().flat_map(|object| &object.names);
    let mut prefixes = names.filter_map(|name| {
        let name = name.rsplit_once("/sem.")?.1;
        Some(format!("/{}", name.strip_suffix("readers")?))
    });
    Some(vec![
        consumer.host_pid.to_string(),
        held(End::Read)?,
        held(End::Write)?,
        prefixes.next()?,
        BOUND.to_string(),
    ])
}

/// A program that has the queue, and what it said.
fn peer(state: &RunState, program: &str) -> String {
    let parts = parts(state).expect("the queue is there");
    let args: Vec<_> = parts.iter().map(String::as_str).collect();
    tool::said(&tool::python(&format!("{ATTACH}{program}"), &args))
}

#[tokio::test]
async fn a_python_that_we_did_not_start_puts_for_our_consumer() {
    let mut world = run("loop").await;
    let client = &mut world.client;
    let program = "queue.put('from a stranger')\nqueue.close()\nqueue.join_thread()";
    peer(client.state(), program);
    let object = |state: &RunState| {
        let consumer = state.worker(&"consumer".into())?;
        let said = consumer.said.iter().find(|said| said.what == "object")?;
        Some(said.about.get("repr")?.as_str()?.to_owned())
    };
    client
        .until("the consumer's word on what it got", |state| {
            object(state).is_some()
        })
        .await;
    assert_eq!(object(client.state()).as_deref(), Some("'from a stranger'"));
    let tie = client.events().iter().find_map(|event| match event.kind {
        Kind::MessageReceived { tie, .. } => Some(tie),
        _ => None,
    });
    assert_eq!(tie, Some(Tie::Unknown), "nobody saw it being sent");
    world.end().await;
}

#[tokio::test]
async fn a_python_that_we_did_not_start_gets_what_our_producer_put() {
    let mut world = run("demand").await;
    let client = &mut world.client;
    client.send_text("producer", "one").await;
    client.send_text("producer", "two").await;
    client
        .until("both in the pipe", |state| {
            let mut messages = state.messages.iter();
            state.messages.len() == 2
                && messages.all(|message| message.bytes_in == message.len && message.len > 0)
        })
        .await;
    let said = peer(
        client.state(),
        "print(queue.qsize(), queue.get(timeout=5), queue.get(timeout=5), queue.empty())",
    );
    assert_eq!(said, "2 one two True");
    world.end().await;
}
