//! The HTTP side: what programs may rely on.

use harness::{
    Account, TestServer,
    http::{self, get},
};
use shared::catalog::ENTRIES;

#[tokio::test]
async fn health_catalog_and_schema_are_json() {
    let server = TestServer::start();
    let health = get(server.address, "/api/health").await;
    assert_eq!(
        (health.status, health.header("content-type")),
        (200, Some("application/json"))
    );
    assert!(health.json().is_object());
    let catalog = get(server.address, "/api/catalog").await.json();
    let listed = catalog.to_string();
    assert!(
        ENTRIES
            .iter()
            .all(|entry| listed.contains(&format!("\"id\":\"{}\"", entry.id))),
        "{listed}"
    );
    let schema = get(server.address, "/api/schema").await.json();
    for name in [
        "hello", "start", "send", "act", "fetch", "replay", "stop", "snapshot", "events", "lagged",
        "closing",
    ] {
        assert!(
            schema.to_string().contains(&format!("\"{name}\"")),
            "the schema does not know {name}"
        );
    }
}

#[tokio::test]
async fn a_wrong_address_of_the_api_is_a_problem_in_json() {
    let server = TestServer::start();
    for path in [
        "/api/nothing",
        "/api/../etc/passwd",
        "/api/%2e%2e/%2e%2e/etc/passwd",
        "/api/ws",
    ] {
        let answer = get(server.address, path).await;
        assert!((400..500).contains(&answer.status), "{path}: {answer:?}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json"),
            "{path}: {answer:?}"
        );
        assert!(
            answer.json()["title"].is_string() && answer.json()["detail"].is_string(),
            "{path}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn nothing_outside_of_the_page_is_served() {
    let server = TestServer::start();
    for path in [
        "/../../../../etc/passwd",
        "/static/../../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/static/..%2f..%2f..%2fetc/passwd",
        "//etc/passwd",
        "/static/\\..\\..\\etc\\passwd",
        "/%00",
    ] {
        let answer = get(server.address, path).await;
        assert!(!answer.body.contains("root:"), "{path} leads outside");
        assert!(answer.status < 500, "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn the_page_may_load_nothing_of_others_and_run_no_inline_script() {
    let server = TestServer::start();
    for path in ["/", "/lab/pipe/fifo?capacity=4096", "/learn", "/replay"] {
        let page = get(server.address, path).await;
        assert_eq!(page.status, 200, "{path}");
        let policy = page
            .header("content-security-policy")
            .unwrap_or_else(|| panic!("{path} has no policy"));
        assert!(
            policy.contains("default-src 'self'") || policy.contains("default-src 'none'"),
            "{policy}"
        );
        assert!(
            !policy.contains("'unsafe-inline'") && !policy.contains("'unsafe-eval'"),
            "{policy}"
        );
        assert!(
            page.body.contains("<base href=\""),
            "{path}: relative addresses need a base"
        );
    }
}

/// What nginx sends for a page under a prefix, with TLS in front of it.
#[tokio::test]
async fn behind_a_proxy_and_under_a_prefix_everything_is_there() {
    let settings = [
        "--base-path",
        "/playground/",
        "--allow-host",
        "learn.example.org",
        "--trusted-proxy",
        "127.0.0.1",
        "--allow-embed",
        "https://course.example.org",
    ];
    let server = TestServer::with(Account::Ours, &settings);
    let ask = async |path: &str, more: &str| {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: learn.example.org\r\nX-Forwarded-For: 192.0.2.7\r\n\
             X-Forwarded-Proto: https\r\n{more}\r\n"
        );
        http::ask(server.address, &request).await
    };
    let close = "Connection: close\r\n";
    let page = ask("/playground/lab/pipe", close).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.body.contains("<base href=\"/playground/\">"));
    let policy = page.header("content-security-policy").unwrap_or_default();
    assert!(
        policy.contains("frame-ancestors 'self' https://course.example.org"),
        "{policy}"
    );
    for path in [
        "/playground/api/health",
        "/playground/metrics",
        "/api/health",
    ] {
        assert_eq!(ask(path, close).await.status, 200, "{path}");
    }
    let handshake = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                     Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 0\r\n";
    for (origin, status) in [
        ("https://learn.example.org", "101"),
        ("https://course.example.org", "403"),
    ] {
        let request = format!(
            "GET /playground/api/ws HTTP/1.1\r\nHost: learn.example.org\r\nOrigin: {origin}\r\n{handshake}\r\n"
        );
        let heard = http::shout(server.address, request.as_bytes()).await;
        let heard = String::from_utf8_lossy(&heard);
        assert!(heard.starts_with(&format!("HTTP/1.1 {status}")), "{heard}");
    }
}

#[tokio::test]
async fn a_request_that_is_no_http_hurts_nobody() {
    let server = TestServer::start();
    let long = format!(
        "GET /{} HTTP/1.1\r\nhost: {}\r\n\r\n",
        "x".repeat(100_000),
        server.address
    );
    for request in ["\r\n\r\n", "HELP\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", &long] {
        // Whatever it answers, if anything.
        http::shout(server.address, request.as_bytes()).await;
    }
    assert_eq!(get(server.address, "/api/health").await.status, 200);
}
