//! Who may connect: pages that this server has served, and programs that are no page.

use harness::{TestServer, http, raw::Raw};

async fn refused(server: &TestServer, headers: &[(&str, &str)]) {
    let refusal = Raw::knock(server.address, headers, None)
        .await
        .expect_err(&format!("{headers:?} must be refused"));
    assert_eq!(refusal.status, 403, "{headers:?}");
    assert!(
        refusal.body.contains(' ') && refusal.body.contains("--"),
        "it names the setting: {}",
        refusal.body
    );
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused_with_the_setting_that_would_allow_it() {
    let server = TestServer::start();
    let port = server.address.port();
    for origin in [
        "https://evil.example".to_owned(),
        "null".to_owned(),
        format!("http://127.0.0.1:{}", port.wrapping_add(1)),
        format!("http://sub.127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}.evil.example"),
    ] {
        refused(&server, &[("origin", &origin)]).await;
    }
}

#[tokio::test]
async fn a_name_that_is_bent_to_our_address_is_refused() {
    let server = TestServer::start();
    let request = |host: &str| {
        format!("GET /api/health HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")
    };
    let answer = http::ask(server.address, &request("evil.example")).await;
    assert_eq!(answer.status, 403, "{answer:?}");
    assert!(
        answer.body.contains("--"),
        "it names the setting: {}",
        answer.body
    );
    let answer = http::ask(
        server.address,
        &request(&format!("localhost:{}", server.address.port())),
    )
    .await;
    assert_eq!(answer.status, 200, "{answer:?}");
}
