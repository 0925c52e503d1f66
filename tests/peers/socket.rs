//! nc, socat and Python's socket module at our sockets: each connects to our server or serves our client, and is talked to
//! in both directions.

use crate::tool;
use harness::{Client, World, client::Plan, wait::PATIENCE};
use serde_json::{Value, json};
use shared::{
    event::{Kind, Tie},
    state::RunState,
};
use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddrV4},
    process::{Child, Command, Stdio},
    time::Instant,
};

async fn run(variant: &str, params: Value) -> World {
    World::among_others(Plan::new("socket", variant, params, true)).await
}

/// Waits until the server has said where it is.
async fn address(client: &mut Client, what: &str) -> String {
    let event = client
        .event(
            what,
            |event| matches!(&event.kind, Kind::ProcessSaid { what: said, .. } if said == what),
        )
        .await;
    let Kind::ProcessSaid { about, .. } = event.kind else {
        panic!("it was asked for")
    };
    about["at"].as_str().expect("an address").to_owned()
}

/// A program that talks through its standard input and output.
fn talker(program: &std::path::Path, args: &[&str]) -> Child {
    Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs")
}

fn says(child: &mut Child, text: &str) {
    let input = child.stdin.as_mut().expect("it is piped");
    input.write_all(text.as_bytes()).expect("it reads");
    input.flush().expect("it reads");
}

fn hears(child: &mut Child, len: usize) -> String {
    let mut heard = vec![0; len];
    let output = child.stdout.as_mut().expect("it is piped");
    output.read_exact(&mut heard).expect("it comes");
    String::from_utf8(heard).expect("text")
}

/// Its input ends, and then the program, in whatever it waits.
fn ends(mut child: Child) {
    drop(child.stdin.take());
    child.kill().expect("it is a child");
    child.wait().expect("it is a child");
}

/// Our server got a text that none of our processes sent.
async fn came_from_a_stranger(client: &mut Client, text: &str) {
    client
        .event("the peer's bytes", |event| match &event.kind {
            Kind::CallReturned {
                data: Some(data),
                name,
                ..
            } => name.starts_with("recv") && data.text.as_deref() == Some(text),
            _ => false,
        })
        .await;
    let ties = client.events().iter().filter_map(|event| match event.kind {
        Kind::MessageReceived { tie, len, .. } if len > 0 => Some((tie, event.parts.first()?.msg)),
        _ => None,
    });
    let ties: Vec<_> = ties.collect();
    assert_eq!(ties, [(Tie::Unknown, None)], "nobody saw it being sent");
}

fn sent(state: &RunState) -> bool {
    state.messages.iter().any(|message| message.sent.is_some())
}

/// A peer with a connection of its own: what it sends arrives, and the server answers it.
async fn talks_to_our_server(variant: &str, program: &str, args: impl Fn(&str) -> Vec<String>) {
    let Some(program) = tool::program(program) else {
        return;
    };
    let mut world = run(variant, json!({"connect": "demand"})).await;
    let client = &mut world.client;
    let at = address(client, "listening").await;
    let args = args(&at);
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let mut peer = talker(&program, &args);
    says(&mut peer, "from a stranger");
    came_from_a_stranger(client, "from a stranger").await;
    client.send_text("server", "an answer").await;
    assert_eq!(hears(&mut peer, 9), "an answer");
    client.until("it is sent", sent).await;
    ends(peer);
    client
        .event(
            "the end of what it sends",
            |event| matches!(&event.kind, Kind::ProcessSaid { what, .. } if what == "end"),
        )
        .await;
    world.end().await;
}

/// `127.3.9.2:5000` as two words.
fn host_and_port(at: &str) -> Vec<String> {
    at.split(':').map(str::to_owned).collect()
}

#[tokio::test]
async fn nc_talks_to_our_tcp_server() {
    // -N: end of input is end of what it sends.
    talks_to_our_server("tcp", "nc", |at| {
        [vec!["-N".to_owned()], host_and_port(at)].concat()
    })
    .await;
}

#[tokio::test]
async fn nc_talks_to_our_unix_server() {
    talks_to_our_server("unix-stream", "nc", |at| {
        ["-N", "-U", at].map(str::to_owned).to_vec()
    })
    .await;
}

