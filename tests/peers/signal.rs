//! `kill`, `ps`, Python's signal module, ctypes and posix_ipc: they signal our receiver, see its masks, add to our counter,
//! and post and wait at our semaphore.

use crate::tool;
use harness::{Client, World, client::Plan};
use serde_json::{Value, json};
use shared::{
    command::{Data, Values},
    event::{Kind, Masks, Tie},
    state::RunState,
};
use std::process::Command;

async fn run(variant: &str, params: Value) -> World {
    run_with(variant, params, true).await
}

async fn run_with(variant: &str, params: Value, xray: bool) -> World {
    let mut world = World::among_others(Plan::new("signal", variant, params, xray)).await;
    world.client.everybody(3).await;
    world
}

/// A run whose receiver is ready for signals.
async fn ready() -> World {
    ready_with(true).await
}

async fn ready_with(xray: bool) -> World {
    let mut world = run_with("signals", json!({}), xray).await;
    world
        .client
        .until("the receiver ready", |state| {
            masks(state).is_some_and(|masks| {
                Masks::has(&masks.caught, 36) && !Masks::has(&masks.blocked, 10)
            })
        })
        .await;
    world
}

fn masks(state: &RunState) -> Option<Masks> {
    state.worker(&"receiver".into())?.signals.clone()
}

/// What others know our receiver by.
fn pid(state: &RunState) -> String {
    let receiver = state.worker(&"receiver".into()).expect("it is there");
    receiver.host_pid.to_string()
}

/// The receiver's handler ran for somebody whom nobody saw: with that number, and that value if any.
async fn came_from_a_stranger(client: &mut Client, number: i64, value: Option<i64>) {
    let said = |about: &Values| {
        let field = |name: &str| about.get(name).and_then(Value::as_i64);
        field("number") == Some(number) && field("value") == value
    };
    client
        .until("the handler's word", |state| {
            let receiver = state.worker(&"receiver".into());
            receiver.is_some_and(|one| {
                one.said
                    .iter()
                    .any(|one| one.what == "handled" && said(&one.about))
            })
        })
        .await;
    let tie = client.events().iter().find_map(|event| match event.kind {
        Kind::MessageReceived { tie, .. } => Some(tie),
        _ => None,
    });
    assert_eq!(tie, Some(Tie::Unknown), "nobody saw it being sent");
    assert_eq!(client.state().counts.received, 0);
}

#[tokio::test]
async fn kill_signals_our_receiver() {
    let Some(kill) = tool::program("kill") else {
        return;
    };
    let mut world = ready().await;
    let pid = pid(world.client.state());
    let output = Command::new(kill).args(["-USR2", &pid]).output();
    tool::said(&output.expect("kill runs"));
    came_from_a_stranger(&mut world.client, 12, None).await;
    world.end().await;
}

#[tokio::test]
async fn a_shell_signals_our_receiver_with_its_own_kill() {
    let mut world = ready().await;
    let pid = pid(world.client.state());
    let output = Command::new("/bin/sh")
        .args(["-c", "kill -s TERM \"$1\"", "sh", &pid])
        .output();
    tool::said(&output.expect("the shell runs"));
    came_from_a_stranger(&mut world.client, 15, None).await;
    world.end().await;
}

#[tokio::test]
async fn python_signals_our_receiver_through_a_pidfd() {
    let mut world = ready().await;
    let pid = pid(world.client.state());
    let program = "import os, signal, sys\n\
                   signal.pidfd_send_signal(os.pidfd_open(int(sys.argv[1])), signal.SIGUSR1)";
    tool::said(&tool::python(program, &[&pid]));
    came_from_a_stranger(&mut world.client, 10, None).await;
    world.end().await;
}

