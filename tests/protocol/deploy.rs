//! What is shipped beside the program fits it: every command in a unit, an image or a text is one that it understands.

use harness::{Cli, program::workspace};
use serde_json::Value;
use std::fs;

fn shipped(name: &str) -> String {
    let path = workspace().join("backend/deploy").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The arguments of every `serve` in a text, comments and continued lines included.
fn commands(text: &str) -> Vec<Vec<String>> {
    let joined = text.replace("\\\n#", " ").replace("\\\n", " ");
    let mut found = Vec::new();
    for line in joined.lines() {
        let shell = line.contains("ipc-playground serve ");
        let list = line.starts_with("CMD [\"serve\"");
        if !(shell || list) {
            continue;
        }
        let rest = line.split_once("serve").map_or("", |(_, rest)| rest);
        let words = rest.split([' ', ',', '"', '[', ']', '`']);
        let words = words.take_while(|word| *word != "#" && *word != "|");
        found.push(
            words
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect(),
        );
    }
    found
}

#[tokio::test]
async fn every_command_that_is_shipped_is_understood() {
    for (name, least) in [
        ("ipc-playground.service", 1),
        ("Containerfile", 3),
        ("README.md", 1),
    ] {
        let commands = commands(&shipped(name));
        assert!(commands.len() >= least, "{name}: {commands:?}");
        for arguments in commands {
            let arguments = arguments.iter().map(String::as_str);
            let all = ["serve", "--print-config"].into_iter().chain(arguments);
            let all: Vec<_> = all.collect();
            let output = Cli::new().run(&all).await;
            assert!(
                output.status.success(),
                "{name}: {all:?}\n{}",
                output.stderr
            );
        }
    }
}

#[tokio::test]
async fn every_setting_says_where_it_is_from() {
    let cli = Cli::new();
    let file = cli.place.tmp.join("settings.toml");
    fs::write(&file, "runs = 7\ncpu-seconds = 5\n").expect("a file of ours");
    let mut command = cli
        .place
        .program(["serve", "--print-config", "--class", "--port", "0"]);
    command
        .arg("--config")
        .arg(&file)
        .env("IPC_PLAYGROUND_CPU_SECONDS", "6")
        .env("IPC_PLAYGROUND_IDLE_MS", "1000");
    let output = cli.finish(command).await;
    let line = |name: &str| {
        let words = output
            .stdout
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>());
        let found = words.into_iter().find(|words| words.first() == Some(&name));
        found
            .unwrap_or_else(|| panic!("no {name} in\n{}", output.stdout))
            .join(" ")
    };
    assert_eq!(line("runs"), "runs = 7 # file");
    assert_eq!(line("cpu-seconds"), "cpu-seconds = 6 # environment");
    assert_eq!(line("idle-ms"), "idle-ms = 1000 # environment");
    assert_eq!(line("port"), "port = 0 # flag");
    assert_eq!(line("runs-per-address"), "runs-per-address = 150 # class");
    assert_eq!(line("file-bytes"), "file-bytes = 16777216 # default");
}

/// Calls that making a box, tracing and looking into the kernel need.
const NEEDED: [&str; 17] = [
    "clone",
    "unshare",
    "setns",
    "mount",
    "umount2",
    "pivot_root",
    "mount_setattr",
    "sethostname",
    "ptrace",
    "pidfd_getfd",
    "process_vm_readv",
    "seccomp",
    "landlock_restrict_self",
    "setresuid",
    "setgroups",
    "prctl",
    "close_range",
];
/// Calls that nobody needs who is in a container.
const DENIED: [&str; 7] = [
    "bpf",
    "kexec_load",
    "init_module",
    "io_uring_setup",
    "keyctl",
    "open_by_handle_at",
    "settimeofday",
];

#[test]
fn the_container_profile_permits_boxes_and_denies_the_rest() {
    let profile: Value = serde_json::from_str(&shipped("seccomp.json")).expect("JSON");
    assert_eq!(profile["defaultAction"], "SCMP_ACT_ALLOW");
    let groups = profile["syscalls"].as_array().expect("a list");
    assert!(
        groups
            .iter()
            .all(|group| group["action"] == "SCMP_ACT_ERRNO")
    );
    let denied: Vec<_> = groups
        .iter()
        .filter_map(|group| group["names"].as_array())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    assert!(
        NEEDED.iter().all(|call| !denied.contains(call)),
        "{denied:?}"
    );
    assert!(
        DENIED.iter().all(|call| denied.contains(call)),
        "{denied:?}"
    );
}
