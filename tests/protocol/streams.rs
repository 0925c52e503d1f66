//! Ten thousand messages of random sizes through every stream, live: each byte that a receive got is tied to the message it
//! is of.

use harness::{Cli, dice::Dice};
use shared::event::{Kind, Tie};
use std::{collections::BTreeMap, fs::File, io::Write as _, time::Duration};

/// Messages of one run.
const MESSAGES: u64 = 10_000;
/// Each of them makes some fourteen events, on a machine that may have other things to do.
const LIMIT: Duration = Duration::from_secs(170);

async fn all_are_tied(target: &str, more: &[&str]) {
    let mut dice = Dice::seeded();
    let mut lines = Vec::new();
    let mut bytes = 0;
    for _ in 0..MESSAGES {
        let most = [40, 40, 40, 800, 800, 6000][usize::try_from(dice.any() % 6).expect("small")];
        let len = 1 + dice.any() % most;
        bytes += len;
        // Few letters, so that much looks alike.
        let letter = |_| b"abc"[usize::try_from(dice.any() % 3).expect("small")];
        lines.extend((0..len).map(letter));
        lines.push(b'\n');
    }
    let mut cli = Cli::new();
    cli.limit = LIMIT;
    let path = cli.place.tmp.join("lines");
    let mut file = File::create(&path).expect("a file in our own folder");
    file.write_all(&lines).expect("room for some megabytes");
    // Shorter than many of the messages, and longer than many.
    let args = ["run", target, "--json", "--set", "chunk=777"];
    let mut command = cli.place.program(args.iter().chain(more));
    command.stdin(File::open(&path).expect("it was just written"));
    let events = cli.finish(command).await.ok().events();

    let (mut tied, mut complete) = (0, BTreeMap::<u64, u32>::new());
    for event in &events {
        match &event.kind {
            Kind::MessageReceived {
                complete: now, tie, ..
            } => {
                assert_eq!(*tie, Tie::Certain, "{event:?}");
                for part in &event.parts {
                    assert!(part.msg.is_some(), "{event:?}");
                    tied += part.to - part.from;
                }
                for msg in now {
                    *complete.entry(*msg).or_default() += 1;
                }
            }
            Kind::MessageLost { .. } => panic!("nothing is lost: {event:?}"),
            _ => {}
        }
    }
    assert_eq!(tied, bytes);
    assert_eq!(complete.len() as u64, MESSAGES);
    assert!(complete.values().all(|times| *times == 1));
}

#[tokio::test]
async fn ten_thousand_live_over_tcp() {
    all_are_tied("socket/tcp", &[]).await;
}

#[tokio::test]
async fn ten_thousand_live_over_a_unix_stream() {
    all_are_tied("socket/unix-stream", &[]).await;
}

#[tokio::test]
async fn ten_thousand_live_over_a_socket_pair() {
    all_are_tied("socket/socketpair", &[]).await;
}

#[tokio::test]
async fn ten_thousand_live_without_a_tracer() {
    all_are_tied("socket/tcp", &["--no-xray"]).await;
}
