//! What is said over HTTP.

use super::App;
use crate::{
    config::Settings,
    lab::{Limits, Token, fake},
    ws::Host,
};
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use clap::{Args, Command, FromArgMatches};
use shared::event::Outcome;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

fn app(args: &[&str]) -> App {
    let (lab, _) = fake::lab(Limits::default());
    app_of(lab, args)
}

fn app_of(lab: crate::lab::Lab, args: &[&str]) -> App {
    let arguments =
        Settings::augment_args(Command::new("serve")).get_matches_from([&["serve"], args].concat());
    let settings = Settings::from_arg_matches(&arguments).unwrap();
    let (_, farewell) = watch::channel(None);
    App::new(
        Host {
            lab,
            farewell,
            protection: "basic",
            protection_reason: "because".into(),
            sessions: TaskTracker::new(),
        },
        &settings,
    )
}

async fn get(
    app: &App,
    path: &str,
    header: Option<(&str, &str)>,
) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::builder()
        .uri(path)
        .header("host", "localhost:8080");
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    let response = app
        .router()
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (
        head.status,
        head.headers,
        String::from_utf8_lossy(&body).into_owned(),
    )
}

#[tokio::test]
async fn the_page_is_at_its_addresses_and_nowhere_else() {
    let app = app(&[]);
    for path in [
        "/",
        "/lab/pipe/fifo?capacity=4096",
        "/learn/pipe/forgotten-end",
        "/replay",
    ] {
        let (status, headers, body) = get(&app, path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(body.contains("<base href=\"/\">"), "{path}");
        assert!(
            headers["content-security-policy"]
                .to_str()
                .unwrap()
                .contains("script-src 'self' 'wasm-unsafe-eval';")
        );
        assert_eq!(headers["x-content-type-options"], "nosniff");
    }
    for path in [
        "/wp-admin",
        "/static/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/api/nothing",
        "//etc/passwd",
    ] {
        let (status, headers, _) = get(&app, path, None).await;
        assert_eq!(
            (status, &headers["content-type"]),
            (
                StatusCode::NOT_FOUND,
                &"application/problem+json".parse().unwrap()
            )
        );
    }
    let (status, _, body) = get(&app, "/no/such/page", Some(("accept", "text/html"))).await;
    assert!(status == StatusCode::NOT_FOUND && body.contains("<html"));
}

#[tokio::test]
async fn under_a_prefix_everything_is_found_with_it_and_without() {
    let app = app(&["--base-path", "/play"]);
    for path in ["/play/", "/play/lab/pipe", "/lab/pipe"] {
        let (status, _, body) = get(&app, path, None).await;
        assert!(
            status == StatusCode::OK && body.contains("<base href=\"/play/\">"),
            "{path}: {status}"
        );
    }
    let (status, headers, _) = get(&app, "/play", None).await;
    assert_eq!(
        (status, &headers["location"]),
        (StatusCode::PERMANENT_REDIRECT, &"/play/".parse().unwrap())
    );
    for path in ["/play/api/health", "/api/health"] {
        assert_eq!(get(&app, path, None).await.0, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn a_page_that_is_known_is_not_sent_again() {
    let app = app(&[]);
    let (_, headers, _) = get(&app, "/", None).await;
    let tag = headers["etag"].to_str().unwrap();
    let (status, _, body) = get(&app, "/", Some(("if-none-match", tag))).await;
    assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""));
}

#[tokio::test]
async fn a_folder_can_stand_for_the_page_built_in() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("index.html"),
        "<html><base href=\"/\">mine",
    )
    .unwrap();
    std::fs::write(folder.path().join("app-0123456789abcdef.js"), "1").unwrap();
    let app = app(&["--page", folder.path().to_str().unwrap()]);
    assert!(get(&app, "/lab/pipe", None).await.2.contains("mine"));
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("outside.txt")).unwrap();
    std::os::unix::fs::symlink("app-0123456789abcdef.js", folder.path().join("inside.js")).unwrap();
    let (outside, _, body) = get(&app, "/outside.txt", None).await;
    assert!(outside == StatusCode::NOT_FOUND && !body.contains("root:"));
    assert_eq!(get(&app, "/inside.js", None).await.2, "1");
    let (_, headers, _) = get(&app, "/app-0123456789abcdef.js", None).await;
    assert!(
        headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    assert_eq!(headers["content-type"], "text/javascript; charset=utf-8");
}

