//! Ways out of a box, and at who keeps it. `escape.py` tries them all.

use super::{Guest, host_python, inside};
use crate::figure;
use harness::{Account, World, client::Plan};
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, UnixAddr, bind, listen, socket,
};
use serde_json::{Value, json};
use std::{fs, os::fd::AsRawFd as _};

const ESCAPE: &str = include_str!("escape.py");

/// What each attempt must get; several where kernels differ in what they look at first. 1000 is a signal, and its number.
const EXPECTED: &[(&str, &[&str])] = &[
    ("read the memory of process 1", &["EACCES", "EPERM"]),
    ("write the memory of process 1", &["EACCES", "EPERM"]),
    ("list the descriptors of process 1", &["EACCES", "EPERM"]),
    ("go through the root of process 1", &["EACCES", "EPERM"]),
    ("read the environment of process 1", &["EACCES", "EPERM"]),
    ("process_vm_readv", &["EPERM"]),
    ("process_vm_writev", &["EPERM"]),
    ("pidfd_getfd", &["EPERM"]),
    ("ptrace attach", &["EPERM"]),
    ("ptrace traceme", &["EPERM"]),
    // Without Landlock's sixth version it is sent, and process 1 of a namespace does not hear it.
    ("kill process 1", &["EPERM", "0"]),
    ("unshare users", &["EPERM"]),
    ("unshare mounts", &["EPERM"]),
    ("clone with a user namespace", &["EPERM"]),
    ("clone3 with a user namespace", &["ENOSYS"]),
    ("setns", &["EPERM"]),
    ("mount", &["EPERM"]),
    ("umount", &["EPERM"]),
    ("chroot", &["EPERM"]),
    ("pivot_root", &["EPERM"]),
    ("open_tree", &["EPERM"]),
    ("fsopen", &["EPERM"]),
    ("mknod of a disk", &["EPERM"]),
    ("open_by_handle_at", &["EPERM"]),
    ("keyctl", &["EPERM"]),
    ("add_key", &["EPERM"]),
    ("request_key", &["EPERM"]),
    ("io_uring_setup", &["EPERM"]),
    ("bpf", &["EPERM"]),
    ("perf_event_open", &["EPERM"]),
    ("userfaultfd", &["EPERM"]),
    ("kexec_load", &["EPERM"]),
    ("finit_module", &["EPERM"]),
    // SIGSYS.
    ("a 32-bit call", &["1031"]),
    ("a call of the x32 ABI", &["ENOSYS"]),
    ("AF_VSOCK", &["EPERM"]),
    ("AF_PACKET", &["EPERM"]),
    ("AF_ALG", &["EPERM"]),
    ("AF_NETLINK audit", &["EPERM"]),
    ("a raw socket", &["EPERM"]),
    ("an address outside", &["ENETUNREACH"]),
    ("an abstract socket of the host", &["ECONNREFUSED"]),
    ("look at /root", &["ENOENT"]),
    ("look at /home", &["ENOENT"]),
    ("look at /etc/shadow", &["ENOENT"]),
    ("look at /etc/machine-id", &["ENOENT"]),
    ("look at /sys/kernel", &["ENOENT"]),
    ("look at /var", &["ENOENT"]),
    ("a symbolic link to /etc/shadow", &["ENOENT"]),
    ("write a program", &["EROFS", "EACCES"]),
    ("write /etc/passwd", &["EROFS", "EACCES"]),
    ("make a file in /usr", &["EROFS", "EACCES"]),
    ("make a file in /", &["EROFS", "EACCES"]),
    ("change a setting of the kernel", &["EROFS", "EACCES"]),
    ("run a program of one's own in /tmp", &["EACCES"]),
    ("change the mode of a program outside", &["EPERM"]),
    ("change the time of a program outside", &["EPERM"]),
    ("name the owner of a program outside", &["EPERM"]),
    ("read the kernel's memory", &["EACCES", "ENOENT", "EPERM"]),
    (
        "press a key of the kernel's",
        &["EACCES", "ENOENT", "EPERM"],
    ),
    ("setuid 0", &["EPERM", "EINVAL"]),
    ("setgroups", &["EPERM"]),
    ("sethostname", &["EPERM"]),
    ("see processes of others", &["ESRCH"]),
];

/// What every attempt got, at a level; there is a socket on the host that one of them tries to reach.
async fn attempts(account: Account, level: &str) -> Vec<(String, String)> {
    let name = format!("ipc-test-outside-{}", std::process::id());
    let door = socket(
        AddressFamily::Unix,
        SockType::Stream,
        SockFlag::SOCK_CLOEXEC,
        None,
    );
    let door = door.expect("a socket");
    // Two tests of one program have the same name: either will do.
    let address = UnixAddr::new_abstract(name.as_bytes()).expect("a short name");
    if bind(door.as_raw_fd(), &address).is_ok() {
        listen(&door, Backlog::new(16).expect("a small number")).expect("it is bound");
    }
    let said = inside(account, level, ESCAPE, &[&name]).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    said.iter()
        .map(|line| (text(&line["attempt"]), text(&line["name"])))
        .collect()
}

