//! flock, inotifywait, cat and stat of util-linux, inotify-tools and coreutils at our files, and back.

use crate::tool::{self, said};
use harness::{Client, World, client::Plan};
use serde_json::{Value, json};
use shared::{
    event::{Kind, Tie},
    state::{Object, RunState},
};
use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, ChildStderr, ChildStdout, Command, Stdio},
};

async fn run(variant: &str, params: Value) -> World {
    let mut world = World::among_others(Plan::new("file", variant, params, true)).await;
    world.client.everybody(3).await;
    world
}

fn file(state: &RunState) -> Option<&Object> {
    let mut objects = state.objects.iter().rev();
    objects.find(|object| object.object_type == "file" && !object.names.is_empty())
}

/// Where the run has its file, once it is there.
async fn path(client: &mut Client) -> PathBuf {
    client
        .until("the file's name", |state| file(state).is_some())
        .await;
    let name = file(client.state()).and_then(|file| file.names.first());
    PathBuf::from(name.expect("it was there"))
}

async fn content_is(client: &mut Client, text: &str) {
    client
        .until(&format!("{text:?} in the file"), |state| {
            let content = file(state).and_then(|file| file.content.as_ref());
            let bytes = content.and_then(|content| shared::codec::parse_hex(&content.hex).ok());
            bytes.as_deref() == Some(text.as_bytes())
        })
        .await;
}

/// A program that is ended with the test, and what it says.
struct Running {
    child: Child,
    said: BufReader<ChildStdout>,
    errors: BufReader<ChildStderr>,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let started = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = started.expect("it was found");
        Self {
            said: BufReader::new(child.stdout.take().expect("it is a pipe")),
            errors: BufReader::new(child.stderr.take().expect("it is a pipe")),
            child,
        }
    }

    fn line_of_errors(&mut self) -> String {
        line(&mut self.errors)
    }

    fn line(&mut self) -> String {
        line(&mut self.said)
    }
}

