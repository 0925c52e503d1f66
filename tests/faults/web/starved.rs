//! A host that has no more: no descriptors, no room on the disk, and a clock that jumps.

use super::{echo, pipe};
use crate::figure;
use harness::{
    Account, Cli, Client, TestServer, World, http,
    program::{Place, workspace},
    wait::PATIENCE,
};
use serde_json::json;
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// Descriptors of the server. Those of workers have numbers up to 127; runtime, spawner and listener take some twenty.
const FEW: usize = 160;
/// For an answer; a connection without one waits in the kernel for a descriptor.
const ANSWER: Duration = Duration::from_secs(2);

/// Asks over a new connection and keeps it; with the first bytes of the answer, if one comes.
async fn hold(server: &TestServer) -> (TcpStream, String) {
    let mut tcp = TcpStream::connect(server.address)
        .await
        .expect("the kernel takes it");
    let request = format!(
        "GET /api/health HTTP/1.1\r\nhost: {}\r\n\r\n",
        server.address
    );
    tcp.write_all(request.as_bytes())
        .await
        .expect("the kernel takes it");
    let mut answer = vec![0; 16 * 1024];
    let read = timeout(ANSWER, tcp.read(&mut answer)).await;
    answer.truncate(read.ok().and_then(Result::ok).unwrap_or(0));
    (tcp, String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test]
async fn where_a_run_cannot_have_its_descriptors_no_server_starts() {
    let place = Place::new(Account::Ours);
    let few = ["-c", "ulimit -n 100; exec \"$0\" \"$@\""];
    let output = Cli::new()
        .finish(place.under("sh", few, ["serve", "--port", "0"]))
        .await;
    assert!(!output.status.success());
    assert!(output.stderr.contains("ulimit -n"), "{}", output.stderr);
}

#[tokio::test]
async fn without_descriptors_newcomers_are_refused_in_words_and_runs_live_on() {
    let limited = format!("ulimit -n {FEW}; exec \"$0\" \"$@\"");
    let server = TestServer::under(Account::Ours, "sh", &["-c", &limited], &[]);
    let mut world = World::on(server).await;
    world.client.start(pipe(true)).await;
    echo(&mut world.client).await;
    let mut held = Vec::new();
    let refusal = loop {
        let (tcp, answer) = hold(&world.server).await;
        held.push(tcp);
        if !answer.starts_with("HTTP/1.1 200") {
            break answer;
        }
        assert!(held.len() <= FEW, "more connections than descriptors");
    };
    assert!(refusal.starts_with("HTTP/1.1 503"), "{refusal}");
    assert!(
        refusal.contains("ulimit -n"),
        "it names the setting: {refusal}"
    );
    echo(&mut world.client).await;
    let run = world.client.run.clone();
    let another = world.client.try_start(pipe(false)).await;
    let why = another.expect_err("there is no descriptor for another run");
    assert!(!why.hint.is_empty(), "{why:?}");
    world.client.run = run;
    figure("connections until one was refused", held.len());
    drop(held);
    let begun = Instant::now();
    while http::get(world.server.address, "/api/health").await.status != 200 {
        assert!(begun.elapsed() < PATIENCE, "the descriptors are given back");
    }
    let mut newcomer = Client::connect(&world.server).await;
    newcomer.start(pipe(false)).await;
    echo(&mut newcomer).await;
    newcomer.stop().await;
    newcomer.close().await;
    let health = http::get(world.server.address, "/api/health").await.json();
    assert!(
        health["refusals"]["descriptors"].as_u64() > Some(0),
        "{health}"
    );
    world.end().await;
}

/// Whether this test may mount; where it may not, it says so.
fn may_mount() -> bool {
    let may = Account::can_change();
    if !may {
        figure("a full disk", "not tried: only root may mount one");
    }
    may
}

#[tokio::test]
async fn a_full_disk_fells_no_server_and_no_other_run() {
    if !may_mount() {
        return;
    }
    // In a mount namespace of its own, so that nothing of it stays.
    let full = "mount -t tmpfs -o size=16k tmpfs \"$TMPDIR\" && \
                { dd if=/dev/zero of=\"$TMPDIR/full\" bs=4k count=8 2>/dev/null; true; } && exec \"$0\" \"$@\"";
    let server = TestServer::under(
        Account::Ours,
        "unshare",
        &["--mount", "sh", "-c", full],
        &[],
    );
    let mut world = World::on(server).await;
    world.client.start(pipe(true)).await;
    echo(&mut world.client).await;
    let piped = world.client.run.clone();
    let ack = world
        .client
        .try_start(harness::client::Plan::new("file", "write", json!({}), true))
        .await
        .expect("a run is asked for");
    world.client.run = ack.run.expect("it has an id");
    world
        .client
        .until(
            "a run that works, or one that says why it does not",
            |state| state.finished.is_some() || state.workers.len() >= 3,
        )
        .await;
    if let Some(end) = world.client.state().finished.clone() {
        let why = end.message.unwrap_or_default();
        assert!(why.contains("space") || why.contains("ENOSPC"), "{why}");
        figure("a run of files on a full disk", why);
    } else {
        figure(
            "a run of files on a full disk",
            "works: it has a /tmp of its own",
        );
        world.client.stop().await;
    }
    world.client.run = piped;
    echo(&mut world.client).await;
    world.client.stop().await;
    world.end().await;
}

/// Rust files below a folder.
fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder of ours").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).expect("a file of ours");
            found.push((path.display().to_string(), text));
        }
    }
}

/// The clock of the system cannot be set in a test that others share it with; but who never looks at it cannot be misled.
#[test]
fn a_clock_that_jumps_decides_nothing() {
    let mut found = Vec::new();
    sources(&workspace().join("backend/src"), &mut found);
    assert!(found.len() > 100, "the sources are there");
    let looks: Vec<_> = found
        .iter()
        .filter(|(_, text)| text.contains("SystemTime::now"))
        .map(|(path, _)| path.as_str())
        .collect();
    figure("places that look at the clock on the wall", looks.len());
    assert!(
        looks.iter().all(|path| path.ends_with("lab/run.rs")),
        "only the time that is shown: {looks:?}"
    );
}
