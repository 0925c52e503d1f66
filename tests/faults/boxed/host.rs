//! A host that permits no boxes: the level is basic, `doctor` says why, and lessons still work.

use crate::figure;
use harness::{Account, Cli, TestServer, World, client::Plan, program::Place};
use serde_json::json;
use std::{collections::BTreeSet, fs, path::PathBuf};

/// Runs what follows where no user namespace can be made, in one that is the last.
const LAST: [&str; 4] = [
    "-Ur",
    "sh",
    "-c",
    "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$0\" \"$@\"",
];

/// The program on such a host.
async fn there(args: &[&str]) -> harness::cli::Output {
    let cli = Cli::new();
    // Not as root of the host, which has users for boxes, and for whom another reason would come first.
    let place = Place::new(Account::Plain);
    cli.finish(place.under("unshare", LAST, args)).await
}

/// Exit code of `doctor` where runs work, but not in boxes.
const BASIC: i32 = 3;

#[tokio::test]
async fn without_user_namespaces_doctor_says_why_and_what_helps() {
    let said = there(&["doctor"]).await;
    assert_eq!(said.status.code(), Some(BASIC), "{}", said.stdout);
    let row = |what: &str| {
        let mut lines = said.stdout.lines();
        lines
            .find(|line| line.contains(what))
            .unwrap_or_else(|| panic!("{what}: {}", said.stdout))
            .to_owned()
    };
    let (namespaces, isolation) = (row("  namespaces "), row("  isolation "));
    assert!(
        namespaces.starts_with("off") && namespaces.contains("user.max_user_namespaces"),
        "{namespaces}"
    );
    assert!(
        isolation.contains("basic") && isolation.contains("ENOSPC"),
        "{isolation}"
    );
    assert!(row("  call filter ").starts_with("on"), "{}", said.stdout);
    figure("doctor there", isolation);
}

#[tokio::test]
async fn without_user_namespaces_boxes_are_refused_by_name() {
    let refused = there(&["run", "pipe", "--send", "hi", "--isolation", "full"]).await;
    assert!(!refused.status.success());
    assert!(
        refused.stderr.contains("user.max_user_namespaces"),
        "{}",
        refused.stderr
    );
}

#[tokio::test]
async fn without_user_namespaces_nobody_else_is_let_in_unasked() {
    let refused = there(&["serve", "--listen", "0.0.0.0", "--port", "0"]).await;
    assert!(!refused.status.success());
    assert!(
        refused.stderr.contains("--accept-basic"),
        "{}",
        refused.stderr
    );
}

#[tokio::test]
async fn doctor_is_content_with_this_host() {
    let said = Cli::new().run(["doctor"]).await;
    assert_eq!(said.status.code(), Some(0), "{}", said.stdout);
    assert!(said.stdout.contains("isolation"), "{}", said.stdout);
}

#[tokio::test]
async fn a_server_that_was_started_as_root_keeps_none_of_its_rights() {
    let mut server = TestServer::start();
    server.settled().await;
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).expect("it lives");
    let of = |set: &str| {
        let bits = status.lines().find_map(|line| line.strip_prefix(set));
        u64::from_str_radix(bits.expect("a set of rights").trim(), 16).expect("bits")
    };
    // CAP_NET_BIND_SERVICE, for ports below 1024.
    let allowed = 1 << 10;
    for set in ["CapEff:", "CapPrm:"] {
        assert_eq!(of(set) & !allowed, 0, "{set} {:x}", of(set));
    }
    server.stop().await;
}

/// A lesson from its file, where whoever runs it may read it.
fn copied(place: &Place, lesson: &str) -> PathBuf {
    let from = harness::program::workspace().join(format!("frontend/lessons/{lesson}.md"));
    let to = place.tmp.join("lesson.md");
    fs::copy(from, &to).expect("there is such a lesson");
    place.account.give(&to);
    to
}

/// The promises of these lessons hold at level basic: where there can be no boxes, and where none are wanted by root.
async fn hold_without_boxes(lessons: &[&str]) {
    for lesson in lessons {
        let cli = Cli::new();
        let there = Place::new(Account::Plain);
        let file = copied(&there, lesson);
        let check = [
            "run",
            "--check",
            "--script",
            file.to_str().expect("a plain path"),
        ];
        cli.finish(there.under("unshare", LAST, check)).await.ok();
        let file = copied(&cli.place, lesson);
        let check = [
            "run",
            "--check",
            "--script",
            file.to_str().expect("a plain path"),
        ];
        cli.run(check.iter().chain(&["--isolation", "basic"]))
            .await
            .ok();
    }
}

/// One test of each mechanism.
macro_rules! without_boxes {
    ($($test:ident = $($lesson:literal)*;)*) => {
        $(
            #[tokio::test]
            async fn $test() {
                hold_without_boxes(&[$($lesson),*]).await;
            }
        )*
    };
}

without_boxes! {
    lessons_about_files_hold_without_boxes = "file/locks" "file/mapped";
    lessons_about_pipes_hold_without_boxes = "pipe/reader-dies" "pipe/fifo-open";
    lessons_about_queues_hold_without_boxes = "queue/priorities" "queue/types";
    lessons_about_memory_hold_without_boxes = "shared-memory/sysv" "shared-memory/owner-killed";
    lessons_about_signals_hold_without_boxes = "signal/merged" "signal/semaphore";
    lessons_about_sockets_hold_without_boxes = "socket/framed" "socket/credentials";
    lessons_about_zeromq_hold_without_boxes = "zeromq/one-by-one" "zeromq/reconnects";
    lessons_about_rpc_hold_without_boxes = "rpc/threads" "rpc/manager-race";
}

