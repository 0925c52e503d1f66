//! multiprocessing.shared_memory, posix_ipc, sysv_ipc and `ipcs` at our memory: each maps what our role has made, finds what
//! our role stored, and stores something that our role finds.

use crate::tool;
use harness::{Client, World, client::Plan};
use serde_json::{Value, json};
use shared::{
    event::{Kind, Tie},
    state::{Object, RunState},
};

async fn run(variant: &str, params: Value) -> World {
    let plan = Plan::new("shared-memory", variant, params, true);
    let mut world = World::among_others(plan).await;
    world
        .client
        .until("everybody there with the memory mapped", |state| {
            memory(state).is_some_and(|memory| memory.mappings.len() == 2)
        })
        .await;
    world
}

fn memory(state: &RunState) -> Option<&Object> {
    state.objects.first()
}

/// The name that leads to it: a path in `/dev/shm`, or `key 0x…`.
async fn name(client: &mut Client) -> String {
    client
        .until("its name", |state| {
            memory(state).is_some_and(|memory| !memory.names.is_empty())
        })
        .await;
    let names = memory(client.state()).map(|memory| memory.names.clone());
    names
        .and_then(|names| names.first().cloned())
        .expect("it has one")
}

async fn stores(client: &mut Client, text: &str) {
    client.send_text("writer", text).await;
    client
        .until("the message stored", |state| state.counts.sent == 1)
        .await;
}

/// Our reader finds bytes that none of our processes stored: it is tied to nobody's message.
async fn finds_a_strangers(client: &mut Client, text: &str) {
    client
        .act("load", "reader", json!({"at": 200, "len": text.len()}))
        .await;
    let load = client
        .event("a load", |event| {
            matches!(event.kind, Kind::MemoryLoaded { at: 200, .. })
        })
        .await;
    let Kind::MemoryLoaded { preview, tie, .. } = &load.kind else {
        panic!("{load:?}")
    };
    assert_eq!(preview.bytes(), text.as_bytes());
    assert_ne!(*tie, Tie::Certain, "nobody of ours stored it: {load:?}");
}

const SHARED_MEMORY: &str = "
import sys
from multiprocessing import resource_tracker, shared_memory
resource_tracker.register = lambda *what: None  # or it removes our name at its end
shm = shared_memory.SharedMemory(name=sys.argv[1])
print(shm.size, bytes(shm.buf[64:69]).decode())
shm.buf[200:208] = b'stranger'
shm.close()
";

#[tokio::test]
async fn shared_memory_of_python_and_our_roles_see_each_others_bytes() {
    let mut world = run("shm", json!({"reader": "demand"})).await;
    let client = &mut world.client;
    stores(client, "hello").await;
    let path = name(client).await;
    let name = path.trim_start_matches("/dev/shm/");
    let said = tool::said(&tool::python(SHARED_MEMORY, &[name]));
    assert_eq!(said, "4096 hello");
    finds_a_strangers(client, "stranger").await;
    world.end().await;
}

const POSIX_IPC: &str = "
import mmap, sys
import posix_ipc
memory = posix_ipc.SharedMemory(sys.argv[1])
with mmap.mmap(memory.fd, memory.size) as area:
    print(memory.size, area[64:69].decode())
    area[200:208] = b'stranger'
memory.close_fd()
";

#[tokio::test]
async fn posix_ipc_and_our_roles_see_each_others_bytes() {
    let mut world = run("shm", json!({"reader": "demand"})).await;
    let client = &mut world.client;
    stores(client, "hello").await;
    let path = name(client).await;
    let name = path.trim_start_matches("/dev/shm");
    let said = tool::said(&tool::python(POSIX_IPC, &[name]));
    assert_eq!(said, "4096 hello");
    finds_a_strangers(client, "stranger").await;
    world.end().await;
}

const SYSV_IPC: &str = "
import sys
import sysv_ipc
memory = sysv_ipc.SharedMemory(int(sys.argv[1], 16))
print(memory.size, memory.number_attached, memory.read(5, 64).decode())
memory.write(b'stranger', 200)
memory.detach()
";

#[tokio::test]
async fn sysv_ipc_and_our_roles_see_each_others_bytes() {
    let mut world = run("sysv", json!({"reader": "demand"})).await;
    let client = &mut world.client;
    stores(client, "hello").await;
    let key = name(client).await;
    let said = tool::said(&tool::python(SYSV_IPC, &[key.trim_start_matches("key ")]));
    // The peer itself is the third.
    assert_eq!(said, "4096 3 hello");
    finds_a_strangers(client, "stranger").await;
    world.end().await;
}

#[tokio::test]
async fn ipcs_lists_the_segment_as_we_do() {
    let Some(ipcs) = tool::program("ipcs") else {
        return;
    };
    let mut world = run("sysv", json!({})).await;
    let client = &mut world.client;
    let key = name(client).await;
    let key = u32::from_str_radix(key.trim_start_matches("key 0x"), 16).expect("a number");
    let listed = std::process::Command::new(ipcs).arg("-m").output();
    let listed = tool::said(&listed.expect("it runs"));
    let line = listed
        .lines()
        .find(|line| line.starts_with(&format!("0x{key:08x}")));
    let line = line.unwrap_or_else(|| panic!("no such key in\n{listed}"));
    // key, shmid, owner, perms, bytes, nattch
    let words: Vec<_> = line.split_whitespace().collect();
    assert_eq!(words.get(4..6), Some(&["4096", "2"][..]), "{line}");
    client
        .until("the same count from us", |state| {
            let attached = memory(state).and_then(|memory| memory.reading("attached"));
            attached.is_some_and(|reading| reading.value == 2)
        })
        .await;
    world.end().await;
}