#[tokio::test]
async fn socat_talks_to_our_tcp_server() {
    talks_to_our_server("tcp", "socat", |at| {
        vec!["STDIO".to_owned(), format!("TCP4:{at}")]
    })
    .await;
}

#[tokio::test]
async fn socat_talks_to_our_seqpacket_server() {
    talks_to_our_server("unix-seqpacket", "socat", |at| {
        vec!["STDIO".to_owned(), format!("UNIX-CONNECT:{at},type=5")]
    })
    .await;
}

#[tokio::test]
async fn nc_sends_a_datagram_to_our_udp_server() {
    let Some(nc) = tool::program("nc") else {
        return;
    };
    let mut world = run("udp", json!({})).await;
    let client = &mut world.client;
    let at = address(client, "bound").await;
    let [host, port] = host_and_port(&at).try_into().expect("two words");
    let mut peer = talker(&nc, &["-u", "-w", "1", &host, &port]);
    says(&mut peer, "from a stranger");
    came_from_a_stranger(client, "from a stranger").await;
    client.send_text("server", "an answer").await;
    assert_eq!(hears(&mut peer, 9), "an answer");
    ends(peer);
    world.end().await;
}

/// The first address of a run, whose second is given: the number before it.
fn first_of(second: &str) -> String {
    let at: SocketAddrV4 = second.parse().expect("an address");
    Ipv4Addr::from(u32::from(*at.ip()) - 1).to_string()
}

/// Takes our server's place at its address: accepts, prints what it gets, answers.
const SERVER: &str = "
import socket, sys
listener = socket.create_server((sys.argv[1], 5000))
print('there', flush=True)
connection, _ = listener.accept()
print(connection.recv(100).decode(), flush=True)
connection.sendall(b'an answer')
print(repr(connection.recv(100)), flush=True)
";

#[tokio::test]
async fn a_server_in_python_is_served_by_our_client() {
    // Our own server is at the other address: the first one is free for a peer.
    let params = json!({"bind": "second", "connect": "demand"});
    let mut world = run("tcp", params).await;
    let client = &mut world.client;
    let second = address(client, "listening").await;
    let args = ["-c", SERVER, &first_of(&second)];
    let mut peer = talker(tool::PYTHON.as_ref(), &args);
    assert_eq!(hears(&mut peer, 6), "there\n");
    client.act("connect", "client", json!({})).await;
    client.send_text("client", "hello").await;
    assert_eq!(hears(&mut peer, 6), "hello\n");
    client
        .event("the peer's answer", |event| match &event.kind {
            Kind::CallReturned {
                data: Some(data), ..
            } => data.text.as_deref() == Some("an answer"),
            _ => false,
        })
        .await;
    client.act("close", "client", json!({})).await;
    assert_eq!(hears(&mut peer, 4), "b''\n", "it sees our end");
    ends(peer);
    world.end().await;
}

#[tokio::test]
async fn socat_serves_our_client() {
    let Some(socat) = tool::program("socat") else {
        return;
    };
    let params = json!({"bind": "second", "connect": "demand"});
    let mut world = run("tcp", params).await;
    let client = &mut world.client;
    let second = address(client, "listening").await;
    let host = first_of(&second);
    let listens = format!("TCP4-LISTEN:5000,bind={host},reuseaddr");
    let mut peer = talker(&socat, &["STDIO", &listens]);
    // It says nothing when it listens: anybody may ask for that, who goes away at once, but then it would serve nobody else.
    let listening = || {
        let said = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
        let at: Ipv4Addr = host.parse().expect("an address");
        let wanted = format!("{:08X}:1388 00000000:0000 0A", u32::from(at).swap_bytes());
        said.contains(&wanted)
    };
    let deadline = Instant::now() + PATIENCE;
    while !listening() {
        assert!(Instant::now() < deadline, "socat does not listen");
        std::thread::yield_now();
    }
    client.act("connect", "client", json!({})).await;
    client.send_text("client", "hello").await;
    assert_eq!(hears(&mut peer, 5), "hello");
    says(&mut peer, "an answer");
    client
        .event("the peer's answer", |event| match &event.kind {
            Kind::CallReturned {
                data: Some(data), ..
            } => data.text.as_deref() == Some("an answer"),
            _ => false,
        })
        .await;
    client.act("close", "client", json!({})).await;
    ends(peer);
    world.end().await;
}