#[tokio::test]
async fn a_stranger_s_sigqueue_brings_its_number() {
    let mut world = ready().await;
    let pid = pid(world.client.state());
    let program = "import ctypes, sys\n\
                   libc = ctypes.CDLL(None)\n\
                   assert libc.sigqueue(int(sys.argv[1]), 35, ctypes.c_void_p(4711)) == 0";
    tool::said(&tool::python(program, &[&pid]));
    came_from_a_stranger(&mut world.client, 35, Some(4711)).await;
    world.end().await;
}

#[tokio::test]
async fn ps_shows_the_lamps_that_we_show() {
    let Some(ps) = tool::program("ps") else {
        return;
    };
    let mut world = ready().await;
    let client = &mut world.client;
    client
        .act("block", "receiver", json!({"signal": "SIGUSR1"}))
        .await;
    let args: Values = [("signal".to_owned(), "SIGUSR1".into())].into();
    let text = "1".to_owned();
    let sent = client
        .try_send_with("sender", Data::Text { text }, 1, args)
        .await;
    sent.expect("the message is taken");
    client
        .until("the lamp lit", |state| {
            masks(state).is_some_and(|masks| Masks::has(&masks.pending, 10))
        })
        .await;
    let pid = pid(client.state());
    let output = Command::new(ps)
        .args(["-o", "pending=,blocked=,ignored=,caught=", "-p", &pid])
        .output();
    let told = tool::said(&output.expect("ps runs"));
    let theirs: Vec<_> = told.split_whitespace().collect();
    let ours = masks(client.state()).expect("it was read");
    // The first column is what waits for the thread; what waits for the process has its bit in ours, too.
    assert_eq!(
        theirs[1..],
        [ours.blocked.as_str(), &ours.ignored, &ours.caught],
        "{told}"
    );
    world.end().await;
}

#[tokio::test]
async fn a_stranger_adds_to_our_counter() {
    let mut world = run("eventfd", json!({"takes": "demand"})).await;
    let client = &mut world.client;
    client
        .until("the receiver has it open", |state| {
            let holds = |holder: &shared::event::Holder| holder.worker.as_str() == "receiver";
            state
                .objects
                .iter()
                .any(|object| object.holders.iter().any(holds))
        })
        .await;
    let fd = client.state().objects[0].holders[0].fd.to_string();
    let pid = pid(client.state());
    // pidfd_getfd(2) is call 438 on every machine.
    let program = "import ctypes, os, sys\n\
                   libc = ctypes.CDLL(None)\n\
                   fd = libc.syscall(438, os.pidfd_open(int(sys.argv[1])), int(sys.argv[2]), 0)\n\
                   assert fd >= 0\n\
                   os.eventfd_write(fd, 5)\n\
                   os.eventfd_write(fd, 6)";
    tool::said(&tool::python(program, &[&pid, &fd]));
    client
        .until("its sum", |state| {
            state.objects[0].reading("value").map(|one| one.value) == Some(11)
        })
        .await;
    client.act("take", "receiver", json!({})).await;
    client
        .until("it is taken", |state| {
            state.objects[0].reading("value").map(|one| one.value) == Some(0)
        })
        .await;
    assert_eq!(client.state().counts.received, 0, "it is nobody's message");
    world.end().await;
}

/// The name of the semaphore, as sem_open(3) takes it.
fn name(state: &RunState) -> Option<String> {
    let path = state.objects.first()?.names.first()?;
    Some(path.replace("/dev/shm/sem.", "/"))
}

async fn semaphore() -> (World, String) {
    let mut world = run("semaphore", json!({"takes": "demand"})).await;
    world
        .client
        .until("its name", |state| name(state).is_some())
        .await;
    let name = name(world.client.state()).expect("it has one");
    (world, name)
}

fn value(state: &RunState) -> Option<u64> {
    Some(state.objects.first()?.reading("value")?.value)
}

