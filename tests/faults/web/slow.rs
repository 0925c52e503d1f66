//! A browser that takes a byte a second from a run that floods.

use super::{echoes, pipe};
use crate::figure;
use harness::{Account, Client, World, http, procfs::resident_kib, wait};
use serde_json::{Value, json};
use shared::{PROTOCOL, command::Resume, event::Wait, state::RunState};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpSocket,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    time::sleep,
};

/// Messages of the flood.
const FLOOD: u32 = 3_000;
/// How often the slow one asks for all of it again: together far more than two buffers of the kernel hold, however few of the
/// events a busy machine had room for.
const AGAIN: u64 = 40;
/// Echoes of the neighbor, before and meanwhile.
const ECHOES: usize = 40;
/// What a queue for one browser may take, and what else the server may need meanwhile.
const SLACK_KIB: u64 = 24 * 1024;
/// The server cuts off a browser that takes nothing for ten seconds; a byte a second fills no frame of its window.
const CUT_OFF: Duration = Duration::from_secs(25);

/// A WebSocket by hand, so that it can be read byte by byte: what it says, apart from what it hears.
struct Slow(OwnedWriteHalf);

impl Slow {
    async fn connect(address: SocketAddr) -> (OwnedReadHalf, Self) {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("a small buffer");
        let mut tcp = socket.connect(address).await.expect("the server listens");
        let request = format!(
            "GET /api/ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        tcp.write_all(request.as_bytes())
            .await
            .expect("the server reads");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(tcp.read_u8().await.expect("the server answers"));
        }
        assert!(
            head.starts_with(b"HTTP/1.1 101"),
            "{}",
            String::from_utf8_lossy(&head)
        );
        let (read, write) = tcp.into_split();
        (read, Self(write))
    }

    /// One text frame, masked with zeros.
    async fn say(&mut self, message: &Value) {
        let text = message.to_string();
        let len = u16::try_from(text.len()).expect("a short message");
        let mut frame = vec![0x81, 0xfe];
        frame.extend(len.to_be_bytes());
        frame.extend([0; 4]);
        frame.extend(text.bytes());
        // Once cut off, it need not know.
        drop(self.0.write_all(&frame).await);
    }
}

async fn counters(address: SocketAddr) -> Value {
    http::get(address, "/api/health").await.json()["counters"].clone()
}

#[tokio::test]
async fn a_reader_of_one_byte_a_second_slows_nobody_and_is_cut_off() {
    // Without an allowance: what is not sent is held back by the reader alone, and the neighbor asks as fast as it is answered.
    let args = ["--events-per-second=0", "--commands-per-second=0"];
    let mut world = World::with(Account::Ours, &args).await;
    world.client.start(pipe(true)).await;
    let quiet = echoes(&mut world.client, ECHOES).await;
    let address = world.server.address;

    let mut owner = Client::connect(&world.server).await;
    owner.start(pipe(false)).await;
    let resume = Resume {
        run: owner.run.clone(),
        after: 0,
    };
    let (mut read, mut slow) = Slow::connect(address).await;
    slow.say(
        &json!({"type": "hello", "protocol": PROTOCOL, "token": owner.token, "resume": resume}),
    )
    .await;
    let reading = async move {
        let mut byte = [0];
        while matches!(read.read(&mut byte).await, Ok(1)) {
            sleep(Duration::from_secs(1)).await;
        }
        // Cut off, and nothing more to do until the rest of the test is done.
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = reading => {}
        () = beside(&mut world, &mut owner, slow, quiet) => {}
    }
    // The run itself goes on.
    let sent = owner.state().counts.sent;
    owner.send_text("writer", "still here").await;
    owner
        .until("another message", |state| state.counts.sent > sent)
        .await;
    owner.stop().await;
    owner.close().await;
    world.end().await;
}

/// What others do meanwhile, until the slow one is cut off.
async fn beside(
    world: &mut World,
    owner: &mut Client,
    mut slow: Slow,
    quiet: (Duration, Duration),
) {
    let address = world.server.address;
    let before = resident_kib(world.server.pid());
    owner.flood("writer", 16, FLOOD).await;
    let flooded = |state: &RunState| {
        let writer = state.worker(&"writer".into());
        writer.is_some_and(|writer| writer.because == Some(Wait::Command))
            && state.counts.sent > u64::from(FLOOD) / 4
    };
    let (meanwhile, ()) = tokio::join!(
        echoes(&mut world.client, ECHOES),
        owner.until("the end of the flood", flooded)
    );
    for id in 1..=AGAIN {
        slow.say(
            &json!({"type": "replay", "id": id, "run": owner.run, "after": 0, "until": 1_000_000}),
        )
        .await;
    }
    let counts = counters(address).await;
    let grown = resident_kib(world.server.pid()).saturating_sub(before);
    let journals = counts["journal_bytes"].as_u64().unwrap_or_default() / 1024;
    figure(
        "a neighbor's echo, quiet",
        format_args!("median {:?}, p95 {:?}", quiet.0, quiet.1),
    );
    figure(
        "a neighbor's echo beside a slow reader",
        format_args!("median {:?}, p95 {:?}", meanwhile.0, meanwhile.1),
    );
    figure(
        "memory for a slow reader",
        format_args!("{grown} KiB more, of which journals {journals} KiB"),
    );
    assert!(
        grown < 4 * journals + SLACK_KIB,
        "{grown} KiB more, journals {journals} KiB"
    );
    wait::within(CUT_OFF, "the end of a connection that is not read", || {
        world.server.log().contains("does not read").then_some(())
    })
    .await;
    assert_eq!(counters(address).await["sockets_stalled"], 1);
}