fn line(from: &mut impl BufRead) -> String {
    let mut line = String::new();
    let n = from.read_line(&mut line).expect("a line");
    assert!(n > 0, "it has ended and said no more");
    line.trim().to_owned()
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

#[tokio::test]
async fn flock_has_the_lock_that_our_writer_waits_for() {
    let Some(flock) = tool::program("flock") else {
        return;
    };
    let mut world = run("append", json!({"lock": "flock"})).await;
    let client = &mut world.client;
    let path = path(client).await;
    let mut peer = Running::start(Command::new(&flock).arg(&path).args([
        "sh",
        "-c",
        "echo locked; read line",
    ]));
    assert_eq!(peer.line(), "locked");
    client.send_text("writer", "after you").await;
    client
        .until("our writer waiting for a lock of nobody we know", |state| {
            let locks = file(state).map(|file| file.locks.as_slice());
            let locks: Vec<_> = locks
                .unwrap_or_default()
                .iter()
                .map(|lock| (lock.worker.as_ref().map(ToString::to_string), lock.waiting))
                .collect();
            locks == [(None, false), (Some("writer".to_owned()), true)]
        })
        .await;
    assert_eq!(client.state().counts.sent, 0);
    // It reads a line, and ends; so does its lock.
    drop(peer.child.stdin.take());
    content_is(client, "after you\n").await;
    world.end().await;
}

#[tokio::test]
async fn our_writer_has_the_lock_that_flock_waits_for() {
    let Some(flock) = tool::program("flock") else {
        return;
    };
    let mut world = run("append", json!({"lock": "flock"})).await;
    let client = &mut world.client;
    let path = path(client).await;
    client.act("lock", "writer", json!({})).await;
    client
        .until("the lock", |state| {
            file(state).is_some_and(|file| file.locks.len() == 1)
        })
        .await;
    let refused = Command::new(&flock)
        .arg("--nonblock")
        .arg(&path)
        .arg("true")
        .status();
    assert_eq!(
        refused.expect("it was found").code(),
        Some(1),
        "ours has it"
    );
    let mut peer = Running::start(Command::new(&flock).arg(&path).args(["echo", "mine now"]));
    client
        .until("the peer waiting", |state| {
            file(state).is_some_and(|file| file.locks.iter().any(|lock| lock.waiting))
        })
        .await;
    client.act("unlock", "writer", json!({})).await;
    assert_eq!(peer.line(), "mine now");
    world.end().await;
}

#[tokio::test]
async fn inotifywait_sees_our_writer_open_write_and_close() {
    let Some(inotifywait) = tool::program("inotifywait") else {
        return;
    };
    let mut world = run("write", json!({})).await;
    let client = &mut world.client;
    client.send_text("writer", "first").await;
    let path = path(client).await;
    content_is(client, "first").await;
    let mut command = Command::new(&inotifywait);
    command.args([
        "--monitor",
        "--event",
        "modify,close_write",
        "--format",
        "%e",
    ]);
    let mut peer = Running::start(command.arg(&path));
    // "Setting up watches.", "Watches established."
    while !peer.line_of_errors().contains("established") {}
    client.send_text("writer", "second").await;
    // The truncation is a change as well.
    assert_eq!(peer.line(), "MODIFY");
    let mut next = peer.line();
    while next == "MODIFY" {
        next = peer.line();
    }
    assert_eq!(next, "CLOSE_WRITE,CLOSE");
    world.end().await;
}

#[tokio::test]
async fn our_watcher_sees_a_shell_write() {
    let mut world = run("watched", json!({})).await;
    let client = &mut world.client;
    client.send_text("writer", "ours").await;
    let path = path(client).await;
    client
        .until("our own message", |state| state.counts.received == 1)
        .await;
    let shell = Command::new("/bin/sh")
        .args(["-c", "echo theirs > \"$0\""])
        .arg(&path)
        .output();
    said(&shell.expect("a shell"));
    client
        .until("what the shell wrote, read by ours", |state| {
            let mut calls = state.calls.iter();
            calls.any(|call| {
                let data = call.data.as_ref().and_then(|data| data.text.as_deref());
                call.worker.as_str() == "reader" && data == Some("theirs\n")
            })
        })
        .await;
    content_is(client, "theirs\n").await;
    let tie = client
        .events()
        .iter()
        .rev()
        .find_map(|event| match event.kind {
            Kind::MessageReceived { tie, len: 1.., .. } => Some(tie),
            _ => None,
        });
    assert_eq!(tie, Some(Tie::Unknown), "nobody was seen to write it");
    let writers = file(client.state())
        .and_then(|file| file.content.as_ref())
        .map(|content| content.writers.clone());
    let ours = writers.unwrap_or_default();
    assert!(ours.iter().all(|wrote| wrote.worker.is_none()), "{ours:?}");
    world.end().await;
}

#[tokio::test]
async fn cat_and_stat_find_what_ours_wrote() {
    let (Some(cat), Some(stat)) = (tool::program("cat"), tool::program("stat")) else {
        return;
    };
    for variant in ["write", "append", "rename"] {
        let mut world = run(variant, json!({})).await;
        let client = &mut world.client;
        client.send_text("writer", "hello").await;
        let end = if variant == "append" { "\n" } else { "" };
        content_is(client, &format!("hello{end}")).await;
        let path = path(client).await;
        let bytes = Command::new(&cat).arg(&path).output();
        assert_eq!(said(&bytes.expect("it was found")), "hello");
        let about = Command::new(&stat)
            .args(["--format", "%i %s %h"])
            .arg(&path)
            .output();
        let about = said(&about.expect("it was found"));
        let object = file(client.state()).expect("it is there");
        let size = object.reading("size").map_or(0, |size| size.value);
        let links = object.reading("links").map_or(0, |links| links.value);
        let ino = object.id.as_str().trim_start_matches("file:[");
        let ino = ino
            .trim_end_matches(']')
            .split('#')
            .next()
            .unwrap_or_default();
        assert_eq!(about, format!("{ino} {size} {links}"), "{variant}");
        world.end().await;
    }
}

#[tokio::test]
async fn a_mapping_of_pythons_mmap_sees_our_store_and_ours_its_own() {
    let mut world = run("mapped", json!({"reader": "demand"})).await;
    let client = &mut world.client;
    let path = path(client).await;
    client
        .until("both mapped", |state| {
            file(state).is_some_and(|file| file.mappings.len() == 2)
        })
        .await;
    client.send_text("writer", "hello").await;
    client
        .until("the message stored", |state| state.counts.sent == 1)
        .await;
    let program = "import mmap, sys
with open(sys.argv[1], 'r+b') as f:
    page = mmap.mmap(f.fileno(), 4096)
print(page[:5].decode())
page[100:106] = b'theirs'";
    let path = path.to_str().expect("a plain path");
    assert_eq!(said(&tool::python(program, &[path])), "hello");
    client
        .act("load", "reader", json!({"at": 100, "len": 6}))
        .await;
    client
        .until("what the peer stored", |state| {
            let content = file(state).and_then(|file| file.content.as_ref());
            content.is_some_and(|content| content.hex.get(200..212) == Some("746865697273"))
        })
        .await;
    let loaded = |event: &shared::event::Event| match &event.kind {
        Kind::MemoryLoaded { preview, .. } => preview.text.as_deref() == Some("theirs"),
        _ => false,
    };
    client.event("the load of it", loaded).await;
    world.end().await;
}