#[tokio::test]
async fn posix_ipc_posts_our_semaphore_and_waits_for_our_post() {
    let (mut world, name) = semaphore().await;
    let client = &mut world.client;
    client.act("take", "receiver", json!({})).await;
    client
        .until("our receiver asleep", |state| {
            at_the_bench(state, "receiver")
        })
        .await;
    let program = "import posix_ipc, sys\nposix_ipc.Semaphore(sys.argv[1]).release()";
    tool::said(&tool::python(program, &[&name]));
    client
        .until("it is woken", |state| !at_the_bench(state, "receiver"))
        .await;
    client
        .send(
            "sender",
            Data::Text {
                text: "1".to_owned(),
            },
            1,
        )
        .await;
    client
        .until("our post", |state| value(state) == Some(1))
        .await;
    let program = "import posix_ipc, sys\n\
                   semaphore = posix_ipc.Semaphore(sys.argv[1])\n\
                   print(semaphore.value)\n\
                   semaphore.acquire(1)";
    assert_eq!(tool::said(&tool::python(program, &[&name])), "1");
    client
        .until("it is taken", |state| value(state) == Some(0))
        .await;
    world.end().await;
}

fn at_the_bench(state: &RunState, worker: &str) -> bool {
    let worker = state.worker(&worker.into());
    worker.is_some_and(|worker| worker.because == Some(shared::event::Wait::Futex))
}

#[tokio::test]
async fn the_standard_library_opens_our_semaphore_by_its_name() {
    let (mut world, name) = semaphore().await;
    let client = &mut world.client;
    let program = "import sys\n\
                   from _multiprocessing import SemLock\n\
                   semaphore = SemLock._rebuild(0, 1, SemLock.SEM_VALUE_MAX, sys.argv[1])\n\
                   semaphore.release()\n\
                   semaphore.release()\n\
                   print(semaphore._get_value())";
    assert_eq!(tool::said(&tool::python(program, &[&name])), "2");
    client
        .until("both posts", |state| value(state) == Some(2))
        .await;
    world.end().await;
}

/// Traced by a stranger, so without X-ray: a process has one tracer.
#[tokio::test]
async fn strace_sees_what_our_sender_sends_and_that_it_was_our_sender() {
    let Some(strace) = tool::program("strace") else {
        return;
    };
    let mut world = ready_with(false).await;
    let client = &mut world.client;
    let receiver = pid(client.state());
    let sender = client.worker("sender").pid;
    let folder = tempfile::tempdir().expect("a folder for its output");
    let seen = folder.path().join("signals");
    let mut peer = Command::new(strace)
        .args([
            "-qq",
            "-e",
            "trace=none",
            "-e",
            "signal=all",
            "-p",
            &receiver,
            "-o",
        ])
        .arg(&seen)
        .spawn()
        .expect("strace runs");
    let status = format!("/proc/{receiver}/status");
    let traced = || {
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        let tracer = format!("TracerPid:\t{}\n", peer.id());
        status.contains(&tracer).then_some(())
    };
    harness::wait::until("strace at the receiver", traced).await;
    for (n, text, args) in [
        (1, "1", json!({"signal": "SIGUSR2"})),
        (2, "4711", json!({"signal": "SIGRTMIN", "via": "sigqueue"})),
    ] {
        let args: Values = serde_json::from_value(args).expect("an object");
        let text = text.to_owned();
        let sent = client
            .try_send_with("sender", Data::Text { text }, 1, args)
            .await;
        sent.expect("the message is taken");
        client
            .until("the handler's word", |state| state.counts.received == n)
            .await;
    }
    world.client.stop().await;
    peer.wait().expect("strace ends with the process it traces");
    let seen = std::fs::read_to_string(&seen).expect("it wrote what it saw");
    let line = |parts: &[&str]| {
        let mut lines = seen.lines();
        lines.any(|line| parts.iter().all(|part| line.contains(part)))
    };
    let from = format!("si_pid={sender},");
    assert!(line(&["--- SIGUSR2 {", "si_code=SI_USER", &from]), "{seen}");
    assert!(line(&["si_code=SI_QUEUE", &from, "4711"]), "{seen}");
    world.end().await;
}