/// Ids of a process: real, effective, saved and of files; or its rights, as bits.
fn of_status(pid: i32, what: &str) -> Vec<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it lives");
    let line = status.lines().find_map(|line| line.strip_prefix(what));
    let radix = if what.starts_with("Cap") { 16 } else { 10 };
    line.expect("a line of it")
        .split_whitespace()
        .map(|number| u64::from_str_radix(number, radix).expect("a number"))
        .collect()
}

#[tokio::test]
async fn without_boxes_a_run_of_roots_is_a_user_that_nobody_else_is() {
    if !Account::can_change() {
        figure("SKIPPED", "a user for each run takes root");
        return;
    }
    let mut world = World::with(Account::Ours, &["--isolation", "basic"]).await;
    let mut users = BTreeSet::new();
    let mut runs = Vec::new();
    for _ in 0..2 {
        let plan = Plan::new("shared-memory", "shm", json!({}), true);
        runs.push(world.client.start(plan).await);
        world.client.everybody(3).await;
        let of_run = |worker: &str| of_status(world.client.worker(worker).host_pid, "Uid:");
        let user = of_run("parent");
        for worker in ["writer", "reader"] {
            assert_eq!(of_run(worker), user);
            let pid = world.client.worker(worker).host_pid;
            assert_eq!(of_status(pid, "CapEff:"), [0]);
            assert_eq!(of_status(pid, "CapPrm:"), [0]);
            assert_eq!(of_status(pid, "Groups:"), [0; 0]);
            let limits = fs::read_to_string(format!("/proc/{pid}/limits")).expect("it lives");
            let processes = limits
                .lines()
                .find(|line| line.starts_with("Max processes"));
            assert!(
                processes.is_some_and(|line| line.contains(" 64 ")),
                "{limits}"
            );
        }
        // Real, effective, saved, of files: all the same, and of the range that is for boxes.
        assert!(user.iter().all(|one| *one == user[0]), "{user:?}");
        assert!(user[0] >= 1_900_000_000, "{user:?}");
        users.insert(user[0]);
        // It works, and X-ray does.
        world.client.send_text("writer", "hello").await;
        world
            .client
            .until("the message on the other side", |state| {
                state.counts.received >= 1 && state.xray
            })
            .await;
    }
    assert_eq!(users.len(), 2, "a user for each run");
    for run in runs {
        world.client.run = run;
        world.client.stop().await;
    }
    let health = harness::http::get(world.server.address, "/api/health")
        .await
        .json();
    assert_eq!(health["protection"]["level"], "basic");
    world.end().await;
}

#[tokio::test]
async fn where_runs_would_be_root_there_are_none() {
    if !Account::can_change() {
        figure("SKIPPED", "it takes root to be root");
        return;
    }
    let cli = Cli::new();
    let without = ["--bounding-set=-setuid,-setgid"];
    for (command, wanted) in [("serve", "auto"), ("serve", "basic"), ("run", "basic")] {
        let args: &[&str] = match command {
            "serve" => &["serve", "--port", "0", "--isolation", wanted],
            _ => &["run", "pipe", "--send", "hi", "--isolation", wanted],
        };
        let refused = cli.finish(cli.place.under("setpriv", without, args)).await;
        assert_eq!(refused.status.code(), Some(1), "{command} {wanted}");
        for word in ["would be root", "CAP_SETUID", "owns nothing"] {
            assert!(refused.stderr.contains(word), "{word}: {}", refused.stderr);
        }
        figure("refused", refused.stderr.trim());
    }
    let doctor = cli
        .finish(cli.place.under("setpriv", without, ["doctor"]))
        .await;
    assert_eq!(doctor.status.code(), Some(1), "{}", doctor.stdout);
    let runs = doctor.stdout.lines().find(|line| line.contains("  runs "));
    assert!(
        runs.is_some_and(|row| row.starts_with("off") && row.contains("would be root")),
        "{}",
        doctor.stdout
    );
}

#[tokio::test]
async fn without_boxes_five_runs_are_let_in_and_more_if_it_is_asked_for() {
    for (args, most) in [
        (&["--isolation", "basic", "--runs-per-address", "0"][..], 5),
        (
            &[
                "--isolation",
                "basic",
                "--runs-per-address",
                "0",
                "--runs",
                "7",
            ],
            7,
        ),
    ] {
        let mut world = World::with(Account::Ours, args).await;
        let plan = || Plan::new("pipe", "anonymous", json!({}), false);
        for _ in 0..most {
            world.client.start(plan()).await;
        }
        let refused = world
            .client
            .try_start(plan())
            .await
            .expect_err("one too many");
        assert_eq!(refused.limit.as_deref(), Some("runs"), "{refused}");
        let runs: Vec<_> = world.client.runs.keys().cloned().collect();
        for run in runs {
            world.client.run = run;
            world.client.stop().await;
        }
        world.end().await;
    }
}