async fn all_are_refused(account: Account) {
    let attempts = attempts(account, "full").await;
    let wrong: Vec<_> = attempts
        .iter()
        .filter(|(attempt, got)| {
            let expected = EXPECTED.iter().find(|(name, _)| name == attempt);
            !expected.is_some_and(|(_, allowed)| allowed.contains(&got.as_str()))
        })
        .collect();
    assert!(wrong.is_empty(), "not refused as they must be: {wrong:#?}");
    let untried: Vec<_> = EXPECTED
        .iter()
        .filter(|(name, _)| attempts.iter().all(|(attempt, _)| attempt != name))
        // Machines without these have nothing to refuse.
        .filter(|(name, _)| cfg!(target_arch = "x86_64") || !name.starts_with("a "))
        .collect();
    assert!(untried.is_empty(), "not tried: {untried:?}");
    figure("ways out that were tried and refused", attempts.len());
}

#[tokio::test]
async fn every_way_out_is_refused() {
    all_are_refused(Account::Ours).await;
}

#[tokio::test]
async fn every_way_out_is_refused_without_root_too() {
    all_are_refused(Account::Plain).await;
}

#[tokio::test]
async fn at_level_basic_what_is_weaker_is_known() {
    let full: Vec<_> = EXPECTED.iter().map(|(name, _)| *name).collect();
    // Of a server that root has started, a run is nobody either.
    for account in [Account::Plain, Account::Ours] {
        let attempts = attempts(account, "basic").await;
        let mut weaker = Vec::new();
        for (attempt, got) in &attempts {
            assert!(full.contains(&attempt.as_str()), "{attempt}");
            if got == "0" {
                weaker.push(attempt.as_str());
            }
        }
        // What the README says of level basic; whoever changes one changes the other.
        let known = [
            "an abstract socket of the host",
            "look at /root",
            "look at /home",
            "look at /etc/shadow",
            "look at /etc/machine-id",
            "look at /sys/kernel",
            "look at /var",
            "run a program of one's own in /tmp",
            "see processes of others",
            "an address outside",
        ];
        figure(
            "weaker at level basic",
            format_args!("{account:?}: {}", weaker.join(", ")),
        );
        let unknown: Vec<_> = weaker.iter().filter(|one| !known.contains(one)).collect();
        assert!(
            unknown.is_empty(),
            "{account:?}: weaker than is known: {unknown:?}"
        );
    }
}

/// Takes a lock on a file that every box shows, and keeps it until it is killed.
const LOCK: &str = r#"
import fcntl, json, time
file = open("/usr/lib/os-release")
try:
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    print(json.dumps("locked"), flush=True)
except OSError as error:
    print(json.dumps(str(error)), flush=True)
time.sleep(600)
"#;

#[tokio::test]
async fn a_lock_in_one_box_is_not_seen_in_another_nor_outside() {
    let mut one = Guest::start(Account::Ours, LOCK, &[]);
    assert_eq!(one.says(), json!("locked"));
    let mut two = Guest::start(Account::Ours, LOCK, &[]);
    assert_eq!(two.says(), json!("locked"));
    let outside = LOCK.replace("time.sleep(600)", "");
    assert_eq!(host_python(&outside, &[]), "\"locked\"");
}

/// Two runs at once with the same names and ports: each sees its own.
#[tokio::test]
async fn two_runs_with_the_same_names_do_not_see_each_other() {
    for (entry, variant, sender) in [
        ("pipe", "fifo", "writer"),
        ("queue", "posix", "producer"),
        ("queue", "sysv", "producer"),
        ("socket", "tcp", "client"),
        ("shared-memory", "shm", "writer"),
    ] {
        let mut world = World::with(Account::Ours, &["--isolation", "full"]).await;
        let plan = || Plan::new(entry, variant, json!({}), true);
        let first = world.client.start(plan()).await;
        let second = world.client.start(plan()).await;
        let mut names = Vec::new();
        for (run, text) in [(&first, "apricot"), (&second, "blueberry")] {
            world.client.run = run.clone();
            world
                .client
                .until("everybody", |state| state.workers.len() >= 3)
                .await;
            world.client.send_text(sender, text).await;
            world
                .client
                .until("the message under way", |state| state.counts.sent >= 1)
                .await;
            let objects = &world.client.state().objects;
            names.push(
                objects
                    .iter()
                    .flat_map(|object| object.names.clone())
                    .collect::<Vec<_>>(),
            );
            let others = if text == "apricot" {
                "blueberry"
            } else {
                "apricot"
            };
            let all = serde_json::to_string(world.client.events()).unwrap_or_default();
            assert!(!all.contains(others), "{entry}/{variant}: of the other run");
        }
        assert_eq!(names[0], names[1], "{entry}/{variant}: the same names");
        for run in [first, second] {
            world.client.run = run;
            world.client.stop().await;
        }
        world.end().await;
    }
}

/// Nobody in a box has the environment or the arguments of the server, though all are forks of it.
#[tokio::test]
async fn what_the_server_was_told_is_not_in_its_boxes() {
    let mut world = World::with(Account::Ours, &["--isolation", "full"]).await;
    world
        .client
        .start(Plan::new("pipe", "anonymous", json!({}), false))
        .await;
    world.client.everybody(3).await;
    let mark = world.server.place.mark.clone();
    let mut looked = 0;
    for process in world.server.supervisors() {
        let mut all = harness::procfs::descendants(process.pid);
        all.push(process);
        for process in all {
            for file in ["environ", "cmdline"] {
                let bytes = fs::read(format!("/proc/{}/{file}", process.pid)).unwrap_or_default();
                let text = String::from_utf8_lossy(&bytes);
                assert!(
                    !text.contains(&mark) && !text.contains("--isolation"),
                    "{file} of {process:?}: {text}"
                );
                looked += 1;
            }
        }
    }
    assert_eq!(looked, 8, "supervisor, parent, writer, reader");
    world.end().await;
}
