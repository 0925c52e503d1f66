//! The server goes first: its runs stand back, and nobody looks into it.

use harness::{Account, TestServer, World, client::Plan, procfs::Process};
use serde_json::json;
use std::{fs, os::unix::fs::MetadataExt};

/// How much a process stands back where processors are wanted, and how early it dies where memory is.
fn rank(pid: i32) -> (i32, i32) {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("it lives");
    // The name, in brackets, may have spaces; what follows is counted from 3, proc_pid_stat(5).
    let (_, rest) = stat.rsplit_once(')').expect("a name in brackets");
    let nice = rest.split_whitespace().nth(19 - 3).expect("a number");
    let score = fs::read_to_string(format!("/proc/{pid}/oom_score_adj")).expect("it lives");
    let number = |text: &str| text.trim().parse().expect("a number");
    (number(nice), number(&score))
}

/// Its files in /proc are root's: to others of its user it is closed.
fn is_closed(process: &Process) -> bool {
    let environment = format!("/proc/{}/environ", process.pid);
    fs::metadata(environment).expect("it lives").uid() == 0
}

fn itself(server: &TestServer) -> Process {
    harness::procfs::process(server.pid()).expect("it lives")
}

#[tokio::test]
async fn runs_stand_back_behind_their_server_and_nobody_looks_into_it() {
    for account in [Account::Ours, Account::Plain] {
        for level in ["full", "basic"] {
            let mut world = World::with(account, &["--isolation", level]).await;
            let (server, spawner) = (itself(&world.server), world.server.spawner());
            let usual = rank(server.pid);
            assert_eq!(rank(spawner.pid), usual);
            world
                .client
                .start(Plan::new("pipe", "anonymous", json!({}), true))
                .await;
            world.client.everybody(3).await;
            for run in world.server.supervisors() {
                for process in [run.pid, world.client.worker("writer").host_pid] {
                    assert_eq!(
                        rank(process),
                        ((usual.0 + 10).min(19), 1000),
                        "{account:?}, {level}"
                    );
                }
            }
            for process in [server, spawner] {
                assert!(is_closed(&process), "{account:?}, {level}: {process:?}");
            }
            world.end().await;
        }
    }
}