#[tokio::test]
async fn facts_are_json_and_roles_are_their_source() {
    let app = app(&[]);
    let (_, _, health) = get(&app, "/api/health", None).await;
    let health: serde_json::Value = serde_json::from_str(&health).unwrap();
    assert_eq!(
        (&health["status"], &health["protection"]["level"]),
        (&"ok".into(), &"basic".into())
    );
    let (_, _, catalog) = get(&app, "/api/catalog", None).await;
    assert!(catalog.contains(r#""id":"pipe""#));
    let (_, _, source) = get(&app, "/api/source/pipe/writer.rs", None).await;
    assert_eq!(source, include_str!("../mechanism/pipe/writer.rs"));
    let (_, _, source) = get(&app, "/api/source/pipe/writer.py", None).await;
    assert_eq!(source, include_str!("../mechanism/pipe/writer.py"));
    assert_eq!(
        get(&app, "/api/source/pipe/none.rs", None).await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_recording_is_for_the_owner_and_can_be_read() {
    let (lab, mut boxes) = fake::lab(Limits {
        journal_events: 50,
        ..Limits::default()
    });
    let owner = Token::random();
    let (started, mut supervisor) = fake::start(&lab, &mut boxes, &owner).await;
    supervisor.events(100).await;
    supervisor.end(Outcome::Completed).await;
    started.run.over().await;
    let app = app_of(lab, &[]);
    let path = format!("/api/runs/{}/journal", started.run.id());
    assert_eq!(get(&app, &path, None).await.0, StatusCode::UNAUTHORIZED);
    let wrong = format!("Bearer {}", Token::random().reveal());
    assert_eq!(
        get(&app, &path, Some(("authorization", &wrong))).await.0,
        StatusCode::FORBIDDEN
    );
    let right = format!("Bearer {}", owner.reveal());
    let (status, _, text) = get(&app, &path, Some(("authorization", &right))).await;
    assert_eq!(status, StatusCode::OK);
    let recording = shared::recording::parse(&text).unwrap();
    assert_eq!(
        (
            recording.header.oldest,
            recording.events.len(),
            recording.cut
        ),
        (52, 50, false)
    );
    assert_eq!(recording.header.base.unwrap().seq, 51);
}

#[tokio::test]
async fn a_name_that_is_not_ours_is_refused() {
    let request = |host: &str| {
        Request::builder()
            .uri("/api/health")
            .header("host", host)
            .body(Body::empty())
            .unwrap()
    };
    let own = nix::unistd::gethostname().unwrap();
    let own = own.to_string_lossy().to_uppercase();
    for (args, host, expected) in [
        (&[][..], "localhost:8080", StatusCode::OK),
        (&[], "[::1]:8080", StatusCode::OK),
        (&[], "rebound.example", StatusCode::FORBIDDEN),
        (
            &["--allow-host", "learn.example.org"],
            "learn.example.org",
            StatusCode::OK,
        ),
        (&["--listen", "0.0.0.0"], "192.0.2.7:8080", StatusCode::OK),
        (
            &["--listen", "0.0.0.0"],
            "rebound.example",
            StatusCode::FORBIDDEN,
        ),
        (
            &["--listen", "0.0.0.0", "--allow-host", "*"],
            "anything.example",
            StatusCode::OK,
        ),
        (&["--listen", "0.0.0.0"], &own, StatusCode::OK),
    ] {
        let response = app(args).router().oneshot(request(host)).await.unwrap();
        assert_eq!(response.status(), expected, "{host}");
    }
}

#[tokio::test]
async fn a_request_that_names_two_hosts_is_refused() {
    let request = Request::builder()
        .uri("/api/health")
        .header("host", "localhost:8080")
        .header("host", "rebound.example")
        .body(Body::empty())
        .unwrap();
    let response = app(&[]).router().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
}

/// Each line of the text is a comment or a sample, each sample's metric has a type, and buckets only grow.
#[tokio::test]
async fn what_is_counted_can_be_read_by_prometheus() {
    let (lab, mut boxes) = fake::lab(Limits::default());
    let owner = Token::random();
    let (started, mut supervisor) = fake::start(&lab, &mut boxes, &owner).await;
    supervisor.events(10).await;
    supervisor.end(Outcome::Completed).await;
    started.run.over().await;
    let app = app_of(lab, &[]);
    let path = format!("/api/runs/{}/journal", started.run.id());
    get(&app, &path, None).await;
    get(&app, "/nowhere", None).await;
    let (status, headers, text) = get(&app, "/metrics", None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        headers["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let mut typed = Vec::new();
    for line in text.lines() {
        if let Some(of) = line.strip_prefix("# TYPE ") {
            typed.push(of.split(' ').next().unwrap().to_owned());
        }
        if !line.starts_with('#') {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(value.parse::<f64>().is_ok(), "{line}");
            assert!(
                typed.iter().any(|of| name.starts_with(of.as_str())),
                "{line}"
            );
        }
    }
    let value = |name: &str| {
        let found = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        found
            .unwrap_or_else(|| panic!("no {name} in\n{text}"))
            .to_owned()
    };
    for (name, expected) in [
        ("runs_started_total", "1"),
        ("runs", "0"),
        ("boxes", "0"),
        ("watchers", "0"),
        ("connections", "0"),
        ("events_total", "10"),
        ("runs_ended_total{outcome=\"completed\"}", "1"),
        ("box_start_seconds_count", "1"),
        ("box_start_seconds_bucket{le=\"+Inf\"}", "1"),
        ("refusals_total{reason=\"wrong_token\"}", "1"),
        ("up", "1"),
    ] {
        assert_eq!(value(&format!("ipc_playground_{name}")), expected, "{name}");
    }
    let memory = value("ipc_playground_resident_bytes{process=\"server\"}");
    assert!(memory.parse::<u64>().unwrap() > 1_000_000);
    let health: serde_json::Value =
        serde_json::from_str(&get(&app, "/api/health", None).await.2).unwrap();
    assert_eq!(health["counters"]["events"], 10);
    assert_eq!(health["outcomes"]["completed"], 1);
    assert_eq!(health["refusals"]["wrong_token"], 1);
    assert_eq!(health["start_ms"]["box"]["count"], 1);
}
