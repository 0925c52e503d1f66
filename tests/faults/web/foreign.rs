//! Whoever is not meant: foreign pages, names bent to our address, thieves of a run's id, and proxies that nobody trusts.

use super::{greeted, pipe};
use crate::figure;
use harness::{Account, TestServer, World, http, raw::Heard, raw::Raw};
use serde_json::json;
use shared::{
    command::{ClientMessage, Resume, ServerMessage},
    failure::Code,
    state::RunState,
};

#[tokio::test]
async fn a_foreign_page_is_refused_with_the_setting_that_would_let_it_in() {
    let allowed = "https://learn.example.org";
    let server = TestServer::with(Account::Ours, &["--allow-origin", allowed]);
    let port = server.address.port();
    let foreign = [
        "https://evil.example".to_owned(),
        "null".to_owned(),
        "http://learn.example.org".to_owned(),
        format!("{allowed}:8443"),
        "https://sub.learn.example.org".to_owned(),
        format!("{allowed}.evil.example"),
        format!("http://127.0.0.1:{}", port.wrapping_add(1)),
        format!("http://sub.127.0.0.1:{port}"),
        "file://".to_owned(),
    ];
    for origin in &foreign {
        let refusal = Raw::knock(server.address, &[("origin", origin)], None)
            .await
            .expect_err(origin);
        assert_eq!(refusal.status, 403, "{origin}");
        assert!(
            refusal.body.contains("--allow-origin"),
            "{origin}: {}",
            refusal.body
        );
    }
    let own = format!("http://127.0.0.1:{port}");
    for headers in [&[("origin", allowed)][..], &[("origin", own.as_str())], &[]] {
        let welcome = Raw::knock(server.address, headers, None).await;
        welcome.expect("this one is welcome").close().await;
    }
    let health = http::get(server.address, "/api/health").await.json();
    assert_eq!(health["refusals"]["origin"], foreign.len());
    figure("foreign pages refused", foreign.len());
}

#[tokio::test]
async fn a_name_bent_to_our_address_is_refused_with_the_setting_that_would_allow_it() {
    let server = TestServer::with(Account::Ours, &["--allow-host", "learn.example.org"]);
    let port = server.address.port();
    let ask = async |host: String| {
        let request =
            format!("GET /api/health HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        http::ask(server.address, &request).await
    };
    for host in [
        "evil.example",
        "localhost.evil.example",
        "learn.example.org.evil.example",
    ] {
        let answer = ask(format!("{host}:{port}")).await;
        assert_eq!(answer.status, 403, "{host}");
        assert!(answer.body.contains("--allow-host"), "{}", answer.body);
    }
    for host in [
        "localhost",
        "127.0.0.1",
        "learn.example.org",
        "LEARN.example.org",
    ] {
        assert_eq!(ask(format!("{host}:{port}")).await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn the_id_of_a_run_without_its_token_is_of_no_use() {
    let mut world = World::running(pipe(false)).await;
    let there = |state: &RunState| state.worker(&"reader".into()).is_some();
    world.client.until("the reader", there).await;
    let run = world.client.run.clone();
    let resume = Resume {
        run: run.clone(),
        after: 0,
    };
    let mut thief = greeted(&world.server, None, Some(resume)).await;
    let mut refusals = Vec::new();
    let mut heard = async |thief: &mut Raw| match thief.hear().await {
        Heard::Message(message) => match *message {
            ServerMessage::Rejected { failure, .. } => refusals.push(failure.code),
            other => panic!("a thief is told {other:?}"),
        },
        other => panic!("{other:?}"),
    };
    heard(&mut thief).await;
    for message in [
        json!({"type": "send", "id": 1, "run": run, "data": {"text": "mine"}}),
        json!({"type": "act", "id": 2, "run": run, "worker": "reader", "do": "kill"}),
        json!({"type": "fetch", "id": 3, "run": run, "message": 1, "from": 0, "len": 9}),
        json!({"type": "replay", "id": 4, "run": run, "after": 0, "until": 9}),
        json!({"type": "stop", "id": 5, "run": run}),
    ] {
        thief.say_text(message.to_string()).await;
        heard(&mut thief).await;
    }
    assert_eq!(refusals, [Code::WrongToken; 6]);
    thief.close().await;
    let address = world.server.address;
    for authorization in [
        "",
        "authorization: Bearer 00000000000000000000000000000000\r\n",
    ] {
        let request = format!(
            "GET /api/runs/{run}/journal HTTP/1.1\r\nhost: {address}\r\n{authorization}connection: close\r\n\r\n"
        );
        let answer = http::ask(address, &request).await;
        assert!([401, 403].contains(&answer.status), "{answer:?}");
    }
    assert!(world.client.worker("reader").alive());
    figure("ways that a thief tried", refusals.len() + 2);
    world.end().await;
}

/// How many of so many starts are taken, each from a new connection with this header.
async fn taken(server: &TestServer, forwarded: &str, times: usize) -> usize {
    let mut taken = 0;
    for _ in 0..times {
        let mut raw = Raw::knock(server.address, &[("x-forwarded-for", forwarded)], None)
            .await
            .expect("a program is welcome");
        raw.say_message(&ClientMessage::Hello {
            protocol: shared::PROTOCOL,
            token: None,
            resume: None,
        })
        .await;
        raw.hear().await;
        raw.say_text(json!({"type": "start", "id": 1, "entry": "pipe", "xray": false}).to_string())
            .await;
        if let Heard::Message(message) = raw.hear().await {
            match *message {
                ServerMessage::Ack { .. } => taken += 1,
                ServerMessage::Rejected { failure, .. } => {
                    assert_eq!(
                        failure.limit.as_deref(),
                        Some("runs_per_address"),
                        "{failure}"
                    );
                }
                other => panic!("{other:?}"),
            }
        }
        raw.close().await;
    }
    taken
}

#[tokio::test]
async fn addresses_are_believed_from_trusted_proxies_only() {
    let limits = ["--runs-per-address", "2"];
    let trusting = TestServer::with(
        Account::Ours,
        &[&limits[..], &["--trusted-proxy", "127.0.0.0/8"]].concat(),
    );
    trusting.settled().await;
    assert_eq!(taken(&trusting, "192.0.2.1", 3).await, 2);
    assert_eq!(
        taken(&trusting, "198.51.100.7, 192.0.2.2", 3).await,
        2,
        "another address"
    );
    assert_eq!(
        taken(&trusting, "203.0.113.9, 192.0.2.2", 1).await,
        0,
        "what a stranger put before its own address is not believed"
    );
    let distrusting = TestServer::with(Account::Ours, &limits);
    distrusting.settled().await;
    assert_eq!(taken(&distrusting, "192.0.2.1", 2).await, 2);
    assert_eq!(
        taken(&distrusting, "192.0.2.2", 1).await,
        0,
        "all the same address"
    );
}
