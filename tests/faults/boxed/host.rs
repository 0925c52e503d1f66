//! A host that permits no boxes: the level is basic, `doctor` says why, and lessons still work.

use crate::figure;
use harness::{Account, Cli, TestServer, program::Place};
use std::fs;

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
async fn without_user_namespaces_runs_still_work_and_boxes_are_refused_by_name() {
    for entry in ["pipe", "queue/posix", "socket/tcp", "signal"] {
        let done = there(&["run", entry, "--send", "12", "--json"]).await;
        assert!(done.status.success(), "{entry}: {}", done.stderr);
        assert!(
            done.stdout.contains("message.received"),
            "{entry}: {}",
            done.stdout
        );
    }
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
