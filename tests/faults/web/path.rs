//! Names that lead somewhere else.

use super::{greeted, pipe};
use crate::figure;
use harness::{Account, TestServer, World, http, raw::Heard};
use serde_json::{Value, json};
use shared::command::ServerMessage;
use std::{fs, os::unix::fs::symlink};

/// What a path can hold that no path should.
const LEADS_OUT: [&str; 12] = [
    "../../../../../../etc/passwd",
    "%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "..%2f..%2f..%2f..%2fetc/passwd",
    "%2fetc%2fpasswd",
    "/etc/passwd",
    "//etc/passwd",
    "..\\..\\etc\\passwd",
    "passwd%00.js",
    "./passwd",
    ".passwd",
    "out",
    "out/passwd",
];

#[tokio::test]
async fn no_address_leads_out_of_the_page() {
    let page = tempfile::tempdir().expect("a folder");
    fs::write(page.path().join("index.html"), "<html><base href=\"/\">").expect("a page");
    symlink("/etc", page.path().join("out")).expect("a link");
    fs::write(page.path().join(".passwd"), "root:").expect("a hidden file");
    let folder = page.path().to_str().expect("a path of ours");
    let server = TestServer::with(Account::Ours, &["--page", folder]);
    let mut tried = 0;
    for prefix in [
        "/",
        "/static/",
        "/api/",
        "/api/source/",
        "/api/runs/",
        "/lab/",
    ] {
        for path in LEADS_OUT {
            let answer = http::get(server.address, &format!("{prefix}{path}")).await;
            assert!(
                !answer.body.contains("root:"),
                "{prefix}{path} leads outside"
            );
            assert!(
                answer.status == 200 && prefix == "/lab/" || (400..500).contains(&answer.status),
                "{prefix}{path}: {answer:?}"
            );
            tried += 1;
        }
    }
    figure("addresses that lead nowhere", tried);
}

/// Whether anything of that name is where names of runs are.
fn exists(name: &str) -> bool {
    ["/dev/shm", "/dev/mqueue", "/tmp"]
        .iter()
        .any(|folder| std::path::Path::new(folder).join(name).exists())
}

#[tokio::test]
async fn no_name_of_a_learner_becomes_a_name_of_the_system() {
    let mut world = World::new().await;
    let mut raw = greeted(&world.server, None, None).await;
    let evil = "../ipc-evil-name";
    let start = |entry: &str, variant: &str, params: Value, roles: Value| json!({"type": "start", "id": 7, "entry": entry, "variant": variant, "params": params, "roles": roles});
    let mut tried = 0;
    for message in [
        start(evil, "anonymous", json!({}), json!({})),
        start("pipe", evil, json!({}), json!({})),
        start("pipe", "fifo", json!({"name": evil}), json!({})),
        start("queue", "posix", json!({"name": evil}), json!({})),
        start("shared-memory", "shm", json!({evil: 1}), json!({})),
        start("pipe", "anonymous", json!({"capacity": evil}), json!({})),
        start("pipe", "anonymous", json!({}), json!({"writer": evil})),
        start("pipe", "anonymous", json!({}), json!({evil: "python"})),
        json!({"type": "stop", "id": 7, "run": evil}),
        json!({"type": "act", "id": 7, "run": evil, "worker": evil, "do": evil}),
    ] {
        raw.say_text(message.to_string()).await;
        let heard = raw.hear().await;
        assert!(
            matches!(&heard, Heard::Message(message)
                if matches!(**message, ServerMessage::Rejected { re: Some(7), .. })),
            "{message}: {heard:?}"
        );
        assert!(!exists("ipc-evil-name"), "{message}");
        tried += 1;
    }
    raw.close().await;
    world.client.start(pipe(false)).await;
    let refused = world.client.try_act("kill", evil, json!({})).await;
    assert!(refused.is_err(), "nobody is called so");
    figure("names that were refused", tried);
    world.end().await;
}
