//! Connections by the hundred from one address, and such as never say what they want.

use crate::figure;
use harness::{Account, TestServer, http, wait};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    time::{Instant, timeout},
};

/// Sockets of one address, and connections beside them that load pages.
const MOST: usize = 8 + 128;
/// A request that has not come after ten seconds is not waited for.
const WAITS: Duration = Duration::from_secs(10);

/// What is asked from an address of this machine that is not 127.0.0.1, over a connection of its own.
async fn status_elsewhere(server: SocketAddr) -> String {
    let socket = TcpSocket::new_v4().expect("a socket");
    let here = "127.0.0.2:0".parse().expect("an address");
    socket.bind(here).expect("all of 127.0.0.0/8 is ours");
    let mut tcp = socket.connect(server).await.expect("the server listens");
    let request = format!("GET /api/catalog HTTP/1.1\r\nhost: {server}\r\n\r\n");
    tcp.write_all(request.as_bytes())
        .await
        .expect("the server reads");
    let mut line = [0; 12];
    tcp.read_exact(&mut line).await.expect("the server answers");
    String::from_utf8_lossy(&line).into_owned()
}

#[tokio::test]
async fn one_address_has_its_share_of_connections_and_takes_nothing_of_others() {
    let server = TestServer::with(Account::Ours, &["--sockets-per-address=8"]);
    let mut held = Vec::new();
    let refusal = loop {
        held.push(
            TcpStream::connect(server.address)
                .await
                .expect("the server listens"),
        );
        assert!(held.len() <= 2 * MOST, "nobody stops this");
        if held.len() >= MOST {
            let answer = http::get(server.address, "/api/catalog").await;
            if answer.status != 200 {
                break answer;
            }
        }
    };
    figure("connections of one address", held.len());
    assert_eq!(held.len(), MOST);
    assert_eq!(refusal.status, 429, "{refusal:?}");
    assert!(
        refusal.body.contains("--sockets-per-address"),
        "it names the setting: {}",
        refusal.body
    );
    assert_eq!(status_elsewhere(server.address).await, "HTTP/1.1 200");
    drop(held);
    let begun = Instant::now();
    while http::get(server.address, "/api/health").await.status != 200 {
        assert!(begun.elapsed() < wait::PATIENCE, "room is given back");
    }
    let health = http::get(server.address, "/api/health").await.json();
    let refused = &health["refusals"]["connections_per_address"];
    assert!(refused.as_u64() > Some(0), "{health}");
}

/// How long the server keeps a connection on which that was said and nothing else.
async fn kept(server: SocketAddr, said: &str) -> Duration {
    let mut tcp = TcpStream::connect(server)
        .await
        .expect("the server listens");
    let begun = Instant::now();
    tcp.write_all(said.as_bytes())
        .await
        .expect("the kernel takes it");
    let mut rest = Vec::new();
    // A reset is an end as well.
    let ended = timeout(3 * WAITS, tcp.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "kept for ever: {said:?}");
    begun.elapsed()
}

#[tokio::test]
async fn who_never_says_what_it_wants_is_not_waited_for() {
    let server = TestServer::start();
    let address = server.address;
    let ways = [
        String::new(),
        "GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: ".to_owned(),
        format!("GET /api/catalog HTTP/1.1\r\nhost: {address}\r\n\r\n"),
        format!("POST / HTTP/1.1\r\nhost: {address}\r\ncontent-length: 1000000\r\n\r\nx"),
        format!("POST / HTTP/1.1\r\nhost: {address}\r\ntransfer-encoding: chunked\r\n\r\n5\r\n"),
    ];
    let all = ways.each_ref().map(|said| kept(address, said));
    let times = futures_util::future::join_all(all).await;
    figure(
        "seconds that a silent connection is kept",
        format_args!("{times:?}"),
    );
    let longest = times.into_iter().max().unwrap_or_default();
    assert!(longest < WAITS + Duration::from_secs(5), "{longest:?}");
    assert_eq!(http::get(address, "/api/health").await.status, 200);
}

#[tokio::test]
async fn what_is_far_too_much_for_a_head_is_refused() {
    let server = TestServer::start();
    let address = server.address;
    let lines = "x-more: y\r\n".repeat(500);
    let long = "y".repeat(1 << 20);
    for request in [
        format!("GET / HTTP/1.1\r\nhost: {address}\r\n{lines}\r\n"),
        format!("GET / HTTP/1.1\r\nhost: {address}\r\nx-long: {long}\r\n\r\n"),
        format!("GET /{long} HTTP/1.1\r\nhost: {address}\r\n\r\n"),
    ] {
        let heard = http::shout(address, request.as_bytes()).await;
        let heard = String::from_utf8_lossy(&heard);
        assert!(
            heard.is_empty() || heard.starts_with("HTTP/1.1 4"),
            "{heard:.200}"
        );
    }
    assert_eq!(http::get(address, "/api/health").await.status, 200);
}
